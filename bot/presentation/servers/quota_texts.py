"""Quotas in words: rules, where they come from, what is left."""

from collections.abc import Collection, Mapping

from bot.domain.jobs.job import Job
from bot.domain.requests.quota import Refund, Reset, Standing
from bot.domain.requests.quota_rules import FIELDS, EffectiveRule, Origin, PartialRule, Scope
from bot.domain.requests.worth import Worth
from bot.domain.time.periods import PeriodKind
from bot.errors import MemberError
from bot.presentation.kit.limits import CONTENT_LIMIT
from bot.presentation.kit.receipt import given_back, source_of, what_is_left, with_back
from bot.presentation.kit.texts import Markup, Phrases, Texts, money
from bot.service.servers.administration import MemberQuota, Pool

MONEY_FIELD = "budget_micros"
PERIODIC = frozenset({"free_images", MONEY_FIELD})
NAMES = {
    "free_images": "field-free-images",
    "budget_micros": "field-budget",
    "images_per_job": "field-images-per-job",
    "active_jobs": "field-active-jobs",
    "cooldown_s": "field-cooldown",
}
OF_A_FIELD = {
    "rule-out-of-bounds": "field-out-of-bounds",
    "rule-out-of-bounds-money": "field-out-of-bounds-money",
}
"""What is wrong with a value where its field is named already."""

PERIODS = {PeriodKind.DAY: "each-day", PeriodKind.WEEK: "each-week", PeriodKind.MONTH: "each-month"}
MOST_RULES = 50
"""Rules of which it is tried whether they fit in one message; of the shortest ones somewhat fewer do."""

ORDER = tuple(Scope)
"""Of rules in the overview of a server: everybody's first, since it concerns most."""


def worth_text(texts: Texts, locale: str, worth: Worth) -> str:
    """Return what a pool comes to, in a sentence."""
    values = {"images": worth.images, "members": worth.members, "period": worth.period, "model": worth.model}
    return texts.say(locale, "pool-worth", **values)


