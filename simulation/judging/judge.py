"""What must be true after any crash, read from outside: the vendor's bill, the database's file, Discord's messages.

Each assertion says what is wrong in a sentence that is alike wherever the same is wrong; figures follow after it.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass

from bot.domain.jobs.job import SERVER_LEFT
from sandbox.discord import Used
from sandbox.discord.rules.components import walk
from sandbox.discord.state.messages import COMPONENTS_V2, Message
from simulation.judging.bill import check_bill
from simulation.judging.books import balances_equal_rows, holds_within_limits, settled_within_holds
from simulation.judging.lost import Look, Lost
from simulation.judging.stage import Row, Stage, named
from simulation.known import Known

JOBS = """
SELECT jobs.*, holds.*, members.discord_id AS member_id,
    (SELECT count(*) FROM images WHERE job_id = jobs.id AND code = '') AS fetched,
    (SELECT count(*) FROM images WHERE job_id = jobs.id AND url <> '') AS signed,
    EXISTS (SELECT 1 FROM audit WHERE job_id = jobs.id AND act = 'job.removal_out_of_reach') AS out_of_reach,
    EXISTS (SELECT 1 FROM audit WHERE job_id = jobs.id AND act = 'job.pictures_lost') AS is_lost,
    EXISTS (SELECT 1 FROM ledger WHERE job_id = jobs.id AND kind = 'refund' AND actor_id) AS is_given_back,
    charged_free + (SELECT coalesce(sum(used_delta), 0) FROM ledger
        WHERE job_id = jobs.id AND kind = 'refund') AS left_free,
    charged_micros - (SELECT coalesce(sum(granted_delta), 0) FROM ledger
        WHERE job_id = jobs.id AND kind = 'refund') AS left_micros
FROM jobs JOIN holds ON holds.job_id = jobs.id LEFT JOIN members ON members.account_id = jobs.account_id
ORDER BY jobs.id
"""
RESOLVED_TWICE = """
SELECT (SELECT number FROM jobs WHERE id = job_id) AS number, bucket_id, count(*) AS times
FROM ledger WHERE kind IN ('settle', 'void', 'expire') GROUP BY job_id, bucket_id HAVING times > 1
"""
HELD = "SELECT kind, held FROM buckets WHERE held <> 0"
DOUBTFUL = "SELECT coalesce(sum(held_delta), 0) FROM ledger WHERE kind IN ('doubt', 'correction')"
CLOSED = """
SELECT 1 FROM outbox WHERE job_id = ? AND kind NOT IN ('picture-edited', 'pictures-edited')
    AND outcome = 'given up: closed'
"""
"""Whoever shares no server with the bot any more, it can't tell anything. An edit's word to the picture's owner is none
to the job's member."""

WORDS = {
    "delivered": "Here ",
    "failed": "No pictures this time",
    "canceled": "Canceled",
    "expired": "Waited too long",
    "undelivered": "Made, but not delivered",
}
ELSEWHERE = "Sent to the member elsewhere."
GIVEN_BACK = "Given back"
NOTHING_LOST = Lost()
NOTHING_KNOWN = Known()
CHARGED = {"delivered", "undelivered"}


@dataclass(frozen=True)
class Findings:
    """What a test may look at beyond what always holds."""

    jobs: list[Row]
    cards: dict[int, list[Message]]

    @property
    def states(self) -> list[str]:
        return [row["state"] for row in self.jobs]


def inspect(
    stage: Stage,
    *,
    swept: Collection[int] = (),
    lost: Lost = NOTHING_LOST,
    known: Known = NOTHING_KNOWN,
    unexpected: str | None = None,
) -> Findings:
    """Check everything that holds whatever happened; return what was found.

    Args:
        stage: after the end of the last bot.
        swept: ids of messages that a moderator deleted by hand: they must stay gone.
        lost: what copies that were restored did not know.
        known: what the database said before it forgot members.
        unexpected: what of the log nobody expected; None: whatever the last boundaries wrote.
    """
    jobs = [_with_known(row, known) for row in stage.rows(JOBS)]
    cards = {row["id"]: list(_cards(stage, row["id"], row["messages"])) for row in jobs}
    _check_books(stage)
    check_bill(stage, lost, known)
    for row in jobs:
        _check_job(row)
        if row["message_id"] in swept:
            again = [card.id for card in cards[row["id"]] if not card.deleted]
            assert not again, f"posted again after a moderator had deleted it: {named(row)}, messages {again}"
        elif row["id"] not in lost.behind:
            # What was shown or removed since the copy was made, one that is restored does not know.
            _check_message(stage, row, cards[row["id"]], lost)
    for used in stage.asked:
        if used.interaction_id not in lost.unknown.keys() | lost.unheld:
            _check_asked(stage, used, {row["id"]: row for row in jobs})
    _check_pings(stage, jobs, lost)
    for job_id, before in lost.looks.items():
        kept = {key: seen for key, seen in before.items() if key not in swept}
        now = look(stage, job_id, swept)
        assert now == kept, f"a message of before the restore was changed: [{job_id}], {now}, not {kept}"
    parts = [file.name for file in stage.config.storage.images.rglob("*.part")]
    assert not parts, f"half written files were left: {parts}"
    _check_log(stage, unexpected)
    return Findings(jobs, cards)


