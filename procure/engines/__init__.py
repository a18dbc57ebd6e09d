"""Engines: from a plan to a decision with a proven bound."""
