"""What nobody is held to: what a restored copy does not know (docs/operating.md, "Restore"), and lost files."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from simulation.known import Known

JOBS = "SELECT * FROM jobs"
NOT_CREATED = ("held", "queued")

Look = dict[int, tuple[str, list[str]]]
"""Text and files of messages, by their ids."""


@dataclass
class Lost:
    """What a run has lost: by restores, but for the files.

    Attributes:
        is_any: whether a copy was restored.
        unknown: the prompts of the jobs that were asked for after the copy was made, by id.
        looks: of their messages, by the job's id: they stay as they are.
        behind: ids of the jobs that had moved since.
        unheld: ids of the requests that a kill left acknowledged and not yet held for: nobody knows of them.
        messages: ids of the messages of both: who was called to one of them may be called again, or to no job's.
        files: paths of kept pictures that the operator has lost.
        anew: prompts of those of them that were created since: as often they may be drawn once more.
    """

    is_any: bool = False
    unknown: dict[int, str] = field(default_factory=dict[int, str])
    looks: dict[int, Look] = field(default_factory=dict[int, Look])
    unheld: set[int] = field(default_factory=set[int])
    messages: set[int] = field(default_factory=set[int])
    behind: set[int] = field(default_factory=set[int])
    files: set[str] = field(default_factory=set[str])
    anew: Counter[str] = field(default_factory=Counter[str])

    def note(self, database: Path, copy: Path, known: Known) -> None:
        """Take note of what a database has that its copy has not; ``known`` is what it has said."""
        self.is_any = True
        now, then = _jobs(database), _jobs(copy)
        # What an earlier restore had lost, this one may have brought back, as it was when the copy was made.
        self.behind |= self.unknown.keys() & then.keys()
        self.unknown = {job_id: prompt for job_id, prompt in self.unknown.items() if job_id not in then}
        self.unknown |= {job_id: known.prompt_of(job_id) for job_id in now.keys() - then.keys()}
        moved = {job_id for job_id in now.keys() & then.keys() if now[job_id] != then[job_id]}
        self.behind |= moved
        self.messages |= {message for job_id in (*self.unknown, *moved) for message in known.jobs[job_id].messages}
        self.anew.update(str(then[job_id]["prompt"]) for job_id in moved if then[job_id]["state"] in NOT_CREATED)


def _jobs(file: Path) -> dict[int, dict[str, object]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as conn:
        conn.row_factory = sqlite3.Row
        return {row["id"]: dict(row) for row in conn.execute(JOBS)}
