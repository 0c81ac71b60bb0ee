"""Moderation in words: blocks, cases, appeals."""

from bot.domain.jobs.job import Charge, Job, Removal
from bot.domain.moderation.cases import Appeal, AppealState, Case, CaseFile, CaseKind, CaseNote
from bot.domain.requests.quota import Refund
from bot.errors import Blocked
from bot.presentation.kit.escaping import length
from bot.presentation.kit.limits import CONTENT_LIMIT
from bot.presentation.kit.receipt import charge_line
from bot.presentation.kit.texts import Markup, Phrases

KINDS = {
    CaseKind.BLOCK: "case-block",
    CaseKind.PAUSE: "case-pause",
    CaseKind.UNBLOCK: "case-unblock",
    CaseKind.REMOVE: "case-remove",
    CaseKind.COVER: "case-cover",
    CaseKind.UNCOVER: "case-uncover",
    CaseKind.RULE_ADDED: "case-rule-added",
    CaseKind.RULE_REMOVED: "case-rule-removed",
    CaseKind.STRIKES_SET: "case-strikes-set",
}
ABOUT_MEMBERS = KINDS.keys() - {CaseKind.RULE_ADDED, CaseKind.RULE_REMOVED, CaseKind.STRIKES_SET}
REMOVALS = {Removal.OPEN: "case-removing", Removal.OUT_OF_REACH: "case-removed-out-of-reach"}
APPEALS = {
    AppealState.OPEN: "case-appeal-open",
    AppealState.ACCEPTED: "case-appeal-accepted",
    AppealState.REJECTED: "case-appeal-rejected",
}
OUTCOMES = {
    AppealState.OPEN: "case-row-appeal-open",
    AppealState.ACCEPTED: "case-row-appeal-accepted",
    AppealState.REJECTED: "case-row-appeal-rejected",
}
REASON_IN_ROW = 150
"""Code units of a reason in a list, so that a page fits in one message."""

LONGEST_TEXT = 500
"""Code units of an appeal or a note, escaped."""


