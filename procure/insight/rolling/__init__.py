"""Closed loop: a plan replayed week by week, re-planned each week with what is then known."""

from __future__ import annotations

from procure.insight.rolling.loop import replay
from procure.insight.rolling.planners import BaselinePlanner, FollowedUp, Planner, SolvePlanner
from procure.insight.rolling.result import Estimate, Replay

__all__ = ["BaselinePlanner", "Estimate", "FollowedUp", "Planner", "Replay", "SolvePlanner", "replay"]
