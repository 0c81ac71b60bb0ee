"""The bot as its operator sees it: a process with a command line, exit codes and memory."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.discord import DiscordStandIn

ROOT = Path(__file__).parents[3]
MOST_RESIDENT_BYTES = 100 * 1024 * 1024


def command(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DISCORD_", "DASHSCOPE_"))}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def write_config(folder: Path, discord: DiscordStandIn, vendor: DashScopeStandIn, token: str = "sandbox-token") -> Path:
    file = folder / "config.toml"
    file.write_text(
        f"""
        [discord]
        token = "{token}"
        api_url = "{discord.api_url}"
        gateway_url = "{discord.gateway_url}"
        [dashscope]
        api_key = "sk-sandbox"
        base_url = "{vendor.base_url}"
        result_hosts = ["{vendor.result_host}"]
        [storage]
        database = "{folder}/imagine.db"
        images = "{folder}/images"
        """
    )
    return file


@asynccontextmanager
async def stand_ins() -> AsyncGenerator[tuple[DiscordStandIn, DashScopeStandIn]]:
    clock = SandboxClock()
    async with DiscordStandIn(clock=clock) as discord, DashScopeStandIn(clock=clock, service_s=(1, 1)) as vendor:
        yield discord, vendor


@asynccontextmanager
async def bot_process(config: Path, **environment: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", "--config", str(config)),
        cwd=ROOT,
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def test_a_wrong_configuration_exits_with_2_and_one_line_for_each_fault(tmp_path):
    (tmp_path / "config.toml").write_text("[quota]\nperiod = 'year'\nbudget = 0.5\n")
    for name in ("run", "check"):
        done = command(name, folder=tmp_path)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert [line.split(": ")[1] for line in done.stderr.splitlines()] == [
            "quota.budget",
            "quota.period",
            "discord.token",
            "dashscope.api_key",
        ]


def test_an_unknown_command_or_option_exits_with_2(tmp_path):
    assert command("fly", folder=tmp_path).returncode == 2
    assert command("run", "--wings", folder=tmp_path).returncode == 2


def test_check_and_migrate_say_that_all_is_well(tmp_path):
    (tmp_path / "config.toml").write_text("")
    checked = command("check", folder=tmp_path, DISCORD_TOKEN="t", DASHSCOPE_API_KEY="k")
    assert (checked.returncode, "is complete" in checked.stdout) == (0, True)
    migrated = command("migrate", folder=tmp_path)
    assert migrated.returncode == 0
    assert (tmp_path / "data" / "imagine.db").exists()


def test_a_database_of_a_newer_program_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "config.toml").write_text("")
    command("migrate", folder=tmp_path)
    with sqlite3.connect(tmp_path / "data" / "imagine.db") as conn:
        conn.execute("PRAGMA user_version = 9999")
    conn.close()
    refused = command("migrate", folder=tmp_path)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert "newer program" in refused.stderr


async def test_a_token_that_discord_refuses_exits_with_2(tmp_path):
    async with stand_ins() as (discord, vendor):
        config = write_config(tmp_path, discord, vendor, token="wrong-token")
        async with bot_process(config) as process:
            _, errors = await process.communicate()
    assert process.returncode == 2
    assert b"discord.token" in errors
    assert b"Traceback" not in errors
    assert b"wrong-token" not in errors


async def line_with(process: asyncio.subprocess.Process, words: bytes) -> list[bytes]:
    """Read the log up to a line with ``words``."""
    assert process.stderr is not None
    lines: list[bytes] = []
    async with asyncio.timeout(60):
        while not lines or words not in lines[-1]:
            lines.append(await process.stderr.readline())
            assert lines[-1], b"".join(lines).decode()
    return lines


@pytest.mark.parametrize(("code", "status"), [(4004, 2), (4011, 1)])
async def test_a_connection_that_discord_closes_for_good_ends_it_with_one_sentence(tmp_path, code, status):
    async with stand_ins() as (discord, vendor), bot_process(write_config(tmp_path, discord, vendor)) as process:
        await discord.until(lambda: discord.connected)
        await discord.gateway.expel(code)
        _, errors = await process.communicate()
    assert process.returncode == status
    assert b"Traceback" not in errors
    (last,) = errors.splitlines()[-1:]
    assert (b"discord.token" if code == 4004 else b"more shards") in last


async def test_without_discord_it_waits_in_single_lines_and_a_signal_still_ends_it_with_0(tmp_path):
    async with stand_ins() as (discord, vendor):
        config = write_config(tmp_path, discord, vendor)
    async with bot_process(config) as process:
        lines = await line_with(process, b"can't be reached")
        process.send_signal(signal.SIGTERM)
        _, errors = await process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in b"".join(lines) + errors


async def test_a_port_that_is_taken_ends_it_with_1_and_a_sentence(tmp_path):
    async with stand_ins() as (discord, vendor):
        config = write_config(tmp_path, discord, vendor)
        taken = discord.api_url.split(":")[2].split("/")[0]
        with config.open("a") as file:
            file.write(f'[http]\nbind = "127.0.0.1:{taken}"\n')
        async with bot_process(config) as process:
            _, errors = await process.communicate()
    assert process.returncode == 1
    assert b"Traceback" not in errors
    assert b"http.bind" in errors.splitlines()[-1]


async def test_nothing_is_said_about_voice(tmp_path):
    async with stand_ins() as (discord, vendor), bot_process(write_config(tmp_path, discord, vendor)) as process:
        lines = await line_with(process, b"ready")
    assert b"oice" not in b"".join(lines)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_with_0(tmp_path, number):
    async with stand_ins() as (discord, vendor), bot_process(write_config(tmp_path, discord, vendor)) as process:
        await discord.until(lambda: discord.connected)
        process.send_signal(number)
        await process.communicate()
        assert process.returncode == 0


@pytest.mark.slow
async def test_the_idle_bot_with_two_servers_stays_small_and_a_job_leaves_no_picture_in_memory(tmp_path):
    async with stand_ins() as (discord, vendor):
        for name in ("One", "Two"):
            discord.add_guild(name, owner=discord.application_owner)
        # glibc keeps a picture's room for each thread that had one, unless it is told from what size not to.
        config = write_config(tmp_path, discord, vendor)
        async with bot_process(config, MALLOC_MMAP_THRESHOLD_=str(2**20)) as process:
            await discord.until(lambda: discord.connected)
            owner = discord.member(discord.application_owner, discord.world.guilds[min(discord.world.guilds)])
            resident = psutil.Process(process.pid).memory_info().rss
            assert resident < MOST_RESIDENT_BYTES, f"{resident / 2**20:.0f} MiB"

            async def draw(count: int) -> None:
                options = {"prompt": "a cat", "count": count, "size": "1440*1440"}
                used = await owner.invoke("imagine", options, channel="general")
                await used.reply()
                await discord.until(
                    lambda: used.message is not None and len(used.message.gallery) == count, timeout_s=60
                )

            # The first job loads what decodes pictures.
            await draw(4)
            before = psutil.Process(process.pid).memory_info().rss
            for _ in range(3):
                await draw(2)
            after = psutil.Process(process.pid).memory_info().rss
            # One decoded picture of this size has 6 MiB.
            assert after - before < 5 * 2**20, f"{before / 2**20:.0f} MiB before, {after / 2**20:.0f} MiB after"
