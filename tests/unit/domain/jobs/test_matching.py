from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.jobs.job import Charge, Job, JobState, ReplyAddress
from bot.domain.jobs.matching import (
    EARLIER_MS,
    LATER_MS,
    SHORTEST_CUT,
    SKEW_MS,
    has_failed,
    is_confirmed,
    is_foreign,
    is_over,
    match,
    may_be,
    may_be_answered,
    window,
)
from bot.domain.jobs.vendor_task import TaskReport, TaskResult, TaskStatus, TaskSummary
from bot.domain.pictures.inputs import InputPicture
from bot.domain.requests.request import ImageRequest
from bot.domain.requests.sizes import Size

MODEL = "wanx2.1-t2i-turbo"
DAY_MS = 24 * 3600 * 1000
REQUEST = ImageRequest("a flower shop", "", MODEL, Size(1024, 768), 2, 42, True, False, False)
JOB = Job(
    id=1, number=1, server_id=1, account_id=1, member_id=1, state=JobState.IN_DOUBT, version=1, shown=0,
    request=REQUEST, reply=ReplyAddress(1, 2, "t", 3, 4, 5, "en-US", can_post=True), task_id="", adopted=False,
    failure="", failure_request_id="", attempts=0, cancel_wished_ms=0, cancel_refused=False, lane_stopped=False,
    created_ms=1, queued_ms=1, claimed_ms=10_000_000, vendor_claimed_ms=0, submitted_ms=0, started_ms=0,
    ready_ms=0, ended_ms=0, deleted_ms=0, role_ids=(), held=Charge(2, 2, 0), charged=None,
)  # fmt: skip


def job(job_id: int, claimed_s: float) -> Job:
    return replace(JOB, id=job_id, claimed_ms=JOB.claimed_ms + int(claimed_s * 1000))


def task(name: str, created_s: float, status: str = "SUCCEEDED", model: str = MODEL) -> TaskSummary:
    return TaskSummary(name, model, status, JOB.claimed_ms + int(created_s * 1000))


@pytest.mark.parametrize(
    ("created_s", "expected"),
    [(-121, False), (-120, True), (0, True), (420, True), (421, False)],
)
def test_a_task_must_have_been_created_around_the_claim(created_s: float, expected: bool):
    assert may_be(JOB, task("t", created_s), 0) is expected
    begin_ms, end_ms = window(JOB, 5000)
    assert (begin_ms, end_ms) == (JOB.claimed_ms + 5000 - EARLIER_MS, JOB.claimed_ms + 5000 + LATER_MS)


def test_another_model_a_canceled_task_and_a_known_strangers_are_no_candidates():
    assert not may_be(JOB, task("t", 0, model="wanx2.1-t2i-plus"), 0)
    assert not may_be(JOB, task("t", 0, "CANCELED"), 0)
    assert not may_be(JOB, task("t", 0), 0, {(1, "t")})
    assert may_be(JOB, task("t", 0), 0, {(1, "u"), (2, "t")})


@pytest.mark.parametrize(
    ("jobs", "tasks", "expected"),
    [
        ([], [], {}),
        ([(1, 0)], [], {}),
        ([], [("a", 0)], {}),
        ([(1, 0)], [("a", 9), ("b", 1), ("c", 30)], {1: "b"}),
        ([(1, 0), (2, 60)], [("a", 0.05), ("b", 60.05)], {1: "a", 2: "b"}),
        # The vendor took its time with the first: closeness alone would give both to the second.
        ([(1, 0), (2, 61)], [("a", 59), ("b", 62)], {1: "a", 2: "b"}),
        # Only the second was created.
        ([(1, 0), (2, 60)], [("b", 60.05)], {2: "b"}),
        # As many as there are, in order, however crowded.
        ([(2, 1), (1, 0), (3, 2)], [("c", 9), ("b", 8), ("a", 7)], {1: "a", 2: "b", 3: "c"}),
        # Too far from one of them to be its own.
        ([(1, 0), (2, 500)], [("a", 490), ("b", 501)], {2: "b"}),
    ],
)
def test_matching(jobs: list[tuple[int, float]], tasks: list[tuple[str, float]], expected: dict[int, str]):
    found = match([job(*one) for one in jobs], [task(*one) for one in tasks], ahead_ms=0)
    assert found == expected