def _with_known(row: sqlite3.Row, known: Known) -> Row:
    """Return a job with whose it is or was, and the ids of its own messages, the one that it has now last."""
    messages = [one for one in (*known.messages_of(row["id"]), row["message_id"]) if one]
    is_forgotten = row["member_id"] is None
    owner = known.member_of(row["account_id"]) if is_forgotten else row["member_id"]
    return {**dict(row), "member_id": owner, "is_forgotten": is_forgotten, "messages": messages}


def _check_books(stage: Stage) -> None:
    with closing(sqlite3.connect(f"file:{stage.config.storage.file}?mode=ro", uri=True)) as conn:
        conn.row_factory = sqlite3.Row
        damage = conn.execute("PRAGMA integrity_check").fetchone()[0]
        assert damage == "ok", f"the database is damaged: [{damage}]"
        lost = [tuple(row) for row in conn.execute("PRAGMA foreign_key_check")]
        assert not lost, f"rows name others that are not there: {lost}"
        balances_equal_rows(conn)
        holds_within_limits(conn)
        settled_within_holds(conn)
        twice = [tuple(row) for row in conn.execute(RESOLVED_TWICE)]
        assert not twice, f"a hold was resolved more than once, as (job, bucket, times): {twice}"
        doubtful = conn.execute(DOUBTFUL).fetchone()[0]
        held = {row["kind"]: row["held"] for row in conn.execute(HELD)}
        kept = {"cap": doubtful} if doubtful else {}
        assert held == kept, f"not just the doubtful costs are held at the end: {held}, and should be {kept}"


def _check_job(row: Row) -> None:
    job = named(row)
    assert row["outcome"] is not None, f"a hold was left open: {job}"
    assert row["signed"] == 0, f"a signed address outlived its download: {job}, {row['signed']} images"
    if row["is_lost"]:
        _check_lost(row)
        return
    charged, fetched = row["charged_images"], row["fetched"]
    if row["state"] in CHARGED:
        outcome = row["outcome"]
        assert outcome == "settled", f"pictures were made, and the hold is not settled: {job}, {outcome}"
        assert charged == fetched, f"charged for another number of pictures than there are: {job}, {charged}, {fetched}"
        assert charged <= row["count"], f"more pictures came than were asked for: {job}, {charged} of {row['count']}"
        assert charged > 0, f"a job without pictures is charged as if it had some: {job}"
        # Nobody is charged more than was held, nor more than the service bills for such a picture and what came in.
        paid_images = row["charged_images"] - row["charged_free"]
        paid = paid_images * min(row["price"], row["billed_price"]) + (_of_inputs(row) if paid_images else 0)
        micros = row["charged_micros"]
        assert micros == paid, f"charged another price than the pictures have: {job}, {micros} micros, not {paid}"
    else:
        micros = row["charged_micros"]
        assert (charged, micros) == (0, 0), f"charged without pictures: {job}, {charged} images, {micros} micros"


def _of_inputs(row: Row) -> int:
    """Return what is charged of what came in, with the first image that is not free."""
    return min(row["inputs"], row["billed_inputs"]) * row["input_price"]


def _check_lost(row: Row) -> None:
    """Nobody pays for pictures whose files were lost before Discord had them."""
    for_images = row["left_micros"] - (_of_inputs(row) if row["left_micros"] else 0)
    pays = row["left_free"] + for_images / min(row["price"], row["billed_price"])
    kept = row["fetched"] if row["state"] in CHARGED and not row["is_given_back"] else 0
    assert pays == kept, f"charged for pictures that were lost: {named(row)}, {pays} images, and {kept} are there"


