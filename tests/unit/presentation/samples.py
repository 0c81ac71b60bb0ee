"""Jobs in every state, made by hand."""

from dataclasses import fields, replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.jobs.job import NOTHING, Charge, Job, JobImage, JobState, ReplyAddress
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Balance, Rule, Standing, Terms
from bot.domain.requests.request import ImageRequest
from bot.domain.requests.sizes import Size
from bot.domain.time.periods import PeriodKind, period_at
from bot.presentation.jobs.cards import Known
from bot.presentation.kit.receipt import ShownPicture
from bot.service.vendor.estimates import Estimate
from tests.support.failures import failure_of

WRITTEN = ("en-US", "zh-CN")
"""The languages whose texts tests spell out; a further one takes no test of theirs."""

EMPTY: dict[object, Any] = {int: 0, str: "", bool: False}
NOW_MS = 1_795_000_000_000
MODEL = "wanx2.1-t2i-turbo"
REQUEST = ImageRequest("a cat", "", MODEL, Size(1024, 1024), 2, 42, True, False, False)
REPLY = ReplyAddress(1, 2, "token", NOW_MS + 900_000, 3, 10 * 1024 * 1024, "en-US", True)


def job_in(state: JobState, *, locale: str = "en-US", request: ImageRequest = REQUEST, **changes: Any) -> Job:
    values: dict[str, Any] = {one.name: EMPTY.get(one.type) for one in fields(Job)}
    values |= {
        "id": 812_000,
        "number": 812,
        "server_id": 5,
        "account_id": 6,
        "member_id": 7,
        "state": state,
        "version": 3,
        "shown": 2,
        "request": request,
        "reply": replace(REPLY, locale=locale),
        "created_ms": NOW_MS - 60_000,
        "held": Charge(request.count, request.count, 0),
        "given_back": NOTHING,
        "images": (),
    }
    if state is JobState.FAILED and "failure" in changes:
        values["failure_kind"] = failure_of(changes["failure"]).kind
    return Job(**{**values, **changes})


def image(ordinal: int, **changes: Any) -> JobImage:
    made = JobImage(ordinal, "", "", "a cat", "a *splendid* cat", f"{ordinal}.png", 1000, 1024, 1024, 100 + ordinal)
    if "code" in changes:
        changes["kind"] = failure_of(changes["code"]).kind
    return replace(made, **changes)


def pictures(job: Job, *, is_reencoded: bool = False) -> tuple[ShownPicture, ...]:
    ending = "jpg" if is_reencoded else "png"
    return tuple(
        ShownPicture(one.ordinal, f"{job.number}-{one.ordinal + 1}.{ending}", is_reencoded=is_reencoded)
        for one in job.kept
    )


def known(job: Job, **changes: Any) -> Known:
    terms = Terms(
        Rule(10, 0, 4, 5, 0),
        period_at(PeriodKind.DAY, ZoneInfo("Asia/Shanghai"), NOW_MS),
        period_at(PeriodKind.MONTH, ZoneInfo("Asia/Shanghai"), NOW_MS),
        period_at(PeriodKind.DAY, ZoneInfo("Asia/Shanghai"), NOW_MS),
        None,
        None,
        BUILT_IN,
        100,
    )
    made = Known(
        now_ms=NOW_MS,
        estimate=Estimate(3, NOW_MS + 90_000),
        standing=Standing(Balance(8, 140_000, 0), terms),
        model=BUILT_IN[MODEL],
        pictures=pictures(job) if job.state in {JobState.DELIVERING, JobState.DELIVERED} else (),
    )
    return replace(made, **changes)
