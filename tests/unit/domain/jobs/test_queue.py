from hypothesis import given
from hypothesis import strategies as st

from bot.domain.jobs.queue import Waiting, in_order, share


def claimed_one_by_one(waiting: list[Waiting]) -> list[int]:
    """Do what a lane does: serve the member who was served longest ago, at equal turns the oldest job."""
    turns = {job.account_id: job.turn for job in waiting}
    clock = max(turns.values(), default=0)
    left, order = list(waiting), []
    while left:
        job = min(left, key=lambda job: (turns[job.account_id], job.job_id))
        left.remove(job)
        order.append(job.job_id)
        clock += 1
        turns[job.account_id] = clock
    return order


@given(
    jobs=st.lists(st.tuples(st.integers(1, 10_000), st.integers(1, 5)), unique_by=lambda job: job[0], max_size=25),
    served=st.permutations([0, 0, 3, 4, 9]),
)
def test_the_order_is_that_of_claims_one_by_one(jobs: list[tuple[int, int]], served: list[int]):
    waiting = [Waiting(job_id, account_id, served[account_id - 1]) for job_id, account_id in jobs]
    assert in_order(waiting) == claimed_one_by_one(waiting)


def test_a_member_with_many_jobs_does_not_hold_up_the_others():
    waiting = [Waiting(job_id, 1, 0) for job_id in (1, 2, 3)] + [Waiting(4, 2, 0), Waiting(5, 3, 0)]
    assert in_order(waiting) == [1, 4, 5, 2, 3]


def test_who_was_served_longest_ago_is_next():
    assert in_order([Waiting(1, 1, 8), Waiting(2, 2, 7), Waiting(3, 3, 0)]) == [3, 2, 1]
    assert in_order([]) == []


@given(longest=st.integers(1, 1000), servers=st.lists(st.integers(0, 9), max_size=300))
def test_whoever_has_no_job_waiting_is_let_in_and_the_queue_stays_bounded(longest: int, servers: list[int]):
    waiting: dict[int, int] = {}
    for server in servers:
        if waiting.get(server, 0) < share(longest, len(waiting.keys() | {server})):
            waiting[server] = waiting.get(server, 0) + 1
    assert waiting.keys() == set(servers)
    assert sum(waiting.values()) <= sum(max(1, longest / k) for k in range(1, len(waiting) + 1))
