import asyncio
import threading
from dataclasses import replace

import pytest

from bot.domain.act import Act
from bot.domain.jobs.job import JobState, PriceOffer
from bot.domain.pictures.inputs import InputPicture
from bot.domain.pictures.region import Region
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Terms
from bot.errors import AlreadyDone, OverQuota, PriceNotAgreed, Unavailable
from bot.storage.jobs.price_offers import LIVES_MS
from tests.support.ledger import DAY_MS, Books, make_new_job, make_request, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
PRICE = TURBO.price_micros


def terms_of(books: Books, free: int = 0, budget: int = 10 * PRICE) -> Terms:
    return make_terms(books.clock.now_ms(), {TURBO.name: TURBO}, free, budget)


async def asked(books: Books, terms: Terms, count: int = 2) -> PriceNotAgreed:
    """Ask for what is to be paid for, and see to it that nothing but the price offer is left of it."""
    tables = ("jobs", "holds", "legs", "ledger", "buckets", "audit", "accounts", "outbox")
    before = {table: await books.rows(f"SELECT * FROM {table}") for table in tables}
    with pytest.raises(PriceNotAgreed) as question:
        await books.submit(terms, count=count, may_pay=False)
    assert {table: await books.rows(f"SELECT * FROM {table}") for table in tables} == before
    return question.value


async def test_an_agreed_price_is_kept_to_also_where_nobody_is_asked_before(books: Books):
    terms = terms_of(books, free=3)
    act = Act(books.next_id(), 1, 900, "settings.posting")
    await books.servers.change_settings(act, lambda old: replace(old, confirms_paid=False))
    await books.submit(terms, count=2)
    new_job = replace(make_new_job(books.next_id(), 1, 1, TURBO.name, 3, may_pay=False), told_micros=0)
    with pytest.raises(PriceNotAgreed) as question:
        await books.jobs.submit(new_job, terms)
    assert question.value.values["paid"] == 2 * PRICE
    await books.submit(terms, count=1)
    with pytest.raises(PriceNotAgreed) as dearer:
        await books.submit(terms, count=3, may_pay=False, offer_id=new_job.interaction_id)
    assert dearer.value.values["paid"] == 3 * PRICE
    job = await books.submit(terms, count=3, may_pay=False, offer_id=dearer.value.offer_id)
    assert job.held.paid_micros == 3 * PRICE


async def test_the_first_paid_request_of_a_period_waits_as_a_price_offer_and_holds_nothing(books: Books):
    question = await asked(books, terms_of(books, free=1))
    expires_ms = books.clock.now_ms() + LIVES_MS
    assert question.key == "proposal-mixed"
    assert question.values == {
        "images": 2, "free": 1, "paid": PRICE, "inputs": 0, "inputs_paid": 0, "expires_ms": expires_ms,
    }  # fmt: skip
    kept = await books.jobs.price_offer(question.offer_id)
    reply = make_new_job(1, 1, 1, TURBO.name, 2).reply
    request = make_request(TURBO.name, 2)
    assert kept == PriceOffer(question.offer_id, 1, 1, request, reply.application_id, reply.token, expires_ms)
    assert reply.token not in repr(kept)


async def test_what_is_paid_for_altogether_is_proposed_as_such(books: Books):
    question = await asked(books, terms_of(books))
    assert (question.key, question.values["paid"]) == ("proposal", 2 * PRICE)


async def test_a_request_that_the_allowance_covers_is_not_asked_about(books: Books):
    job = await books.submit(terms_of(books, free=2), count=2, may_pay=False)
    assert job.held.paid_micros == 0


async def test_what_is_not_covered_at_all_is_refused_and_not_asked_about(books: Books):
    with pytest.raises(OverQuota):
        await books.submit(terms_of(books, budget=PRICE), count=2, may_pay=False)
    assert await books.rows("SELECT * FROM drafts") == []


