"""Somebody who speaks plain HTTP to the DashScope stand-in."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn, TaskRecord

TURBO = "wanx2.1-t2i-turbo"
KEY = {"Authorization": "Bearer sk-sandbox"}
CREATE = "/services/aigc/text2image/image-synthesis"
EDITS = "/services/aigc/image2image/image-synthesis"
CALL = "/services/aigc/multimodal-generation/generation"
GENERATE = "/services/aigc/image-generation/generation"
NEWER = "wan2.6-t2i"


def said(*parts: Any, role: str = "user") -> dict[str, Any]:
    """Return a message of the newer protocol."""
    return {"role": role, "content": list(parts)}


def uri(data: bytes, kind: str = "image/png") -> str:
    """Return a picture as it comes in."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


ASKED = [said({"text": "a cat"})]


class Caller:
    """Speaks plain HTTP to the stand-in, with as little comfort as a test can bear."""

    def __init__(self, vendor: DashScopeStandIn, clock: SandboxClock, session: aiohttp.ClientSession) -> None:
        self.vendor = vendor
        self.clock = clock
        self.session = session

    async def ask(self, method: str, path: str, **kwargs: Any) -> tuple[int, Any]:
        kwargs.setdefault("headers", KEY)
        async with self.session.request(method, self.vendor.base_url + path, **kwargs) as answer:
            return answer.status, await answer.json(content_type=None)

    async def create(
        self, prompt: Any = "a cat", *, model: str = TURBO, headers: dict[str, str] | None = None, **params: Any
    ) -> tuple[int, Any]:
        body = {"model": model, "input": {"prompt": prompt}, "parameters": {"n": 1, **params}}
        headers = {**KEY, "X-DashScope-Async": "enable"} if headers is None else headers
        return await self.ask("POST", CREATE, json=body, headers=headers)

    async def generate(
        self,
        messages: Any = ASKED,
        *,
        model: str = NEWER,
        path: str = GENERATE,
        headers: dict[str, str] | None = None,
        **params: Any,
    ) -> tuple[int, Any]:
        """Ask in the form of the newer protocol; no parameter is given of itself."""
        body = {"model": model, "input": {"messages": messages}, "parameters": params}
        headers = {**KEY, "X-DashScope-Async": "enable"} if headers is None else headers
        return await self.ask("POST", path, json=body, headers=headers)

    async def call(self, messages: Any = ASKED, *, model: str, **kwargs: Any) -> tuple[int, Any]:
        """Ask for the pictures themselves, and let the time pass that they take."""
        kwargs = {"path": CALL, "headers": KEY, **kwargs}
        before = len(self.vendor.calls)
        asked = asyncio.create_task(self.generate(messages, model=model, **kwargs))
        taken = asyncio.create_task(self.vendor.until(lambda: len(self.vendor.calls) > before))
        await asyncio.wait([asked, taken], return_when=asyncio.FIRST_COMPLETED)
        taken.cancel()
        self.clock.advance(300)
        return await asked

    async def generated(self, messages: Any = ASKED, **kwargs: Any) -> TaskRecord:
        status, body = await self.generate(messages, **kwargs)
        assert status == 200, body
        # The next create shall not meet the rate limit.
        self.clock.advance(1)
        return self.vendor.tasks[body["output"]["task_id"]]

    async def created(self, prompt: Any = "a cat", **kwargs: Any) -> str:
        status, body = await self.create(prompt, **kwargs)
        assert status == 200, body
        # The next create shall not meet the rate limit.
        self.clock.advance(1)
        return body["output"]["task_id"]

    async def query(self, task_id: str) -> Any:
        status, body = await self.ask("GET", f"/tasks/{task_id}")
        assert status == 200
        return body

    async def finished(self, prompt: Any = "a cat", **kwargs: Any) -> Any:
        task_id = await self.created(prompt, **kwargs)
        self.clock.advance(300)
        return await self.query(task_id)


@asynccontextmanager
async def served(**kwargs: Any) -> AsyncIterator[Caller]:
    """Serve a stand-in whose clock stands still, and give somebody who speaks to it."""
    clock = SandboxClock(scale=0)
    async with DashScopeStandIn(clock=clock, **kwargs) as vendor, aiohttp.ClientSession() as session:
        yield Caller(vendor, clock, session)
