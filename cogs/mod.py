"""/mod: what moderators do about members, pictures and prompts."""

from collections.abc import Callable

import discord
from discord import app_commands, ui
from discord.app_commands import Range

from bot.domain.jobs.job import Job
from bot.domain.moderation.cases import LONGEST_NOTE, LONGEST_REASON, CaseFile, ChargeWish, parse_duration
from bot.domain.servers.settings import Settings
from bot.domain.text import normalisation
from bot.domain.time.durations import HOUR_S
from bot.errors import MemberError, NotPermitted, Unavailable
from bot.presentation.jobs.covering import COVER, UNCOVER
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.command_names import localised, options
from bot.presentation.kit.components import number_in
from bot.presentation.kit.discord_errors import Verdict, judge
from bot.presentation.kit.members import act_of
from bot.presentation.kit.permissions import is_admin, require_admin, require_blockable
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S
from bot.presentation.kit.texts import Markup
from bot.presentation.moderation import case_lists, views
from bot.presentation.moderation.covered import covered
from bot.presentation.moderation.prompt_rules import PromptRuleList, kind_of
from bot.presentation.moderation.removals import Removals
from bot.presentation.moderation.texts import ModTexts
from bot.presentation.moderation.views import PAUSES_H, PREFIX
from bot.service.moderation.moderation import Moderation
from bot.service.moderation.moderator_log import NEWEST
from cogs.base import BY_SERVERS, IN_SERVERS, BotCog, Command, Kit, Number, Person

MODAL_FIRST = frozenset({"rules:word", "rules:pattern", "rules:strikes"})
"""Presses that are answered by a modal, which nothing may come before."""

REMOVALS = frozenset(ChargeWish)
"""Answers to the question whether pictures are to be removed."""