async def test_who_agrees_has_the_job_and_the_price_offer_is_used_up(books: Books):
    terms = terms_of(books)
    question = await asked(books, terms)
    job = await books.submit(terms, count=2, offer_id=question.offer_id)
    assert (job.state, job.held.paid_micros) == (JobState.HELD, 2 * PRICE)
    assert await books.jobs.price_offer(question.offer_id) is None
    with pytest.raises(Unavailable, match="offer-gone"):
        await books.submit(terms, count=2, offer_id=question.offer_id)
    assert await books.rows("SELECT count(*) FROM holds") == [(1,)]


async def test_the_same_press_twice_is_one_job(books: Books):
    terms = terms_of(books)
    question = await asked(books, terms)
    press = make_new_job(books.next_id(), 1, 1, TURBO.name, 2, offer_id=question.offer_id)
    assert await books.jobs.submit(press, terms) == await books.jobs.submit(press, terms)


async def test_who_has_paid_in_this_period_is_not_asked_again_until_the_next(books: Books):
    await books.submit(terms_of(books))
    await books.submit(terms_of(books), may_pay=False)
    books.clock.advance(DAY_MS / 1000)
    await asked(books, terms_of(books))


async def test_paying_elsewhere_or_by_another_answers_for_nobody(books: Books):
    await books.submit(terms_of(books), server_id=2)
    await books.submit(terms_of(books), member_id=2)
    await asked(books, terms_of(books))


async def test_credit_counts_as_paid_while_held_and_once_settled_in_this_period(books: Books):
    await books.grant(1, 1, 100 * PRICE)
    terms = terms_of(books, budget=0)
    await asked(books, terms)
    first = await books.submit(terms)
    second = await books.submit(terms, may_pay=False)
    # All that was held returns: it was not paid after all.
    await books.jobs.void(first.id)
    await books.jobs.void(second.id)
    await asked(books, terms)
    await books.bring_to_settled(await books.submit(terms), made=1, fetched=1, tier=None)
    await books.submit(terms, may_pay=False)


async def test_credit_that_was_spent_in_an_earlier_period_does_not_answer_for_this_one(books: Books):
    await books.grant(1, 1, 100 * PRICE)
    job = await books.submit(terms_of(books, budget=0))
    await books.bring_to_settled(job, made=1, fetched=1, tier=None)
    books.clock.advance(2 * DAY_MS / 1000)
    await asked(books, terms_of(books, budget=0))


async def test_a_server_may_ask_nobody(books: Books):
    await books.servers.change_settings(books.act(), lambda settings: replace(settings, confirms_paid=False))
    assert (await books.submit(terms_of(books), may_pay=False)).held.paid_micros == PRICE


async def test_a_price_offer_expires_and_is_swept(books: Books):
    first = await asked(books, terms_of(books))
    books.clock.advance(LIVES_MS / 1000 - 1)
    second = await asked(books, terms_of(books))
    assert await books.jobs.price_offer(first.offer_id) is not None
    assert await books.jobs.expire_price_offers() == 0
    books.clock.advance(1)
    assert await books.jobs.price_offer(first.offer_id) is None
    with pytest.raises(Unavailable, match="offer-gone"):
        await books.submit(terms_of(books), offer_id=first.offer_id)
    assert await books.jobs.expire_price_offers() == 1
    assert await books.rows("SELECT id FROM drafts") == [(second.offer_id,)]


async def test_nobody_uses_anothers_price_offer(books: Books):
    question = await asked(books, terms_of(books))
    with pytest.raises(Unavailable, match="offer-gone"):
        await books.submit(terms_of(books), member_id=2, offer_id=question.offer_id)
    assert await books.jobs.price_offer(question.offer_id) is not None


async def test_a_price_offer_that_comes_to_nothing_stays(books: Books):
    question = await asked(books, terms_of(books))
    # The rule was lowered meanwhile: the limits of the press apply, not those of the question.
    with pytest.raises(OverQuota):
        await books.submit(terms_of(books, budget=0), count=2, offer_id=question.offer_id)
    assert (await books.submit(terms_of(books), count=2, offer_id=question.offer_id)).held.images == 2


