"""What the operator pays, and what was used for it over all servers."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from zoneinfo import ZoneInfo

from bot.domain.time.periods import Period


@dataclass(frozen=True, slots=True)
class ModelBill:
    """One model's part of the vendor's bill.

    Attributes:
        images: that the vendor bills, those of its free tier included.
        tier_images: how many of them, and of what came in, its free tier took.
        cost_micros: micro-yuan that the vendor bills.
        doubtful_micros: micro-yuan that it may bill besides, without our knowing.
        charged_micros: micro-yuan that members were charged, from budget and credit.
        rewritings: prompts that it rewrote, of a text model; those whose answers were lost included.
        inputs: pictures that came in with settled jobs and that the vendor bills.
    """

    model: str
    images: int = 0
    tier_images: int = 0
    cost_micros: int = 0
    doubtful_micros: int = 0
    charged_micros: int = 0
    rewritings: int = 0
    inputs: int = 0

    def __add__(self, other: "ModelBill") -> "ModelBill":
        sums = {one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)[1:]}
        return ModelBill(self.model, **sums)


@dataclass(frozen=True, slots=True)
class ServerUse:
    """What one server used.

    Attributes:
        images: that were charged, free ones included.
        list_micros: their price as the pool counts it, micro-yuan.
        charged_micros: micro-yuan that its members were charged, from budget and credit.
    """

    server_id: int
    images: int
    list_micros: int
    charged_micros: int


@dataclass(frozen=True, slots=True)
class TierLeft:
    """What is left of a model's free tier at the vendor; ``ends_ms`` is the first millisecond without it."""

    model: str
    images: int
    ends_ms: int


@dataclass(frozen=True, slots=True)
class CapUse:
    """How far the month's cap is used, micro-yuan.

    Attributes:
        month: its key, such as ``2026-11``.
        limit_micros: None: no cap.
    """

    month: str
    cost_micros: int
    doubtful_micros: int
    limit_micros: int | None


@dataclass(frozen=True, slots=True)
class Bill:
    """What the operator should know of a period.

    Attributes:
        zone: in which the period's days are counted.
        models: most expensive first.
        servers: who used most first.
        tiers: as they stand now, whatever the period.
        cap: of the month that was asked for.
    """

    period: Period
    zone: ZoneInfo
    models: tuple[ModelBill, ...]
    servers: tuple[ServerUse, ...]
    tiers: tuple[TierLeft, ...]
    cap: CapUse

    @property
    def total(self) -> ModelBill:
        return total_of(self.models)

    @property
    def is_empty(self) -> bool:
        return not self.models

    def to_json(self) -> str:
        return json.dumps({**asdict(self), "zone": self.zone.key})

    @classmethod
    def from_json(cls, text: str) -> "Bill":
        """Read what ``to_json`` wrote.

        Raises:
            ValueError, KeyError, TypeError: if it is something else.
        """
        said = json.loads(text)
        return cls(
            Period(**said["period"]),
            ZoneInfo(said["zone"]),
            tuple(ModelBill(**one) for one in said["models"]),
            tuple(ServerUse(**one) for one in said["servers"]),
            tuple(TierLeft(**one) for one in said["tiers"]),
            CapUse(**said["cap"]),
        )


def total_of(parts: Iterable[ModelBill]) -> ModelBill:
    """Return the sum of some models' parts."""
    return sum(parts, ModelBill(""))


def by_model(parts: Iterable[ModelBill]) -> tuple[ModelBill, ...]:
    """Put together what belongs to the same model, most expensive first."""
    sums: dict[str, ModelBill] = {}
    for part in parts:
        sums[part.model] = sums.get(part.model, ModelBill(part.model)) + part
    return tuple(sorted(sums.values(), key=lambda bill: (-bill.cost_micros, -bill.images, bill.model)))
