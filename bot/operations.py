"""Health and metrics over HTTP, for whoever runs the bot."""

import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors import AddressTaken

Metrics = Callable[[], Awaitable[dict[str, int]]]


@asynccontextmanager
async def serve(
    bind: str, *, is_ready: Callable[[], bool], is_damaged: Callable[[], bool], metrics: Metrics
) -> AsyncGenerator[None]:
    """Serve ``/healthz`` and ``/metrics`` (Prometheus' text format).

    Health is 200 while Discord is connected and the database is sound, as far as anybody has noticed, else 503.

    Args:
        bind: host:port.
        is_ready: whether the bot can take commands.
        is_damaged: whether a part of the database turned out to be damaged.
        metrics: gives the figures by name.

    Raises:
        AddressTaken: if the address can't be had.
    """

    async def healthz(_: web.Request) -> web.Response:
        if is_damaged():
            return web.Response(text="the database is damaged\n", status=503)
        ready = is_ready()
        return web.Response(text="ok\n" if ready else "not connected to Discord\n", status=200 if ready else 503)

    async def show_metrics(_: web.Request) -> web.Response:
        figures = await metrics()
        return web.Response(text="".join(f"imagine_{name} {figure}\n" for name, figure in figures.items()))

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/metrics", show_metrics)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    host, port = bind.rsplit(":", 1)
    try:
        await _listen(runner, host.strip("[]"), int(port))
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise AddressTaken(f"http.bind: can't listen on {host}:{port}: {reason.lower()}") from None
