"""What the operator decided, as the service needs it."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.quota import Rule
from bot.domain.requests.rewriting import RewritingTerms
from bot.domain.time.periods import PeriodKind


@dataclass(frozen=True, slots=True)
class Policy:
    """The operator's configuration of quotas, queues and waits.

    Attributes:
        catalogue: the models that may be used; the first is the default.
        rule: what a member may use where nobody says otherwise.
        period: of allowance and budget.
        zone: in which periods begin.
        pool_micros: per server and month, at list price; None: no ceiling.
        cap_micros: that the vendor may bill per month over everything; None: no cap.
        longest_queue: jobs that may wait in one lane.
        longest_wait_s: seconds after which a job that still waits in line is given back.
        keep_pictures_days: days for which fetched pictures are kept.
        keep_prompts_days: days after which prompts, pictures and links of a job are erased; 0: never.
        ping_after_s: seconds from the request after which the member is pinged at the end.
        rewriting: by what prompts are rewritten, and how often; None: not at all.
    """

    catalogue: Catalogue
    rule: Rule
    period: PeriodKind
    zone: ZoneInfo
    pool_micros: int | None
    cap_micros: int | None
    longest_queue: int
    longest_wait_s: int
    ping_after_s: int
    keep_pictures_days: int = 30
    keep_prompts_days: int = 365
    rewriting: RewritingTerms | None = None
