"""Demand families, loss functions and the law of cumulative demand."""
