"""/quota: who may use how much, as the server's admins decide."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import discord
from discord import app_commands
from discord.app_commands import Range

from bot.domain.moderation.cases import LONGEST_REASON
from bot.domain.requests.quota_rules import PartialRule, Scope, check
from bot.domain.servers.settings import Settings
from bot.errors import MemberError
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.command_names import localised, options
from bot.presentation.kit.components import BUTTON, buttons, fields_in, number_in
from bot.presentation.kit.members import act_of, role_ids_of
from bot.presentation.kit.texts import Markup
from bot.presentation.reports.reports import Reports
from bot.presentation.servers.amounts import parse_amount
from bot.presentation.servers.quota_texts import QuotaTexts
from bot.presentation.servers.rule_modal import emptied, read_rule, rule_modal
from bot.service.servers.administration import Administration, require_another
from cogs.base import BY_SERVERS, IN_SERVERS, BotCog, Command, Kit, Number, Person

PREFIX = "quota"
NO_LIMIT = frozenset({"none", "无"})
Target = discord.Role | Person

RULE_OPTIONS = ("free_images", "budget", "images_per_job", "active_jobs", "cooldown")


class Quota(BotCog):
    """Sets and shows quotas; who may is checked at each command, press and modal."""

    quota = app_commands.Group(
        name=localised("command-quota-name", "quota"),
        description=localised("command-quota-description"),
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_contexts=IN_SERVERS,
        allowed_installs=BY_SERVERS,
    )

    def __init__(self, *, kit: Kit, administration: Administration, reports: Reports, wake: Callable[[], None]) -> None:
        super().__init__(kit, PREFIX)
        self._wake = wake
        self._administration = administration
        self._reports = reports

    @quota.command(
        name=localised("command-quota-show-name", "show"), description=localised("command-quota-show-description")
    )
    @options("option-quota", "member")
    async def show(self, interaction: Command, member: Person | None = None) -> None:
        """Show a member's rule with where it comes from, or all rules of the server."""
        settings = await self._begin_for_admin(interaction)
        words, server_id = self._words(interaction), interaction.guild_id or 0
        kind = self._administration.calendar(settings).kind
        if member is not None:
            quota = await self._administration.member(server_id, member.id, role_ids_of(member))
            await self._answer(interaction, words.member(member.id, quota, kind))
            return
        rules = await self._administration.rules(server_id)
        forgotten = await self._administration.forgotten_rules(server_id)
        pool = await self._administration.pool(server_id)
        worth, operators = await self._administration.worth(server_id), self._administration.operators_rule()
        await self._answer(interaction, words.server(rules, forgotten, operators, pool, worth, kind))

    @quota.command(
        name=localised("command-quota-set-default-name", "set-default"),
        description=localised("command-quota-set-default-description"),
    )
    @options("option-quota", *RULE_OPTIONS)
    async def set_default(
        self,
        interaction: Command,
        free_images: int | None = None,
        budget: str | None = None,
        images_per_job: int | None = None,
        active_jobs: int | None = None,
        cooldown: int | None = None,
    ) -> None:
        """Set the rule for everybody in the server."""
        rule = _rule(free_images, images_per_job, active_jobs, cooldown)
        await self._set(interaction, None, rule, budget)

    @quota.command(
        name=localised("command-quota-set-role-name", "set-role"),
        description=localised("command-quota-set-role-description"),
    )
    @options("option-quota", "role", *RULE_OPTIONS)
    async def set_role(
        self,
        interaction: Command,
        role: discord.Role,
        free_images: int | None = None,
        budget: str | None = None,
        images_per_job: int | None = None,
        active_jobs: int | None = None,
        cooldown: int | None = None,
    ) -> None:
        """Set the rule for the members of a role."""
        rule = _rule(free_images, images_per_job, active_jobs, cooldown)
        await self._set(interaction, role, rule, budget)

    @quota.command(
        name=localised("command-quota-set-member-name", "set-member"),
        description=localised("command-quota-set-member-description"),
    )
    @options("option-quota", "member", *RULE_OPTIONS)
    async def set_member(
        self,
        interaction: Command,
        member: Person,
        free_images: int | None = None,
        budget: str | None = None,
        images_per_job: int | None = None,
        active_jobs: int | None = None,
        cooldown: int | None = None,
    ) -> None:
        """Set the rule for one member."""
        rule = _rule(free_images, images_per_job, active_jobs, cooldown)
        await self._set(interaction, member, rule, budget)

    @quota.command(
        name=localised("command-quota-clear-name", "clear"), description=localised("command-quota-clear-description")
    )
    @options("option-quota", "role", "member")
    async def clear(self, interaction: Command, role: discord.Role | None = None, member: Person | None = None) -> None:
        """Ask whether a rule is to be cleared: a role's, a member's, or else the server's."""
        settings = await self._begin_for_admin(interaction)
        if role is not None and member is not None:
            raise MemberError("clear-one-at-a-time")
        scope, owner_id = _scope_of(role or member)
        require_another(interaction.user.id, scope, owner_id)
        rule = await self._administration.rule(interaction.guild_id or 0, scope, owner_id)
        words, kind = self._words(interaction), self._administration.calendar(settings).kind
        whom = words.whom(scope, owner_id)
        if rule.is_empty:
            raise MemberError("no-rule-to-clear", whom=Markup(whom))
        text = self._say(interaction, "clear-question", whom=Markup(whom), rule=Markup(words.rule(rule, kind)))
        label = self._texts.plain(str(interaction.locale), "button-clear")
        view = buttons((label, f"{PREFIX}:clear:{scope}:{owner_id}", BUTTON.danger))
        await self._answer(interaction, text, view)

    @quota.command(
        name=localised("command-quota-grant-name", "grant"), description=localised("command-quota-grant-description")
    )
    @options("option-quota", "member", "reason", "amount", "pictures")
    async def grant(
        self,
        interaction: Command,
        member: Person,
        reason: Range[str, 1, LONGEST_REASON],
        amount: str | None = None,
        pictures: int | None = None,
    ) -> None:
        """Give a member credit that does not expire, or free pictures for the running period."""
        await self._begin_for_admin(interaction)
        _check_target(member)
        act = act_of(interaction, "quota.grant", reason)
        if amount is not None and pictures is None:
            micros, whom = parse_amount(amount, str(interaction.locale)), Markup(member.mention)
            before, after = await self._administration.grant(act, member.id, micros)
            text = self._say(interaction, "granted", member=whom, amount=micros, left=before, credit_left=after)
        elif pictures is not None and amount is None:
            await self._administration.grant_pictures(act, member.id, pictures)
            quota = await self._administration.member(act.server_id, member.id, role_ids_of(member))
            text = self._words(interaction).granted_pictures(member.id, pictures, quota.standing)
        else:
            raise MemberError("grant-one-of")
        self._wake()
        await self._answer(interaction, text)

    @quota.command(
        name=localised("command-quota-reset-name", "reset"), description=localised("command-quota-reset-description")
    )
    @options("option-quota", "member")
    async def reset(self, interaction: Command, member: Person) -> None:
        """Ask whether a member is to have the running period's free pictures and budget anew."""
        settings = await self._begin_for_admin(interaction)
        _check_target(member)
        used = await self._administration.ask_reset(interaction.guild_id or 0, interaction.user.id, member.id)
        ends_ms = self._administration.calendar(settings).period_at(self._clock.now_ms()).end_ms
        text = self._words(interaction).reset_question(member.id, used, ends_ms)
        label = self._texts.plain(str(interaction.locale), "button-reset")
        await self._answer(interaction, text, buttons((label, f"{PREFIX}:reset:{member.id}", BUTTON.primary)))

    @quota.command(
        name=localised("command-quota-refund-name", "refund"),
        description=localised("command-quota-refund-description"),
    )
    @options("option-quota", "number", "reason")
    async def refund(self, interaction: Command, number: Number, reason: Range[str, 1, LONGEST_REASON]) -> None:
        """Give back what a job was charged."""
        await self._begin_for_admin(interaction)
        job = await self._administration.refundable(interaction.guild_id or 0, number)
        back = await self._administration.refund(act_of(interaction, "quota.refund", reason), job)
        # What the member's roles allow does not touch credit.
        quota = await self._administration.member(job.server_id, job.member_id, ())
        text = self._words(interaction).refunded(job, back, quota.standing.left.credit_micros)
        await self._answer(interaction, text)

    @quota.command(
        name=localised("command-quota-pool-name", "pool"), description=localised("command-quota-pool-description")
    )
    @options("option-quota", "limit")
    async def pool(self, interaction: Command, limit: str | None = None) -> None:
        """Show the server's pool of the month, or set the server's own limit below the operator's."""
        await self._begin_for_admin(interaction)
        words, server_id = self._words(interaction), interaction.guild_id or 0
        lines: list[str] = []
        if limit is not None:
            wishes_none = limit.strip().lower() in NO_LIMIT
            micros = None if wishes_none else parse_amount(limit, str(interaction.locale))
            before, after = await self._administration.set_pool(act_of(interaction, "quota.pool"), micros)
            ceiling = (await self._administration.pool(server_id)).ceiling
            lines.append(words.pool_changed(before.pool_micros, after.pool_micros, ceiling))
        lines.append(words.pool(await self._administration.pool(server_id)))
        await self._answer(interaction, "\n".join(lines))

    @quota.command(
        name=localised("command-quota-report-name", "report"),
        description=localised("command-quota-report-description"),
    )
    @options("option-quota", "period")
    async def report(self, interaction: Command, period: str | None = None) -> None:
        """Show what was used in a period."""
        await self._begin_for_admin(interaction)
        await self._reports.answer(interaction, period)

    @report.autocomplete("period")
    async def complete_period(self, interaction: Command, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the newest periods, and the one that is typed."""
        return await self._reports.choices(interaction, typed)

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``quota:clear:{scope}:{owner}``, ``quota:reset:{member}`` and the modal that `rule_modal` makes."""
        action, _, place = rest.partition(":")
        if action == "reset":
            await self._reset(interaction, number_in(place))
            return
        name, _, owner = place.partition(":")
        if name not in set(Scope):
            # No form of ours has none: its client made it up.
            return
        owner, _, filled = owner.partition(":")
        scope, owner_id = Scope(name), number_in(owner)
        if action == "clear":
            await self._clear(interaction, scope, owner_id)
            return
        settings = await self._begin_for_admin(interaction)
        typed = fields_in(interaction)
        rule, wrong = read_rule(typed, str(interaction.locale))
        unset, words = emptied(typed, number_in(filled)), self._words(interaction)
        not_set = {field: words.not_set(fault, field) for field, fault in wrong.items()}
        if rule.is_empty and not unset and not_set:
            await self._answer(interaction, "\n".join(not_set.values()))
            return
        if not owner_id and scope is not Scope.SERVER:
            # Neither has any such an owner.
            return
        await self._change(interaction, settings, scope, owner_id, rule, not_set, unset)

    async def _set(self, interaction: Command, target: Target | None, rule: PartialRule, budget: str | None) -> None:
        """Set what was typed for a role, a member or, without a target, the server; show the form if it was nothing."""
        scope, owner_id = _scope_of(target)
        if not rule.is_empty or budget is not None:
            settings = await self._begin_for_admin(interaction)
            _check_target(target)
            try:
                if budget is not None:
                    rule = replace(rule, budget_micros=parse_amount(budget, str(interaction.locale)))
                check(rule)
            except MemberError as fault:
                raise self._words(interaction).refused(fault) from fault
            await self._change(interaction, settings, scope, owner_id, rule, {})
            return
        # A modal must be the first answer: nothing may be deferred before.
        settings = await self._require_admin(interaction)
        _check_target(target)
        require_another(interaction.user.id, scope, owner_id)
        old = await self._administration.rule(interaction.guild_id or 0, scope, owner_id)
        instead = await self._instead(interaction, settings, scope)
        called = target.name if isinstance(target, discord.Role) else target.display_name if target else ""
        whom = scope, owner_id, called
        await interaction.response.send_modal(rule_modal(self._texts, str(interaction.locale), whom, old, instead))

    async def _change(
        self,
        interaction: AnyInteraction,
        settings: Settings,
        scope: Scope,
        owner_id: int,
        rule: PartialRule,
        not_set: Mapping[str, str],
        unset: frozenset[str] = frozenset(),
    ) -> None:
        words, act = self._words(interaction), act_of(interaction, f"quota.set-{scope}")
        before, after = await self._administration.set_rule(act, scope, owner_id, rule, unset)
        kind, instead = self._administration.calendar(settings).kind, await self._instead(interaction, settings, scope)
        changed = words.change(words.whom(scope, owner_id), before, after, kind, instead, without=not_set)
        await self._answer(interaction, "\n".join([changed, *not_set.values()]))

    async def _clear(self, interaction: AnyInteraction, scope: Scope, owner_id: int) -> None:
        await self._defer(interaction)
        settings = await self._require_admin(interaction)
        words = self._words(interaction)
        whom = words.whom(scope, owner_id)
        act = act_of(interaction, f"quota.clear-{scope}")
        before, after = await self._administration.clear_rule(act, scope, owner_id)
        if before.is_empty:
            raise MemberError("no-rule-to-clear", whom=Markup(whom))
        kind, instead = self._administration.calendar(settings).kind, await self._instead(interaction, settings, scope)
        await self._replace(interaction, words.change(whom, before, after, kind, instead))

    async def _reset(self, interaction: AnyInteraction, member_id: int) -> None:
        await self._defer(interaction)
        await self._require_admin(interaction)
        if not member_id:
            # No button of ours has none.
            return
        used = await self._administration.reset(act_of(interaction, "quota.reset"), member_id)
        self._wake()
        await self._replace(interaction, self._words(interaction).reset_done(member_id, used))

    async def _instead(self, interaction: AnyInteraction, settings: Settings, scope: Scope) -> dict[str, str]:
        """Return by field, in words, what applies where a rule says nothing."""
        instead = await self._administration.instead(interaction.guild_id or 0, scope)
        return self._words(interaction).instead(scope, instead, self._administration.calendar(settings).kind)

    def _words(self, interaction: AnyInteraction) -> QuotaTexts:
        return QuotaTexts(self._texts, str(interaction.locale))


def _rule(
    free_images: int | None, images_per_job: int | None, active_jobs: int | None, cooldown: int | None
) -> PartialRule:
    return PartialRule(
        free_images=free_images, images_per_job=images_per_job, active_jobs=active_jobs, cooldown_s=cooldown
    )


def _scope_of(target: Target | None) -> tuple[Scope, int]:
    if target is None:
        return Scope.SERVER, 0
    return (Scope.ROLE if isinstance(target, discord.Role) else Scope.MEMBER), target.id


def _check_target(target: Target | None) -> None:
    """Refuse what can be typed as a role or member but isn't one that a rule or credit could be for."""
    if isinstance(target, discord.Role) and target.is_default():
        raise MemberError("role-is-everyone")
    if isinstance(target, discord.User):
        raise MemberError("not-a-member", member=Markup(target.mention))
