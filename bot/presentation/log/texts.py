"""The log in words: rows of a search, and a job's timeline."""

from bot.domain.jobs.job import SERVER_LEFT, Job, JobState
from bot.domain.log.moderator_log import Event, Refusal, Search, Status, Timeline
from bot.presentation.jobs.cards import MADE
from bot.presentation.jobs.job_copy import is_linked, link_to
from bot.presentation.kit import reasons, receipt
from bot.presentation.kit.escaping import as_typed, length
from bot.presentation.kit.reasons import OTHER_REFUSAL, REFUSALS
from bot.presentation.kit.texts import Markup, Phrases

PROMPT_SHOWN = 140
"""Code units of a prompt in a row, so that a page fits in one message."""

WORDS_SHOWN = 100
REASON_SHOWN = 120

EVENTS_ROOM = 1500
"""Code units for the events of a timeline. One that has more of them, or longer prompts than fit, brings a file."""

S = JobState
STATUSES = {
    **dict.fromkeys((S.HELD, S.QUEUED, S.SUBMITTING, S.IN_DOUBT, S.PENDING, S.RUNNING), "log-under-way"),
    S.FETCHING: "log-under-way",
    S.DELIVERING: "log-under-way",
    S.UNDELIVERED: "log-undelivered",
    S.DELIVERED: "log-delivered",
    S.FAILED: "log-failed",
    S.CANCELED: "log-canceled",
    S.EXPIRED: "log-expired",
    S.VOID: "log-void",
}
CHOICES = {
    Status.UNDER_WAY: "log-under-way",
    Status.DELIVERED: "log-delivered",
    Status.UNDELIVERED: "log-undelivered",
    Status.FAILED: "log-failed",
    Status.REFUSED: "log-refused",
    Status.CANCELED: "log-canceled",
    Status.EXPIRED: "log-expired",
    Status.REFUSED_HERE: "log-refused-here",
}
"""What moderators choose from."""

ACTS = {
    "job.held": "act-held",
    "job.queued": "act-queued",
    "job.submitting": "act-submitting",
    "job.in_doubt": "act-in-doubt",
    "job.pending": "act-pending",
    "job.running": "act-running",
    "job.fetching": "act-fetching",
    "job.delivering": "act-delivering",
    "job.delivered": "act-delivered",
    "job.undelivered": "act-undelivered",
    "job.failed": "act-failed",
    "job.canceled": "act-canceled",
    "job.expired": "act-expired",
    "job.void": "act-void",
    "job.cancel_wished": "act-cancel-wished",
    "job.send_again": "act-send-again",
    "job.removal_intent": "act-removal-begun",
    "job.removal_open": "act-removal-open",
    "job.removal_done": "act-removed",
    "job.removal_out_of_reach": "act-removal-out-of-reach",
    "job.pictures_lost": "act-pictures-lost",
    "job.doubt_resolved": "act-doubt-resolved",
    "quota.refund": "act-refund",
    "mod.remove": "act-mod-remove",
    "member.report": "act-reported",
    "mod.cover": "act-mod-cover",
    "mod.uncover": "act-mod-uncover",
    "mod.pause": "act-mod-pause",
}
"""Acts by the audit's names; one that is not here is shown by that name."""

AGAIN = {"job.delivering": "act-delivering-again"}
"""Acts that a job has more than once, from the second time on: it is charged once."""


