"""Who may use how much: an admin's rules for the server, its roles and its members, over the operator's own."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum

from bot.domain.money import MICROS_PER_CNY
from bot.domain.requests.model import MOST_IMAGES
from bot.domain.requests.quota import Rule
from bot.errors import MemberError


class Scope(StrEnum):
    SERVER = "server"
    ROLE = "role"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class PartialRule:
    """A rule that leaves some fields open; the names and units are those of `Rule`."""

    free_images: int | None = None
    budget_micros: int | None = None
    images_per_job: int | None = None
    active_jobs: int | None = None
    cooldown_s: int | None = None

    @property
    def is_empty(self) -> bool:
        return all(value is None for value in asdict(self).values())

    def over(self, older: "PartialRule") -> "PartialRule":
        """Return this rule where it says something, else ``older``."""
        return replace(older, **{name: value for name, value in asdict(self).items() if value is not None})

    def without(self, names: Iterable[str]) -> "PartialRule":
        """Return this rule with these fields left open."""
        return replace(self, **dict.fromkeys(names))


FIELDS = tuple(one.name for one in fields(PartialRule))

BOUNDS = {
    "free_images": (0, 10_000),
    "budget_micros": (0, 100_000 * MICROS_PER_CNY),
    "images_per_job": (1, MOST_IMAGES),
    "active_jobs": (1, 50),
    "cooldown_s": (0, 24 * 3600),
}
"""What a field may be set to, both ends included. No model draws more images at once; the others only keep typing
errors out, since the pool and the operator's cap bind whatever a rule says."""

LESS_IS_MORE = frozenset({"cooldown_s"})
"""Fields of which the smaller value is the more generous."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a field of an effective rule comes from.

    Attributes:
        scope: None: the operator.
        role_id: the role, where one decided.
    """

    scope: Scope | None
    role_id: int = 0


@dataclass(frozen=True, slots=True)
class QuotaRules:
    """What applies to one member: the rules of the server, of those of its roles that have one, and of the member."""

    server: PartialRule = PartialRule()
    roles: Mapping[int, PartialRule] = field(default_factory=dict[int, PartialRule])
    member: PartialRule = PartialRule()


@dataclass(frozen=True, slots=True)
class EffectiveRule:
    """What a member may use, and by whose word."""

    rule: Rule
    origins: Mapping[str, Origin]


def resolve(operator: Rule, rules: QuotaRules) -> EffectiveRule:
    """Decide field by field: the member, else the most generous of the roles, else the server, else the operator."""
    values: dict[str, int] = {}
    origins: dict[str, Origin] = {}
    for name in FIELDS:
        values[name], origins[name] = _decide(name, operator, rules)
    return EffectiveRule(Rule(**values), origins)


def _decide(name: str, operator: Rule, rules: QuotaRules) -> tuple[int, Origin]:
    own: int | None = getattr(rules.member, name)
    if own is not None:
        return own, Origin(Scope.MEMBER)
    said = _said_of_roles(name, rules)
    if said:
        best = min if name in LESS_IS_MORE else max
        # Of equals the oldest role, so that the answer is the same each time.
        role_id = best(sorted(said), key=lambda role_id: said[role_id])
        return said[role_id], Origin(Scope.ROLE, role_id)
    servers: int | None = getattr(rules.server, name)
    if servers is not None:
        return servers, Origin(Scope.SERVER)
    return getattr(operator, name), Origin(None)


def _said_of_roles(name: str, rules: QuotaRules) -> dict[int, int]:
    by_role = {role_id: getattr(rule, name) for role_id, rule in rules.roles.items()}
    return {role_id: value for role_id, value in by_role.items() if value is not None}


def binding(operator: Rule, rules: QuotaRules) -> PartialRule:
    """Return what of a member's own rule gives them less than they might have without it.

    Args:
        operator: the operator's rule.
        rules: with the rules of all roles of the server: whoever has none of them now may be given one.
    """
    kept: dict[str, int] = {}
    for name in FIELDS:
        own: int | None = getattr(rules.member, name)
        if own is not None and any(_is_less(name, own, other) for other in _instead(name, operator, rules)):
            kept[name] = own
    return PartialRule(**kept)


def longest_wait_s(operator: Rule, rules: QuotaRules) -> int:
    """Return the longest time between two requests, seconds, that a member of a server may have to keep.

    Args:
        operator: the operator's rule.
        rules: with the rules of all roles of the server.
    """
    return max(rules.member.cooldown_s or 0, *_instead("cooldown_s", operator, rules))


def _instead(name: str, operator: Rule, rules: QuotaRules) -> list[int]:
    """Return what a field might be if a member had no rule of their own: everybody's, or that of some role."""
    servers: int | None = getattr(rules.server, name)
    return [getattr(operator, name) if servers is None else servers, *_said_of_roles(name, rules).values()]


def _is_less(name: str, value: int, other: int) -> bool:
    return value > other if name in LESS_IS_MORE else value < other


def check(rule: PartialRule) -> None:
    """Refuse a value that makes no sense.

    Raises:
        MemberError: naming the field, and what would do.
    """
    for fault in faults(rule).values():
        raise fault


def faults(rule: PartialRule) -> dict[str, MemberError]:
    """Return, by field, what is wrong with the values that make no sense."""
    found: dict[str, MemberError] = {}
    for name, (least, most) in BOUNDS.items():
        value: int | None = getattr(rule, name)
        if value is None or least <= value <= most:
            continue
        if name == "budget_micros":
            found[name] = MemberError("rule-out-of-bounds-money", amount=most)
        else:
            found[name] = MemberError("rule-out-of-bounds", field=name, least=least, most=most)
    return found