def _check_message(stage: Stage, row: Row, cards: list[Message], lost: Lost) -> None:
    """One message for each job, showing the last word on it and each of its pictures once."""
    job = named(row)
    visible = [card for card in cards if not card.deleted]
    if row["is_forgotten"] and row["deleted_ms"]:
        # Private replies are in nobody's reach after a quarter of an hour.
        left = [card.id for card in visible if not card.ephemeral and not was_kept_by_discord(stage, card.id)]
        assert not left, f"messages of somebody who was forgotten still stand: {job}, {left}"
        return
    if row["state"] == "void" or row["deleted_ms"]:
        # Nothing reaches a private reply whose token is dead: what it shows stays with its member.
        within_reach = [card for card in visible if not (row["out_of_reach"] and card.ephemeral)]
        shown = [card.id for card in within_reach if card.attachments]
        assert not shown, f"pictures are shown of a job that is void or removed: {job}, messages {shown}"
        return
    if row["private"] and len(visible) == 2:
        # A private reply that outlived its token can't be changed; the last word went by direct message. Or its member
        # had the pictures sent again, to what /job showed them alone. What brought its pictures may have had no answer.
        first, visible = visible[0], visible[1:]
        assert first.ephemeral, f"the first of two private messages is public: {job}, {_text(first)!r}"
        is_private = visible[0].channel.guild is None or visible[0].ephemeral
        assert is_private, f"the second of two private messages is public: {job}"
    # Where a job's pictures came anew, its former card says so, if Discord still takes that.
    visible = [card for card in visible if card.id == row["message_id"] or ELSEWHERE not in _text(card)]
    texts = [_text(card) for card in visible]
    public = [card.id for card in visible if row["private"] and not card.ephemeral and card.channel.guild is not None]
    assert not public, f"what was asked for in private stands before everybody's eyes: {job}, {public}"
    assert len(visible) == 1, f"not one message shows the job: {job} has {len(visible)}: {texts}"
    (card,), (text,) = visible, texts
    if row["private"] and row["state"] == "undelivered" and card.ephemeral:
        # It was told by its token, or that was dead when there was something to say: it had said before where to look.
        words = (WORDS["undelivered"], f"/job number:{row['number']}")
        is_told = is_told_directly(stage, row) or any(word in text for word in words) or stage.rows(CLOSED, row["id"])
        assert is_told, f"nobody was told that pictures could not be shown: {job}, {text!r}"
        assert card.attachments == [], f"pictures are shown that count as not delivered: {job}"
        return
    assert card.id == row["message_id"], f"the job knows of another message: {job}, {row['message_id']}, not {card.id}"
    is_given_back = row["state"] == "expired" and row["failure"] == SERVER_LEFT
    last_word = GIVEN_BACK if is_given_back else WORDS[row["state"]]
    assert last_word in text, f"the message does not say how the job ended: {job}, {text!r}"
    assert f"#{row['number']}" in text, f"the message does not give the job's number: {job}, {text!r}"
    if row["state"] == "delivered":
        _check_pictures(stage, row, card, lost)
    else:
        assert card.attachments == [], f"pictures are shown that count as not delivered: {job}"


def _check_pictures(stage: Stage, row: Row, card: Message, lost: Lost) -> None:
    kept = stage.rows("SELECT ordinal, path FROM images WHERE job_id = ? AND code = '' ORDER BY ordinal", row["id"])
    names = [f"{row['number']}-{image['ordinal'] + 1}.png" for image in kept]
    attached = sorted(file.filename for file in card.attachments)
    assert attached == names, f"not each picture is attached once: {named(row)} shows {attached}, and made {names}"
    shown, there = sorted(_gallery(card)), sorted(file.id for file in card.attachments)
    assert shown == there, f"the gallery shows other pictures than are attached: {named(row)}, {shown}, not {there}"
    by_name = {file.filename: file.data for file in card.attachments}
    for name, image in zip(names, kept, strict=True):
        if image["path"] and image["path"] not in lost.files:
            is_same = by_name[name] == (stage.config.storage.images / image["path"]).read_bytes()
            assert is_same, f"a picture is shown that is not the one on the disk: {named(row)}, {name}"


def _check_asked(stage: Stage, used: Used, jobs: dict[int, Row]) -> None:
    """Whoever was answered has a job that ended; whoever was not owes nothing."""
    row = jobs.get(used.interaction_id)
    if used.interaction.failed:
        assert row is None or row["state"] == "void", f"a request that nobody answered has a job: {named(row)}"
    elif row is None:
        # Refused, with a word why.
        sent = [(one.operation, one.status) for one in stage.discord.requests if used.interaction.token in one.raw_path]
        is_told = used.message is not None or used.followups
        assert is_told, f"a request without a job was answered with no word: [{used.interaction_id}], {sent}"
    else:
        # A reply of which nobody could find out whether it stood, or that Discord refused, is taken back by another,
        # or by the refusal in its place.
        is_refused = used.message is not None and used.message.ephemeral and not used.message.loading
        is_told = row["state"] != "void" or used.followups or is_told_directly(stage, row) or is_refused
        # What they were told goes with them.
        is_told = is_told or (row["is_forgotten"] and row["messages"])
        assert is_told, f"a job is void, and whoever asked was not told: {named(row)}"
        owner, asker = row["member_id"], used.interaction.user.id
        assert owner == asker, f"a job belongs to another member than asked: {named(row)}, {owner}, not {asker}"


