"""What a simulated day can't reach by its nature; all else that is never reached is a gap in what is simulated."""

from fnmatch import fnmatchcase

from simulation.reaching.goals import Goal, goals

OUT_OF_REACH = {
    "Cases.add_rule: raises InvalidRequest": "one rule is added after the other, each held against all that there are",
    "Cases.begin_removal: raises NotPermitted": (
        "a question keeps a job of its own server, and offers no giving back of one's own charge"
    ),
    "Cases.case_by_id: None": "a notice is written in one transaction with its case, and no case is deleted",
    "Cases.appeal_by_id: None": "a notice is written in one transaction with its appeal, and no appeal is deleted",
    "Attachments.fetch: raises AttachmentForeign": "whoever hands a picture in uploads it to the platform itself",
    "Feeds.tally: None": "what is to be told is written in one transaction with its tally, and no tally is deleted",
    "Damage.is_there: *": "only `/healthz` asks, which is not served in a simulation",
    "Damage.wait: None": "the file is as the bot wrote it: no part of it is ever damaged",
    "States of a job.running: canceled": "by the vendor's page a task that is drawn can't be taken back",
    "Jobs.unbind: None": "a job that the vendor has is moved by its one watcher alone, which has just read it",
    "Jobs.record_results: None": "a job that the vendor has is moved by its one watcher alone, which has just read it",
    "Jobs.record_canceled: None": "a job that the vendor has is moved by its one watcher alone, which has just read it",
    "Jobs.doubt: None": "only its lane moves a job that is submitting, and before lanes are served only the start",
    "Jobs.record_drawn: None": "only its lane moves a job whose call is under way",
    "Jobs.settle: None": "no job is ever deleted, and a copy is restored only while no bot runs",
    "Jobs.wish_cancel: None": "no job is ever deleted, and whoever cancels one has just read it",
    "Jobs.refuse_cancel: None": "no job is ever deleted, and whoever cancels one has just read it",
    "Jobs.lose_pictures: None": "no job is ever deleted, and whoever sends its pictures has just read it",
    "Jobs.begin_removal: None": "no job is ever deleted, and whoever removes its pictures has just read it",
    "Jobs.end_removal: None": "no job is ever deleted, and whoever removes its pictures has just read it",
    "Jobs.record_undelivered: None": "a job that is delivered is moved by the one worker of its message alone",
    "ModeratorLog.by_id: None": "a button of the log names a job of its own server, and no job is ever deleted",
    "Jobs.record_delivery: None": "a job that is delivered is moved by the one worker of its message alone",
    "Reports.say_once: False": "one task says it, and has looked whether it was said right before",
    "Privacy.scrub: False": "no day fills a database that is too large to be written anew",
}
"""Why, by patterns of `simulation.reaching.goals.Goal` as text."""


def is_out_of_reach(goal: Goal) -> bool:
    """Whether it is named as such."""
    return any(fnmatchcase(str(goal), pattern) for pattern in OUT_OF_REACH)


def gaps(reached: dict[Goal, int]) -> list[Goal]:
    """Return what was never reached, and might have been."""
    return [goal for goal in goals() if not reached.get(goal) and not is_out_of_reach(goal)]
