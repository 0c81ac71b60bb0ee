"""Health and metrics over HTTP, for whoever runs the bot."""

import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors import AddressTaken

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus' text format."""


@asynccontextmanager
async def serve(
    bind: str,
    *,
    where: str = "http.bind",
    trouble: Callable[[], Awaitable[str]],
    metrics: Callable[[], Awaitable[bytes]],
) -> AsyncGenerator[None]:
    """Serve ``/healthz`` and ``/metrics``.

    Health is 200 as long as nothing is wrong, else 503 with what is.

    Args:
        bind: host:port.
        where: how the place that names ``bind`` is called, for a fault.
        trouble: returns what is wrong, "" if nothing is.
        metrics: returns the page.

    Raises:
        AddressTaken: if the address can't be had.
    """

    async def healthz(_: web.Request) -> web.Response:
        wrong = await trouble()
        return web.Response(text=f"{wrong or 'ok'}\n", status=503 if wrong else 200)

    async def show_metrics(_: web.Request) -> web.Response:
        return web.Response(body=await metrics(), headers={"Content-Type": CONTENT_TYPE})

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/metrics", show_metrics)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    host, port = bind.rsplit(":", 1)
    try:
        await _listen(runner, host.strip("[]"), int(port), where)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int, where: str) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise AddressTaken(f"{where}: can't listen on {host}:{port}: {reason.lower()}") from None
