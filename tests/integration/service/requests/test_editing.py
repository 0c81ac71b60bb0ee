"""Pictures that come in: from what is handed in to what is sent, and what is refused."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.jobs.job import JobState
from bot.domain.pictures.inputs import HandedIn
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import Protocol
from bot.domain.requests.quota import Rule
from bot.domain.requests.request import Options
from bot.domain.requests.sizes import Size
from bot.errors import (
    AttachmentForeign,
    AttachmentUnavailable,
    InvalidRequest,
    MemberError,
    NotPermitted,
    OverQuota,
    PriceNotAgreed,
    StorageUnavailable,
    Unavailable,
)
from bot.service.upkeep.verifier import Verifier
from bot.storage.books.verification import SqliteBooks
from sandbox.dashscope import DashScopeStandIn
from tests.integration.service.conftest import Reopen
from tests.support.editing import (
    CATALOGUE,
    FREE,
    PAID,
    PRO,
    QWEN3,
    WAN27,
    edit,
    erase_leftovers,
    files_in,
    held_job,
    queued,
    set_to,
)
from tests.support.handed_in import FILES, held, png, see_through
from tests.support.service import TURBO, Service, make_policy, mend, spoil


@pytest.fixture
async def service(reopen: Reopen) -> AsyncIterator[Service]:
    async with reopen(FREE) as opened:
        yield opened


@pytest.fixture
async def paid(reopen: Reopen) -> AsyncIterator[Service]:
    async with reopen(PAID) as opened:
        yield opened


# -- from the member to the image service


async def test_what_is_handed_in_is_sent_and_comes_back_changed(service: Service, vendor: DashScopeStandIn, tmp_path):
    await service.start()
    job = await queued(service, png((800, 400)), held(6), count=2)
    paths = [picture.path for picture in job.request.pictures]
    assert [Path(path).suffix for path in paths] == [".png", ".jpg"]
    kept = [(tmp_path / "images" / path).read_bytes() for path in paths]
    done = await service.until(job, JobState.DELIVERING)
    (task,) = vendor.tasks.values()
    assert list(task.order.pictures) == kept
    assert (task.order.n, task.order.prompt, task.model) == (2, "let it snow", WAN27.name)
    assert (task.order.width, task.order.height) == (job.size.width, job.size.height)
    # The last of them is upright, three to four.
    assert job.size == Size(1760, 2352) == WAN27.sizes.fitting(300, 400)
    assert task.params == {
        "size": "1760*2352",
        "n": 2,
        "seed": job.request.seed,
        "watermark": False,
        "enable_sequential": False,
    }
    assert len(done.kept) == 2
    assert done.request.pictures == job.request.pictures


async def test_a_model_that_answers_with_its_pictures_is_sent_what_came_in(
    reopen: Reopen, vendor: DashScopeStandIn, tmp_path: Path
):
    model = replace(WAN27, protocol=Protocol.MULTIMODAL)
    async with reopen(make_policy(catalogue={TURBO.name: TURBO, model.name: model})) as service:
        await service.start()
        job = await queued(service)
        await service.until(job, JobState.DELIVERING)
    (call,) = vendor.calls.values()
    assert list(call.order.pictures) == [(tmp_path / "images" / job.request.pictures[0].path).read_bytes()]
    assert vendor.tasks == {}


async def test_a_file_is_kept_for_its_owner_alone(service: Service, tmp_path: Path):
    job = await held_job(service)
    file = tmp_path / "images" / job.request.pictures[0].path
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


async def test_what_was_done_to_a_picture_is_known_of_the_job(service: Service):
    detailed = FILES["a picture that is too detailed to be sent as it is"].make()
    job = await held_job(service, see_through("RGBA"), detailed)
    assert [(one.is_scaled, one.is_flattened) for one in job.request.pictures] == [(False, True), (True, False)]
    assert await service.jobs.get(job.id) == job


async def test_who_names_no_model_gets_the_first_that_takes_pictures(service: Service):
    assert (await held_job(service)).request.model == WAN27.name
    assert (await held_job(service, model=PRO.name)).request.model == PRO.name
    assert list(await service.submitter.models(1, take_pictures=True)) == [WAN27.name, PRO.name]
    await set_to(service, models=frozenset({PRO.name}))
    assert (await held_job(service)).request.model == PRO.name
    assert list(await service.submitter.models(1, take_pictures=True)) == [PRO.name]


# -- refusals: one sentence, nothing held, nothing kept


async def refused(service: Service, options: Options, key: str, folder: Path) -> MemberError:
    with pytest.raises(MemberError) as refusal:
        await service.submitter.submit(options, service.asker())
    assert refusal.value.key == key
    assert await service.rows("SELECT * FROM holds") == []
    assert await service.rows("SELECT * FROM incoming_files") == []
    await erase_leftovers(service)
    assert files_in(folder) == []
    return refusal.value


@pytest.mark.parametrize(
    ("files", "key"),
    [
        ((b"no picture",), "picture-kind"),
        ((png(), png()[:-50]), "picture-broken"),
        ((png(), png((100, 300))), "picture-small"),
        ((AttachmentUnavailable("503"),), "picture-not-fetched"),
        ((png(), AttachmentForeign("foreign host")), "picture-foreign"),
        ((png(), FILES["a PNG bomb"].make()), "picture-pixels"),
    ],
)
async def test_a_picture_that_will_not_do_is_refused_and_nothing_is_held(
    service: Service, tmp_path: Path, files: tuple[bytes | Exception, ...], key: str
):
    refusal = await refused(service, edit(service, *files), key, tmp_path)
    assert refusal.values["file"] == f"cat{len(files) - 1}.png"
    assert isinstance(refusal, Unavailable if key == "picture-not-fetched" else InvalidRequest)


async def test_a_file_that_is_too_large_by_discords_word_is_not_fetched(service: Service, tmp_path: Path):
    large = HandedIn("https://cdn/large", "cat.png", 21 * 1024 * 1024)
    await refused(service, Options("let it snow", handed_in=(large,)), "picture-heavy", tmp_path)
    assert service.attachments.asked == []


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"prompt": " \u3000 "}, "invalid-instruction-empty"),
        ({"prompt": "x" * 5001}, "invalid-prompt-long"),
        ({"model": TURBO.name}, "invalid-picture-model"),
        ({"model": "gone"}, "invalid-model"),
        ({"count": 5}, "invalid-count"),
    ],
)
async def test_what_is_wrong_with_the_words_is_said_before_anything_is_fetched(
    service: Service, tmp_path: Path, options: dict[str, Any], key: str
):
    await refused(service, edit(service, **options), key, tmp_path)
    assert service.attachments.asked == []


async def test_more_pictures_than_a_model_takes_are_refused(service: Service, tmp_path: Path):
    refusal = await refused(service, edit(service, *[png()] * 10), "invalid-picture-many", tmp_path)
    assert refusal.values == {"model": WAN27.name, "count": 10, "limit": 9}


async def test_where_no_model_takes_pictures_that_is_said(service: Service, reopen: Reopen, tmp_path: Path):
    await set_to(service, models=frozenset({TURBO.name}))
    await refused(service, edit(service), "invalid-picture-none", tmp_path)
    await service.stop()
    async with reopen(make_policy(catalogue={TURBO.name: TURBO})) as other:
        await refused(other, edit(other, model=TURBO.name), "invalid-picture-none", tmp_path)


EDITS = BUILT_IN["wan2.6-image"]


@pytest.fixture
async def with_edits_only(reopen: Reopen) -> AsyncIterator[Service]:
    """A service whose first model edits only."""
    async with reopen(make_policy(catalogue={model.name: model for model in (EDITS, TURBO, WAN27)})) as opened:
        yield opened


async def test_a_model_that_edits_only_is_not_offered_for_words_and_draws_none(with_edits_only: Service):
    service = with_edits_only
    assert list(await service.submitter.models(1)) == [TURBO.name, WAN27.name]
    assert list(await service.submitter.models(1, take_pictures=True)) == [EDITS.name, WAN27.name]
    assert (await service.submitter.submit(Options("a cat"), service.asker())).request.model == TURBO.name
    assert (await held_job(service)).request.model == EDITS.name
    with pytest.raises(InvalidRequest, match="invalid-edits-only"):
        await service.submitter.submit(Options("a cat", model=EDITS.name), service.asker())


@pytest.mark.parametrize("model", [None, TURBO.name])
async def test_where_a_server_allows_only_models_that_edit_words_are_told_so(
    with_edits_only: Service, tmp_path: Path, model: str | None
):
    service = with_edits_only
    await set_to(service, models=frozenset({EDITS.name}))
    assert await service.submitter.models(1) == {}
    await refused(service, Options("a cat", model=model), "invalid-words-none", tmp_path)
    assert (await held_job(service)).request.model == EDITS.name


async def test_what_is_named_in_the_place_of_a_model_does_what_is_asked_for(with_edits_only: Service):
    service = with_edits_only
    await set_to(service, models=frozenset({EDITS.name, TURBO.name}))
    for options in (Options("a cat", model=WAN27.name), edit(service, model=WAN27.name)):
        with pytest.raises(NotPermitted, match="model-not-allowed") as refusal:
            await service.submitter.submit(options, service.asker())
        assert refusal.value.values["models"] == (EDITS.name if options.handed_in else TURBO.name)


async def test_where_a_server_allows_nothing_that_there_is_the_model_is_refused(with_edits_only: Service):
    service = with_edits_only
    await set_to(service, models=frozenset({"gone"}))
    assert list(await service.submitter.models(1)) == [TURBO.name, WAN27.name]
    with pytest.raises(NotPermitted, match="model-not-allowed"):
        await service.submitter.submit(Options("a cat"), service.asker())
    with pytest.raises(InvalidRequest, match="invalid-picture-none"):
        await held_job(service)


async def test_a_servers_own_rules_hold_for_edits(service: Service, tmp_path: Path):
    await set_to(service, age_restricted_only=True)
    with pytest.raises(NotPermitted, match="age-restricted-only"):
        await held_job(service)
    assert service.attachments.asked == []


async def test_a_limit_that_binds_leaves_no_picture(reopen: Reopen, tmp_path: Path):
    rule = Rule(free_images=1, budget_micros=0, images_per_job=4, active_jobs=100, cooldown_s=0)
    async with reopen(make_policy(catalogue=CATALOGUE, rule=rule)) as service:
        await refused(service, edit(service, count=2), "over-quota", tmp_path)


async def test_a_fault_of_storage_leaves_no_picture(service: Service, tmp_path: Path):
    await spoil(service.database, "BEFORE INSERT ON jobs")
    with pytest.raises(sqlite3.IntegrityError, match="spoilt"):
        await held_job(service)
    await mend(service.database)
    await erase_leftovers(service)
    assert files_in(tmp_path) == []


async def test_what_storage_can_not_note_goes_at_the_next_start(
    service: Service, reopen: Reopen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async def out(_: list[str]) -> None:
        raise StorageUnavailable("locked")

    monkeypatch.setattr(service.privacy, "give_files_up", out)
    with pytest.raises(MemberError, match="picture-kind"):
        await held_job(service, png(), b"no picture" * 1000)
    assert len(files_in(tmp_path)) == 1
    await service.stop()
    async with reopen(FREE) as later:
        assert len(await later.privacy.expected_files()) == 1
        await later.picture_intake.give_up_the_rest()
        await erase_leftovers(later)
    assert files_in(tmp_path) == []


async def test_a_disk_that_takes_nothing_refuses_the_request(service: Service, tmp_path: Path):
    (tmp_path / "images").mkdir(exist_ok=True)
    (tmp_path / "images" / "1").write_bytes(b"no folder")
    with pytest.raises(StorageUnavailable, match="can't be written"):
        await held_job(service)
    assert await service.rows("SELECT * FROM holds") == []


# -- the same interaction twice, and prices that are asked about


async def test_the_same_interaction_twice_keeps_one_jobs_pictures(service: Service, tmp_path: Path):
    asker = service.asker()
    first, second = [await service.submitter.submit(edit(service), asker) for _ in range(2)]
    assert first == second
    await erase_leftovers(service)
    assert files_in(tmp_path) == [first.request.pictures[0].path]


async def test_a_price_that_is_agreed_to_is_for_the_same_picture(
    paid: Service, vendor: DashScopeStandIn, tmp_path: Path
):
    await paid.start()
    with pytest.raises(PriceNotAgreed) as question:
        await held_job(paid)
    await erase_leftovers(paid)
    (path,) = files_in(tmp_path)
    kept = await paid.submitter.kept(question.value.offer_id, paid.asker())
    job = await paid.submitter.agree(kept, paid.asker())
    assert [picture.path for picture in job.request.pictures] == [path]
    data = (tmp_path / "images" / path).read_bytes()
    await paid.until((await paid.submitter.acknowledge(job.id, 7)) or job, JobState.DELIVERING)
    assert [task.order.pictures for task in vendor.tasks.values()] == [(data,)]
    await erase_leftovers(paid)
    assert path in files_in(tmp_path)


async def test_nobody_is_told_that_nothing_was_made_of_what_was_agreed_to_at_the_same_moment(paid: Service):
    with pytest.raises(PriceNotAgreed) as question:
        await held_job(paid)
    kept = await paid.submitter.kept(question.value.offer_id, paid.asker())
    job = await paid.submitter.agree(kept, paid.asker())
    with pytest.raises(Unavailable) as refusal:
        await paid.submitter.drop(kept)
    assert refusal.value.key == "offer-gone"
    assert await paid.jobs.get(job.id) == job


async def test_a_member_has_one_price_offer_with_pictures_in_each_server(paid: Service, tmp_path: Path):
    offers: list[int] = []
    for server_id, member_id in ((1, 1), (1, 2), (2, 1), (1, 1)):
        with pytest.raises(PriceNotAgreed) as question:
            await paid.submitter.submit(edit(paid), paid.asker(member_id, server_id=server_id))
        offers.append(question.value.offer_id)
    with pytest.raises(PriceNotAgreed) as words:
        await paid.submitter.submit(Options("a cat"), paid.asker())
    await erase_leftovers(paid)
    assert len(files_in(tmp_path)) == 3
    assert [await paid.jobs.price_offer(one) is not None for one in offers] == [False, True, True, True]
    assert await paid.jobs.price_offer(words.value.offer_id) is not None


@pytest.mark.parametrize("how", ["dropped", "expired", "forgotten"])
async def test_a_price_that_is_not_agreed_to_keeps_no_picture(paid: Service, tmp_path: Path, how: str):
    with pytest.raises(PriceNotAgreed) as question:
        await held_job(paid)
    assert len(files_in(tmp_path)) == 1
    if how == "dropped":
        await paid.submitter.drop(await paid.submitter.kept(question.value.offer_id, paid.asker()))
    elif how == "expired":
        paid.clock.advance(601)
        await paid.jobs.expire_price_offers()
    else:
        await paid.erasure.forget(77, 1)
    await erase_leftovers(paid)
    assert files_in(tmp_path) == []


# -- what is billed of what comes in


async def test_whoever_can_not_pay_for_what_comes_in_has_nothing_fetched(reopen: Reopen):
    rule = Rule(free_images=0, budget_micros=199_999, images_per_job=4, active_jobs=100, cooldown_s=0)
    async with reopen(make_policy(catalogue={QWEN3.name: QWEN3}, rule=rule)) as service:
        with pytest.raises(OverQuota) as refused:
            await held_job(service)
        assert refused.value.values["inputs_paid"] == 20_000
        assert service.attachments.asked == []


async def test_the_vendors_word_on_what_came_in_is_compared_with_the_books(reopen: Reopen, vendor: DashScopeStandIn):
    async with reopen(make_policy(catalogue={QWEN3.name: QWEN3})) as service:
        await service.start()
        job = await service.until(await queued(service, png(), png()), JobState.DELIVERING)
        books = SqliteBooks(service.database)
        verifier = Verifier(books=books, vendor=service.vendor, models=[QWEN3.name], clock=service.clock)

        async def differences() -> list[str]:
            async with service.ticking():
                return [difference async for difference in verifier.differences()]

        assert await differences() == await books.differences() == []
        task = vendor.tasks[job.task_id]
        vendor.tasks[job.task_id].order = replace(task.order, pictures=task.order.pictures[:1])
        assert await differences() == [
            f"job #1 of server 1, task {job.task_id}: the vendor billed 1 picture that came in, the ledger has 2"
        ]