def is_told_directly(stage: Stage, row: Row) -> bool:
    """Whether a job's member has a direct message that names it."""
    channel = stage.discord.world.direct.get(row["member_id"])
    messages = channel.messages.values() if channel else ()
    return any(f"#{row['number']} " in message.content for message in messages)


def was_kept_by_discord(stage: Stage, message_id: int) -> bool:
    """Whether Discord said for certain that the bot may not delete a message."""
    tried = [one for one in stage.discord.requests if one.method == "DELETE" and one.path.startswith("/channels/")]
    return any(one.raw_path.endswith(f"/{message_id}") and one.status in {403, 404} for one in tried)


PING = re.compile(r" ready: \S*/channels/\d+/\d+/(\d+)")
"""Others link to messages too: that one can't be deleted, or is being sent again."""


def pings(stage: Stage) -> list[Message]:
    """Return the messages that do nothing but call somebody to a job's."""
    return [message for message in of_bot(stage) if PING.search(message.content)]


def _check_pings(stage: Stage, jobs: list[Row], lost: Lost) -> None:
    """Nobody is pinged twice for the same job, before everybody's eyes.

    A ping that its member alone sees goes by a webhook, which knows no nonce: it is said again where its answer is
    lost.
    """
    numbers = {message: row["id"] for row in jobs for message in row["messages"]}
    links = [(ping, int(found[1])) for ping in pings(stage) if (found := PING.search(ping.content))]
    called = Counter(link for ping, link in links if ping.viewer is None and link not in lost.messages)
    twice = [f"job {numbers.get(link)}: {times} times" for link, times in called.items() if times > 1]
    assert not twice, f"somebody was called more than once to the same message: {twice}"
    astray = sorted({link for _, link in links} - set(numbers) - lost.messages)
    assert not astray, f"somebody was called to a message of no job: {astray}"


def _check_log(stage: Stage, unexpected: str | None) -> None:
    """No secret, and no error that only the last boundary caught."""
    for secret in ("sk-sandbox", "sandbox-token", "Signature="):
        assert secret not in stage.log, f"a secret is in the log: [{secret}]"
    if unexpected is None:
        # The words of the boundaries for what nobody expected.
        before, found, after = stage.log.partition("reference ")
        begun = before.rpartition("\n")[2]
        unexpected = f"{begun}{found}{after[:6000]}" if found else ""
    assert unexpected == "", f"the log tells of what nobody expected: {unexpected}"


def of_bot(stage: Stage) -> Iterator[Message]:
    """Yield every message of the bot, deleted or not."""
    world = stage.discord.world
    channels = [channel for guild in world.guilds.values() for channel in guild.channels.values()]
    for channel in [*channels, *world.direct.values()]:
        for message in channel.messages.values():
            if message.author is world.bot:
                yield message


def _cards(stage: Stage, job_id: int, own: Collection[int] = ()) -> Iterator[Message]:
    """Yield the messages that show a job to others than who looked it up, oldest first.

    ``own`` are the ids of its own messages, as known.
    """
    for message in sorted(of_bot(stage), key=lambda message: message.id):
        named = any(str(one.get("custom_id", "")).startswith(f"job:{job_id}:") for one in walk(message.components))
        answered = (message.interaction or {}).get("id")
        answers = answered == str(job_id) and message.flags & COMPONENTS_V2
        # What /job shows can have buttons of the job, too.
        is_copy = message.ephemeral and answered != str(job_id) and message.id not in own
        if (named or answers) and not is_copy:
            yield message


def look(stage: Stage, job_id: int, swept: Collection[int] = ()) -> Look:
    """Return text and files of each message about a job that is there, by its id, but for those that were ``swept``."""
    return {
        card.id: (_text(card), [file.filename for file in card.attachments])
        for card in _cards(stage, job_id)
        if not card.deleted and card.id not in swept
    }


def _text(message: Message) -> str:
    return "\n".join([message.content, *(str(one["content"]) for one in walk(message.components) if "content" in one)])


def _gallery(message: Message) -> list[int]:
    items = [item for one in walk(message.components) for item in one.get("items", ())]
    return [int(item["media"]["attachment_id"]) for item in items]