def test_matching_is_in_the_vendors_time():
    assert match([JOB], [task("a", 0), task("b", 3600)], ahead_ms=3_600_000) == {1: "b"}


def test_a_claim_that_has_the_vendors_time_is_not_moved_by_our_clock():
    stored = replace(JOB, vendor_claimed_ms=JOB.claimed_ms)
    for ahead_ms in (-DAY_MS, -900_000, 0, 900_000, DAY_MS):
        assert window(stored, ahead_ms) == (JOB.claimed_ms - SKEW_MS, JOB.claimed_ms + LATER_MS)
        assert match([stored], [task("a", 0), task("b", 900)], ahead_ms=ahead_ms) == {1: "a"}


@pytest.mark.parametrize(("later_s", "expected"), [(0, False), (420, False), (420.001, True), (3600, True)])
def test_a_create_can_start_a_task_for_seven_minutes_by_the_vendors_clock(later_s: float, expected: bool):
    at_ms = JOB.claimed_ms + int(later_s * 1000)
    assert is_over(JOB, at_ms, 0) is expected
    assert is_over(JOB, at_ms + 5000, 5000) is expected


@pytest.mark.parametrize(("created_s", "expected"), [(-11, False), (-10, True), (0, True), (900, True)])
def test_what_was_created_since_a_claim_may_be_what_its_create_is_about_to_name(created_s: float, expected: bool):
    assert may_be_answered(JOB, task("t", created_s), 0) is expected
    assert not may_be_answered(JOB, task("t", created_s, model="wanx2.1-t2i-plus"), 0)


@pytest.mark.parametrize("status", ["FAILED", "failed"])
def test_a_failed_task_is_tried_with_nobody_and_may_be_anybodys(status: str):
    failed, other = task("failed", 0, status), task("other", 90)
    assert match([JOB], [failed, other], ahead_ms=0) == {1: "other"}
    assert match([JOB], [failed], ahead_ms=0) == {}
    assert may_be(JOB, failed, 0)
    assert [has_failed(one) for one in (failed, other)] == [True, False]


def test_what_is_known_not_to_belong_together_is_not_tried_again():
    jobs, tasks = [job(1, 0), job(2, 10)], [task("a", 0), task("b", 10)]
    assert match(jobs, tasks, ahead_ms=0, foreign={(1, "a")}) == {2: "b"}
    crossed = {(1, "a"), (2, "b")}
    first = match(jobs, tasks, ahead_ms=0, foreign=crossed)
    # Those that cross follow one after the other.
    assert first in ({1: "b"}, {2: "a"})


seconds = st.integers(-200, 700)


@given(st.lists(seconds, max_size=5), st.lists(seconds, max_size=6), st.data())
def test_any_matching_is_possible_in_order_and_as_large_as_can_be(
    claims: list[int], creations: list[int], data: st.DataObject
):
    jobs = [job(k, claimed_s) for k, claimed_s in enumerate(claims)]
    tasks = [task(f"t{k}", created_s) for k, created_s in enumerate(creations)]
    pairs = [(one.id, other.task_id) for one in jobs for other in tasks]
    foreign = set(data.draw(st.lists(st.sampled_from(pairs), max_size=4))) if pairs else set()
    found = match(jobs, tasks, ahead_ms=0, foreign=foreign)
    by_id, by_task = {one.id: one for one in jobs}, {one.task_id: one for one in tasks}
    assert len(set(found.values())) == len(found)
    assert all(may_be(by_id[job_id], by_task[task_id], 0, foreign) for job_id, task_id in found.items())
    in_order = sorted(found, key=lambda job_id: (by_id[job_id].claimed_ms, job_id))
    created = [(by_task[found[job_id]].created_ms, found[job_id]) for job_id in in_order]
    assert created == sorted(created)
    assert len(found) == _largest(jobs, tasks, foreign)


