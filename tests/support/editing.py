"""What tests of edits have in common: models that take pictures, and what a member hands in."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.domain.jobs.job import Job
from bot.domain.pictures.inputs import HandedIn
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Rule
from bot.domain.requests.request import Options
from tests.support.handed_in import png
from tests.support.service import TURBO, Service, make_policy

WAN27, PRO = BUILT_IN["wan2.7-image"], BUILT_IN["wan2.7-image-pro"]
QWEN3 = BUILT_IN["qwen-image-3.0"]
"""It bills what comes in."""

CATALOGUE = {model.name: model for model in (TURBO, WAN27, PRO)}
FREE = make_policy(catalogue=CATALOGUE)
PAID = make_policy(
    catalogue=CATALOGUE,
    rule=Rule(free_images=0, budget_micros=10_000_000, images_per_job=4, active_jobs=100, cooldown_s=0),
)


def hands_in(service: Service, *files: bytes | Exception) -> tuple[HandedIn, ...]:
    """Let a member hand these in."""
    for k, data in enumerate(files):
        service.attachments.found[f"https://cdn/{k}"] = data
    sizes = [len(data) if isinstance(data, bytes) else 9 for data in files]
    return tuple(HandedIn(f"https://cdn/{k}", f"cat{k}.png", size) for k, size in enumerate(sizes))


def edit(service: Service, *files: bytes | Exception, prompt: str = "let it snow", **options: Any) -> Options:
    return Options(prompt, handed_in=hands_in(service, *(files or (png(),))), **options)


async def held_job(service: Service, *files: bytes | Exception, member_id: int = 1, **options: Any) -> Job:
    return await service.submitter.submit(edit(service, *files, **options), service.asker(member_id))


async def queued(service: Service, *files: bytes | Exception, **options: Any) -> Job:
    job = await service.submitter.acknowledge((await held_job(service, *files, **options)).id, 7)
    assert job is not None
    return job


async def set_to(service: Service, **settings: Any) -> None:
    await service.servers.change_settings(service.act("settings"), lambda old: replace(old, **settings))


async def ended(service: Service, job: Job) -> Job:
    """Wait until a job has ended, in whichever way."""
    heard = asyncio.Event()
    service.changes.on_job(lambda _: heard.set())
    async with asyncio.timeout(20):
        while True:
            heard.clear()
            now = await service.jobs.get(job.id)
            if now is not None and now.is_final:
                return now
            await heard.wait()


def files_in(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder / "images")) for file in (folder / "images").rglob("*") if file.is_file())


async def erase_leftovers(service: Service) -> None:
    await service.erasure.sweep()
