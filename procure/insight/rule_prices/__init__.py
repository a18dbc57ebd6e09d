"""What the rules of suppliers cost: the plan solved again without each of them."""

from procure.insight.rule_prices.records import RulePrice, RulePrices
from procure.insight.rule_prices.run import rule_prices

__all__ = ["RulePrice", "RulePrices", "rule_prices"]
