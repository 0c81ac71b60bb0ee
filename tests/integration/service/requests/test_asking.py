from typing import Any

import pytest

from bot.domain.jobs.job import JobState
from bot.domain.requests.model import SEED_MAX
from bot.domain.requests.quota import Balance, Rule
from bot.domain.requests.request import Options
from bot.domain.servers.access import ServerAccess
from bot.domain.time.periods import PeriodKind
from bot.errors import BotError, InvalidRequest, MemberError, NotPermitted, OverQuota, Unavailable
from tests.support.service import Service, make_policy


async def refused(service: Service, options: Options, kind: type[BotError]) -> MemberError:
    with pytest.raises(kind) as refusal:
        await service.submitter.submit(options, service.asker())
    assert await service.rows("SELECT * FROM jobs") == []
    assert await service.rows("SELECT * FROM holds") == []
    assert isinstance(refusal.value, MemberError)
    return refusal.value


async def test_a_held_job_is_queued_once_discord_shows_it(service: Service):
    asker = service.asker()
    held = await service.submitter.submit(Options("a cat"), asker)
    assert (held.state, held.id) == (JobState.HELD, asker.interaction_id)
    assert 0 <= held.request.seed <= SEED_MAX
    assert (await service.lanes.claim(service.policy.catalogue[held.request.model])).job is None
    lanes: list[str] = []
    service.changes.on_lane(lanes.append)
    queued = await service.submitter.acknowledge(held.id, 77)
    assert queued is not None
    assert (queued.state, queued.reply.message_id, lanes) == (JobState.QUEUED, 77, [held.request.model])
    assert await service.submitter.acknowledge(held.id, 78) is None
    assert lanes == [held.request.model]


async def test_a_job_whose_reply_discord_never_took_is_void(service: Service):
    held = await service.submitter.submit(Options("a cat"), service.asker())
    await service.submitter.withdraw(held.id)
    voided = await service.until(held, JobState.VOID)
    assert (await service.hold(voided))["outcome"] == "voided"
    assert await service.submitter.acknowledge(held.id, 77) is None


async def test_the_same_interaction_twice_is_one_job(service: Service):
    asker = service.asker()
    first = await service.submitter.submit(Options("a cat"), asker)
    assert await service.submitter.submit(Options("a cat"), asker) == first


async def test_nothing_is_taken_once_the_program_is_ending(service: Service):
    service.submitter.stop_accepting()
    assert (await refused(service, Options("a cat"), Unavailable)).key == "shutting-down"


async def test_a_server_that_the_operator_does_not_pay_for_is_refused(service: Service):
    service.submitter.set_access(ServerAccess(frozenset({2})))
    assert (await refused(service, Options("a cat"), NotPermitted)).key == "server-not-allowed"
    assert not service.submitter.admits(1, 99)
    service.submitter.set_access(ServerAccess(frozenset({2}), frozenset({99})))
    await service.submitter.submit(Options("a cat"), service.asker())


@pytest.mark.parametrize(
    ("rule", "options", "kind", "key"),
    [
        (Rule(10, 0, 2, 9, 0), Options("a cat", count=3), InvalidRequest, "too-many-images"),
        (Rule(10, 0, 4, 9, 0), Options(" "), InvalidRequest, "invalid-prompt-empty"),
        (Rule(1, 0, 4, 9, 0), Options("a cat", count=3), OverQuota, "over-quota"),
        (Rule(9, 0, 4, 0, 0), Options("a cat"), Unavailable, "too-many-active"),
    ],
)
async def test_a_refusal_names_its_reason_and_holds_nothing(
    reopen: Any, rule: Rule, options: Options, kind: type[BotError], key: str
):
    async with reopen(make_policy(rule=rule)) as service:
        refusal = await refused(service, options, kind)
        assert refusal.key == key
        if key == "too-many-images":
            assert refusal.values == {"count": 3, "limit": 2}


async def test_the_terms_are_those_of_the_moment(reopen: Any):
    async with reopen(make_policy(period=PeriodKind.DAY, pool_micros=5, cap_micros=6)) as service:
        before = service.quotas.terms()
        service.clock.advance(24 * 3600)
        after = service.quotas.terms()
        assert after.period.start_ms == before.period.end_ms
        assert (before.pool_micros, before.cap_micros, before.longest_queue) == (5, 6, 100)
        standing = await service.quotas.standing(1, 1)
        assert (standing.left, standing.terms.rule) == (Balance(100, 0, 0), service.policy.rule)