class QuotaTexts(Phrases):
    """Says in one reader's language who may use how much."""

    def whom(self, scope: Scope, owner_id: int) -> str:
        """Name whom a rule is for."""
        if scope is Scope.ROLE:
            return f"<@&{owner_id}>"
        if scope is Scope.MEMBER:
            return f"<@{owner_id}>" if owner_id else self._say("rule-for-forgotten")
        return self._say("rule-for-everybody")

    def member(self, member_id: int, quota: MemberQuota, kind: PeriodKind) -> str:
        """Return one member's rule with where each field comes from, and what is left."""
        lines = [self._say("quota-member-heading", member=Markup(f"<@{member_id}>"))]
        for name in FIELDS:
            value = self._field(name, getattr(quota.effective.rule, name), kind)
            origin = self._origin(quota.effective.origins[name])
            lines.append(
                self._say("quota-line", field=Markup(self._name(name)), value=Markup(value), origin=Markup(origin))
            )
        return "\n".join([*lines, *self.left(quota.standing, again="left-again-member")])

    def left(self, standing: Standing, *, again: str = "left-again") -> list[str]:
        """Return what is left, when it resets, and under the key ``again`` until when refused prompts make wait."""
        left = standing.left
        amounts = what_is_left(self._texts, self._locale, left.free_images, left.budget_micros, left.credit_micros)
        lines = [self._say("receipt-left", left=Markup(amounts), resets_ms=standing.terms.period.end_ms)]
        if standing.given_images:
            lines.append(self._say("left-given", images=standing.given_images))
        again_ms = standing.refused.again_ms
        return [*lines, self._say(again, again_ms=again_ms)] if again_ms else lines

    def server(
        self,
        rules: list[tuple[Scope, int, PartialRule]],
        forgotten: int,
        operator: PartialRule,
        pool: Pool,
        worth: Worth | None,
        kind: PeriodKind,
    ) -> str:
        """Return a server's rules, as many as fit in a message, what applies where they say nothing, and its pool.

        Args:
            rules: of whom is known.
            forgotten: for how many members who were forgotten rules are kept.
            operator: what applies where they say nothing.
            pool: the server's.
            worth: what that comes to; None: it has no limit.
            kind: of its periods.
        """
        ordered = sorted(rules, key=lambda one: (ORDER.index(one[0]), one[1]))
        lines = [self._rule_of(scope, owner, rule, kind) for scope, owner, rule in ordered[:MOST_RULES]]
        ending = [
            *([self._say("quota-forgotten-rules", count=forgotten)] if forgotten else []),
            self._say("quota-operator", rule=Markup(self.rule(operator, kind))),
            self._say("quota-server-hint"),
            self.pool(pool),
            *([worth_text(self._texts, self._locale, worth)] if worth is not None else []),
        ]
        while len(text := self._overview(lines, len(rules) - len(lines), ending)) > CONTENT_LIMIT:
            lines.pop()
        return text

    def _rule_of(self, scope: Scope, owner: int, rule: PartialRule, kind: PeriodKind) -> str:
        whom, says = Markup(self.whom(scope, owner)), Markup(self.rule(rule, kind))
        return self._say("quota-rule-line", whom=whom, rule=says)

    def _overview(self, lines: list[str], hidden: int, ending: list[str]) -> str:
        more = [self._say("quota-more-rules", count=hidden)] if hidden else []
        return "\n".join([self._say("quota-server-heading"), *lines, *more, *ending])

    def rule(self, rule: PartialRule, kind: PeriodKind) -> str:
        """Return the fields that a rule names, in one line."""
        named = [
            f"{self._name(name)} {self._field(name, value, kind)}"
            for name in FIELDS
            if (value := getattr(rule, name)) is not None
        ]
        return " · ".join(named) or self._say("rule-nothing")

    def instead(self, scope: Scope, instead: EffectiveRule, kind: PeriodKind) -> dict[str, str]:
        """Return by field what applies where a rule says nothing, and by whose word."""
        key = "instead-member" if scope is Scope.MEMBER else "instead"
        return {
            name: self._say(
                key,
                value=Markup(self._field(name, getattr(instead.rule, name), kind)),
                origin=Markup(self._origin(instead.origins[name])),
            )
            for name in FIELDS
        }

    def change(
        self,
        whom: str,
        before: PartialRule,
        after: PartialRule,
        kind: PeriodKind,
        instead: Mapping[str, str],
        *,
        without: Collection[str] = (),
    ) -> str:
        """Return a rule before and after, ``without`` the fields of which more is said elsewhere.

        Args:
            whom: it is for.
            before: the rule.
            after: the rule.
            kind: of the server's periods.
            instead: what applies where a field is not set any more; see ``instead``.
            without: fields.
        """
        lines = [self._say("rule-changed", whom=Markup(whom))]
        for name in (name for name in FIELDS if name not in without):
            old, new = getattr(before, name), getattr(after, name)
            if old is None and new is None:
                continue
            key = "field-unchanged" if old == new else "field-changed" if new is not None else "field-unset"
            lines.append(
                self._say(
                    key,
                    field=Markup(self._name(name)),
                    before=Markup(self._open(name, old, kind)),
                    after=Markup(self._open(name, new, kind)),
                    instead=Markup(instead[name]),
                )
            )
        return "\n".join(lines)

    def pool(self, pool: Pool) -> str:
        """Return how much of its pool a server has used."""
        if pool.limit is None:
            return self._say("pool-without-limit", amount=pool.taken, resets_ms=pool.month.end_ms)
        key = "pool-own" if pool.limit != pool.ceiling else "pool-operators"
        return self._say(key, amount=pool.taken, left=max(0, pool.limit - pool.taken), resets_ms=pool.month.end_ms)

    def pool_changed(self, before: int | None, after: int | None, ceiling: int | None) -> str:
        """Return the server's limit before and after; where it has none, the operator's counts."""
        return self._say(
            "pool-changed", before=Markup(self._limit(before, ceiling)), after=Markup(self._limit(after, ceiling))
        )

    def granted_pictures(self, member_id: int, images: int, standing: Standing) -> str:
        """Return what a member got, and how many free pictures they have now."""
        return self._say(
            "granted-pictures",
            member=Markup(f"<@{member_id}>"),
            images=images,
            free=max(0, standing.left.free_images),
            resets_ms=standing.terms.period.end_ms,
        )

    def reset_question(self, member_id: int, used: Reset, resets_ms: int) -> str:
        """Ask whether a member is to have the running period anew."""
        values = {"member": Markup(f"<@{member_id}>"), "used": Markup(self.used(used))}
        return self._say("reset-question", resets_ms=resets_ms, **values)

    def reset_done(self, member_id: int, used: Reset) -> str:
        """Return what a member has back of the running period."""
        return self._say("reset-done", member=Markup(f"<@{member_id}>"), used=Markup(self.used(used)))

    def used(self, used: Reset) -> str:
        """Name what comes back of a period."""
        free = [self._say("left-free", free_left=used.free_images)] if used.free_images else []
        budget = [self._say("left-budget", budget_left=used.budget_micros)] if used.budget_micros else []
        return self._say("left-comma").join([*free, *budget])

    def refunded(self, job: Job, back: Refund, credit_micros: int) -> str:
        """Return what a refund gave back: free images to their period, money as credit, of which this is there now."""
        values = {"number": job.number, "member": Markup(f"<@{job.member_id}>")}
        earlier = self._gone_back(job.given_back)
        lines = [self._say("refunded-rest", earlier=earlier, **values) if earlier else self._say("refunded", **values)]
        if back.free_images:
            lines.append(self._say("refunded-free", free=back.free_images))
        if back.credit_micros:
            before = credit_micros - back.credit_micros
            lines.append(self._say("refunded-paid", paid=back.credit_micros, left=before, credit_left=credit_micros))
        return "\n".join(lines)

    def _gone_back(self, back: Refund) -> str:
        """Name what went back of a charge before; "" if nothing did."""
        free = [self._say("left-free", free_left=back.free_images)] if back.free_images else []
        paid = [money(back.credit_micros, self._locale)] if back.credit_micros else []
        return Markup(self._say("left-comma").join([*free, *paid]))

    def refused(self, fault: MemberError) -> MemberError:
        """Return the refusal of a command for one bad value: none of the others was set either."""
        values = dict(fault.values)
        if "field" in values:
            values["field"] = Markup(self._name(str(values["field"])))
        return MemberError("rule-refused", why=Markup(self._say(fault.key, **values)))

    def not_set(self, fault: MemberError, field: str) -> str:
        """Return a line that says that a field of a form was not set, and why."""
        why = Markup(self._say(OF_A_FIELD.get(fault.key, fault.key), **fault.values))
        return self._say("field-not-set", field=Markup(self._name(field)), why=why)

    def receipt(self, job: Job) -> str:
        """Return one job in a line: number, time, charge, what of it was given back."""
        charge, back = job.charged, job.given_back
        values = {"number": job.number, "at_ms": job.created_ms, "model": job.request.model}
        if charge is None and not job.is_final:
            return self._say("receipt-line-open", **values)
        if charge is None or not charge.images:
            return self._say("receipt-line-nothing", **values)
        if charge.paid_micros:
            charged = self._say(
                "receipt-line-paid", images=charge.images, paid=charge.paid_micros, source=source_of(charge), **values
            )
        else:
            charged = self._say("receipt-line-free", free=charge.free_images, **values)
        return with_back(charged, given_back(self._texts, self._locale, back.free_images, back.credit_micros))

    def _limit(self, micros: int | None, ceiling: int | None) -> str:
        known = [limit for limit in (micros, ceiling) if limit is not None]
        return money(min(known), self._locale) if known else self._say("no-limit")

    def _open(self, name: str, value: int | None, kind: PeriodKind) -> str:
        return self._say("field-open") if value is None else self._field(name, value, kind)

    def _field(self, name: str, value: int, kind: PeriodKind) -> str:
        if name == "cooldown_s":
            return self._say("value-seconds", seconds=value)
        shown = money(value, self._locale) if name == MONEY_FIELD else self._say("value-number", value=value)
        return self._say(PERIODS[kind], value=Markup(shown)) if name in PERIODIC else shown

    def _name(self, name: str) -> str:
        return self._say(NAMES[name])

    def _origin(self, origin: Origin) -> str:
        if origin.scope is Scope.MEMBER:
            return self._say("origin-member")
        if origin.scope is Scope.ROLE:
            return self._say("origin-role", role=Markup(f"<@&{origin.role_id}>"))
        return self._say("origin-server" if origin.scope is Scope.SERVER else "origin-operator")
