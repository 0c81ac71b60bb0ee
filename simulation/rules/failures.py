"""Whatever failed has a cause in that day: else a bot that gives up what it could have drawn would break no rule."""

from dataclasses import dataclass

from bot.domain.jobs.job import JobState
from simulation.rules.quiet import is_quiet
from simulation.rules.replay.audit import acts
from simulation.world import World

FAILED = "SELECT id, number, state, failure, model FROM jobs WHERE failure <> ''"
RESOLVED = "job.doubt_resolved"
LEAST_LOOK_S = 400.0
"""A create may land up to seven minutes after its claim, so that long a doubt lasts; clocks drift a little."""


@dataclass(frozen=True)
class Cause:
    """What may make a request fail.

    Attributes:
        prompts: how prompts begin that ask the vendor for it.
        troubles: of which at least one must have come.
    """

    prompts: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()


UNREADABLE = ("vendor broken_picture", "vendor early_end")
CAUSES = {
    "DataInspectionFailed": Cause(prompts=("[refuse]",)),
    "InternalError.Algo": Cause(prompts=("[fail]",)),
    # Where the bot is put out, its lane is full meanwhile.
    "InternalError.Timeout": Cause(prompts=("[partial]",), troubles=("vendor crowded", "discord expelled")),
    "InvalidParameter": Cause(troubles=("vendor odd_refusals",)),
    "result_rejected": Cause(troubles=UNREADABLE),
    # By a clock that was set ahead by days, an address is too old to be asked for much longer.
    "result_unavailable": Cause(troubles=(*UNREADABLE, "machine clock_step")),
    # The newer protocol leaves out pictures that failed.
    "no_results": Cause(prompts=("[partial]",), troubles=("vendor odd_reports",)),
    "task_forgotten": Cause(troubles=("vendor odd_reports", "vendor blindness")),
    "file_lost": Cause(troubles=("machine lost_pictures",)),
    # Or whose picture it was, was forgotten.
    "input_lost": Cause(troubles=("machine lost_pictures", "privacy forget", "privacy vanish")),
    "account_stopped": Cause(troubles=("vendor arrears",)),
    "lane_stopped": Cause(troubles=("models retire", "vendor odd_refusals")),
    "server_left": Cause(troubles=("admins expel", "discord expelled")),
    "locked": Cause(troubles=("discord closed_thread",)),
    # Whoever shares no server with the bot, it can't write to.
    "closed": Cause(troubles=("members leave", "admins expel", "discord expelled")),
    "gone": Cause(troubles=("discord moderator", "admins expel", "discord expelled")),
    "forbidden": Cause(troubles=("discord refused_edit", "members leave", "admins expel", "discord expelled")),
}
"""By the word for a failure."""

IN_DOUBT, ANSWER_LOST = "in_doubt", "answer_lost"
JUDGED_ELSEWHERE = (IN_DOUBT, ANSWER_LOST, "waited_too_long")
LIES_IN_WAIT = ("vendor lost_answer", "vendor late_create", "vendor blindness", "vendor odd_reports")
"""Troubles that wait for a create or a call that may come hours later."""


def check(world: World) -> None:
    """Hold each failure against what went wrong in that day."""
    wrong = [
        f"{row['id']} (#{row['number']}, {row['state']}): {row['failure']}"
        for row in world.rows(FAILED)
        if row["failure"] not in JUDGED_ELSEWHERE and not _is_caused(world, row["id"], row["failure"])
    ]
    assert not wrong, f"a request failed without a cause: {wrong}"


def _is_caused(world: World, job_id: int, failure: str) -> bool:
    cause = CAUSES.get(failure, Cause())
    is_asked_for = world.trace.known.prompt_of(job_id).startswith(cause.prompts or ("\0",))
    return is_asked_for or any(world.tally[trouble] for trouble in cause.troubles)


def check_calls(world: World) -> None:
    """No answer to a call is lost while nothing is wrong."""
    if any(world.tally[trouble] for trouble in LIES_IN_WAIT):
        return
    reached_s = world.trace.reached_s
    lost = [row["id"] for row in world.rows(FAILED) if row["failure"] == ANSWER_LOST]
    ways_s = {job_id: (reached_s[job_id, JobState.SUBMITTING], reached_s[job_id, JobState.FAILED]) for job_id in lost}
    # The service fails in the midst of it, as who asked so wishes.
    meant = CAUSES["InternalError.Algo"].prompts
    wrong = [
        job_id
        for job_id, way_s in ways_s.items()
        if is_quiet(world, *way_s) and not world.trace.known.prompt_of(job_id).startswith(meant)
    ]
    assert not wrong, f"the answer to a call was lost though nothing was wrong: {wrong}"


def check_doubts(world: World) -> None:
    """No doubt ends without pictures before all that may still land has landed, but by the operator's word."""
    if world.tally["machine clock_step"]:
        return
    doubted = [row["id"] for row in world.rows(FAILED) if row["failure"] == IN_DOUBT]
    ended = {act.job_id: act.at_ms for act in acts(world) if act.name == "job.failed"}
    said = {act.job_id for act in acts(world) if act.name == RESOLVED and act.at_ms <= ended[act.job_id]}
    reached_s = world.trace.reached_s
    hasty = [
        job_id
        for job_id in doubted
        if job_id not in said
        and reached_s[job_id, JobState.FAILED] - reached_s[job_id, JobState.SUBMITTING] < LEAST_LOOK_S
    ]
    assert not hasty, f"a doubt was given up before a create could have landed: {hasty}"
