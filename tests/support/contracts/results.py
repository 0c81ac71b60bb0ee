"""What tests of fetching share: pictures, where they are to be had, and what was kept of them."""

import io
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
from aiohttp import web
from PIL import Image

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.request import ImageRequest
from bot.domain.requests.sizes import Size
from bot.providers.dashscope.client import DashScopeClient
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def picture(size: tuple[int, int] = (64, 48), kind: str = "PNG", *, noise: bool = False) -> bytes:
    """Return a whole picture."""
    image = Image.new("RGB", size, (200, 30, 60))
    if noise:
        image = Image.frombytes("RGB", size, random.Random(1).randbytes(3 * size[0] * size[1]))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def files(folder: Path) -> list[str]:
    """Name every file in a folder and below it."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def result_urls(vendor: DashScopeStandIn, clock: SandboxClock, count: int = 1) -> list[str]:
    """Have a task drawn, and return where its pictures are to be had."""
    async with aiohttp.ClientSession() as session:
        client = DashScopeClient(
            session, base_url=vendor.base_url, api_key="sk-sandbox", catalogue=BUILT_IN, clock=clock
        )
        order = ImageRequest("a cat", "", "wanx2.1-t2i-turbo", Size(512, 768), count, 7, False, False, False)
        created = await client.create(order)
        clock.advance(120)
        report = await client.query(created.task_id)
        return [result.url or "" for result in report.results]
