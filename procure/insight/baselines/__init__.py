"""The buyers that Procure must beat: order policies of today's tools, tuned as a good buyer would tune them."""

from procure.insight.baselines.run import POLICIES, baseline, continued

__all__ = ["POLICIES", "baseline", "continued"]
