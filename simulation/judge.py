"""What must be true after any crash, read from outside: the vendor's bill, the database's file, Discord's messages."""

import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from bot.config import Config
from bot.domain.jobs.job import SERVER_LEFT
from sandbox.dashscope import DashScopeStandIn
from sandbox.discord import DiscordStandIn, Used
from sandbox.discord.rules.components import walk
from sandbox.discord.state.messages import COMPONENTS_V2, Message
from simulation.books import balances_equal_rows, holds_within_limits

JOBS = """
SELECT jobs.*, holds.*, members.discord_id AS member_id,
    (SELECT count(*) FROM images WHERE job_id = jobs.id AND code = '') AS fetched,
    (SELECT count(*) FROM images WHERE job_id = jobs.id AND url <> '') AS signed
FROM jobs JOIN holds ON holds.job_id = jobs.id JOIN members ON members.account_id = jobs.account_id ORDER BY jobs.id
"""
RESOLVED_TWICE = """
SELECT job_id, bucket_id, count(*) AS times FROM ledger WHERE kind IN ('settle', 'void', 'expire')
GROUP BY job_id, bucket_id HAVING times > 1
"""
HELD = "SELECT kind, held FROM buckets WHERE held <> 0"
COSTS = "SELECT coalesce(sum(used), 0) FROM buckets WHERE kind = 'cap'"
WORDS = {
    "delivered": "Here ",
    "failed": "No pictures this time",
    "canceled": "Canceled",
    "expired": "Waited too long",
    "undelivered": "Made, but not delivered",
}
GIVEN_BACK = "Given back"
CHARGED = {"delivered", "undelivered"}


class Stage(Protocol):
    """What is left when the last bot has ended: in a simulation, or where real processes were killed."""

    @property
    def config(self) -> Config:
        """The bot's."""
        ...

    @property
    def discord(self) -> DiscordStandIn: ...

    @property
    def vendor(self) -> DashScopeStandIn: ...

    @property
    def asked(self) -> list[Used]:
        """Every /imagine, oldest first."""
        ...

    @property
    def log(self) -> str:
        """All that the bots wrote."""
        ...

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Read the bot's database from outside."""
        ...


@dataclass(frozen=True)
class Findings:
    """What a test may look at beyond what always holds."""

    jobs: list[sqlite3.Row]
    cards: dict[int, list[Message]]

    @property
    def states(self) -> list[str]:
        return [row["state"] for row in self.jobs]


def inspect(stage: Stage, *, swept: Collection[int] = (), unexpected: str | None = None) -> Findings:
    """Check everything that holds whatever happened; give what was found.

    Args:
        stage: after the end of the last bot.
        swept: ids of messages that a moderator deleted by hand: they must stay gone.
        unexpected: what of the log nobody expected; None: whatever the last boundaries wrote.
    """
    jobs = stage.rows(JOBS)
    cards = {row["id"]: list(_cards(stage, row["id"])) for row in jobs}
    _check_books(stage)
    _check_bill(stage, jobs)
    for row in jobs:
        _check_job(row)
        if row["message_id"] in swept:
            assert all(card.deleted for card in cards[row["id"]]), "posted again after a moderator had deleted it"
        else:
            _check_message(stage, row, cards[row["id"]])
    for used in stage.asked:
        _check_asked(stage, used, {row["id"]: row for row in jobs})
    _check_pings(stage, jobs)
    assert list(stage.config.storage.images.rglob("*.part")) == []
    _check_log(stage, unexpected)
    return Findings(jobs, cards)


def _check_books(stage: Stage) -> None:
    with closing(sqlite3.connect(f"file:{stage.config.storage.file}?mode=ro", uri=True)) as conn:
        conn.row_factory = sqlite3.Row
        assert conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
        balances_equal_rows(conn)
        holds_within_limits(conn)
        assert [tuple(row) for row in conn.execute(RESOLVED_TWICE)] == []
        doubtful = conn.execute("SELECT coalesce(sum(doubtful_micros), 0) FROM holds").fetchone()[0]
        held = {row["kind"]: row["held"] for row in conn.execute(HELD)}
        assert held == ({"cap": doubtful} if doubtful else {})


def _check_bill(stage: Stage, jobs: list[sqlite3.Row]) -> None:
    """No request was drawn twice, and what the vendor bills is the ledger's cost or is held as doubtful."""
    by_prompt = Counter(task.prompt for task in stage.vendor.tasks.values())
    assert [prompt for prompt, times in by_prompt.items() if times > 1] == []
    by_task = {row["task_id"]: row for row in jobs if row["task_id"]}
    known = 0
    for line in stage.vendor.bill():
        row = by_task.get(line.task_id)
        if row is None or row["doubtful_micros"]:
            # Nobody knows of this task: then its job must have kept room for it.
            row = next(row for row in jobs if row["prompt"] == stage.vendor.tasks[line.task_id].prompt)
            assert row["doubtful_micros"] >= line.cost_micros
            continue
        assert row["prompt"] == stage.vendor.tasks[line.task_id].prompt
        assert (row["billed_images"], row["cost_micros"]) == (line.images, line.cost_micros)
        known += line.cost_micros
    assert stage.rows(COSTS)[0][0] == known == sum(row["cost_micros"] for row in jobs)


