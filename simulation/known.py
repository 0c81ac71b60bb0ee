"""What the database has said of jobs and accounts, for whoever holds something against what it has forgotten since."""

from dataclasses import dataclass, field


@dataclass
class KnownJob:
    """A job as it was before anything of it was erased.

    Attributes:
        account_id: whose.
        prompt: as it was asked for.
        roles: those of its member that have a rule, as JSON.
        messages: ids of those that were its own, one after the other.
    """

    account_id: int
    prompt: str
    roles: str
    messages: list[int] = field(default_factory=list[int])


@dataclass
class Known:
    """All that a watched database has said.

    Attributes:
        jobs: by id.
        people: Discord's id of whose each account is or was.
        asked_anew: where, whom and when, by the bot's clock, another question was asked in the place of an earlier one.
    """

    jobs: dict[int, KnownJob] = field(default_factory=dict[int, KnownJob])
    people: dict[int, int] = field(default_factory=dict[int, int])
    asked_anew: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])

    def note_job(self, job_id: int, account_id: int, prompt: str, roles: str, message_id: int) -> None:
        """Take note of a job as it is now; what was erased of it stays as it was."""
        job = self.jobs.setdefault(job_id, KnownJob(account_id, prompt, roles))
        if message_id and message_id not in job.messages:
            job.messages.append(message_id)

    def prompt_of(self, job_id: int, prompt: str = "") -> str:
        """Return what a job was asked for; ``prompt`` is what the database says now."""
        return prompt or self.jobs[job_id].prompt

    def member_of(self, account_id: int) -> int:
        """Return Discord's id of whose an account is or was; 0 if nobody knows."""
        return self.people.get(account_id, 0)

    def jobs_of(self, account_id: int) -> dict[int, KnownJob]:
        """Return the jobs of an account, by id."""
        return {job_id: job for job_id, job in self.jobs.items() if job.account_id == account_id}

    def messages_of(self, job_id: int) -> list[int]:
        """Return the ids of a job's own messages, oldest first; none of a job that nobody knows."""
        return self.jobs[job_id].messages if job_id in self.jobs else []
