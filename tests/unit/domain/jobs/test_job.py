import re
from dataclasses import replace
from itertools import pairwise

import pytest

from bot.domain.jobs import job as module
from bot.domain.jobs.job import (
    FINAL,
    TRANSITIONS,
    UNSETTLED,
    Charge,
    Job,
    JobImage,
    JobState,
    ReplyAddress,
    sources,
)
from bot.domain.requests.quota import Refund
from bot.domain.requests.request import ImageRequest
from bot.domain.requests.sizes import Size

JOB = Job(
    id=1, number=1, server_id=1, account_id=1, member_id=1, state=JobState.HELD, version=1, shown=0,
    request=ImageRequest("a flower shop", "", "wanx2.1-t2i-turbo", Size(1024, 768), 2, 42, True, False, False),
    reply=ReplyAddress(1, 2, "t", 3, 4, 5, "en-US", can_post=True),
    task_id="", adopted=False, failure="", failure_request_id="", attempts=0, cancel_wished_ms=0,
    cancel_refused=False, lane_stopped=False, created_ms=1, queued_ms=0, claimed_ms=0, vendor_claimed_ms=0,
    submitted_ms=0, started_ms=0, ready_ms=0, ended_ms=0, deleted_ms=0, role_ids=(), held=Charge(2, 2, 0), charged=None,
)  # fmt: skip


def image(ordinal: int, *, path: str = "", orig_prompt: str | None = None) -> JobImage:
    return JobImage(ordinal, "", "", orig_prompt, None, path, 0, 0, 0, 0)


def test_every_state_can_be_reached_from_held():
    reached, edge = {JobState.HELD}, {JobState.HELD}
    while edge:
        edge = {onward for state in edge for onward in TRANSITIONS[state]} - reached
        reached |= edge
    assert reached == set(JobState)
    assert set(TRANSITIONS) == set(JobState)


def test_every_state_leads_to_a_final_one():
    ends = set(FINAL)
    while more := {state for state, onward in TRANSITIONS.items() if onward & ends} - ends:
        ends |= more
    assert ends == set(JobState)


def test_final_states_have_no_exit():
    assert {state for state in JobState if not TRANSITIONS[state]} == FINAL
    assert {str(state) for state in FINAL} == {"delivered", "failed", "canceled", "expired", "void"}


def test_a_hold_is_open_until_a_job_is_delivered_or_final():
    assert set(JobState) - FINAL - {JobState.DELIVERING, JobState.UNDELIVERED} == UNSETTLED


def test_nothing_returns_to_held_and_only_what_never_started_returns_to_the_queue():
    assert sources(JobState.HELD) == frozenset()
    assert sources(JobState.QUEUED) == {JobState.HELD, JobState.SUBMITTING, JobState.IN_DOUBT}


def test_what_was_not_delivered_is_sent_again_by_the_same_way():
    assert sources(JobState.DELIVERED) == {JobState.DELIVERING}
    assert sources(JobState.DELIVERING) == {JobState.FETCHING, JobState.UNDELIVERED}


def test_the_diagram_shows_the_states_and_every_way_along_its_first_line():
    drawn = module.__doc__ or ""
    assert set(re.findall(r"[a-z_]{2,}", drawn.partition("\n")[2])) == {str(state) for state in JobState}
    path = [
        JobState(name) for name in re.findall(r"[a-z_]+", next(line for line in drawn.split("\n") if "──>" in line))
    ]
    assert path[0] is JobState.HELD
    assert path[-1] is JobState.DELIVERED
    for state, onward in pairwise(path):
        assert onward in TRANSITIONS[state], (state, onward)


@pytest.mark.parametrize("state", JobState)
def test_a_job_is_final_in_a_final_state(state: JobState):
    assert replace(JOB, state=state).is_final is (state in FINAL)


def test_a_job_keeps_the_images_that_have_a_file():
    job = replace(JOB, images=(image(0), image(1, path="1/1-1.png")))
    assert [kept.ordinal for kept in job.kept] == [1]
    assert job.size == Size(1024, 768)


@pytest.mark.parametrize(("orig_prompt", "was_cut"), [(None, False), ("a flower shop", False), ("a flower", True)])
def test_a_shorter_prompt_at_the_vendor_shows_that_it_was_cut(orig_prompt: str | None, was_cut: bool):
    assert replace(JOB, images=(image(0, orig_prompt=orig_prompt),)).was_cut is was_cut


@pytest.mark.parametrize(
    ("charged", "given_back", "refundable"),
    [
        (None, Refund(0, 0), Refund(0, 0)),
        (Charge(3, 1, 280), Refund(0, 0), Refund(1, 280)),
        (Charge(3, 1, 280), Refund(1, 140), Refund(0, 140)),
        (Charge(3, 1, 280), Refund(1, 280), Refund(0, 0)),
    ],
)
def test_what_was_not_given_back_of_a_charge_can_be(charged, given_back, refundable):
    job = replace(JOB, charged=charged, given_back=given_back)
    assert job.refundable == refundable
    assert job.is_given_back == (given_back == Refund(1, 280))
