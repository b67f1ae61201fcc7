"""Plans for a day: what somebody wants (`wishes`, `reading`), what talk changes (`changes`), what fits (`planner`).

All of it is pure: the same wishes, places and moment give the same plan.
"""

from backend.services.plans.changes import changed
from backend.services.plans.planner import Break, DayPlan, Stop, plan_day
from backend.services.plans.reading import read
from backend.services.plans.wishes import Said, Wishes

__all__ = ["Break", "DayPlan", "Said", "Stop", "Wishes", "changed", "plan_day", "read"]