class ModTexts(Phrases):
    """Says in one reader's language what moderators do."""

    def refusal(self, blocked: Blocked) -> str:
        """Return lines that tell a blocked member until when, why, and what they can do."""
        number = int(blocked.values["number"])
        if blocked.until_ms:
            lines = [self._say("blocked-until", number=number, until_ms=blocked.until_ms)]
        else:
            lines = [self._say("blocked", number=number)]
        if blocked.by_program:
            lines.append(self._say("blocked-strikes"))
        elif blocked.values["reason"]:
            lines.append(self._say("blocked-reason", reason=blocked.values["reason"]))
        return "\n".join([*lines, self._say("blocked-appeal")])

    def blocked(self, member_id: int, case: Case) -> str:
        """Return a line that says that a member is blocked."""
        member = Markup(f"<@{member_id}>")
        if case.until_ms:
            said = self._say("mod-blocked-until", member=member, until_ms=case.until_ms, number=case.number)
        else:
            said = self._say("mod-blocked", member=member, number=case.number)
        return "\n".join([said, *self._reason(case)])

    def unblocked(self, member_id: int, case: Case) -> str:
        """Return a line that says that a member is blocked no longer."""
        said = self._say("mod-unblocked", member=Markup(self.person(member_id)), number=case.number)
        return "\n".join([said, *self._reason(case)])

    def removed(self, number: int, case: Case, back: Refund | None, *, is_done: bool) -> str:
        """Return lines that say that a job's pictures are removed, or their files alone, and what was given back."""
        lines = [self._say("removal-done" if is_done else "removal-open", number=number, case=case.number)]
        if back is not None and back.free_images:
            lines.append(self._say("removal-free-back", free=back.free_images))
        if back is not None and back.credit_micros:
            lines.append(self._say("removal-paid-back", paid=back.credit_micros))
        return "\n".join([*lines, *self._reason(case)])

    def covered(self, job: Job, case: Case) -> str:
        """Return lines that say that a job's pictures are covered, or no longer."""
        key = "cover-done" if case.kind is CaseKind.COVER else "cover-undone"
        lines = [self._say(key, number=job.number, case=case.number)]
        return "\n".join([*lines, *([self._say("cover-private")] if job.is_ephemeral else [])])

    def refund_asked(self, case: Case, free: int, micros: int) -> str:
        """Return lines that tell admins that a moderator asks to give back the charge of pictures that they removed."""
        asked = self._say(
            "refund-asked-notice",
            moderator=Markup(self.person(case.actor_id)),
            number=case.job_number,
            member=Markup(self.person(case.member_id)),
            case=case.number,
        )
        charge = charge_line(self._texts, self._locale, Charge(free or 1, free, micros))
        return "\n".join([asked, charge, *self._reason(case)])

    def file(self, file: CaseFile) -> str:
        """Return a case with what was added to it; the oldest notes are left out where they don't fit."""
        appeals = [self._appeal(one) for one in file.appeals[-2:]]
        head = [*self._head(file.case, file.removal), *self._end(file.ended_by), *appeals]
        notes = [self._note(one) for one in file.notes]
        while notes and length(self._joined(head, notes, len(file.notes) - len(notes))) > CONTENT_LIMIT:
            notes.pop(0)
        # Two long appeals with their answers leave no room for the older one.
        while length(text := self._joined(head, notes, len(file.notes) - len(notes))) > CONTENT_LIMIT and appeals:
            head.remove(appeals.pop(0))
        return text

    def notice(self, case: Case) -> str:
        """Return lines that tell the log channel of a case."""
        heading, *facts = self._head(case, Removal.NONE)
        reason = self._reason(case)
        return "\n".join([heading, " · ".join(facts[: len(facts) - len(reason)]), *reason])

    def blocked_row(self, case: Case) -> str:
        """Return who is blocked, until when, by whom, with which case, and why."""
        by = Markup(self._say("case-program") if case.by_program else self.person(case.actor_id))
        values: dict[str, str | int] = {"member": Markup(self.person(case.member_id)), "by": by, "number": case.number}
        if case.until_ms:
            said = self._say("blocked-row", **values, until_ms=case.until_ms)
        else:
            said = self._say("blocked-row-for-good", **values)
        return "\n".join([said, *self._small_reason(case)])

    def case_row(self, file: CaseFile, now_ms: int) -> str:
        """Return what was done, when and by whom, what became of it, and why; the number is beside it."""
        case = file.case
        by = Markup(self._say("case-program") if case.by_program else self.person(case.actor_id))
        what = Markup(self.what(case, file.removal))
        lines = [self._say("case-row", what=what, at_ms=case.at_ms, by=by)]
        lines += self._end(file.ended_by) or self._until(case, now_ms)
        lines += [self._outcome(one) for one in file.appeals[-1:]]
        return "\n".join([*lines, *self._small_reason(case)])

    def what(self, case: Case, removal: Removal = Removal.NONE) -> str:
        """Name what was done; of removed pictures, how far that has come."""
        return self._say(REMOVALS.get(removal) or KINDS[case.kind])

    def appeal(self, appeal: Appeal) -> str:
        """Return lines that tell moderators of an appeal, and what became of it."""
        case = appeal.case
        lines = [
            self._say(
                "appeal-notice",
                member=Markup(self.person(appeal.member_id)),
                number=case.number,
                what=Markup(self.what(case)),
                at_ms=case.at_ms,
            ),
            *self._reason(case),
            self._quoted(appeal.text),
        ]
        if appeal.state is not AppealState.OPEN:
            key = "appeal-accepted-by" if appeal.state is AppealState.ACCEPTED else "appeal-rejected-by"
            lines.append(self._say(key, member=Markup(self.person(appeal.decided_by))))
        if appeal.answer:
            lines.append(self._say("case-reason", reason=appeal.answer))
        return "\n".join(lines)

    def person(self, member_id: int) -> str:
        """Mention somebody; whoever was forgotten has no name."""
        return f"<@{member_id}>" if member_id else self._say("case-forgotten")

    def _head(self, case: Case, removal: Removal) -> list[str]:
        lines = [
            self._say("case-heading", number=case.number, what=Markup(self.what(case, removal)), at_ms=case.at_ms),
        ]
        if case.kind in ABOUT_MEMBERS:
            lines.append(self._say("case-member", member=Markup(self.person(case.member_id))))
        if case.by_program:
            lines.append(self._say("case-by-program"))
        else:
            lines.append(self._say("case-by", member=Markup(self.person(case.actor_id))))
        if case.kind in {CaseKind.BLOCK, CaseKind.PAUSE}:
            ends = self._say("case-until", until_ms=case.until_ms) if case.until_ms else self._say("case-for-good")
            lines.append(ends)
        if case.job_number:
            lines.append(self._say("case-job", number=case.job_number))
        return [*lines, *self._reason(case)]

    def _end(self, ended_by: Case | None) -> list[str]:
        if ended_by is None:
            return []
        key = "case-lifted" if ended_by.kind is CaseKind.UNBLOCK else "case-replaced"
        by = Markup(self._say("case-program") if ended_by.by_program else self.person(ended_by.actor_id))
        return [self._say(key, number=ended_by.number, at_ms=ended_by.at_ms, member=by)]

    def _until(self, case: Case, now_ms: int) -> list[str]:
        if case.kind not in {CaseKind.BLOCK, CaseKind.PAUSE}:
            return []
        if not case.until_ms:
            return [self._say("case-for-good")]
        return [self._say("case-until" if now_ms < case.until_ms else "case-over", until_ms=case.until_ms)]

    def _outcome(self, appeal: Appeal) -> str:
        is_open = appeal.state is AppealState.OPEN
        values: dict[str, str | int] = {"at_ms": appeal.at_ms if is_open else appeal.decided_ms}
        if not is_open:
            values["member"] = Markup(self.person(appeal.decided_by))
        return self._say(OUTCOMES[appeal.state], **values)

    def _small_reason(self, case: Case) -> list[str]:
        reason = Markup(self._texts.cut(self._locale, " ".join(case.reason.split()), REASON_IN_ROW))
        return [f"-# {self._say('case-reason', reason=reason)}"] if reason else []

    def _reason(self, case: Case) -> list[str]:
        return [self._say("case-reason", reason=case.reason)] if case.reason else []

    def _note(self, note: CaseNote) -> str:
        text = Markup(self._texts.cut(self._locale, note.text, LONGEST_TEXT))
        return self._say("case-note", at_ms=note.at_ms, member=Markup(self.person(note.actor_id)), text=text)

    def _appeal(self, appeal: Appeal) -> str:
        # In one line: what was typed into several could pass for lines of the case.
        text = Markup(self._texts.cut(self._locale, " ".join(appeal.text.split()), LONGEST_TEXT))
        values: dict[str, str | int] = {"at_ms": appeal.at_ms, "text": text}
        if appeal.state is not AppealState.OPEN:
            values["member"] = Markup(self.person(appeal.decided_by))
        said = self._say(APPEALS[appeal.state], **values)
        if not appeal.answer:
            return said
        answer = Markup(self._texts.cut(self._locale, " ".join(appeal.answer.split()), LONGEST_TEXT))
        return f"{said}\n{self._say('case-appeal-answer', text=answer)}"

    def _quoted(self, text: str) -> str:
        shown = self._texts.cut(self._locale, text, LONGEST_TEXT)
        return "\n".join(f"> {line}" for line in shown.splitlines())

    def _joined(self, head: list[str], notes: list[str], hidden: int) -> str:
        more = [self._say("case-more", count=hidden)] if hidden else []
        return "\n".join([*head, *more, *notes])