def _largest(jobs: list[Job], tasks: list[TaskSummary], foreign: set[tuple[int, str]]) -> int:
    jobs = sorted(jobs, key=lambda one: (one.claimed_ms, one.id))
    tasks = sorted(tasks, key=lambda one: (one.created_ms, one.task_id))
    return max(
        size
        for size in range(min(len(jobs), len(tasks)) + 1)
        for some in combinations(jobs, size)
        for others in combinations(tasks, size)
        if all(may_be(one, other, 0, foreign) for one, other in zip(some, others, strict=True))
    )


# -- confirming

OWN = TaskResult(url="https://x/", orig_prompt="a flower shop")
PICTURE = TaskResult(url="https://x/")
"""Of a protocol that names no prompt."""


def report(status: str, *results: TaskResult, total: int | None = 2) -> TaskReport:
    return TaskReport("t", TaskStatus(status), results, total=total)


@pytest.mark.parametrize(
    "own",
    [
        report("PENDING"),
        report("RUNNING", total=None),
        report("UNKNOWN", total=None),
        report("FAILED"),
        report("SUCCEEDED", OWN, OWN),
        report("SUCCEEDED", OWN, OWN, total=None),
        report("SUCCEEDED", OWN, TaskResult(code="DataInspectionFailed")),
        report("SUCCEEDED", TaskResult(code="E"), TaskResult(code="E")),
        report("SUCCEEDED"),
        # A protocol that names no prompt leaves out what failed.
        report("SUCCEEDED", PICTURE, PICTURE, total=None),
        report("SUCCEEDED", PICTURE, total=None),
        report("SUCCEEDED", OWN, PICTURE),
    ],
)
def test_a_report_that_fits_is_not_foreign(own: TaskReport):
    assert not is_foreign(REQUEST, own)


@pytest.mark.parametrize(
    "foreign",
    [
        report("PENDING", total=1),
        report("RUNNING", total=4),
        report("FAILED", total=3),
        report("CANCELED"),
        report("SUCCEEDED", OWN, OWN, total=3),
        report("SUCCEEDED", OWN),
        report("SUCCEEDED", OWN, OWN, OWN, total=None),
        report("SUCCEEDED", OWN, TaskResult(url="https://x/", orig_prompt="a cat")),
        report("SUCCEEDED", OWN, TaskResult(url="https://x/", orig_prompt="a flower")),
        report("SUCCEEDED", OWN, TaskResult(code="E", orig_prompt="a cat")),
        report("SUCCEEDED", PICTURE, PICTURE, PICTURE, total=None),
    ],
)
def test_a_report_that_does_not_fit_is_foreign(foreign: TaskReport):
    assert is_foreign(REQUEST, foreign)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (report("SUCCEEDED", OWN, OWN), True),
        (report("SUCCEEDED", OWN, TaskResult(code="E")), True),
        (report("SUCCEEDED", OWN, PICTURE), False),
        (report("SUCCEEDED", PICTURE, PICTURE, total=None), False),
        (report("SUCCEEDED", TaskResult(code="E"), TaskResult(code="E")), False),
        (report("SUCCEEDED"), False),
        (report("FAILED"), False),
    ],
)
def test_only_a_report_that_names_a_prompt_with_each_picture_confirms(told: TaskReport, expected: bool):
    assert is_confirmed(REQUEST, told) is expected


def test_no_prompt_confirms_an_edit_since_it_does_not_say_of_which_picture():
    picture = InputPicture("a.png", 9, 400, 300, is_scaled=False, is_flattened=False)
    assert not is_confirmed(replace(REQUEST, pictures=(picture,)), report("SUCCEEDED", OWN, OWN))


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ("花" * 500, False),
        ("花" * 499 + "?", False),
        ("花" * SHORTEST_CUT, True),
        ("花" * 300 + "草" * 200, True),
    ],
)
def test_a_cut_prompt_confirms_if_it_is_long_enough(taken: str, expected: bool):
    request = replace(REQUEST, prompt="花" * 800, count=1)
    result = TaskResult(url="https://x/", orig_prompt=taken)
    assert is_foreign(request, report("SUCCEEDED", result, total=1)) is expected