class LogTexts(Phrases):
    """Says in one reader's language what is in the log."""

    def heading(self, search: Search, member_id: int) -> str:
        """Name what was looked for.

        Args:
            search: what.
            member_id: the Discord id of whom the first request is, if there is one.
        """
        member = "" if search.account_id is None else self._say("log-one-member")
        if member and member_id:
            member = self.member(member_id, 0)
        status = self._say(CHOICES[search.status]) if search.status else ""
        parts = [part for part in (member, status, search.model and self._cut(search.model)) if part]
        if search.text:
            parts.append(self._say("log-words", words=Markup(self._cut(search.text))))
        if search.since_ms:
            parts.append(self._say("log-since", at=full(search.since_ms)))
        if search.until_ms:
            parts.append(self._say("log-until", at=full(search.until_ms)))
        return self._say("log-heading", what=Markup(" · ".join(parts) or self._say("log-everything")))

    def newest(self) -> str:
        """Label the way back to the first page."""
        return self._texts.plain(self._locale, "button-newest")

    def older(self) -> str:
        """Label the way to the next page."""
        return self._texts.plain(self._locale, "button-older")

    def nothing(self, *, is_first: bool) -> str:
        """Return the words for there being nothing, or nothing more."""
        return self._say("log-nothing" if is_first else "log-end")

    def row(self, job: Job) -> str:
        """Return one job: when, who, what became of it, charge, model, the prompt's beginning, a link if there is one.

        The number is for the button beside it to say.
        """
        where = self._say("log-row-private") if job.request.private else ""
        if is_linked(job):
            where = self._say("log-row-open", link=Markup(link_to(job)))
        facts = [
            full(job.created_ms),
            self.member(job.member_id, job.account_id),
            self.status(job),
            self.charge(job),
            self._cut(job.request.model),
            where,
        ]
        return "\n".join(
            [" · ".join(fact for fact in facts if fact), self.prompt(job.request.typed_prompt, PROMPT_SHOWN)]
        )

    def refusal(self, refusal: Refusal) -> str:
        """Return one refusal in a line."""
        member = self.member(refusal.member_id, refusal.account_id)
        facts = [full(refusal.at_ms), member, self.reason(refusal.reason), refusal.model and self._cut(refusal.model)]
        return " · ".join(fact for fact in facts if fact)

    def reason(self, key: str) -> str:
        """Return why a request was refused before there was a job."""
        return self._say(REFUSALS.get(key, OTHER_REFUSAL).log, reason=key)

    def member(self, member_id: int, account_id: int) -> str:
        """Mention a member; one who was forgotten has a number."""
        return f"<@{member_id}>" if member_id else self._say("log-forgotten", account=account_id)

    def status(self, job: Job) -> str:
        """Return a word for what became of a job."""
        is_refused = job.is_vendor_refusal
        is_left = job.state is S.EXPIRED and job.failure == SERVER_LEFT
        status = self._say("log-refused" if is_refused else "log-left" if is_left else STATUSES[job.state])
        if not job.deleted_ms:
            return status
        return self._say("log-removing" if job.still_stands else "log-removed", status=Markup(status))

    def charge(self, job: Job) -> str:
        """Return a few words for what a job was charged and what was given back; "" while that is open."""
        charge, back = job.charged, job.given_back
        if charge is None:
            return ""
        if not charge.images:
            return self._say("log-charged-nothing")
        if charge.paid_micros:
            charged = self._say("log-charged", images=charge.images, paid=charge.paid_micros)
        else:
            charged = self._say("log-charged-free", free=charge.free_images)
        said = receipt.given_back(self._texts, self._locale, back.free_images, back.credit_micros)
        return receipt.with_back(charged, said)

    def prompt(self, prompt: str, limit: int) -> str:
        """Return a prompt's beginning on a line of its own."""
        shown = self._texts.cut(self._locale, " ".join(prompt.split()), limit)
        return f"> {shown}" if shown.strip() else f"-# {self._say('log-no-prompt')}"

    def title(self, job: Job) -> str:
        """Head a timeline."""
        return self._say("log-title", number=job.number, status=Markup(self.status(job)))

    def facts(self, timeline: Timeline) -> list[str]:
        """Return lines with who, where and what, why it ended without pictures, the charge, and what was given back."""
        job = timeline.job
        member, size = self.member(job.member_id, job.account_id), f"{job.size.width}×{job.size.height}"
        place = self._say("log-place-private" if job.request.private else "log-place", channel=Markup(_channel(job)))
        where = f"{place} · " if job.reply.channel_id else ""
        made = {"images": job.request.count, "model": job.request.model, "size": size, "seed": job.request.seed}
        request = "log-request-series" if job.request.is_series else "log-request"
        lines = [f"{member} · {where}{full(job.created_ms)}", self._say(request, **made)]
        lines += filter(None, [receipt.whose_pictures(self._texts, self._locale, job)])
        lines += self._reason(job)
        return [*lines, *(receipt.charges(self._texts, self._locale, job) if job.charged else [])]

    def _reason(self, job: Job) -> list[str]:
        if job.state is S.FAILED:
            reason = self._say(reasons.FOR_MODERATORS[reasons.failure_key(job.failure_kind)])
            return [reason + self._say("log-code", code=job.failure)]
        if job.state is S.EXPIRED:
            return [self._say(reasons.FOR_MODERATORS[reasons.expiry_key(job.failure)])]
        undelivered = reasons.FOR_MODERATORS[reasons.undelivered_key(job.failure)]
        lines = [self._say(undelivered)] if job.state is S.UNDELIVERED else []
        return [*lines, *(self._missing(job) if job.state in MADE else [])]

    def _missing(self, job: Job) -> list[str]:
        """Return lines that say how many pictures are missing, and why."""
        lines: list[str] = []
        for (code, kind), missing in reasons.missing(job).items():
            reason = Markup(self._say(reasons.FOR_MODERATORS[reasons.failure_key(kind)]))
            line = self._say("feed-partial", missing=missing, asked=job.awaited, reason=reason)
            lines.append(line + self._say("log-code", code=code) if code else line)
        return lines

    def support(self, timeline: Timeline) -> str:
        """Return the ids that the vendor's support asks for; empty if it never had the job."""
        ids = (("log-task", timeline.job.task_id), ("log-request-id", timeline.request_id))
        return " · ".join(self._say(key, id=Markup(f"`{_plain(id_)}`")) for key, id_ in ids if id_)

    def prompts(self, job: Job, room: int) -> tuple[list[str], bool]:
        """Return the prompt as typed and as sent, the negative and the rewritten ones, and whether all is there.

        They are cut to fit into ``room`` together.
        """
        negative, typed = job.request.negative_prompt.strip(), job.request.typed_prompt
        labelled = [
            *([("log-typed", typed)] if typed != job.request.prompt else []),
            ("log-prompt", job.request.prompt),
            *([("log-negative", negative)] if negative else []),
            *(("log-rewritten", text) for text in rewritten(job)),
        ]
        room -= sum(length(self._say(key)) + len("****\n\n") for key, _ in labelled)
        shown: list[str] = []
        is_whole = True
        for nth, (key, text) in enumerate(labelled):
            cut = self._texts.cut(self._locale, text, max(0, room) // (len(labelled) - nth))
            is_whole = is_whole and cut == as_typed(text)
            room -= length(cut)
            shown.append(f"**{self._say(key)}**\n{cut if cut.strip() else self._say('log-no-prompt')}")
        return shown, is_whole

    def events(self, timeline: Timeline) -> tuple[str, bool]:
        """Return a job's events, a line each, and whether all are there: of very many the middle is left out."""
        acts = [event.act for event in timeline.events]
        lines = [self._event(event, is_again=event.act in acts[:nth]) for nth, event in enumerate(timeline.events)]
        first, last = lines[: len(lines) // 2], lines[len(lines) // 2 :]
        gap: list[str] = []
        while sum(length(line) + 1 for line in (*first, *gap, *last)) > EVENTS_ROOM:
            # What began and what became of it says most.
            if len(first) >= len(last):
                first.pop()
            else:
                last.pop(0)
            gap = [self._say("log-events-left-out", count=len(lines) - len(first) - len(last))]
        return "\n".join([f"**{self._say('log-timeline')}**", *first, *gap, *last]), not gap

    def _event(self, event: Event, *, is_again: bool) -> str:
        at_s = event.at_ms // 1000
        key = AGAIN.get(event.act) if is_again else None
        key = key or ACTS.get(event.act)
        what = self._say(key) if key else self._cut(event.act)
        if event.detail.get("actor") == "operator":
            what = self._say("log-by", what=Markup(what), who=Markup(self._say("log-operator")))
        elif event.account_id:
            who = self.member(event.member_id, event.account_id)
            what = self._say("log-by", what=Markup(what), who=Markup(who))
        reason = str(event.detail.get("reason") or "")
        if reason:
            why = Markup(self._texts.cut(self._locale, " ".join(reason.split()), REASON_SHOWN))
            what = self._say("log-because", what=Markup(what), why=why)
        return f"<t:{at_s}:d> <t:{at_s}:T> {what}"

    def _cut(self, text: str) -> str:
        return self._texts.cut(self._locale, " ".join(text.split()), WORDS_SHOWN)


def rewritten(job: Job) -> list[str]:
    """Return the prompts as the vendor rewrote them, each once."""
    texts = dict.fromkeys(image.actual_prompt for image in job.images if image.actual_prompt)
    return [text for text in texts if text.strip() != job.request.prompt.strip()]


def full(at_ms: int) -> Markup:
    """Return a moment with its day, in the reader's own zone."""
    return Markup(f"<t:{at_ms // 1000}:f>")


def _channel(job: Job) -> str:
    return f"<#{job.reply.channel_id}>"


def _plain(id_: str) -> str:
    """Return an id of the vendor's for a place between backticks."""
    return "".join(
        character for character in id_ if character.isascii() and character.isprintable() and character != "`"
    )
