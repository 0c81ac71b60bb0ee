"""The database's faults: what a new request is told, and what becomes of a job that is under way."""

import logging
from dataclasses import dataclass, field

from sandbox.dashscope import Outcome
from tests.support.faults import ReachableDatabase, Row, Trial, locked, recover
from tests.support.world import World

REFUSAL = "I can't write anything down right now"
LONG = {"prompt": "\N{CHERRY BLOSSOM}" * 800, "negative_prompt": "\N{CHERRY BLOSSOM}" * 500}
"""Five thousand bytes: more than any page has left."""


@dataclass
class StorageLog(logging.Handler):
    """Hears what is said about storage, and what of the program's parts fails because of it."""

    said: list[str] = field(default_factory=list[str])
    failed: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        super().__init__(logging.INFO)

    def __hash__(self) -> int:
        return id(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == "bot.storage.sqlite.outage":
            self.said.append(record.getMessage())
        elif record.name.startswith("bot.service") and record.levelno >= logging.ERROR:
            self.failed.append(record.getMessage())

    def lines(self) -> str:
        """Return what was said since the last call: one line at the beginning, and one at the end of the outage."""
        begun, ended = self.said
        assert self.failed == []
        self.said.clear()
        return f"one line, “{begun}”, and one, “{ended}”"


async def storage(world: World, heard: StorageLog) -> list[Row]:
    return [*await _locked(world, heard), *await _full(world, heard)]


async def _locked(world: World, heard: StorageLog) -> list[Row]:
    trial = await _under_way(world)
    with locked(world.config.storage.file):
        answers = [await _refused(world) for _ in range(3)]
    return await _over(trial, heard, "another program holds the lock for longer than the busy timeout", answers)


async def _full(world: World, heard: StorageLog) -> list[Row]:
    trial = await _under_way(world)
    await ReachableDatabase.newest.fill()
    answers = [await _refused(world) for _ in range(3)]
    await ReachableDatabase.newest.make_room()
    return await _over(trial, heard, "the disk is full", answers)


async def _under_way(world: World) -> Trial:
    trial = Trial(world)
    world.vendor.next_outcome(Outcome(service_s=20))
    await trial.ask()
    await trial.is_("running")
    return trial


async def _refused(world: World) -> str:
    before = world.rows("SELECT count(*) AS jobs FROM jobs")[0]["jobs"]
    used = await world.member("bob").invoke("imagine", LONG, channel="general")
    reply = await used.reply()
    assert reply.ephemeral
    assert REFUSAL in reply.text
    assert world.rows("SELECT count(*) AS jobs FROM jobs")[0]["jobs"] == before
    return reply.text


async def _over(trial: Trial, heard: StorageLog, what: str, answers: list[str]) -> list[Row]:
    world = trial.world
    await trial.ends("delivered")
    after = await Trial(world).ask()
    await after.ends("delivered")
    assert world.rows("SELECT 1 FROM holds WHERE outcome IS NULL OR outcome = ''") == []
    recover(world)
    (answer,) = set(answers)
    tries = heard.lines()
    return [
        Row(f"{what}: a new request", answer, "none", 0, 0, 0, f"in the log {tries}"),
        trial.row(f"{what}: a job under way, once that is over", "until it is over"),
    ]
