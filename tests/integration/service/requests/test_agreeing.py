"""What a server's settings allow, and requests that wait for their price to be agreed to."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.jobs.job import JobState, PriceOffer
from bot.domain.moderation.prompt_rules import RuleKind
from bot.domain.requests.quota import Rule
from bot.domain.requests.request import Options
from bot.domain.requests.rewriting import RewritingTerms
from bot.domain.servers.access import ServerAccess
from bot.domain.servers.settings import Posting
from bot.domain.text.enhance import Enhance
from bot.errors import AlreadyDone, MemberError, NotPermitted, OverQuota, PriceNotAgreed, Unavailable
from bot.service.requests.prompt_screening import PromptRefusedHere
from tests.support.service import CATALOGUE, PLUS, PRICE, TURBO, Service, make_policy

PAID = Rule(free_images=0, budget_micros=10 * PRICE, images_per_job=4, active_jobs=100, cooldown_s=0)
HERE, PARENT, ELSEWHERE = 5, 6, 7


@pytest.fixture
async def paid(reopen: Any) -> AsyncIterator[Service]:
    """A program whose operator gives nothing for free."""
    async with reopen(make_policy(rule=PAID)) as opened:
        yield opened


async def set_to(service: Service, **settings: Any) -> None:
    await service.servers.change_settings(service.act("settings"), lambda old: replace(old, **settings))


async def proposed(service: Service, options: Options | None = None) -> PriceOffer:
    with pytest.raises(PriceNotAgreed) as question:
        await service.submitter.submit(options or Options("a cat"), service.asker())
    return await service.submitter.kept(question.value.offer_id, service.asker())


# -- places and models


async def test_pictures_are_asked_for_where_the_server_allows_it(service: Service):
    await set_to(service, channels=frozenset({HERE, PARENT}))
    with pytest.raises(NotPermitted) as refusal:
        await service.submitter.submit(Options("a cat"), service.asker(places=(ELSEWHERE,)))
    assert (refusal.value.key, refusal.value.values) == ("channel-not-allowed", {"channel_ids": "5 6"})
    await service.submitter.submit(Options("a cat"), service.asker(places=(ELSEWHERE, PARENT)))
    await service.submitter.submit(Options("a cat"), service.asker(server_id=2, places=(ELSEWHERE,)))


async def test_a_model_that_the_server_does_not_allow_is_refused_and_others_are_named(service: Service):
    await set_to(service, models=frozenset({PLUS.name, "gone"}))
    with pytest.raises(NotPermitted) as refusal:
        await service.submitter.submit(Options("a cat", model=TURBO.name), service.asker())
    assert refusal.value.key == "model-not-allowed"
    assert refusal.value.values == {"model": TURBO.name, "models": PLUS.name}


async def test_who_names_no_model_gets_the_first_that_the_server_allows(service: Service):
    assert (await service.submitter.submit(Options("a cat"), service.asker())).request.model == TURBO.name
    await set_to(service, models=frozenset({PLUS.name}))
    assert (await service.submitter.submit(Options("a cat"), service.asker())).request.model == PLUS.name


async def test_a_server_that_allows_only_models_that_are_gone_refuses_all(service: Service):
    await set_to(service, models=frozenset({"gone"}))
    with pytest.raises(NotPermitted, match="model-not-allowed"):
        await service.submitter.submit(Options("a cat"), service.asker())


@pytest.mark.parametrize(
    ("posting", "wish", "outcome"),
    [
        (Posting.FREE, None, False),
        (Posting.FREE, True, True),
        (Posting.FREE, False, False),
        (Posting.PUBLIC, None, False),
        (Posting.PUBLIC, False, False),
        (Posting.PUBLIC, True, "private-not-allowed"),
        (Posting.PRIVATE, None, True),
        (Posting.PRIVATE, True, True),
        (Posting.PRIVATE, False, "public-not-allowed"),
    ],
)
async def test_who_sees_the_pictures_is_the_members_choice_as_far_as_the_server_leaves_it(
    service: Service, posting: Posting, wish: bool | None, outcome: bool | str
):
    await set_to(service, posting=posting)
    if isinstance(outcome, bool):
        assert await service.submitter.is_private(wish, 1) is outcome
        return
    with pytest.raises(NotPermitted, match=outcome):
        await service.submitter.is_private(wish, 1)
    assert await service.submitter.is_private(wish, 2) is wish


# -- prices


async def test_what_is_agreed_to_becomes_the_job_that_was_asked_for(paid: Service):
    kept = await proposed(paid, Options("a cat", count=2, seed=7, private=True))
    asker = paid.asker()
    job = await paid.submitter.agree(kept, asker)
    assert (job.id, job.state, job.request) == (asker.interaction_id, JobState.HELD, kept.request)
    assert (job.request.count, job.request.seed, job.request.private) == (2, 7, True)
    assert await paid.submitter.agree(kept, asker) == job
    with pytest.raises(Unavailable, match="offer-gone"):
        await paid.submitter.agree(kept, paid.asker())


async def test_a_press_that_comes_again_after_its_job_was_made_is_known_and_another_is_too_late(paid: Service):
    kept, asker = await proposed(paid), paid.asker()
    await paid.submitter.agree(kept, asker)
    with pytest.raises(AlreadyDone):
        await paid.submitter.kept(kept.id, asker)
    with pytest.raises(Unavailable, match="offer-gone"):
        await paid.submitter.kept(kept.id, paid.asker())


async def test_a_price_offer_is_its_members_own_in_its_own_server(paid: Service):
    kept = await proposed(paid)
    for asker in (paid.asker(2), paid.asker(server_id=2)):
        with pytest.raises(Unavailable, match="offer-gone"):
            await paid.submitter.kept(kept.id, asker)
    with pytest.raises(Unavailable, match="offer-gone"):
        await paid.submitter.kept(kept.id + 1, paid.asker())
    assert await paid.submitter.kept(kept.id, paid.asker()) == kept


async def test_a_dropped_price_offer_can_not_be_agreed_to(paid: Service):
    kept = await proposed(paid)
    await paid.submitter.drop(kept)
    with pytest.raises(Unavailable, match="offer-gone"):
        await paid.submitter.agree(kept, paid.asker())
    assert await paid.rows("SELECT * FROM jobs") == []


async def test_a_model_that_is_gone_since_takes_its_price_offers_along(paid: Service, reopen: Any):
    kept = await proposed(paid)
    async with reopen(make_policy(rule=PAID, catalogue={PLUS.name: CATALOGUE[PLUS.name]})) as later:
        with pytest.raises(Unavailable, match="offer-gone"):
            await later.submitter.kept(kept.id, later.asker())


async def test_a_model_that_draws_fewer_since_takes_its_price_offers_along(paid: Service, reopen: Any):
    kept = await proposed(paid, Options("a cat", count=2))
    fewer = replace(CATALOGUE[TURBO.name], images_max=1)
    async with reopen(make_policy(rule=PAID, catalogue={TURBO.name: fewer})) as later:
        with pytest.raises(Unavailable, match="offer-gone"):
            await later.submitter.kept(kept.id, later.asker())


@pytest.mark.parametrize(
    ("change", "key", "kind"),
    [
        ({"channels": frozenset({HERE})}, "channel-not-allowed", NotPermitted),
        ({"models": frozenset({PLUS.name})}, "model-not-allowed", NotPermitted),
        ({"posting": Posting.PRIVATE}, "public-not-allowed", NotPermitted),
        ({"pool_micros": 0}, "over-pool", OverQuota),
    ],
)
async def test_what_the_server_decided_since_the_question_applies_at_the_press(
    paid: Service, change: dict[str, Any], key: str, kind: type[MemberError]
):
    kept = await proposed(paid)
    await set_to(paid, **change)
    with pytest.raises(kind) as refusal:
        await paid.submitter.agree(kept, paid.asker())
    assert refusal.value.key == key
    assert await paid.rows("SELECT * FROM jobs") == []


@pytest.mark.parametrize("word", ["cat", "evening"])
async def test_a_rule_for_prompts_that_was_made_since_the_question_applies_at_the_press(reopen: Any, word: str):
    rewriting = RewritingTerms("qwen3.7-flash", 200_000, 800_000, daily=3)
    async with reopen(make_policy(rule=PAID, rewriting=rewriting)) as service:
        # Both the prompt that was typed and the one that is drawn are looked through.
        kept = await proposed(service, Options("a cat", enhance=Enhance.TRANSLATE))
        kept = replace(kept, request=replace(kept.request, prompt="an evening"))
        await service.moderation.add_rule(service.act("mod.rule"), RuleKind.WORD, word)
        with pytest.raises(PromptRefusedHere, match="prompt-breaks-word"):
            await service.submitter.agree(kept, service.asker())
        assert await service.rows("SELECT * FROM jobs") == []
        assert len(await service.rows("SELECT * FROM drafts")) == 1
        assert len(await service.rows("SELECT * FROM refused_prompts")) == 1


async def test_a_press_after_the_end_or_in_a_server_that_is_not_paid_for_any_more_is_refused(paid: Service):
    kept = await proposed(paid)
    paid.submitter.set_access(ServerAccess(frozenset({2})))
    with pytest.raises(NotPermitted, match="server-not-allowed"):
        await paid.submitter.agree(kept, paid.asker())
    paid.submitter.stop_accepting()
    with pytest.raises(Unavailable, match="shutting-down"):
        await paid.submitter.agree(kept, paid.asker())
