"""Two plans side by side: what they cost, what they order, and which did better in simulation."""

from procure.insight.comparison.compare import compare
from procure.insight.comparison.records import Comparison, SimulationComparison, SolutionComparison

__all__ = ["Comparison", "SimulationComparison", "SolutionComparison", "compare"]
