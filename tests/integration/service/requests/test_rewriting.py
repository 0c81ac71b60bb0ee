"""Prompts that are rewritten before they are drawn: once, at a known cost, and never in the way of a picture."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.act import Act
from bot.domain.jobs.job import JobState
from bot.domain.moderation.prompt_rules import RuleKind
from bot.domain.requests.quota import Rule
from bot.domain.requests.request import Options
from bot.domain.requests.rewriting import Enhanced, Fault, PromptOffer, RewritingTerms
from bot.domain.text.enhance import Enhance
from bot.errors import AlreadyDone, InvalidRequest, MemberError, NotPermitted, OverQuota, PriceNotAgreed, Unavailable
from bot.service.requests.prompt_screening import PromptRefusedByService
from bot.storage.books.verification import SqliteBooks
from bot.storage.jobs.rewritings import LIVES_MS
from sandbox.dashscope import DashScopeStandIn, TextOutcome
from sandbox.dashscope.refusals import ARREARS, INAPPROPRIATE, INPUT_OR_OUTPUT, OUTPUT_WITHHELD
from sandbox.faults import Fault as Trouble
from tests.support.service import PRICE, TURBO, Service, make_policy, mend, spoil

TERMS = RewritingTerms("qwen3.7-flash", 200_000, 800_000, daily=3)
IMPROVE = Options("a cat", enhance=Enhance.IMPROVE, prompt_extend=True)
REWRITTEN = "a cat, in soft evening light, finely detailed"


@pytest.fixture
async def helped(reopen: Any) -> AsyncIterator[Service]:
    """A program whose operator has prompts rewritten."""
    async with reopen(make_policy(rewriting=TERMS)) as opened:
        yield opened


async def costs(service: Service) -> list[tuple[Any, ...]]:
    """Return what the ledger has of rewritings."""
    return await service.rows("SELECT kind, used_delta, held_delta FROM ledger WHERE rewriting_id > 0 ORDER BY id")


async def outcomes(service: Service) -> list[str | None]:
    return [outcome for (outcome,) in await service.rows("SELECT outcome FROM rewritings ORDER BY id")]


async def assert_books_agree(service: Service) -> None:
    assert await SqliteBooks(service.database).differences() == []


async def add_rule(service: Service, text: str) -> None:
    act = Act(50_000, 1, 900, "mod.rule", "")
    await service.moderation.add_rule(act, RuleKind.WORD, text)


async def test_the_rewritten_prompt_is_drawn_and_the_original_kept(helped: Service, vendor: DashScopeStandIn):
    job = await helped.submitter.submit(IMPROVE, helped.asker())
    assert (job.request.prompt, job.request.typed_prompt) == (REWRITTEN, "a cat")
    assert job.request.enhanced == Enhanced(Enhance.IMPROVE, "a cat")
    # One rewriting at a time.
    assert job.request.prompt_extend is False
    (call,) = vendor.texts.calls
    assert await costs(helped) == [("cost", call.cost_micros, 0)]
    assert call.cost_micros == vendor.billed_micros
    await assert_books_agree(helped)


async def test_a_translation_is_asked_for_as_such(helped: Service, vendor: DashScopeStandIn):
    job = await helped.submitter.submit(Options("eine Katze", enhance=Enhance.TRANSLATE), helped.asker())
    assert job.request.prompt == "eine Katze (in English)"
    assert "at most 800 characters" in vendor.texts.calls[0].instruction


async def test_who_says_nothing_gets_what_the_server_has_it_be(helped: Service, vendor: DashScopeStandIn):
    plain = await helped.submitter.submit(Options("a cat"), helped.asker())
    assert (plain.request.enhanced, plain.request.prompt_extend) == (None, True)
    await helped.servers.change_settings(helped.act("settings"), lambda old: replace(old, enhance=Enhance.IMPROVE))
    assert (await helped.submitter.submit(Options("a cat"), helped.asker())).request.prompt == REWRITTEN
    as_typed = await helped.submitter.submit(Options("a cat", enhance=Enhance.OFF), helped.asker())
    assert as_typed.request.enhanced is None
    elsewhere = await helped.submitter.submit(Options("a cat"), helped.asker(server_id=2))
    assert elsewhere.request.enhanced is None
    assert len(vendor.texts.calls) == 1


@pytest.mark.parametrize("wish", [True, False])
async def test_who_says_what_the_model_does_with_the_prompt_has_chosen(
    helped: Service, vendor: DashScopeStandIn, wish: bool
):
    await helped.servers.change_settings(helped.act("settings"), lambda old: replace(old, enhance=Enhance.IMPROVE))
    job = await helped.submitter.submit(Options("a cat", prompt_extend=wish), helped.asker())
    assert (job.request.prompt, job.request.prompt_extend, job.request.enhanced) == ("a cat", wish, None)
    assert vendor.texts.calls == []


async def test_where_nothing_is_rewritten_a_wish_is_refused_and_a_servers_setting_is_silent(
    service: Service, vendor: DashScopeStandIn
):
    await service.servers.change_settings(service.act("settings"), lambda old: replace(old, enhance=Enhance.IMPROVE))
    assert (await service.submitter.submit(Options("a cat"), service.asker())).request.enhanced is None
    with pytest.raises(InvalidRequest, match="rewriting-off"):
        await service.submitter.submit(IMPROVE, service.asker())
    with pytest.raises(InvalidRequest, match="rewriting-off"):
        await service.submitter.rewrite("a cat", Enhance.IMPROVE, service.asker())
    assert vendor.texts.calls == []


LOST = Trouble(cut=True, when="after")
FAULTS = [
    (TextOutcome(says="x" * 801), None, Fault.LONG, "settled"),
    (TextOutcome(finish_reason="length"), None, Fault.LONG, "settled"),
    (TextOutcome(says=" \u200b "), None, Fault.SERVICE, "settled"),
    (TextOutcome(refuse=ARREARS), None, Fault.SERVICE, "voided"),
    (TextOutcome(refuse=OUTPUT_WITHHELD), None, Fault.WITHHELD, "doubtful"),
    (TextOutcome(refuse=INPUT_OR_OUTPUT), None, Fault.WITHHELD, "doubtful"),
    (TextOutcome(tells=("output",)), None, Fault.LOST, "doubtful"),
    (TextOutcome(says="a blood moon"), None, Fault.RULE, "settled"),
    (TextOutcome(), LOST, Fault.LOST, "doubtful"),
]


@pytest.mark.parametrize(("outcome", "trouble", "fault", "end"), FAULTS)
async def test_on_any_fault_the_original_is_drawn_as_it_is(
    helped: Service, vendor: DashScopeStandIn, outcome: TextOutcome, trouble: Trouble | None, fault: Fault, end: str
):
    await add_rule(helped, "blood")
    vendor.texts.next_outcome(outcome)
    if trouble is not None:
        vendor.faults.add("text", trouble)
    job = await helped.submitter.submit(IMPROVE, helped.asker())
    assert (job.state, job.request.prompt, job.request.prompt_extend) == (JobState.HELD, "a cat", False)
    assert job.request.enhanced == Enhanced(Enhance.IMPROVE, fault=fault)
    assert await outcomes(helped) == [end]
    await assert_books_agree(helped)
    # A rule that somebody else's words break is no strike.
    assert await helped.rows("SELECT * FROM refused_prompts") == []


async def test_a_lost_answer_stays_in_doubt_at_the_most_that_it_can_cost_and_is_not_asked_for_again(
    helped: Service, vendor: DashScopeStandIn
):
    vendor.faults.add("text", LOST)
    await helped.submitter.submit(IMPROVE, helped.asker())
    (call,) = vendor.texts.calls
    ((kind, used, held),) = await costs(helped)
    assert (kind, used) == ("doubt", 0)
    assert held >= call.cost_micros
    ((most,),) = await helped.rows("SELECT most_micros FROM rewritings")
    assert held == most == TERMS.most_cost(call.instruction, "a cat")
    bill = await helped.reporting.operator(None)
    (of_texts,) = [one for one in bill.models if one.model == TERMS.model]
    assert (of_texts.rewritings, of_texts.cost_micros, of_texts.doubtful_micros) == (1, 0, held)


async def test_the_bill_has_what_texts_cost(helped: Service, vendor: DashScopeStandIn):
    for _ in range(2):
        await helped.submitter.submit(IMPROVE, helped.asker())
    bill = await helped.reporting.operator(None)
    (of_texts,) = bill.models
    assert (of_texts.model, of_texts.rewritings, of_texts.images) == (TERMS.model, 2, 0)
    assert bill.total.cost_micros == bill.cap.cost_micros == vendor.billed_micros


async def test_a_members_number_per_day_is_theirs_in_one_server(helped: Service, vendor: DashScopeStandIn):
    vendor.texts.next_outcome(TextOutcome(refuse=ARREARS))
    # What the vendor did not take does not count.
    for _ in range(4):
        await helped.submitter.submit(IMPROVE, helped.asker())
    fifth = await helped.submitter.submit(IMPROVE, helped.asker())
    assert fifth.request.enhanced == Enhanced(Enhance.IMPROVE, fault=Fault.LIMIT)
    with pytest.raises(Unavailable) as refusal:
        await helped.submitter.rewrite("a cat", Enhance.IMPROVE, helped.asker())
    assert (refusal.value.key, refusal.value.values["limit"]) == ("not-rewritten-limit", 3)
    for other in (helped.asker(2), helped.asker(server_id=2)):
        assert (await helped.submitter.submit(IMPROVE, other)).request.prompt == REWRITTEN
    helped.clock.advance(24 * 3600)
    assert (await helped.submitter.submit(IMPROVE, helped.asker())).request.prompt == REWRITTEN


async def test_what_the_service_keeps_back_of_what_it_wrote_counts_on_the_day_and_against_the_cap(
    helped: Service, vendor: DashScopeStandIn
):
    vendor.texts.next_outcome(TextOutcome(refuse=OUTPUT_WITHHELD), times=4)
    jobs = [await helped.submitter.submit(IMPROVE, helped.asker()) for _ in range(4)]
    faults = [job.request.enhanced and job.request.enhanced.fault for job in jobs]
    assert faults == [*[Fault.WITHHELD] * 3, Fault.LIMIT]
    ((most,),) = await helped.rows("SELECT DISTINCT most_micros FROM rewritings")
    assert await costs(helped) == [("doubt", 0, most)] * 3
    await assert_books_agree(helped)


async def test_what_a_text_can_cost_at_most_has_to_fit_under_the_operators_cap(reopen: Any, vendor: DashScopeStandIn):
    dear = replace(TERMS, price_out_micros=100_000_000_000)
    async with reopen(make_policy(rewriting=dear, cap_micros=10 * PRICE)) as service:
        job = await service.submitter.submit(IMPROVE, service.asker())
        assert job.request.enhanced == Enhanced(Enhance.IMPROVE, fault=Fault.CAP)
        with pytest.raises(Unavailable, match="over-cap"):
            await service.submitter.rewrite("a cat", Enhance.IMPROVE, service.asker())
    assert vendor.texts.calls == []


async def test_an_open_text_counts_against_the_cap(reopen: Any, vendor: DashScopeStandIn):
    gate = vendor.faults.gate("text")
    async with reopen(make_policy(rewriting=TERMS, cap_micros=PRICE)) as service:
        asking = asyncio.create_task(service.submitter.rewrite("a cat", Enhance.IMPROVE, service.asker(2)))
        await gate.reached.wait()
        with pytest.raises(OverQuota, match="over-cap"):
            await service.submitter.submit(Options("a cat", model=TURBO.name), service.asker())
        gate.open()
        await asking


async def test_who_is_over_a_limit_or_blocked_has_nothing_rewritten(reopen: Any, vendor: DashScopeStandIn):
    none_free = Rule(free_images=0, budget_micros=0, images_per_job=4, active_jobs=100, cooldown_s=0)
    async with reopen(make_policy(rewriting=TERMS, rule=none_free)) as service:
        with pytest.raises(OverQuota, match="over-quota"):
            await service.submitter.submit(IMPROVE, service.asker())
        with pytest.raises(OverQuota, match="over-quota"):
            await offered(service)
        await service.moderation.block(service.act("mod.block"), 1, None)
        with pytest.raises(NotPermitted, match="blocked"):
            await service.submitter.submit(IMPROVE, service.asker())
        with pytest.raises(NotPermitted, match="blocked"):
            await offered(service)
    assert vendor.texts.calls == []


async def test_a_rule_of_the_server_is_met_before_anything_is_spent(helped: Service, vendor: DashScopeStandIn):
    await add_rule(helped, "cat")
    with pytest.raises(InvalidRequest, match="prompt-breaks-word"):
        await helped.submitter.submit(IMPROVE, helped.asker())
    with pytest.raises(InvalidRequest, match="prompt-breaks-word"):
        await offered(helped)
    assert vendor.texts.calls == []


async def test_what_the_service_refuses_for_its_words_counts_like_a_pictures(helped: Service, vendor: DashScopeStandIn):
    vendor.texts.next_outcome(TextOutcome(refuse=INAPPROPRIATE), times=5)
    for nth in range(5):
        with pytest.raises(PromptRefusedByService) as refusal:
            await helped.submitter.submit(IMPROVE, helped.asker())
        assert refusal.value.values["waits"] == int(nth == 4)
    with pytest.raises(Unavailable, match="refused-too-often"):
        await helped.submitter.rewrite("a cat", Enhance.IMPROVE, helped.asker())
    assert await outcomes(helped) == ["voided"] * 5
    assert await helped.rows("SELECT * FROM jobs") == []


async def test_the_same_interaction_is_rewritten_once(helped: Service, vendor: DashScopeStandIn):
    asker, gate = helped.asker(), vendor.faults.gate("text")
    first = asyncio.create_task(helped.submitter.submit(IMPROVE, asker))
    await gate.reached.wait()
    with pytest.raises(AlreadyDone):
        await helped.submitter.submit(IMPROVE, asker)
    gate.open()
    job = await first
    with pytest.raises(AlreadyDone):
        await helped.submitter.submit(IMPROVE, asker)
    assert (await helped.jobs.get(job.id)) == job
    assert len(vendor.texts.calls) == 1


async def test_what_a_killed_run_left_open_is_in_doubt_and_no_more(reopen: Any, vendor: DashScopeStandIn):
    gate = vendor.faults.gate("text")
    async with reopen(make_policy(rewriting=TERMS)) as service:
        asking = asyncio.create_task(service.submitter.submit(IMPROVE, service.asker()))
        await gate.reached.wait()
        # Somebody waits for it.
        await service.rewriter.tidy()
        assert await outcomes(service) == [None]
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    gate.open()
    async with reopen() as after:
        await after.rewriter.tidy()
        assert await outcomes(after) == ["doubtful"]
        assert await after.rows("SELECT * FROM jobs") == []
        await after.rewriter.tidy()
        assert len(await costs(after)) == 1
        await assert_books_agree(after)


async def test_a_cost_that_could_not_be_noted_is_in_doubt(helped: Service, vendor: DashScopeStandIn):
    await spoil(helped.database, "BEFORE UPDATE ON rewritings")
    with pytest.raises(Exception, match="spoilt"):
        await helped.submitter.submit(IMPROVE, helped.asker())
    await mend(helped.database)
    await helped.rewriter.tidy()
    assert await outcomes(helped) == ["doubtful"]


# -- a prompt to look at


async def offered(service: Service, prompt: str = "a cat") -> PromptOffer:
    return await service.submitter.rewrite(prompt, Enhance.IMPROVE, service.asker())


async def test_a_prompt_is_shown_and_drawn_once(helped: Service):
    offer = await offered(helped)
    assert (offer.prompt, offer.rewritten) == ("a cat", REWRITTEN)
    options = await helped.submitter.offered(offer.id, helped.asker())
    asker = helped.asker()
    job = await helped.submitter.submit(options, asker)
    assert (job.request.prompt, job.request.typed_prompt, job.request.prompt_extend) == (REWRITTEN, "a cat", False)
    assert await helped.submitter.submit(options, asker) == job
    with pytest.raises(Unavailable, match="prompt-gone"):
        await helped.submitter.submit(options, helped.asker())
    with pytest.raises(Unavailable, match="prompt-gone"):
        await helped.submitter.offered(offer.id, helped.asker())
    with pytest.raises(AlreadyDone):
        await helped.submitter.offered(offer.id, asker)
    assert len(await helped.rows("SELECT * FROM jobs")) == 1


async def test_a_shown_prompt_is_its_members_in_its_server_for_an_hour_and_after_a_restart(
    helped: Service, reopen: Any
):
    offer = await offered(helped)
    for other in (helped.asker(2), helped.asker(server_id=2)):
        with pytest.raises(Unavailable, match="prompt-gone"):
            await helped.submitter.offered(offer.id, other)
    assert (await helped.submitter.offered(offer.id, helped.asker())).prompt == REWRITTEN
    helped.clock.advance(LIVES_MS / 1000)
    with pytest.raises(Unavailable, match="prompt-gone"):
        await helped.submitter.offered(offer.id, helped.asker())
    await helped.rewriter.tidy()
    assert await helped.rows("SELECT * FROM prompt_offers") == []


async def test_a_shown_prompt_meets_the_rules_as_they_are_at_the_press(helped: Service):
    options = await helped.submitter.offered((await offered(helped)).id, helped.asker())
    await add_rule(helped, "evening")
    with pytest.raises(InvalidRequest, match="prompt-breaks-word"):
        await helped.submitter.submit(options, helped.asker())
    assert len(await helped.rows("SELECT * FROM prompt_offers")) == 1


async def test_a_price_is_agreed_to_with_the_rewritten_prompt_which_is_then_used_up(
    reopen: Any, vendor: DashScopeStandIn
):
    paid = Rule(free_images=0, budget_micros=10 * PRICE, images_per_job=4, active_jobs=100, cooldown_s=0)
    async with reopen(make_policy(rewriting=TERMS, rule=paid)) as service:
        options = await service.submitter.offered((await offered(service)).id, service.asker())
        with pytest.raises(PriceNotAgreed) as question:
            await service.submitter.submit(options, service.asker())
        kept = await service.submitter.kept(question.value.offer_id, service.asker())
        assert (kept.request.prompt, kept.request.typed_prompt) == (REWRITTEN, "a cat")
        job = await service.submitter.agree(kept, service.asker())
        assert job.request.typed_prompt == "a cat"
        assert await service.rows("SELECT * FROM prompt_offers") == []
        await service.jobs.void(job.id)
        with pytest.raises(PriceNotAgreed) as again:
            await service.submitter.submit(IMPROVE, service.asker())
        kept = await service.submitter.kept(again.value.offer_id, service.asker())
        assert kept.request.enhanced == Enhanced(Enhance.IMPROVE, "a cat")
    assert len(vendor.texts.calls) == 2


async def test_the_answers_to_shown_prompts_say_what_was_wrong(helped: Service, vendor: DashScopeStandIn):
    vendor.texts.next_outcome(TextOutcome(says="x" * 801))
    with pytest.raises(MemberError, match="not-rewritten-long"):
        await offered(helped)
    with pytest.raises(InvalidRequest, match="invalid-prompt-empty"):
        await offered(helped, " ")
    assert await helped.rows("SELECT * FROM prompt_offers") == []


async def test_who_was_forgotten_meanwhile_has_no_prompt_kept(helped: Service, vendor: DashScopeStandIn):
    gate = vendor.faults.gate("text")
    asking = asyncio.create_task(offered(helped))
    await gate.reached.wait()
    await helped.erasure.forget(60_000, 1)
    gate.open()
    await asking
    assert await helped.rows("SELECT * FROM prompt_offers") == []
    await assert_books_agree(helped)
