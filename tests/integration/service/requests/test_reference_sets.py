"""Sets of pictures that are kept under a name: added, limited, used by requests, removed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.act import Act
from bot.domain.jobs.job import JobState
from bot.domain.pictures.inputs import DATA_URI_MAX_BYTES
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.references import MOST_OWN, MOST_SHARED
from bot.domain.requests.request import Options
from bot.domain.requests.sizes import Size
from bot.errors import (
    AlreadyDone,
    AttachmentUnavailable,
    Blocked,
    InvalidRequest,
    MemberError,
    NotPermitted,
    PriceNotAgreed,
    Unavailable,
)
from bot.storage.records import reference_sets
from sandbox.dashscope import DashScopeStandIn
from tests.integration.service.conftest import Reopen
from tests.support.editing import FREE, PAID, WAN27, erase_leftovers, files_in, hands_in, set_to
from tests.support.handed_in import FILES, held, png, see_through
from tests.support.references import add, by_set, find, names
from tests.support.service import TURBO, Service, make_policy


@pytest.fixture
async def service(reopen: Reopen) -> AsyncIterator[Service]:
    async with reopen(FREE) as opened:
        yield opened


async def audit(service: Service) -> list[tuple[Any, ...]]:
    query = """
    SELECT act, discord_id, detail ->> '$.pictures', detail ->> '$.shared' FROM audit
    JOIN members ON account_id = actor_id WHERE act LIKE 'reference.%' ORDER BY audit.id
    """
    return await service.rows(query)


# -- adding


async def test_pictures_are_kept_as_those_of_a_request_are(service: Service, tmp_path: Path):
    added = await add(service, " Our  mascot", held(6), see_through("RGBA"))
    assert added.name == "Our mascot"
    assert [(one.width, one.height) for one in added.pictures] == [(300, 400), (400, 300)]
    assert [one.is_flattened for one in added.pictures] == [False, True]
    kept = await find(service, "our mascot")
    assert (kept.name, kept.member_id, kept.is_shared, kept.pictures) == ("Our mascot", 1, False, added.pictures)
    await erase_leftovers(service)
    assert files_in(tmp_path) == sorted(one.path for one in kept.pictures)
    assert await service.rows("SELECT * FROM incoming_files") == []


async def test_a_set_is_its_members_in_the_server_where_they_added_it(service: Service):
    await add(service, "mine")
    await add(service, "shared", member_id=2, shared=True)
    assert await names(service) == ["mine", "shared"]
    assert await names(service, 2) == ["shared"]
    assert await names(service, 3) == ["shared"]
    assert await names(service, 1, server_id=2) == []
    assert [one.name for one in await service.reference_sets.own(1, 1)] == ["mine"]
    assert await service.reference_sets.own(1, 2) == []


async def test_adding_and_removing_have_their_rows_in_the_audit(service: Service):
    await add(service, "mine", png(), png())
    await add(service, "shared", shared=True)
    for name in ("mine", "shared"):
        await service.reference_sets.remove(service.act("reference.remove"), await find(service, name))
    assert await audit(service) == [
        ("reference.add", 1, 2, 0),
        ("reference.add", 1, 1, 1),
        ("reference.remove", 900, None, 0),
        ("reference.remove", 900, None, 1),
    ]


async def test_nine_pictures_share_what_one_request_may_have(service: Service):
    detailed = FILES["a picture that is too detailed to be sent as it is"].make()
    added = await add(service, "mascot", detailed, detailed)
    assert [one.is_scaled for one in added.pictures] == [True, True]
    assert sum(one.size_bytes for one in added.pictures) * 4 / 3 <= DATA_URI_MAX_BYTES


async def refused(service: Service, folder: Path, key: str, *files: bytes | Exception, **options: Any) -> MemberError:
    """Add a set that is refused; nothing more is kept than before."""
    before = files_in(folder)
    with pytest.raises(MemberError) as refusal:
        await add(service, options.pop("name", "mascot"), *files, **options)
    assert refusal.value.key == key
    await erase_leftovers(service)
    assert files_in(folder) == before
    return refusal.value


@pytest.mark.parametrize(
    ("file", "key"),
    [
        (b"no picture", "picture-kind"),
        (png()[:-50], "picture-broken"),
        (AttachmentUnavailable("503"), "picture-not-fetched"),
        (FILES["a PNG bomb"].make(), "picture-pixels"),
    ],
)
async def test_a_picture_that_will_not_do_leaves_no_set(service: Service, tmp_path: Path, file: Any, key: str):
    refusal = await refused(service, tmp_path, key, png(), file)
    assert refusal.values["file"] == "cat1.png"
    assert await names(service) == []


@pytest.mark.parametrize(
    ("name", "key"),
    [("\u200b", "reference-name-empty"), ("x" * 33, "reference-name-long"), ("MASCÓT", "reference-name-taken")],
)
async def test_a_name_that_will_not_do_is_refused_before_anything_is_fetched(
    service: Service, tmp_path: Path, name: str, key: str
):
    await add(service)
    service.attachments.asked.clear()
    await refused(service, tmp_path, key, name=name)
    assert service.attachments.asked == []


async def test_each_owner_may_use_a_name_of_another(service: Service):
    await add(service)
    await add(service, member_id=2)
    await add(service, server_id=2)
    await add(service, shared=True)
    assert await names(service) == ["mascot", "mascot"]
    assert not (await find(service)).is_shared


@pytest.mark.parametrize(
    ("shared", "limit", "key"), [(False, MOST_OWN, "reference-own-full"), (True, MOST_SHARED, "reference-shared-full")]
)
async def test_there_are_so_many_sets_and_no_more(service: Service, tmp_path: Path, shared: bool, limit: int, key: str):
    for k in range(limit):
        await add(service, f"set {k}", shared=shared)
    service.attachments.asked.clear()
    refusal = await refused(service, tmp_path, key, shared=shared)
    assert (refusal.values, service.attachments.asked) == ({"limit": limit}, [])
    # Neither another owner's number nor another server's is touched by that.
    await add(service, shared=not shared)
    await add(service, server_id=2, shared=shared)
    await service.reference_sets.remove(service.act(), await find(service, "set 0"))
    await add(service, "again", shared=shared)


async def test_all_sets_of_a_server_have_a_limit_in_bytes(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    size = (await add(service)).pictures[0].size_bytes
    monkeypatch.setattr(reference_sets, "SERVER_BYTES", 2 * size)
    await add(service, member_id=2)
    await refused(service, tmp_path, "reference-server-full", member_id=3)
    await add(service, server_id=2)


@pytest.mark.parametrize("known", [False, None])
async def test_a_channel_in_which_nothing_may_be_asked_for_takes_no_set(service: Service, known: bool | None):
    await set_to(service, age_restricted_only=True)
    asker = replace(service.asker(), is_age_restricted=known)
    with pytest.raises(NotPermitted if known is False else Unavailable):
        await service.reference_sets.add(asker, "mascot", hands_in(service, png()), shared=False)
    await set_to(service, age_restricted_only=False, channels=frozenset({5}))
    with pytest.raises(NotPermitted, match="channel-not-allowed"):
        await add(service)
    assert service.attachments.asked == []


async def test_a_program_that_ends_takes_no_set(service: Service):
    service.submitter.stop_accepting()
    with pytest.raises(Unavailable, match="shutting-down"):
        await add(service)


async def test_who_is_blocked_adds_nothing_but_can_remove(service: Service):
    await add(service)
    await service.cases.block(Act(77, 1, 900, "mod.block", "rude"), 1, 0)
    service.attachments.asked.clear()
    with pytest.raises(Blocked):
        await add(service, "another")
    assert service.attachments.asked == []
    await service.reference_sets.remove(service.act(), await find(service))
    assert await names(service) == []


async def test_who_is_blocked_while_pictures_come_in_adds_nothing(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    fetch = service.attachments.fetch

    async def blocked_meanwhile(*asked: Any) -> bytes:
        await service.cases.block(Act(77, 1, 900, "mod.block", "rude"), 1, 0)
        return await fetch(*asked)

    monkeypatch.setattr(service.attachments, "fetch", blocked_meanwhile)
    await refused(service, tmp_path, "blocked")


async def test_the_same_interaction_twice_adds_one_set(service: Service, tmp_path: Path):
    asker, files = service.asker(), hands_in(service, png())
    await service.reference_sets.add(asker, "mascot", files, shared=False)
    with pytest.raises(AlreadyDone):
        await service.reference_sets.add(asker, "other", files, shared=False)
    assert len(service.attachments.asked) == 1
    assert await names(service) == ["mascot"]


async def test_what_a_kill_left_of_a_set_goes_at_the_next_start(
    service: Service, reopen: Reopen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    class Killed(BaseException):
        pass

    async def killed(*_: Any, **__: Any) -> None:
        raise Killed

    monkeypatch.setattr(service.reference_sets._references, "add", killed)
    with pytest.raises(Killed):
        await add(service)
    assert len(files_in(tmp_path)) == 1
    await service.stop()
    async with reopen(FREE) as later:
        await later.picture_intake.give_up_the_rest()
        await erase_leftovers(later)
    assert files_in(tmp_path) == []


# -- using one


async def test_a_set_comes_before_what_is_handed_in_and_the_last_says_the_ratio(
    service: Service, vendor: DashScopeStandIn, tmp_path: Path
):
    await service.start()
    await add(service, "Mascot", png((400, 400)), png((300, 900)))
    held_job = await service.submitter.submit(by_set(service, png((800, 400))), service.asker())
    assert [(one.width, one.height) for one in held_job.request.pictures] == [(400, 400), (300, 900), (800, 400)]
    assert held_job.size == WAN27.sizes.fitting(800, 400)
    job = await service.submitter.acknowledge(held_job.id, 7)
    assert job is not None
    await service.until(job, JobState.DELIVERING)
    (task,) = vendor.tasks.values()
    files = [(tmp_path / "images" / one.path).read_bytes() for one in job.request.pictures]
    assert list(task.order.pictures) == files


async def test_a_set_alone_is_enough_and_its_last_picture_says_the_ratio(service: Service):
    await add(service, "mascot", png((800, 400)), held(6))
    job = await service.submitter.submit(by_set(service), service.asker())
    assert (len(job.request.pictures), job.request.model, job.size) == (2, WAN27.name, Size(1760, 2352))


async def test_a_job_has_files_of_its_own(service: Service, vendor: DashScopeStandIn, tmp_path: Path):
    await add(service)
    job = await service.submitter.submit(by_set(service), service.asker())
    (copied,), (kept,) = job.request.pictures, (await find(service)).pictures
    assert copied.path != kept.path
    await service.reference_sets.remove(service.act(), await find(service))
    await erase_leftovers(service)
    assert files_in(tmp_path) == [copied.path]
    await service.start()
    queued = await service.submitter.acknowledge(job.id, 7)
    assert queued is not None
    await service.until(queued, JobState.DELIVERING)
    assert len(vendor.tasks) == 1


async def test_the_erasure_of_a_job_leaves_the_set(service: Service, tmp_path: Path):
    await add(service)
    job = await service.submitter.submit(by_set(service), service.asker())
    await service.submitter.withdraw(job.id)
    await erase_leftovers(service)
    assert files_in(tmp_path) == [(await find(service)).pictures[0].path]


async def test_everybody_in_the_server_uses_what_is_shared_and_nobody_else(service: Service):
    await add(service, shared=True)
    await add(service, "mine")
    await service.submitter.submit(by_set(service), service.asker(2))
    for options, asker in (
        (by_set(service), service.asker(2, server_id=2)),
        (by_set(service, name="mine"), service.asker(2)),
    ):
        with pytest.raises(InvalidRequest, match="reference-unknown"):
            await service.submitter.submit(options, asker)


EDITS = BUILT_IN["wan2.5-i2i-preview"]


@pytest.mark.parametrize(
    ("kept", "handed_in", "key", "limit"),
    [
        ([png((400, 400))] * 3, [png((400, 400))], "invalid-picture-many", 3),
        ([png((400, 400)), png()], [], "picture-small", 384),
        ([png((5001, 400))], [], "picture-large", 5000),
    ],
)
async def test_what_a_model_does_not_take_is_refused_with_its_limit(
    reopen: Reopen, tmp_path: Path, kept: list[bytes], handed_in: list[bytes], key: str, limit: int
):
    async with reopen(make_policy(catalogue={EDITS.name: EDITS, TURBO.name: TURBO})) as service:
        await add(service, "mascot", *kept)
        before = files_in(tmp_path)
        with pytest.raises(InvalidRequest) as refusal:
            await service.submitter.submit(by_set(service, *handed_in), service.asker())
        assert (refusal.value.key, refusal.value.values["limit"]) == (key, limit)
        assert refusal.value.values.get("file", "mascot") in {"mascot", f"mascot ({len(kept)})"}
        assert await service.rows("SELECT * FROM holds") == []
        await erase_leftovers(service)
        assert files_in(tmp_path) == before


async def test_pictures_of_a_set_and_handed_in_ones_share_what_a_request_may_have(service: Service):
    detailed = FILES["a picture that is too detailed to be sent as it is"].make()
    await add(service, "mascot", detailed)
    job = await service.submitter.submit(by_set(service, detailed), service.asker())
    assert sum(one.size_bytes for one in job.request.pictures) * 4 / 3 <= DATA_URI_MAX_BYTES


async def test_a_model_of_words_takes_no_set(service: Service):
    await add(service)
    with pytest.raises(InvalidRequest, match="invalid-picture-model"):
        await service.submitter.submit(replace(by_set(service), model=TURBO.name), service.asker())


async def test_a_file_that_is_lost_is_said_and_nothing_is_held(service: Service, tmp_path: Path):
    await add(service)
    (tmp_path / "images" / (await find(service)).pictures[0].path).unlink()
    with pytest.raises(Unavailable, match="reference-picture-gone") as refusal:
        await service.submitter.submit(by_set(service), service.asker())
    assert refusal.value.values == {"file": "mascot (1)"}
    assert await service.rows("SELECT * FROM holds") == []


async def test_a_price_that_is_agreed_to_later_needs_no_set_any_more(reopen: Reopen, tmp_path: Path):
    async with reopen(PAID) as service:
        await add(service)
        with pytest.raises(PriceNotAgreed) as question:
            await service.submitter.submit(by_set(service), service.asker())
        await service.reference_sets.remove(service.act(), await find(service))
        await erase_leftovers(service)
        kept = await service.submitter.kept(question.value.offer_id, service.asker())
        job = await service.submitter.agree(kept, service.asker())
        await erase_leftovers(service)
        assert files_in(tmp_path) == [job.request.pictures[0].path]


async def test_a_prompt_alone_needs_no_set(service: Service):
    job = await service.submitter.submit(Options("a cat"), service.asker())
    assert job.request.pictures == ()


# -- removing one


async def test_a_removed_set_is_gone_with_its_files(service: Service, tmp_path: Path):
    await add(service)
    await add(service, "other")
    kept = await find(service)
    await service.reference_sets.remove(service.act(), kept)
    await erase_leftovers(service)
    assert await names(service) == ["other"]
    assert files_in(tmp_path) == [(await find(service, "other")).pictures[0].path]
    with pytest.raises(NotPermitted, match="reference-gone"):
        await service.reference_sets.remove(service.act(), kept)


async def test_a_set_of_another_server_is_out_of_reach(service: Service):
    await add(service, server_id=2)
    kept = await find(service, server_id=2)
    with pytest.raises(NotPermitted, match="reference-gone"):
        await service.reference_sets.remove(service.act(server_id=1), kept)
    assert await names(service, server_id=2) == ["mascot"]


async def test_the_same_press_twice_removes_one(service: Service):
    await add(service)
    await add(service, "other")
    act, kept, other = service.act(), await find(service), await find(service, "other")
    await service.reference_sets.remove(act, kept)
    for again in (kept, other):
        with pytest.raises(AlreadyDone):
            await service.reference_sets.remove(act, again)
    assert await names(service) == ["other"]
