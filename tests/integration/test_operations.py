import socket

import aiohttp

from bot.operations import serve


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_health_follows_the_connection_and_metrics_count_jobs():
    ready = damaged = False

    async def metrics() -> dict[str, int]:
        return {"jobs_queued": 3}

    port = free_port()
    async with (
        serve(f"127.0.0.1:{port}", is_ready=lambda: ready, is_damaged=lambda: damaged, metrics=metrics),
        aiohttp.ClientSession(base_url=f"http://127.0.0.1:{port}") as session,
    ):
        async with session.get("/healthz") as down:
            assert down.status == 503
        ready = True
        async with session.get("/healthz") as up:
            assert (up.status, await up.text()) == (200, "ok\n")
        damaged = True
        async with session.get("/healthz") as hurt:
            assert (hurt.status, await hurt.text()) == (503, "the database is damaged\n")
        async with session.get("/metrics") as shown:
            assert await shown.text() == "imagine_jobs_queued 3\n"
