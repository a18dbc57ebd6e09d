"""What comes in: the plan, its records, and how it is read, checked and written."""

from __future__ import annotations

from procure.plan.advice import PlanWarning, check_plan
from procure.plan.reading import read_plan
from procure.plan.records import Plan

__all__ = ["Plan", "PlanWarning", "check_plan", "read_plan"]
