import asyncio
import itertools
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.jobs.job import Job, JobState, Removal
from bot.domain.moderation.cases import LONGEST_APPEAL, ChargeWish
from bot.domain.moderation.prompt_rules import MOST_RULES, RuleKind
from bot.domain.requests.quota import Refund, Rule
from bot.domain.requests.request import Options
from bot.errors import Blocked, BotError, InvalidRequest, MemberError, NotPermitted, PriceNotAgreed, Unavailable
from bot.service.requests.asker import Asker
from bot.service.requests.prompt_screening import PromptRefusedHere
from tests.support.failures import failure_of
from tests.support.service import TURBO, Service, make_policy

HOUR_S = 3600


async def is_refused(done: Awaitable[object], kind: type[BotError], key: str) -> MemberError:
    with pytest.raises(kind) as refusal:
        await done
    assert isinstance(refusal.value, MemberError)
    assert refusal.value.key == key
    return refusal.value


async def delivered(service: Service) -> Job:
    await service.start()
    job = await service.until(await service.ask(), JobState.DELIVERING)
    done = await service.jobs.record_delivery(job.id, {0: 5}, version=job.version, ping=False)
    assert done is not None
    return done


async def asked(service: Service, job: Job, *, reason: str = "") -> int:
    act = service.act("mod.remove", reason=reason)
    await service.moderation.ask_removal(act, job)
    return act.interaction_id


# -- prompts


async def test_a_prompt_that_breaks_a_rule_is_refused_and_noted_without_its_words(service: Service):
    await service.moderation.add_rule(service.act(), RuleKind.WORD, "blood")
    asker = service.asker(7)
    for options in (Options("a pool of bl0od"), Options("a pool", negative_prompt="blood")):
        with pytest.raises(PromptRefusedHere, match="prompt-breaks-word"):
            await service.submitter.submit(options, asker)
    noted = await service.rows("SELECT detail FROM audit WHERE act = 'request.refused'")
    assert noted == [('{"reason": "prompt-breaks-word", "rule": 1}',)] * 2
    assert await service.rows("SELECT * FROM jobs") == []


async def test_the_refusal_that_makes_a_member_wait_says_until_when_and_after_it_no_rule_is_named(service: Service):
    await service.moderation.add_rule(service.act(), RuleKind.WORD, "blood")
    refusals: list[PromptRefusedHere] = []
    for _ in range(5):
        with pytest.raises(PromptRefusedHere) as refused:
            await service.ask("blood")
        refusals.append(refused.value)
    standings = [one.standing for one in refusals]
    assert [one.is_next_one_too_many for one in standings] == [False] * 3 + [True, False]
    assert [one.again_ms for one in standings[:4]] == [0] * 4
    assert standings[4].again_ms > service.clock.now_ms()
    assert [one.values["waits"] for one in refusals] == [0, 0, 0, 0, 1]
    for prompt in ("blood", "a flower shop"):
        with pytest.raises(Unavailable, match="refused-too-often"):
            await service.ask(prompt)


async def test_a_refusal_counts_from_the_very_moment_at_which_its_job_ends(
    service: Service, monkeypatch: pytest.MonkeyPatch
):
    now_ms, looks = service.machine.now_ms, itertools.count()
    monkeypatch.setattr(service.machine, "now_ms", lambda: now_ms() + next(looks))
    job = await service.ask()
    await service.lanes.claim(TURBO)
    failed = await service.jobs.fail(job.id, failure_of("DataInspectionFailed"))
    assert failed is not None
    # By that moment a card knows that it is about the refusal that makes its member wait.
    assert (await service.quotas.standing_of(failed)).refused.last_ms == failed.ended_ms


