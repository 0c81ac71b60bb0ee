"""Health and metrics over HTTP, for whoever runs the bot."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

Metrics = Callable[[], Awaitable[dict[str, int]]]


@asynccontextmanager
async def serve(bind: str, *, is_ready: Callable[[], bool], metrics: Metrics) -> AsyncGenerator[None]:
    """Serve ``/healthz`` (200 while Discord is connected, else 503) and ``/metrics`` (Prometheus' text format).

    Args:
        bind: host:port.
        is_ready: whether the bot can take commands.
        metrics: gives the figures by name.

    Raises:
        OSError: if the address is taken.
    """

    async def healthz(_: web.Request) -> web.Response:
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
        await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        yield
    finally:
        await runner.cleanup()
