"""Why a plan orders what it orders: sums that add up, the next best supplier, what is short and what would help."""
