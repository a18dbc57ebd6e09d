"""Simulation: a plan in worlds that it was not made with, and how far its promises hold."""

from __future__ import annotations

from procure.insight.simulation.document import read_simulation
from procure.insight.simulation.records import RUN_COLUMNS, Simulation
from procure.insight.simulation.run import simulate

__all__ = ["RUN_COLUMNS", "Simulation", "read_simulation", "simulate"]