class Mod(BotCog):
    """Lets moderators act; who is one is checked at each command, press and modal.

    Args:
        kit: of every cog.
        moderation: the use cases.
        removals: asks, and removes pictures.
        rules: shows and changes the rules for prompts.
        wake: has what is in the outbox sent soon.
    """

    mod = app_commands.Group(
        name=localised("command-mod-name", "mod"),
        description=localised("command-mod-description"),
        default_permissions=discord.Permissions(moderate_members=True),
        allowed_contexts=IN_SERVERS,
        allowed_installs=BY_SERVERS,
    )

    def __init__(
        self,
        *,
        kit: Kit,
        moderation: Moderation,
        removals: Removals,
        rules: PromptRuleList,
        wake: Callable[[], None],
    ) -> None:
        super().__init__(kit, PREFIX)
        self._wake = wake
        self._moderation = moderation
        self._removals = removals
        self._rules = rules

    @mod.command(
        name=localised("command-mod-block-name", "block"), description=localised("command-mod-block-description")
    )
    @options("option-mod", "member", "duration", "reason")
    async def block(
        self,
        interaction: Command,
        member: Person,
        duration: str | None = None,
        reason: Range[str, 1, LONGEST_REASON] | None = None,
    ) -> None:
        """Keep a member from asking for pictures."""
        settings = await self._begin_for_moderator(interaction)
        await require_blockable(interaction, settings, member, self._clock)
        duration_s = parse_duration(duration) if duration is not None else None
        case = await self._moderation.block(act_of(interaction, "mod.block", _line(reason)), member.id, duration_s)
        self._wake()
        await self._answer(interaction, self._words(interaction).blocked(member.id, case))

    @mod.command(
        name=localised("command-mod-unblock-name", "unblock"), description=localised("command-mod-unblock-description")
    )
    @options("option-mod", "member", "reason")
    async def unblock(
        self, interaction: Command, member: Person, reason: Range[str, 1, LONGEST_REASON] | None = None
    ) -> None:
        """Lift a member's block."""
        await self._begin_for_moderator(interaction)
        case = await self._moderation.unblock(act_of(interaction, "mod.unblock", _line(reason)), member.id)
        self._wake()
        await self._answer(interaction, self._words(interaction).unblocked(member.id, case))

    @mod.command(
        name=localised("command-mod-blocked-name", "blocked"), description=localised("command-mod-blocked-description")
    )
    async def blocked(self, interaction: Command) -> None:
        """Show who is blocked in this server, with what lifts it."""
        await self._begin_for_moderator(interaction)
        await self._show_blocked(interaction)

    @mod.command(
        name=localised("command-mod-cases-name", "cases"), description=localised("command-mod-cases-description")
    )
    @options("option-mod", "member")
    async def cases(self, interaction: Command, member: Person) -> None:
        """Show the cases of a member."""
        await self._begin_for_moderator(interaction)
        await self._show_cases(interaction, member.id)

    @mod.command(
        name=localised("command-mod-remove-name", "remove"), description=localised("command-mod-remove-description")
    )
    @options("option-mod", "number", "reason")
    async def remove(
        self, interaction: Command, number: Number, reason: Range[str, 1, LONGEST_REASON] | None = None
    ) -> None:
        """Ask whether a job's pictures are to be removed, and its charge given back."""
        settings = await self._begin_for_moderator(interaction)
        job = await self._moderation.job_by_number(interaction.guild_id or 0, number)
        await self._ask_removal(interaction, settings, job, _line(reason))

    @mod.command(
        name=localised("command-mod-rules-name", "rules"), description=localised("command-mod-rules-description")
    )
    async def rules(self, interaction: Command) -> None:
        """Show the rules for prompts, with what changes them."""
        await self._begin_for_moderator(interaction)
        await self._answer(interaction, *await self._rules.page(interaction))

    @mod.command(name=localised("command-mod-case-name", "case"), description=localised("command-mod-case-description"))
    @options("option-mod", "note", number="case")
    async def case(self, interaction: Command, number: Number, note: Range[str, 1, LONGEST_NOTE] | None = None) -> None:
        """Show a case, and add a note to it before that if there is one."""
        await self._begin_for_moderator(interaction)
        text = _line(note)
        if text:
            file = await self._moderation.note(act_of(interaction, "mod.note"), number, text)
        else:
            file = await self._moderation.case(interaction.guild_id or 0, number)
        await self._show_case(interaction, file)

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle the buttons, menus and modals of `views` and `PromptRuleList`, and those of the log channel."""
        if rest in MODAL_FIRST:
            await self._require_moderator(interaction)
            await interaction.response.send_modal(self._modal(interaction, rest))
            return
        what, _, about = rest.partition(":")
        if what in {"remove", "pause"}:
            await self._ask(interaction, what, number_in(about))
        elif what in {COVER, UNCOVER}:
            await self._cover(interaction, number_in(about), covers=what == COVER)
        elif what == "case":
            await self._begin_for_moderator(interaction)
            await self._show_case(interaction, await self._moderation.case(interaction.guild_id or 0, number_in(about)))
        else:
            await self._change(interaction, what, about)

    async def _ask(self, interaction: AnyInteraction, what: str, job_id: int) -> None:
        settings = await self._begin_for_moderator(interaction)
        job = await self._moderation.job(interaction.guild_id or 0, job_id)
        if what == "remove":
            await self._ask_removal(interaction, settings, job)
        else:
            await self._ask_pause(interaction, job.id, job.member_id)

    async def _change(self, interaction: AnyInteraction, what: str, about: str) -> None:
        await self._defer(interaction)
        settings = await self._require_moderator(interaction)
        if what == "rules":
            await self._replace(interaction, *await self._change_rules(interaction, about))
        elif what == "pause-for":
            await self._replace(interaction, await self._pause(interaction, settings, about))
        elif what == "keep":
            await self._replace(interaction, self._say(interaction, "removal-kept"))
        elif what in REMOVALS:
            await self._remove(interaction, settings, number_in(about), ChargeWish(what))
        elif what == "blocked":
            await self._show_blocked(interaction, number_in(about))
        elif what == "cases":
            member_id, _, before_id = about.partition(":")
            await self._show_cases(interaction, number_in(member_id), number_in(before_id))
        elif what == "unblock":
            case = await self._moderation.lift(act_of(interaction, "mod.unblock"), number_in(about))
            self._wake()
            said = self._words(interaction).unblocked(case.member_id, case)
            await self._show_blocked(interaction, said=said)
        elif what == "give-back":
            await require_admin(interaction, settings, self._clock)
            text = await self._removals.give_back(interaction, settings, number_in(about))
            await self._replace(interaction, text)

    async def _cover(self, interaction: AnyInteraction, job_id: int, *, covers: bool) -> None:
        """Put a spoiler over a job's pictures, or take it off; the answer has the button that undoes it."""
        await self._begin_for_moderator(interaction)
        job = await self._moderation.job(interaction.guild_id or 0, job_id)
        act = act_of(interaction, "mod.cover" if covers else "mod.uncover")
        case = await self._moderation.cover(act, job.id, covers=covers)
        await self._answer(interaction, *covered(self._texts, str(interaction.locale), job, case))

    async def _show_blocked(self, interaction: AnyInteraction, before_id: int = NEWEST, said: str = "") -> None:
        blocked = await self._moderation.blocked(
            interaction.guild_id or 0, before_id=before_id, most=case_lists.ON_A_PAGE + 1
        )
        await self._show(
            interaction, case_lists.blocked_page(self._texts, str(interaction.locale), blocked, before_id, said)
        )

    async def _show_cases(self, interaction: AnyInteraction, member_id: int, before_id: int = NEWEST) -> None:
        files = await self._moderation.of_member(
            interaction.guild_id or 0, member_id, before_id=before_id, most=case_lists.ON_A_PAGE + 1
        )
        locale, now_ms = str(interaction.locale), self._clock.now_ms()
        view = case_lists.cases_page(self._texts, locale, member_id, files, before_id, now_ms)
        await self._show(interaction, view)

    async def _show_case(self, interaction: AnyInteraction, file: CaseFile) -> None:
        view = views.decision(self._texts, str(interaction.locale), file.open_appeal)
        await self._answer(interaction, self._words(interaction).file(file), view)

    async def _ask_removal(self, interaction: AnyInteraction, settings: Settings, job: Job, reason: str = "") -> None:
        may_refund = await is_admin(interaction, settings, self._clock)
        await self._answer(interaction, *await self._removals.ask(interaction, job, reason, is_admin=may_refund))

    async def _remove(self, interaction: AnyInteraction, settings: Settings, question: int, wish: ChargeWish) -> None:
        if wish is ChargeWish.GIVE_BACK:
            await require_admin(interaction, settings, self._clock)
        try:
            text = await self._removals.remove(interaction, question, wish)
        except MemberError as error:
            if error.key != "removed-already":
                raise
            # Another moderator was faster: the buttons can do nothing any more.
            text = self._removals.too_late(str(interaction.locale), error, wish)
        await self._replace(interaction, text)

    async def _ask_pause(self, interaction: AnyInteraction, job_id: int, member_id: int) -> None:
        if not member_id:
            raise NotPermitted("job-gone")
        text = self._say(interaction, "pause-question", member=Markup(f"<@{member_id}>"))
        await self._answer(interaction, text, views.pauses(self._texts, str(interaction.locale), job_id))

    async def _pause(self, interaction: AnyInteraction, settings: Settings, about: str) -> str:
        job_id, _, hours = about.partition(":")
        job = await self._moderation.job(interaction.guild_id or 0, number_in(job_id))
        if not job.member_id or number_in(hours) not in PAUSES_H.values():
            raise NotPermitted("question-gone")
        target = await self._member(interaction, job.member_id)
        if target is not None:
            await require_blockable(interaction, settings, target, self._clock)
        act = act_of(interaction, "mod.block")
        case = await self._moderation.pause(act, job.member_id, number_in(hours) * HOUR_S)
        self._wake()
        return self._words(interaction).blocked(job.member_id, case)

    async def _member(self, interaction: AnyInteraction, member_id: int) -> discord.Member | None:
        """Return somebody as they are in the server now; None if they are not in it."""
        if interaction.guild is None:
            # A bot that has just started learns of its servers one by one.
            raise Unavailable("server-not-known")
        try:
            async with self._clock.timeout(CALL_TIMEOUT_S):
                return await interaction.guild.fetch_member(member_id)
        except discord.NotFound as error:
            # Without Discord's own word they may be here, and stand above the moderator.
            if judge(error) is not Verdict.GONE:
                raise
            return None

    def _modal(self, interaction: AnyInteraction, rest: str) -> ui.Modal:
        locale, what = str(interaction.locale), rest.removeprefix("rules:")
        if what == "strikes":
            return views.strikes_modal(self._texts, locale)
        return views.rule_modal(self._texts, locale, kind_of(what))

    async def _change_rules(self, interaction: AnyInteraction, about: str) -> tuple[str, ui.View]:
        what, _, argument = about.partition(":")
        if what == "add":
            said = await self._rules.add(interaction, kind_of(argument))
            # A new rule is the last one.
            return await self._rules.page(interaction, 2**31, said)
        if what == "remove":
            return await self._rules.page(interaction, number_in(argument), await self._rules.remove(interaction))
        if what == "set-strikes":
            await self._rules.set_strikes(interaction)
        return await self._rules.page(interaction, number_in(argument))

    def _words(self, interaction: AnyInteraction) -> ModTexts:
        return ModTexts(self._texts, str(interaction.locale))


def _line(typed: str | None) -> str:
    """Return what was typed as one line: a line of its own could pass for one of ours; "" if nothing of it shows."""
    line = " ".join((typed or "").split())
    return "" if normalisation.is_blank(line) else line
