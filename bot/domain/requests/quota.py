"""Rules, and what a request takes from a member's quota."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.model import FreeTier
from bot.domain.requests.refused_prompts import RefusedPrompts
from bot.domain.time.periods import Period


@dataclass(frozen=True, slots=True)
class Rule:
    """What one member may use.

    Attributes:
        free_images: images per period that charge nothing.
        budget_micros: micro-yuan per period for paid images.
        images_per_job: most images in one request.
        active_jobs: most jobs of the member that are not final.
        cooldown_s: seconds between two requests of the member.
    """

    free_images: int
    budget_micros: int
    images_per_job: int
    active_jobs: int
    cooldown_s: int


@dataclass(frozen=True, slots=True)
class Terms:
    """All that a hold is checked against, as it stands when the hold is made.

    Attributes:
        period: the member's, for allowance and budget.
        month: the calendar month of pool and operator cap.
        day: the calendar day, for the number of prompts that are rewritten.
        pool_micros: what the server may use per month at list price; None: no ceiling.
        cap_micros: what the vendor may bill per month over everything; None: no cap.
        catalogue: prices and free tiers of all models, which the cap needs.
        longest_queue: jobs that may wait in one lane.
        is_own_pool: the server's admins set that, and can raise it.
    """

    rule: Rule
    period: Period
    month: Period
    day: Period
    pool_micros: int | None
    cap_micros: int | None
    catalogue: Catalogue
    longest_queue: int
    is_own_pool: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """How a number of images is paid: ``free_images`` by the allowance, the rest in micro-yuan."""

    free_images: int
    budget_micros: int
    credit_micros: int

    @property
    def paid_micros(self) -> int:
        return self.budget_micros + self.credit_micros


@dataclass(frozen=True, slots=True)
class Balance:
    """What a member has left; all of it counts open holds as used.

    Attributes:
        free_images: left of the allowance.
        budget_micros: left of the budget.
        credit_micros: left of the credit.
    """

    free_images: int
    budget_micros: int
    credit_micros: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member has left, and under which terms.

    Attributes:
        refused: whether they have to wait for their refused prompts.
        given_images: free images that admins gave them in the period on top of their rule's.
    """

    left: Balance
    terms: Terms
    refused: RefusedPrompts = field(default_factory=RefusedPrompts)
    given_images: int = 0


@dataclass(frozen=True, slots=True)
class Refund:
    """What a refund gives back of a job's charge: free images to their own period, micro-yuan as credit."""

    free_images: int
    credit_micros: int


@dataclass(frozen=True, slots=True)
class Reset:
    """What a member is given anew of a period: all that they have used of its free images and its budget."""

    free_images: int
    budget_micros: int


def is_nearly_out(left: Balance, rule: Rule, given_images: int, price_micros: int) -> bool:
    """Whether less than a fifth is left of what a period gives a member, and at least one picture.

    Counted in pictures: free ones, and those that money is enough for.

    Args:
        left: what the member has.
        rule: theirs.
        given_images: free images that admins gave them on top.
        price_micros: of a picture.
    """
    price, credit = max(1, price_micros), max(0, left.credit_micros)
    pictures = max(0, left.free_images) + (max(0, left.budget_micros) + credit) // price
    had = rule.free_images + given_images + (rule.budget_micros + credit) // price
    return 0 < pictures * 5 < had


def split(images: int, price_micros: int, left: Balance, *, inputs_micros: int = 0) -> Split | None:
    """Pay for ``images``: allowance first, then budget, then credit; None where they don't cover it.

    Args:
        images: how many.
        price_micros: of each.
        left: what the member has left.
        inputs_micros: of all pictures that come in with them.
    """
    free = min(images, max(0, left.free_images))
    due = _due(images - free, price_micros, inputs_micros)
    from_budget = min(due, max(0, left.budget_micros))
    from_credit = due - from_budget
    if from_credit > max(0, left.credit_micros):
        return None
    return Split(free, from_budget, from_credit)


def settle(held: Split, images: int, price_micros: int, *, inputs_micros: int = 0) -> Split:
    """Return what is charged where only ``images`` of those held came: credit returns first, then budget, then free."""
    free = min(images, held.free_images)
    due = _due(images - free, price_micros, inputs_micros)
    from_budget = min(due, held.budget_micros)
    return Split(free, from_budget, due - from_budget)


def _due(paid_images: int, price_micros: int, inputs_micros: int) -> int:
    """Return what images cost that are not free; free ones bring along for nothing what comes in with them."""
    return paid_images * price_micros + inputs_micros if paid_images else 0


TIER_MARGIN_MS = 48 * 3600 * 1000
"""A free tier that ends within two days counts as gone for the cap: a job may be billed up to a day after its hold."""


def tier_left(tier: FreeTier | None, used: int, now_ms: int, *, margin_ms: int = 0) -> int:
    """Return the images left of a model's free tier, if it has begun and lasts ``margin_ms`` longer."""
    if tier is None or not tier.starts_ms <= now_ms < tier.expires_ms - margin_ms:
        return 0
    return max(0, tier.images - tier.used_before - used)


def worst_cost(open_images: Mapping[int, int], tier: FreeTier | None, used: int, now_ms: int) -> int:
    """Return the most that one model's open holds can still cost, micro-yuan: what is beyond its free tier.

    Args:
        open_images: how many are held at each price, micro-yuan; pictures that come in among them, if they are billed.
        tier: the model's.
        used: images that the tier has given already.
        now_ms: when.
    """
    return cost_beyond(tier_left(tier, used, now_ms, margin_ms=TIER_MARGIN_MS), open_images.items())


def cost_beyond(free: int, priced: Iterable[tuple[int, int]]) -> int:
    """Return what pictures cost of which ``free`` are free, micro-yuan.

    Args:
        free: how many the free tier covers.
        priced: pairs of a price in micro-yuan and of how many have it.
    """
    cost = 0
    # Which of them are billed first is not known: at worst the tier covers the cheapest.
    for price_micros, images in sorted(priced):
        covered = min(free, images)
        free -= covered
        cost += (images - covered) * price_micros
    return cost
