"""Removing a job's pictures as a moderator: the question, the message, the files, and the charge if that is wished."""

from discord import ui

from bot.domain.act import Act
from bot.domain.job import Job
from bot.presentation import mod_views
from bot.presentation.addresses import Addresses
from bot.presentation.mod_texts import ModTexts
from bot.presentation.refusals import Verdict, judge
from bot.presentation.replies import AnyInteraction
from bot.presentation.texts import Markup, Texts
from bot.service.moderating import Moderation
from bot.service.removing import Remover


class Removals:
    """Asks, and removes. Whether somebody is a moderator is the caller's to check."""

    def __init__(self, *, moderation: Moderation, remover: Remover, addresses: Addresses, texts: Texts) -> None:
        self._moderation = moderation
        self._remover = remover
        self._addresses = addresses
        self._texts = texts

    async def ask(self, interaction: AnyInteraction, job: Job, reason: str = "") -> tuple[str, ui.View]:
        """Give the question whether a job's pictures are to be removed, and whether its charge is to be given back.

        Raises:
            MemberError: if there is nothing to remove, yet or any more.
        """
        locale = str(interaction.locale)
        await self._moderation.ask_removal(_act(interaction, reason), job)
        words = ModTexts(self._texts, locale)
        member = Markup(words.person(job.member_id))
        lines = [self._texts.say(locale, "removal-question", number=job.number, member=member)]
        can_refund = job.charged is not None and job.charged.images > 0
        if can_refund:
            lines.append(self._texts.say(locale, "removal-charge"))
        return "\n".join(lines), mod_views.removal(self._texts, locale, interaction.id, can_refund=can_refund)

    async def remove(self, interaction: AnyInteraction, question_id: int, *, refunds: bool) -> str:
        """Do what was asked; say what was done.

        Raises:
            MemberError: if it can't be done; then nothing is.
            AlreadyDone: if Discord delivered the press a second time.
        """
        locale = str(interaction.locale)
        job, case, back = await self._moderation.begin_removal(_act(interaction), question_id, refunds=refunds)
        trouble = await self._delete_message(job)
        await self._remover.finish(job, interaction.user.id)
        text = ModTexts(self._texts, locale).removed(job.number, case, back)
        return f"{text}\n{self._texts.say(locale, trouble)}" if trouble else text

    async def _delete_message(self, job: Job) -> str:
        """Delete a job's message; give the key of what is to be said where it stays."""
        if not job.reply.message_id:
            return "delete-unknown"
        try:
            await self._addresses.delete(job)
        except Exception as error:  # noqa: BLE001 - a cut connection too: what could not be deleted is edited
            return "" if judge(error) is Verdict.GONE else "delete-failed"
        return ""


def _act(interaction: AnyInteraction, reason: str = "") -> Act:
    return Act(interaction.id, interaction.guild_id or 0, interaction.user.id, f"{mod_views.PREFIX}.remove", reason)
