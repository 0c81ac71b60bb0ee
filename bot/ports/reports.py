"""The books, and what is reported of them."""

from typing import Protocol
from zoneinfo import ZoneInfo

from bot.domain.books.bill import Bill
from bot.domain.books.doubtful_cost import ResolvedTask
from bot.domain.books.figures import Figures
from bot.domain.books.usage_report import MonthUse, UsageReport
from bot.domain.jobs.job import Job
from bot.domain.requests.policy import Policy
from bot.domain.requests.quota import Terms
from bot.domain.time.periods import Period


class Books(Protocol):
    """The books, for whoever verifies them."""

    async def resolved_tasks(self, since_ms: int) -> list[ResolvedTask]:
        """Return the tasks that the vendor took after ``since_ms``, of jobs with a resolved hold, oldest job first."""
        ...

    async def unowned_tasks(self, model: str, task_ids: list[str]) -> set[str]:
        """Return those of ``task_ids`` that belong to no job and are not booked.

        Empty while a create of this model is under way or in doubt: then a task may be just about to be owned.
        """
        ...

    async def doubtful_jobs(self, model: str) -> list[Job]:
        """Return the failed jobs of ``model`` whose cost is doubtful and whose task nobody knows, oldest first."""
        ...


class Reports(Protocol):
    """What was used and what it costs, summed up; and what of it was said."""

    async def usage(self, server_id: int, period: Period, zone: ZoneInfo) -> UsageReport:
        """Return what one server used in a period, with the days of ``zone``."""
        ...

    async def month(self, server_id: int, month: Period, zone: ZoneInfo) -> MonthUse:
        """Return what one server used in a month of its pool, which is counted in ``zone``.

        The pool is what the month's last request was held against; None where there was none, or no limit.
        """
        ...

    async def bill(self, period: Period, month: Period, policy: Policy) -> Bill:
        """Return what the operator should know of a period over all servers.

        Args:
            period: of whose holds figures are given.
            month: whose cap is shown.
            policy: whose free tiers and cap are shown.
        """
        ...

    async def figures(self, terms: Terms) -> Figures:
        """Return how things stand at this moment, by the operator's terms."""
        ...

    async def was_said(self, what: str) -> bool:
        """Whether something that is said once was said."""
        ...

    async def say_once(self, what: str, bill: Bill) -> bool:
        """Have the operator told of a bill, unless ``what`` was said before. Whether they are told now."""
        ...