async def test_a_rule_counts_from_the_next_request_on_and_in_its_own_server(service: Service):
    await service.submitter.submit(Options("blood"), service.asker())
    rule = await service.moderation.add_rule(service.act(), RuleKind.PATTERN, " blo+d ")
    assert rule == "blo+d"
    with pytest.raises(PromptRefusedHere):
        await service.submitter.submit(Options("blood"), service.asker())
    await service.submitter.submit(Options("blood"), service.asker(server_id=2))
    (kept,) = await service.moderation.rules(1)
    assert await service.moderation.remove_rule(service.act(), kept.id) == kept
    await service.submitter.submit(Options("blood"), service.asker())


async def test_a_price_offer_is_checked_against_the_rules_and_blocks_of_the_moment_it_is_agreed_to(reopen: Any):
    async with reopen(make_policy(rule=Rule(0, 10**7, 4, 9, 0))) as service:
        asker: Asker = service.asker()
        with pytest.raises(PriceNotAgreed) as question:
            await service.submitter.submit(Options("blood"), asker)
        kept = await service.submitter.kept(question.value.offer_id, asker)
        await service.moderation.add_rule(service.act(), RuleKind.WORD, "blood")
        with pytest.raises(PromptRefusedHere):
            await service.submitter.agree(kept, service.asker())
        await service.moderation.remove_rule(service.act(), 1)
        await service.moderation.block(service.act(), 1, None)
        with pytest.raises(Blocked):
            await service.submitter.agree(kept, service.asker())
        await service.moderation.unblock(service.act(), 1)
        assert (await service.submitter.agree(kept, service.asker())).state is JobState.HELD


async def test_a_rule_that_can_not_be_one_is_refused(service: Service):
    await service.moderation.add_rule(service.act(), RuleKind.WORD, "blood")
    await is_refused(
        service.moderation.add_rule(service.act(), RuleKind.WORD, "blood"), InvalidRequest, "prompt-rule-known"
    )
    await is_refused(
        service.moderation.add_rule(service.act(), RuleKind.PATTERN, "("), InvalidRequest, "prompt-rule-pattern-invalid"
    )
    assert len(await service.moderation.rules(1)) == 1


async def test_two_moderators_at_once_do_not_add_more_rules_than_there_may_be(service: Service):
    def fill(conn: Any) -> None:
        for number in range(MOST_RULES - 1):
            conn.execute("INSERT INTO prompt_rules (server_id, kind, text) VALUES (1, 'word', ?)", (f"word{number}",))

    await service.database.write(fill)
    adding = [service.moderation.add_rule(service.act(), RuleKind.WORD, word) for word in ("blood", "gore", "guts")]
    outcomes = await asyncio.gather(*adding, return_exceptions=True)
    assert sorted(one.key for one in outcomes if isinstance(one, InvalidRequest)) == ["prompt-rules-full"] * 2
    assert len(await service.moderation.rules(1)) == MOST_RULES


# -- members


async def test_a_block_lasts_as_long_as_was_said_or_for_good(service: Service):
    before_ms = service.clock.now_ms()
    case = await service.moderation.block(service.act(), 1, HOUR_S)
    assert before_ms <= case.until_ms - HOUR_S * 1000 <= case.at_ms
    with pytest.raises(Blocked):
        await service.submitter.submit(Options("a cat"), service.asker())
    assert (await service.moderation.block(service.act(), 1, None)).until_ms == 0


async def test_nobody_blocks_themselves(service: Service):
    act = service.act()
    await is_refused(service.moderation.block(act, act.actor_id, HOUR_S), NotPermitted, "block-yourself")
    await is_refused(service.moderation.pause(act, act.actor_id, HOUR_S), NotPermitted, "block-yourself")


async def test_nobody_lets_themselves_in_again(service: Service):
    act = service.act()
    await service.moderation.block(service.act(), 1, None)
    await is_refused(service.moderation.unblock(replace(act, actor_id=1), 1), NotPermitted, "unblock-yourself")
    with pytest.raises(Blocked):
        await service.submitter.submit(Options("a cat"), service.asker())


