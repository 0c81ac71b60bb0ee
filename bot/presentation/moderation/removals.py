"""Removing a job's pictures as a moderator: the question, the message, the files, and the charge if that is wished."""

from discord import ui

from bot.domain.jobs.job import NOTHING, Job
from bot.domain.moderation.cases import ChargeWish
from bot.domain.servers.settings import Settings
from bot.errors import MemberError
from bot.presentation.jobs.deletion import what_stands
from bot.presentation.jobs.job_copy import place_of
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.members import act_of, locale_of_message
from bot.presentation.kit.reply_transport import Addresses, TakenDown
from bot.presentation.kit.texts import Markup, Texts
from bot.presentation.moderation import views
from bot.presentation.moderation.texts import ModTexts
from bot.service.delivery.remover import Remover
from bot.service.moderation.moderation import Moderation


class Removals:
    """Asks, and removes. Whether somebody is a moderator is the caller's to check."""

    def __init__(self, *, moderation: Moderation, remover: Remover, addresses: Addresses, texts: Texts) -> None:
        self._moderation = moderation
        self._remover = remover
        self._addresses = addresses
        self._texts = texts

    async def ask(
        self, interaction: AnyInteraction, job: Job, reason: str = "", *, is_admin: bool
    ) -> tuple[str, ui.View]:
        """Return the question whether a job's pictures are to be removed, and what is to become of its charge.

        Args:
            interaction: of who removes.
            job: whose pictures.
            reason: why.
            is_admin: they may give the charge back, and need not have an admin asked.

        Raises:
            MemberError: if there is nothing to remove, yet or any more.
        """
        locale = str(interaction.locale)
        await self._moderation.ask_removal(act_of(interaction, "mod.remove", reason), job)
        words = ModTexts(self._texts, locale)
        member = Markup(words.person(job.member_id))
        lines = [self._texts.say(locale, "removal-question", number=job.number, member=member)]
        wishes = [ChargeWish.KEEP]
        if job.is_given_back:
            lines.append(self._texts.say(locale, "removal-charge-back"))
        elif job.charged is not None and job.charged.images > 0:
            if interaction.user.id == job.member_id:
                lines.append(self._texts.say(locale, "removal-charge-own"))
            else:
                lines.append(self._texts.say(locale, "removal-charge" if is_admin else "removal-charge-ask"))
                wishes.append(ChargeWish.GIVE_BACK if is_admin else ChargeWish.ASK)
        return "\n".join(lines), views.removal(self._texts, locale, interaction.id, wishes)

    async def remove(self, interaction: AnyInteraction, question_id: int, wish: ChargeWish) -> str:
        """Do what was asked; return what was done.

        Raises:
            MemberError: if it can't be done; then nothing is.
            AlreadyDone: if Discord delivered the press a second time.
        """
        locale = str(interaction.locale)
        job, case, back = await self._moderation.begin_removal(act_of(interaction, "mod.remove"), question_id, wish)
        is_known = bool(job.reply.message_id)
        taken_down = await self._addresses.take_down(job) if is_known else TakenDown.GONE
        await self._remover.finish(job.id, taken_down.removal)
        lines = [ModTexts(self._texts, locale).removed(job.number, case, back, is_done=taken_down is TakenDown.GONE)]
        if back == NOTHING:
            lines.append(self._texts.say(locale, "removal-charge-back"))
        elif wish is ChargeWish.ASK:
            lines.append(self._texts.say(locale, "removal-asked"))
        if not is_known:
            lines.append(self._texts.say(locale, "delete-unknown"))
        if stands := what_stands(taken_down, is_own=False):
            lines.append(self._texts.say(locale, stands, link=Markup(place_of(job))))
        return "\n".join(lines)

    def too_late(self, locale: str, error: MemberError, wish: ChargeWish) -> str:
        """Return lines that say that the pictures were removed already, and how their charge can still go back."""
        lines = [self._texts.say(locale, error.key, **error.values)]
        if wish is not ChargeWish.KEEP:
            lines.append(self._texts.say(locale, "removed-refund-hint", **error.values))
        return "\n".join(lines)

    async def give_back(self, interaction: AnyInteraction, settings: Settings, case_id: int) -> str:
        """Give back what was charged for removed pictures, as was asked; return what the notice says then.

        Args:
            interaction: the press.
            settings: the server's.
            case_id: of the removal.

        Raises:
            MemberError: if it can't be given back.
            AlreadyDone: if Discord delivered the press a second time.
        """
        act = act_of(interaction, "quota.refund")
        await self._moderation.give_back(act, case_id)
        # Everybody in the channel reads it.
        locale = locale_of_message(interaction, settings)
        said = self._texts.say(locale, "refund-given", member=Markup(interaction.user.mention))
        asked = interaction.message.content if interaction.message is not None else ""
        return f"{asked}\n{said}".strip()
