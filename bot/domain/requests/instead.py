"""What a member's quota covers in place of what it does not: fewer pictures, or those of a cheaper model."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.prices import ImagePrice, price_of
from bot.domain.requests.quota import Balance, split
from bot.domain.requests.request import ImageRequest, Options, check
from bot.errors import InvalidRequest, OverQuota


@dataclass(frozen=True, slots=True)
class DeclinedRequest:
    """A request that was declined, as it was typed.

    Attributes:
        id: the interaction's that asked for it.
        options: that draw from words alone.
    """

    id: int
    server_id: int
    member_id: int
    options: Options


@dataclass(frozen=True, slots=True)
class Instead:
    """One thing that would be covered.

    Attributes:
        count: how many pictures.
        model: by which model; empty: the same.
        told_micros: what it would take of paid quota.
    """

    count: int
    model: str
    told_micros: int


class Declined(OverQuota):
    """A member's quota does not cover a request, but something else that can be had by a button.

    Attributes:
        declined_id: of the request, which is kept for a while.
        instead: what would be covered; at least one.
        is_private: its member alone was to see the pictures.
    """

    def __init__(self, refusal: OverQuota, declined_id: int, instead: list[Instead], *, is_private: bool) -> None:
        super().__init__(refusal.key, **refusal.values)
        self.declined_id = declined_id
        self.instead = instead
        self.is_private = is_private


def instead_of(options: Options, models: Catalogue, left: Balance) -> list[Instead]:
    """Return what a member's quota covers in place of a request that it does not.

    Args:
        options: that draw from words alone.
        models: that may be used.
        left: what the member has left.
    """
    asked = _checked(options, models)
    if asked is None:
        return []
    price = _price(asked, models)
    fewer = next(_covered(price, range(asked.count - 1, 0, -1), "", left), None)
    cheaper = _cheaper(options, asked, price, models, left)
    return [one for one in (fewer, cheaper) if one is not None]


def as_declined(declined: DeclinedRequest, *, count: int, model: str, told_micros: int) -> Options:
    """Return what asks for something else than was declined; an empty model is the same as before."""
    options = replace(declined.options, count=count, told_micros=told_micros)
    return replace(options, model=model) if model else options


def _cheaper(
    options: Options, asked: ImageRequest, price: ImagePrice, models: Catalogue, left: Balance
) -> Instead | None:
    """Return the same number by the dearest of the cheaper models that is covered: it draws about as well."""
    found: list[tuple[int, Instead]] = []
    for name in models:
        other = _checked(replace(options, model=name), models)
        if other is None or (cost := _price(other, models)).asked >= price.asked:
            continue
        found += [(cost.asked, one) for one in _covered(cost, [asked.count], name, left)]
    return max(found, key=lambda one: one[0])[1] if found else None


def _covered(price: ImagePrice, counts: range | list[int], model: str, left: Balance) -> Iterator[Instead]:
    for count in counts:
        parts = split(count, price.asked, left)
        if parts is not None:
            yield Instead(count, model, parts.paid_micros)


def _price(asked: ImageRequest, models: Catalogue) -> ImagePrice:
    return price_of(models[asked.model], asked.size, rewrites=asked.prompt_extend)


def _checked(options: Options, models: Catalogue) -> ImageRequest | None:
    try:
        return check(options, models, drawn_seed=0)
    except InvalidRequest:
        return None
