"""Sets of pictures that are kept: taken along, erased with their member, with age, and where the bot was removed."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.jobs.job import JobState
from tests.integration.service.conftest import Reopen
from tests.support.editing import CATALOGUE, FREE, erase_leftovers, files_in
from tests.support.handed_in import png, see_through
from tests.support.references import add, by_set, find, names
from tests.support.service import Service, make_policy

LIMIT = 10 * 1024 * 1024
DAY_S = 24 * 3600


@pytest.fixture
async def service(reopen: Reopen) -> AsyncIterator[Service]:
    async with reopen(FREE) as opened:
        yield opened


async def exported(service: Service, member_id: int) -> dict[str, bytes]:
    archive = await service.exporter.archive(member_id, 1, LIMIT)
    assert archive is not None
    with zipfile.ZipFile(io.BytesIO(archive.data)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


async def test_an_export_has_a_members_sets_with_those_that_they_shared_and_nobody_elses(
    service: Service, tmp_path: Path
):
    await add(service, "mine", png(), see_through("RGBA"))
    await add(service, "ours", server_id=2, shared=True)
    await add(service, "theirs", member_id=2)
    files = await exported(service, 1)
    sets = json.loads(files["about-you.json"])["kept_references"]
    assert [(one["server"], one["name"], one["shared_with_the_server"]) for one in sets] == [
        ("1", "mine", False),
        ("2", "ours", True),
    ]
    pictures = [picture for one in sets for picture in one["pictures"]]
    assert [picture["put_on_white"] for picture in pictures] == [False, True, False]
    kept = [*(await find(service, "mine")).pictures, *(await find(service, "ours", server_id=2)).pictures]
    assert [files[picture["file"]] for picture in pictures] == [
        (tmp_path / "images" / one.path).read_bytes() for one in kept
    ]
    assert len([name for name in files if name.startswith("pictures/")]) == 3


async def test_who_only_keeps_sets_has_something_to_be_forgotten(service: Service):
    await add(service, "mine", png(), png())
    await add(service, "ours", shared=True)
    keepings = await service.erasure.keepings(1)
    assert (keepings.is_known, keepings.reference_sets, keepings.pictures, keepings.jobs) == (True, 2, 3, 0)


async def test_forgetting_takes_a_members_sets_also_those_that_they_shared(service: Service, tmp_path: Path):
    await add(service, "mine", png(), png())
    await add(service, "ours", shared=True)
    await add(service, "theirs", member_id=2, shared=True)
    forgotten = await service.erasure.forget(77, 1)
    assert forgotten is not None
    assert forgotten.pictures == 3
    assert await names(service) == ["theirs"]
    assert files_in(tmp_path) == [(await find(service, "theirs")).pictures[0].path]
    assert await service.rows("SELECT name FROM reference_sets WHERE name <> 'theirs'") == []
    assert await service.rows("SELECT detail FROM audit WHERE detail LIKE '%mine%' OR detail LIKE '%ours%'") == []


async def test_forgetting_who_shared_a_set_breaks_no_job_of_another(service: Service):
    await add(service, shared=True)
    job = await service.submitter.submit(by_set(service), service.asker(2))
    assert await service.erasure.forget(77, 1) is not None
    await service.start()
    queued = await service.submitter.acknowledge(job.id, 7)
    assert queued is not None
    await service.until(queued, JobState.DELIVERING)


async def test_a_set_that_nobody_uses_goes_with_age_and_one_that_is_used_stays(reopen: Reopen, tmp_path: Path):
    policy = make_policy(catalogue=CATALOGUE, keep_prompts_days=2)
    async with reopen(policy) as service:
        await add(service, "old")
        await add(service, "used")
        service.clock.advance(DAY_S)
        job = await service.submitter.submit(by_set(service, name="used"), service.asker())
        await service.submitter.withdraw(job.id)
        await service.erasure.sweep()
        assert await names(service) == ["old", "used"]
        service.clock.advance(DAY_S + 1)
        await service.erasure.sweep()
        assert await names(service) == ["used"]
        assert files_in(tmp_path) == [(await find(service, "used")).pictures[0].path]


async def test_where_prompts_are_kept_for_good_sets_are_too(reopen: Reopen):
    async with reopen(make_policy(catalogue=CATALOGUE, keep_prompts_days=0)) as service:
        await add(service)
        service.clock.advance(2000 * DAY_S)
        await service.erasure.sweep()
        assert await names(service) == ["mascot"]


async def test_where_the_bot_was_removed_no_set_is_kept(service: Service, tmp_path: Path):
    await add(service, server_id=2)
    await add(service, "ours", member_id=3, server_id=2, shared=True)
    await add(service)
    assert await service.departures.missing({1}) == set()
    assert await service.departures.missing_with_sets({1}) == {2}
    await service.departures.left(2)
    await erase_leftovers(service)
    assert await service.departures.missing_with_sets({1}) == set()
    assert await names(service, server_id=2) == []
    assert files_in(tmp_path) == [(await find(service)).pictures[0].path]


async def test_files_of_sets_are_nobodys_leftovers(service: Service, tmp_path: Path):
    await add(service)
    assert await service.privacy.orphans(files_in(tmp_path)) == ([], 0)
