"""A lane's queue: the member served longest ago goes next, and no server fills it alone while others wait."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job in a lane's queue.

    Attributes:
        turn: the lane's count of claims when this member was served last; 0: never.
    """

    job_id: int
    account_id: int
    turn: int


def in_order(waiting: Iterable[Waiting]) -> list[int]:
    """Return the job ids in the order in which the lane will claim them if nobody else comes.

    A member's jobs go by age. Members take turns: whoever was served longest ago is next, at equal turns whoever has
    the oldest job; after a claim the member stands behind everybody.
    """
    by_age = sorted(waiting, key=lambda job: job.job_id)
    round_of: Counter[int] = Counter()
    first_job: dict[int, int] = {}
    keyed: list[tuple[tuple[int, int, int], int]] = []
    for job in by_age:
        first_job.setdefault(job.account_id, job.job_id)
        # In each later round the members stand in the order in which the first round served them.
        keyed.append(((round_of[job.account_id], job.turn, first_job[job.account_id]), job.job_id))
        round_of[job.account_id] += 1
    return [job_id for _, job_id in sorted(keyed)]


def share(longest: int, servers: int) -> int:
    """Return how many jobs each of ``servers`` may have in a queue, all of it if there is only one.

    One that filled the queue while it was alone keeps no other out: whoever has less than their share is let in beyond
    ``longest``. So with k servers a queue has at most 1 + 1/2 + ... + 1/k times that.
    """
    return max(1, longest // servers)