async def test_a_pause_lengthens_a_block_and_never_shortens_one(service: Service):
    await service.moderation.block(service.act(), 1, HOUR_S)
    longer = await service.moderation.pause(service.act(), 1, 2 * HOUR_S)
    before = await service.rows("SELECT * FROM cases, blocks")
    refusal = await is_refused(service.moderation.pause(service.act(), 1, HOUR_S), MemberError, "blocked-longer")
    assert refusal.values == {"number": longer.number}
    assert await service.rows("SELECT * FROM cases, blocks") == before
    for_good = await service.moderation.block(service.act(), 1, None)
    refusal = await is_refused(service.moderation.pause(service.act(), 1, HOUR_S), MemberError, "blocked-longer")
    assert refusal.values == {"number": for_good.number}
    service.clock.advance(2 * HOUR_S)
    await service.moderation.unblock(service.act(), 1)
    assert (await service.moderation.pause(service.act(), 1, HOUR_S)).until_ms


async def test_prompts_that_the_image_service_refuses_pause_their_member(service: Service):
    assert await service.moderation.strikes(1) == 3
    assert await service.moderation.set_strikes(service.act(), 2) == (3, 2)
    await is_refused(service.moderation.set_strikes(service.act(), -1), InvalidRequest, "invalid-strikes")
    await service.start()
    for job in [await service.ask("[refuse]"), await service.ask("[ip]")]:
        await service.until(job, JobState.FAILED)
    with pytest.raises(Blocked) as refusal:
        await service.submitter.submit(Options("a cat"), service.asker())
    assert refusal.value.by_program


# -- pictures


async def test_removing_gives_back_the_charge_if_that_is_wished(service: Service, tmp_path: Path):
    job = await delivered(service)
    question = await asked(service, job, reason="ugly")
    act = service.act("mod.remove")
    begun, case, back = await service.moderation.begin_removal(act, question, ChargeWish.GIVE_BACK)
    assert (begun.id, case.reason) == (job.id, "ugly")
    assert back is not None
    assert back.free_images == 1
    await service.remover.finish(begun.id, Removal.DONE)
    after = await service.until(job, JobState.DELIVERED)
    assert (after.kept, after.deleted_ms > 0) == ((), True)
    assert not (tmp_path / "images" / job.kept[0].path).exists()
    await is_refused(asked(service, after), MemberError, "removed-already")
    await is_refused(
        service.moderation.begin_removal(service.act(), question, ChargeWish.KEEP), MemberError, "removed-already"
    )


async def test_an_admin_gives_back_what_a_moderator_asked_for_once_and_nothing_of_their_own(service: Service):
    job = await delivered(service)
    act = service.act("mod.remove")
    _, case, back = await service.moderation.begin_removal(act, await asked(service, job), ChargeWish.ASK)
    assert back is None
    own = replace(service.act("quota.refund"), actor_id=job.member_id)
    await is_refused(service.moderation.give_back(own, case.id), NotPermitted, "refund-own")
    assert await service.moderation.give_back(service.act("quota.refund"), case.id) == Refund(1, 0)
    await is_refused(
        service.moderation.give_back(service.act("quota.refund"), case.id), MemberError, "refunded-already"
    )


async def test_a_removal_that_a_crash_cuts_short_is_ended_at_the_next_start_and_gives_back_once(
    reopen: Any, tmp_path: Path
):
    async with reopen() as service:
        job = await delivered(service)
        question = await asked(service, job)
        await service.moderation.begin_removal(service.act("mod.remove"), question, ChargeWish.GIVE_BACK)
    async with reopen() as service:
        await service.remover.take_up()
        after = await service.until(job, JobState.DELIVERED)
        assert after.deleted_ms > 0
        assert not (tmp_path / "images" / job.kept[0].path).exists()
        assert await service.rows("SELECT count(*) FROM ledger WHERE kind = 'refund'") == [(1,)]
        assert await service.rows("SELECT kind FROM cases") == [("remove",)]


async def test_a_removal_is_ended_at_the_next_start_though_no_file_was_kept_any_more(service: Service):
    job = await delivered(service)
    await service.jobs.forget_pictures(job.id)
    await service.moderation.begin_removal(service.act(), await asked(service, job), ChargeWish.KEEP)
    await service.remover.take_up()
    assert (await service.until(job, JobState.DELIVERED)).deleted_ms > 0
    assert await service.jobs.removals_begun() == []