def _check_job(row: sqlite3.Row) -> None:
    assert row["outcome"] is not None, dict(row)
    assert row["signed"] == 0, "a signed address outlived its download"
    if row["state"] in CHARGED:
        assert (row["outcome"], row["charged_images"]) == ("settled", row["fetched"])
        assert row["charged_images"] > 0
    else:
        assert (row["charged_images"], row["charged_micros"]) == (0, 0), dict(row)


def _check_message(stage: Stage, row: sqlite3.Row, cards: list[Message]) -> None:
    """One message for each job, showing the last word on it and each of its pictures once."""
    visible = [card for card in cards if not card.deleted]
    if row["state"] == "void" or row["deleted_ms"]:
        assert not any(card.attachments for card in visible)
        return
    if row["private"] and len(visible) == 2:
        # A private reply that outlived its token can't be changed; the last word went by direct message.
        first, visible = visible[0], visible[1:]
        assert first.ephemeral
        assert first.attachments == []
        assert visible[0].channel.guild is None
    assert len(visible) == 1, [_text(card) for card in visible]
    (card,) = visible
    if row["private"] and row["state"] == "undelivered" and card.ephemeral:
        # It was told by its token, or that was dead when there was something to say: it had said before where to look.
        words = (WORDS["undelivered"], f"/job number:{row['number']}")
        assert is_told_directly(stage, row) or any(word in _text(card) for word in words), _text(card)
        assert card.attachments == []
        return
    assert card.id == row["message_id"]
    text = _text(card)
    is_given_back = row["state"] == "expired" and row["failure"] == SERVER_LEFT
    assert (GIVEN_BACK if is_given_back else WORDS[row["state"]]) in text, text
    assert f"#{row['number']}" in text
    if row["state"] != "delivered":
        assert card.attachments == []
        return
    kept = stage.rows("SELECT ordinal, path FROM images WHERE job_id = ? AND code = '' ORDER BY ordinal", row["id"])
    names = [f"{row['number']}-{image['ordinal'] + 1}.png" for image in kept]
    assert sorted(file.filename for file in card.attachments) == names
    assert sorted(_gallery(card)) == sorted(file.id for file in card.attachments)
    by_name = {file.filename: file.data for file in card.attachments}
    for name, image in zip(names, kept, strict=True):
        if image["path"]:
            assert by_name[name] == (stage.config.storage.images / image["path"]).read_bytes()


def _check_asked(stage: Stage, used: Used, jobs: dict[int, sqlite3.Row]) -> None:
    """Whoever was answered has a job that ended; whoever was not owes nothing."""
    row = jobs.get(used.interaction_id)
    if used.interaction.failed:
        assert row is None or row["state"] == "void"
    elif row is None:
        # Refused, with a word why.
        assert used.message is not None or used.followups, [
            (one.operation, one.status) for one in stage.discord.requests if used.interaction.token in one.raw_path
        ]
    else:
        # A reply of which nobody could find out whether it stood, or that Discord refused, is taken back by another.
        assert row["state"] != "void" or used.followups or is_told_directly(stage, row), dict(row)
        assert row["member_id"] == used.interaction.user.id


def is_told_directly(stage: Stage, row: sqlite3.Row) -> bool:
    """Whether a job's member has a direct message that names it."""
    channel = stage.discord.world.direct.get(row["member_id"])
    messages = channel.messages.values() if channel else ()
    return any(f"#{row['number']} " in message.content for message in messages)


def pings(stage: Stage) -> list[int]:
    """Return the messages to which a message of its own called somebody."""
    found = [re.findall(r"/channels/\d+/\d+/(\d+)", message.content) for message in _of_bot(stage)]
    return [int(link) for links in found for link in links]


def _check_pings(stage: Stage, jobs: list[sqlite3.Row]) -> None:
    """Nobody is pinged twice for the same job."""
    assert [link for link, times in Counter(pings(stage)).items() if times > 1] == []
    assert set(pings(stage)) <= {row["message_id"] for row in jobs}


def _check_log(stage: Stage, unexpected: str | None) -> None:
    """No secret, and no error that only the last boundary caught."""
    for secret in ("sk-sandbox", "sandbox-token", "Signature="):
        assert secret not in stage.log
    if unexpected is not None:
        assert unexpected == ""
        return
    # The words of the boundaries for what nobody expected.
    assert "reference " not in stage.log, stage.log[-6000:]


def _of_bot(stage: Stage) -> Iterator[Message]:
    world = stage.discord.world
    channels = [channel for guild in world.guilds.values() for channel in guild.channels.values()]
    for channel in [*channels, *world.direct.values()]:
        for message in channel.messages.values():
            if message.author is world.bot:
                yield message


def _cards(stage: Stage, job_id: int) -> Iterator[Message]:
    for message in _of_bot(stage):
        named = any(str(one.get("custom_id", "")).startswith(f"job:{job_id}:") for one in walk(message.components))
        answers = (message.interaction or {}).get("id") == str(job_id) and message.flags & COMPONENTS_V2
        if named or answers:
            yield message


def _text(message: Message) -> str:
    return "\n".join([message.content, *(str(one["content"]) for one in walk(message.components) if "content" in one)])


def _gallery(message: Message) -> list[int]:
    items = [item for one in walk(message.components) for item in one.get("items", ())]
    return [int(item["media"]["attachment_id"]) for item in items]
