from dataclasses import replace

import pytest

from bot.domain.jobs.job import JobState
from bot.domain.moderation.cases import (
    LONGEST_BLOCK_S,
    MOST_STRIKES,
    Appeal,
    AppealState,
    Case,
    CaseFile,
    CaseKind,
    check_coverable,
    check_strikes,
    parse_duration,
)
from bot.domain.moderation.complaints import check_reportable
from bot.errors import InvalidRequest, MemberError
from tests.unit.presentation.samples import REQUEST, image, job_in

CASE = Case(1, 1, 1, CaseKind.BLOCK, 5, 6, False, 0, 0, "", 0, 0)


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("10m", 600),
        ("1 minute", 60),
        (" 2H ", 7200),
        ("2 hours", 7200),
        ("3d", 3 * 86400),
        ("1w", 7 * 86400),
        ("1d 12h", 36 * 3600),
        ("1天12小时", 36 * 3600),
        ("３０ 分钟", 1800),
        ("2周", 14 * 86400),
        ("365d", LONGEST_BLOCK_S),
    ],
)
def test_a_duration_is_read_in_both_languages(typed: str, seconds: int):
    assert parse_duration(typed) == seconds


@pytest.mark.parametrize(
    "typed", ["", "soon", "10", "m", "1.5h", "-1h", "2h!", "3 fortnights", "for ever", "1h and", "1_0m", "٣d"]
)
def test_what_is_no_duration_is_refused_with_what_was_typed(typed: str):
    with pytest.raises(InvalidRequest) as refusal:
        parse_duration(typed)
    assert (refusal.value.key, refusal.value.values) == ("invalid-duration", {"typed": typed})


@pytest.mark.parametrize("typed", ["0m", "366d", "999999w"])
def test_a_block_lasts_a_minute_at_least_and_a_year_at_most(typed: str):
    with pytest.raises(InvalidRequest) as refusal:
        parse_duration(typed)
    assert (refusal.value.key, refusal.value.values["days"]) == ("invalid-duration-bounds", 365)


def test_a_server_waits_for_no_strike_or_for_a_number_that_makes_sense():
    assert [check_strikes(count) for count in (0, 1, MOST_STRIKES)] == [0, 1, MOST_STRIKES]
    for count in (-1, MOST_STRIKES + 1):
        with pytest.raises(InvalidRequest, match="invalid-strikes"):
            check_strikes(count)


def test_a_case_has_at_most_one_appeal_to_decide():
    closed = Appeal(1, CASE, 5, 0, "", "en-US", AppealState.REJECTED, 1, 2)
    waiting = Appeal(2, CASE, 5, 0, "", "en-US", AppealState.OPEN, 0, 0)
    assert CaseFile(CASE, (), (closed, waiting)).open_appeal == waiting
    assert CaseFile(CASE, (), (closed,)).open_appeal is None


# -- covering and reporting


DELIVERED = job_in(JobState.DELIVERED, images=(image(0),))
FORGOTTEN = replace(DELIVERED, images=(), reply=replace(DELIVERED.reply, message_id=0))


@pytest.mark.parametrize(
    ("job", "covers", "key"),
    [
        (replace(DELIVERED, deleted_ms=1), True, "removed-already"),
        (replace(DELIVERED, state=JobState.DELIVERING), True, "cover-nothing"),
        (replace(DELIVERED, state=JobState.FAILED), True, "cover-nothing"),
        (FORGOTTEN, True, "cover-nothing"),
        (replace(DELIVERED, is_covered=True), True, "covered-already"),
        (DELIVERED, False, "uncovered-already"),
    ],
)
def test_what_has_no_pictures_or_is_so_already_is_not_covered(job, covers, key):
    with pytest.raises(MemberError) as refusal:
        check_coverable(job, covers=covers)
    assert (refusal.value.key, refusal.value.values) == (key, {"number": 812})


def test_pictures_that_stand_somewhere_or_are_kept_are_covered():
    for job in (
        DELIVERED,
        replace(DELIVERED, state=JobState.UNDELIVERED),
        replace(DELIVERED, images=()),
        replace(FORGOTTEN, images=(image(0),)),
    ):
        check_coverable(job, covers=True)
        check_coverable(replace(job, is_covered=True), covers=False)


@pytest.mark.parametrize(
    ("job", "member_id", "key"),
    [
        (DELIVERED, 7, "report-own"),
        (replace(DELIVERED, deleted_ms=1), 8, "report-nothing"),
        (replace(DELIVERED, request=replace(REQUEST, private=True)), 8, "report-nothing"),
        (replace(DELIVERED, state=JobState.UNDELIVERED), 8, "report-nothing"),
    ],
)
def test_only_pictures_that_others_see_are_reported_and_not_ones_own(job, member_id, key):
    check_reportable(DELIVERED, 8)
    with pytest.raises(MemberError, match=key):
        check_reportable(job, member_id)
