"""Figures and findings in a buyer's words, as the command line prints them."""

from procure.solution.wording import binding_limits, counted, money, periods, place, quality, relaxation_words, units

__all__ = ["binding_limits", "counted", "money", "periods", "place", "quality", "relaxation_words", "units"]
