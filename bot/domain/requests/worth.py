"""What a pool and a rule come to: how many pictures, and how many members empty it."""

from dataclasses import dataclass

from bot.domain.requests.model import Model
from bot.domain.requests.quota import Rule
from bot.domain.time.periods import PeriodKind


@dataclass(frozen=True, slots=True)
class Worth:
    """What an amount is worth in pictures of one model at its lower price.

    Attributes:
        model: which; the default, as far as a member does not choose.
        images: a month.
        members: that empty it in one period if each takes all that is theirs; 0: none can, since nothing is.
        period: of the members' free images and budget.
    """

    model: str
    images: int
    members: int
    period: PeriodKind


def worth_of(micros: int | None, model: Model, rule: Rule, period: PeriodKind) -> Worth | None:
    """Return what an amount of micro-yuan a month comes to; None where it has no end."""
    if micros is None or not model.price_micros:
        return None
    images = micros // model.price_micros
    each = rule.free_images + rule.budget_micros // model.price_micros
    return Worth(model.name, images, -(-images // each) if each else 0, period)