async def test_a_dropped_price_offer_is_gone(books: Books):
    question = await asked(books, terms_of(books))
    assert await books.jobs.drop_price_offer(question.offer_id)
    assert await books.jobs.price_offer(question.offer_id) is None
    assert not await books.jobs.drop_price_offer(question.offer_id)


async def test_the_same_request_twice_is_asked_about_once(books: Books):
    new_job = make_new_job(books.next_id(), 1, 1, TURBO.name, 2, may_pay=False)
    with pytest.raises(PriceNotAgreed):
        await books.jobs.submit(new_job, terms_of(books))
    with pytest.raises(AlreadyDone):
        await books.jobs.submit(new_job, terms_of(books))
    assert await books.rows("SELECT id FROM drafts") == [(new_job.interaction_id,)]


async def test_what_became_dearer_after_the_question_is_asked_anew(books: Books):
    question = await asked(books, terms_of(books))
    dearer = replace(TURBO, price_micros=PRICE + 1)
    terms = make_terms(books.clock.now_ms(), {TURBO.name: dearer}, 0, 10 * PRICE)
    with pytest.raises(PriceNotAgreed) as again:
        await books.submit(terms, count=2, may_pay=False, offer_id=question.offer_id)
    assert again.value.values["paid"] == 2 * (PRICE + 1)
    assert (await books.submit(terms, count=2, may_pay=False, offer_id=again.value.offer_id)).held.paid_micros == (
        2 * (PRICE + 1)
    )


async def test_the_pictures_of_what_is_asked_anew_are_not_let_go(books: Books):
    new_job = make_new_job(books.next_id(), 1, 1, TURBO.name, may_pay=False)
    picture = InputPicture("1/5-in-0-aa.png", 9, 4, 3, is_scaled=False, is_flattened=False)
    new_job = replace(new_job, request=replace(new_job.request, pictures=(picture,)))
    with pytest.raises(PriceNotAgreed):
        await books.jobs.submit(new_job, terms_of(books))
    dearer = replace(TURBO, price_micros=PRICE + 1)
    terms = make_terms(books.clock.now_ms(), {TURBO.name: dearer}, 0, 10 * PRICE)
    anew = replace(new_job, interaction_id=books.next_id(), offer_id=new_job.interaction_id)
    with pytest.raises(PriceNotAgreed):
        await books.jobs.submit(anew, terms)
    assert await books.rows("SELECT id FROM drafts") == [(anew.interaction_id,)]
    assert await books.rows("SELECT path FROM leftover_files") == []


async def test_a_request_that_was_agreed_to_asks_for_nothing_new_when_it_is_delivered_again(books: Books):
    terms = terms_of(books)
    question = await asked(books, terms)
    await books.submit(terms, count=2, may_pay=False, offer_id=question.offer_id)
    new_job = make_new_job(question.offer_id, 1, 1, TURBO.name, 2, may_pay=False)
    with pytest.raises(AlreadyDone):
        await books.jobs.submit(new_job, terms)
    assert len(await books.rows("SELECT id FROM jobs")) == 1


async def test_whoever_goes_on_while_a_field_is_still_being_written_goes_on_with_it(books: Books):
    new_job = make_new_job(7, 1, 1, TURBO.name, 1)
    await books.jobs.keep_for_region(replace(new_job, request=replace(new_job.request, region=Region())))
    goes_on = threading.Event()
    writing = asyncio.create_task(books.database.write(lambda _conn: goes_on.wait()))
    field = asyncio.create_task(books.jobs.choose_field(7, 1, 1, 3, is_chosen=True))
    await asyncio.sleep(0)
    found = asyncio.create_task(books.jobs.price_offer(7))
    # Time enough to read it, if that did not wait.
    await asyncio.wait({found}, timeout=0.2)
    goes_on.set()
    kept, _, _ = await asyncio.gather(found, writing, field)
    assert kept is not None
    assert kept.request.region == Region(1 << 3)
