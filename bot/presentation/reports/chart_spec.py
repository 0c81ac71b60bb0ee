"""What the drawing process is told: a chart with all its words, ready to be drawn."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of free and paid images.

    Attributes:
        label: whose it is.
        note: the number that stands at its end.
        rest: it sums up what has no bar of its own: only its number is shown, out of scale with the others.
    """

    label: str
    free: int
    paid: int
    note: str
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Bars under a heading; ``upright`` ones stand side by side along a time axis."""

    heading: str
    bars: tuple[Bar, ...]
    upright: bool = False


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A whole chart.

    Attributes:
        locale: the reader's, for the regional form of Han characters.
        lines: below the title.
        free: what the colour of free images means; empty where there is nothing to explain.
        paid: what the colour of paid images means.
    """

    locale: str
    title: str
    lines: tuple[str, ...]
    free: str
    paid: str
    panels: tuple[Panel, ...]

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, data: bytes) -> "ChartSpec":
        """Read what ``to_json`` wrote.

        Raises:
            ValueError, KeyError, TypeError: if it is something else.
        """
        fields = json.loads(data)
        panels = tuple(
            Panel(panel["heading"], tuple(Bar(**bar) for bar in panel["bars"]), panel["upright"])
            for panel in fields.pop("panels")
        )
        return cls(lines=tuple(fields.pop("lines")), panels=panels, **fields)