async def test_what_is_under_way_or_elsewhere_is_not_removed(service: Service):
    job = await service.ask()
    assert await service.moderation.job_by_number(1, job.number) == job
    assert (await service.moderation.job(1, job.id)).id == job.id
    await is_refused(asked(service, job), MemberError, "still-under-way")
    await is_refused(service.moderation.job(2, job.id), NotPermitted, "job-gone")
    await is_refused(service.moderation.job(1, 5), NotPermitted, "job-gone")
    await is_refused(service.moderation.job_by_number(2, job.number), MemberError, "no-such-job")


async def test_a_question_of_another_server_or_none_is_not_known(service: Service):
    job = await delivered(service)
    question = await asked(service, job)
    for act, asked_id in ((service.act(server_id=2), question), (service.act(), 5)):
        await is_refused(
            service.moderation.begin_removal(act, asked_id, ChargeWish.KEEP), NotPermitted, "question-gone"
        )
    _, _, back = await service.moderation.begin_removal(service.act(), question, ChargeWish.KEEP)
    assert back is None
    assert await service.rows("SELECT count(*) FROM ledger WHERE kind = 'refund'") == [(0,)]


# -- cases and appeals


async def test_a_case_is_read_and_noted_in_its_own_server(service: Service):
    case = await service.moderation.block(service.act(reason="spam"), 1, None)
    file = await service.moderation.note(service.act(), case.number, "seen it")
    assert await service.moderation.case(1, case.number) == file
    for done in (service.moderation.case(2, 1), service.moderation.note(service.act(server_id=2), 1, "x")):
        await is_refused(done, MemberError, "no-such-case")


async def test_an_appeal_is_cut_to_its_length_and_must_say_something(service: Service):
    case = await service.moderation.block(service.act(), 1, None)
    await service.moderation.check_appeal(1, 1, case.id)
    mine = replace(service.act("mod.appeal"), actor_id=1)
    for nothing in (" \n", "\u200b\u2060", " \u3164\ufe0f "):
        await is_refused(service.moderation.appeal(mine, case.id, nothing, "en-US"), InvalidRequest, "appeal-empty")
    await service.moderation.appeal(mine, case.id, "x" * (LONGEST_APPEAL + 1), "en-US")
    await service.moderation.check_decision(1, 9, 1)
    await is_refused(service.moderation.decide(service.act(), 1, accepts=False), InvalidRequest, "appeal-no-reason")
    decided = await service.moderation.decide(service.act(), 1, accepts=True)
    assert decided.text == "x" * LONGEST_APPEAL
    assert (await service.submitter.submit(Options("a cat"), service.asker())).state is JobState.HELD


async def test_who_is_blocked_and_a_members_cases_are_read_and_a_block_is_lifted_by_its_case(service: Service):
    case = await service.moderation.block(service.act(), 1, None)
    assert await service.moderation.blocked(1, most=5) == [case]
    lifted = await service.moderation.lift(service.act(), case.id)
    assert await service.moderation.blocked(1, most=5) == []
    files = await service.moderation.of_member(1, 1, most=5)
    assert [file.case for file in files] == [lifted, case]


# -- covering and reporting


async def test_what_shows_a_job_is_told_when_its_pictures_are_covered_or_reported(service: Service):
    job, touched = await delivered(service), list[int]()
    service.changes.on_job(touched.append)
    await service.moderation.cover(service.act("mod.cover"), job.id, covers=True)
    assert touched == [job.id]
    act = replace(service.act("member.report"), actor_id=5)
    await is_refused(service.complaining.report(act, job), MemberError, "report-nowhere")
    await service.servers.change_settings(service.act(), lambda old: replace(old, log_channel=77))
    await service.complaining.report(act, job)
    assert touched == [job.id] * 2
