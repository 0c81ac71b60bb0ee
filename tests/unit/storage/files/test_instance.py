import asyncio
import sys
from pathlib import Path

import pytest

from bot.errors import StorageUnavailable
from bot.storage.files.instance import only_instance
from sandbox.clock import SandboxClock

HOLDER = """
import asyncio, sys
from pathlib import Path
from bot.storage.files.instance import only_instance
from sandbox.clock import SandboxClock

async def main():
    async with only_instance(Path(sys.argv[1]), SandboxClock(), wait_s=0):
        print("held", flush=True)
        sys.stdin.readline()

asyncio.run(main())
"""


async def holder(database: Path) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(database), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"held\n"
    return process


async def test_a_second_bot_on_a_database_gives_up_after_its_wait(tmp_path: Path):
    database, clock = tmp_path / "new" / "imagine.db", SandboxClock(scale=0)
    other = await holder(database)
    with pytest.raises(StorageUnavailable, match="another bot is running"):
        async with only_instance(database, clock, wait_s=0):
            pass
    other.kill()
    await other.wait()
    # The kernel drops a killed holder's lock.
    async with only_instance(database, clock, wait_s=0):
        pass


async def test_a_second_bot_waits_for_the_first_to_go(tmp_path: Path):
    database = tmp_path / "imagine.db"
    other = await holder(database)
    assert other.stdin is not None
    waiting = asyncio.create_task(_enter(database, SandboxClock(scale=20)))
    other.stdin.write(b"go\n")
    await other.wait()
    assert await waiting == "entered"


class StoppedMeanwhile(SandboxClock):
    """A clock on which a signal comes during the first pause."""

    def __init__(self) -> None:
        super().__init__(scale=0)
        self.stop = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.stop.set()


async def test_who_is_told_to_stop_waits_no_longer(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    database, clock = tmp_path / "imagine.db", StoppedMeanwhile()
    other = await holder(database)
    async with only_instance(database, clock, stop=clock.stop) as held:
        assert not held
    assert len([one for one in caplog.messages if "another bot is running on" in one]) == 1
    other.kill()
    await other.wait()


async def test_a_lock_that_can_not_be_opened_is_a_sentence(tmp_path: Path):
    (tmp_path / "imagine.db.lock").mkdir()
    with pytest.raises(StorageUnavailable, match=r"imagine\.db\.lock can't be opened: is a directory"):
        async with only_instance(tmp_path / "imagine.db", SandboxClock()):
            pass


async def _enter(database: Path, clock: SandboxClock) -> str:
    async with only_instance(database, clock, wait_s=3600):
        return "entered"


async def test_two_databases_beside_each_other_do_not_disturb_each_other(tmp_path: Path):
    clock = SandboxClock(scale=0)
    async with only_instance(tmp_path / "a.db", clock, wait_s=0), only_instance(tmp_path / "b.db", clock, wait_s=0):
        pass
