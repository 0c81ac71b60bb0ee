"""What happened, one event a line; its hash tells two runs apart."""

import asyncio
import hashlib
import logging
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

from bot.domain.jobs.job import JobState
from bot.storage.jobs.price_offers import LIVES_MS
from simulation.known import Known
from simulation.machine.network import Pipe

REQUEST_LINE = re.compile(rb"(GET|POST|PUT|PATCH|DELETE) (\S+) HTTP/1\.1\r\n")
STATUS_LINE = re.compile(rb"HTTP/1\.1 (\d{3}[^\r]*)\r\n")
EVENT_NAME = re.compile(rb'^[^{]{0,10}\{"op": 0, "t": "([A-Z_]+)"')
LONGEST_TOKEN = re.compile(r"[\w.%-]{40,}")

JOBS = """
SELECT id, account_id, prompt, roles, message_id, number, state, version, task_id FROM jobs ORDER BY id
"""
PEOPLE = "SELECT account_id, discord_id FROM members"
QUESTIONS = "SELECT id, server_id, member_id, expires_ms FROM drafts ORDER BY id"
LANES = "SELECT model, stop_code FROM lanes WHERE stopped_ms > 0"
LEDGER = "SELECT * FROM ledger WHERE id > ? ORDER BY id"


class Trace:
    """The events of one run.

    Attributes:
        lines: all of them, oldest first; only counted and hashed unless they are to be kept.
        count: how many there were.
        listeners: told of each, as it is added.
        reached_s: when each job, by its id, was first seen in each state.
        claims: when each job was about to be sent to the vendor, again and again, oldest first.
        stops: when a model's lane was seen to stop, with its word for why, or with none to open again.
        known: what the database said that is watched.
    """

    def __init__(self, time_s: Callable[[], float], *, keeps: bool) -> None:
        self.lines: list[str] = []
        self.count = 0
        self.listeners: list[Callable[[str, str], None]] = []
        self.reached_s: dict[tuple[int, str], float] = {}
        self.claims: list[tuple[float, int]] = []
        self.stops: list[tuple[float, str, str]] = []
        self.known = Known()
        self._time_s = time_s
        self._keeps = keeps
        self._hash = hashlib.sha256()

    def add(self, who: str, what: str) -> None:
        """Take note of what ``who`` did or met."""
        line = f"{self._time_s():13.6f} {who:<8} {what}"
        self._hash.update(line.encode())
        self.count += 1
        if self._keeps:
            self.lines.append(line)
        for listener in list(self.listeners):
            listener(who, what)

    async def until(self, is_it: Callable[[str, str], bool]) -> None:
        """Wait for an event of which ``is_it`` says so, told who and what."""
        happened = asyncio.Event()

        def notice(who: str, what: str) -> None:
            if not happened.is_set() and is_it(who, what):
                happened.set()
                self.listeners.remove(notice)

        self.listeners.append(notice)
        await happened.wait()

    def reach(self, job_id: int, state: str) -> None:
        """Take note that a job has come to a state."""
        self.reached_s.setdefault((job_id, state), self._time_s())
        if state == JobState.SUBMITTING:
            self.claims.append((self._time_s(), job_id))

    def note_lane(self, model: str, word: str) -> None:
        """Take note that a model's lane has stopped for what a word says, or, by none, that it is open."""
        self.stops.append((self._time_s(), model, word))
        self.add("database", f"lane {model} is {f'stopped: {word}' if word else 'open'}")

    def seal(self, what: str) -> None:
        """Let the hash depend on what is left at the end besides."""
        self._hash.update(what.encode())

    def digest(self) -> str:
        return self._hash.hexdigest()[:16]


class WireTrace:
    """Notes each request and answer where it is sent and where it arrives."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    def __call__(self, pipe: Pipe, verb: str, piece: bytes) -> None:
        who, other = (pipe.source, pipe.target) if verb == "sends" else (pipe.target, pipe.source)
        way = "to" if verb == "sends" else "from"
        self._trace.add(who, f"{verb} {way} {other} on {pipe.number}: {_gist(piece)}")


def _gist(piece: bytes) -> str:
    """Return what a piece is about: a request, an answer, an event of the gateway, or its size alone."""
    head = piece[:500]
    if found := REQUEST_LINE.match(head):
        return LONGEST_TOKEN.sub("...", f"{found[1].decode()} {found[2].decode().partition('?')[0]}")
    if found := STATUS_LINE.match(head):
        return found[1].decode()
    if found := EVENT_NAME.match(head):
        return f"event {found[1].decode()}"
    return f"{len(piece)} bytes"


class BooksTrace:
    """Notes each change of a job's state and each new row of the ledger, as they are written."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._jobs: dict[int, tuple[object, ...]] = {}
        self._lanes: dict[str, str] = {}
        self._questions: dict[int, tuple[int, int]] = {}
        self._last_row = 0

    def __call__(self, conn: sqlite3.Connection) -> None:
        if not conn.execute("SELECT 1 FROM sqlite_schema WHERE name = 'jobs'").fetchone():
            return
        self._trace.known.people.update(conn.execute(PEOPLE))
        for row in conn.execute(JOBS):
            job_id, account_id, prompt, roles, message_id, *now = row
            self._trace.known.note_job(job_id, account_id, prompt, roles, message_id)
            if self._jobs.get(job_id) != tuple(now):
                self._jobs[job_id] = tuple(now)
                number, state, version, task_id = now
                task = f", task {task_id}" if task_id else ""
                self._trace.reach(job_id, state)
                self._trace.add("database", f"job {job_id} (#{number}) is {state} (version {version}{task})")
        lanes = dict(conn.execute(LANES).fetchall())
        for model in sorted(lanes.keys() | self._lanes.keys()):
            if lanes.get(model, "") != self._lanes.get(model, ""):
                self._trace.note_lane(model, lanes.get(model, ""))
        self._lanes = lanes
        self._note_questions(conn.execute(QUESTIONS).fetchall())
        for row in conn.execute(LEDGER, (self._last_row,)):
            self._last_row = row["id"]
            self._trace.add("database", f"ledger {', '.join(f'{key} {row[key]}' for key in row.keys()[1:])}")

    def _note_questions(self, rows: list[sqlite3.Row]) -> None:
        """Take note of each question that one transaction asked in the place of another of the same member."""
        now = {row["id"]: (row["server_id"], row["member_id"]) for row in rows}
        over = {whose for offer_id, whose in self._questions.items() if offer_id not in now}
        self._trace.known.asked_anew += [
            (row["server_id"], row["member_id"], row["expires_ms"] - LIVES_MS)
            for row in rows
            if row["id"] not in self._questions and now[row["id"]] in over
        ]
        self._questions = now


class LogTrace(logging.Handler):
    """Notes what the program logs; the run's folder, whose name is no matter of the seed, by another name."""

    def __init__(self, trace: Trace, folder: Path) -> None:
        super().__init__(logging.INFO)
        self._trace = trace
        self._folder = str(folder)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = f"{record.levelname} {record.name}: {record.getMessage()}"
        if record.exc_info and record.exc_info[1]:
            text += f" ({type(record.exc_info[1]).__name__}: {record.exc_info[1]})"
        text = text.replace(self._folder, "/data")
        self.records.append(text)
        self._trace.add("log", text)
