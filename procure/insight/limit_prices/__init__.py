"""What more of the limits that matter most would save: their prices, held against solving again with a step."""

from procure.insight.limit_prices.records import LimitPrice, LimitPrices
from procure.insight.limit_prices.run import limit_prices

__all__ = ["LimitPrice", "LimitPrices", "limit_prices"]
