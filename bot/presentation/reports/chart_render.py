"""Draws a chart: ``python -m bot.presentation.reports.chart_render`` takes JSON on stdin and gives a PNG on stdout.

The plotting library is imported here and nowhere else, and this module only in a process of its own, so that neither
its memory nor its start is the bot's.
"""

import io
import os
import sys
import unicodedata
from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.ticker import MaxNLocator
from noto_cjk_sans_otc import FONT_PATH

from bot.presentation.reports.chart_spec import Bar, ChartSpec, Panel

# The card is opaque and has its own dark ground, so that its contrasts are the same on Discord's dark and light themes.
GROUND = "#1e1f22"
TEXT = "#f2f3f5"
FAINT_TEXT = "#b5bac1"
GRID = "#4e5058"
FREE = "#4fc3f7"
PAID = "#ffb74d"

DPI = 100
WIDTH = 1000
"""Pixels. Discord shows a picture about 550 wide in the chat: text of 22 is read as one of 12."""

MARGIN = 40
LABELS = 270
"""Pixels for the labels left of the bars."""

ROW = 42
THICKNESS = 0.62
UPRIGHT_HEIGHT = 230
HEADING = 64
TITLE_SIZE, HEADING_SIZE, TEXT_SIZE, SMALL_SIZE = 34, 24, 22, 19
MOST_NUMBERS = 14
"""Upright bars that have room for a number each; of more, only the highest is named."""

MOST_DATES = 8
FALLBACK = "DejaVu Sans"
"""Comes with matplotlib and has what the first font lacks: Arabic, Hebrew, symbols."""

MISSING = "□"
LANGUAGES = {"ja": "JP", "ko": "KR", "zh-TW": "TC", "zh-HK": "HK"}


class Canvas:
    """A figure measured in pixels from its upper left corner, with one font at hand."""

    def __init__(self, height: int, locale: str) -> None:
        fontManager.addfont(str(FONT_PATH))
        face = LANGUAGES.get(locale) or LANGUAGES.get(locale.partition("-")[0], "SC")
        mpl.rcParams.update(
            {
                "font.family": [f"Noto Sans CJK {face}", FALLBACK],
                "text.parse_math": False,  # a name may hold $: it is no formula
                "axes.unicode_minus": False,
            }
        )
        self.height = height
        self.figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor=GROUND)
        self._agg = FigureCanvasAgg(self.figure)
        self._known = {code for family in mpl.rcParams["font.family"] for code in _characters(family)}

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Return bare axes at a place in pixels."""
        bottom = self.height - top - height
        axes = self.figure.add_axes((left / WIDTH, bottom / self.height, width / WIDTH, height / self.height))
        axes.set_facecolor(GROUND)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, labelsize=_points(SMALL_SIZE), labelcolor=FAINT_TEXT)
        return axes

    def write(self, text: str, left: float, middle: float, size: int, *, color: str = TEXT, room: float = 0) -> float:
        """Write one line, cut to ``room`` pixels (by default to the margin); return its width in pixels."""
        text = self.fitted(text, size, room or WIDTH - MARGIN - left)
        at = (left / WIDTH, 1 - middle / self.height)
        self.figure.text(*at, text, fontsize=_points(size), color=color, va="center_baseline")
        return self.width(text, size)

    def width(self, text: str, size: int) -> float:
        """Measure one line in pixels."""
        font = FontProperties(size=_points(size))
        return self._agg.get_renderer().get_text_width_height_descent(text, font, ismath=False)[0]

    def fitted(self, text: str, size: int, room: float) -> str:
        """Return what can be drawn of ``text`` within ``room`` pixels; a cut is shown by an ellipsis."""
        text = self.drawable(text)
        if self.width(text, size) <= room:
            return text
        for end in range(len(text) - 1, 0, -1):
            # A character isn't cut from the marks that belong to it.
            if not unicodedata.combining(text[end]):
                shorter = text[:end].rstrip() + "…"
                if self.width(shorter, size) <= room:
                    return shorter
        return "…"

    def drawable(self, text: str) -> str:
        """Put one box for each run of characters that no font has, emoji mostly; what shows nothing goes without."""
        drawn: list[str] = []
        for character in text:
            invisible = unicodedata.category(character) in {"Cf", "Mn", "Me"}
            boxed = drawn[-1:] == [MISSING]
            if ord(character) in self._known and not (invisible and boxed):
                drawn.append(character)
            elif not invisible and not boxed:
                drawn.append(MISSING)
        return "".join(drawn)

    def png(self) -> bytes:
        """Return the picture."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()


def draw(spec: ChartSpec) -> bytes:
    """Draw a chart as a PNG of `WIDTH` pixels and the height that it takes."""
    top = MARGIN + 50 + 34 * len(spec.lines) + (44 if spec.free else 0)
    heights = [HEADING + (UPRIGHT_HEIGHT if panel.upright else ROW * len(panel.bars)) for panel in spec.panels]
    canvas = Canvas(top + sum(heights) + MARGIN, spec.locale)
    canvas.write(spec.title, MARGIN, MARGIN + 16, TITLE_SIZE)
    for number, line in enumerate(spec.lines):
        canvas.write(line, MARGIN, MARGIN + 66 + 34 * number, TEXT_SIZE, color=FAINT_TEXT)
    if spec.free:
        _legend(canvas, spec, top - 14)
    for panel, height in zip(spec.panels, heights, strict=True):
        canvas.write(panel.heading, MARGIN, top + 36, HEADING_SIZE)
        (_upright if panel.upright else _lying)(canvas, panel, top + HEADING)
        top += height
    return canvas.png()


def _legend(canvas: Canvas, spec: ChartSpec, middle: float) -> None:
    left: float = MARGIN
    for color, meaning in ((FREE, spec.free), (PAID, spec.paid)):
        canvas.axes(left, middle - 9, 18, 18).set(facecolor=color, xticks=[], yticks=[])
        left += 28 + canvas.write(meaning, left + 28, middle, TEXT_SIZE) + 36


def _lying(canvas: Canvas, panel: Panel, top: float) -> None:
    """Bars from left to right, with the label before each and the number behind it."""
    bars = panel.bars
    room = WIDTH - 2 * MARGIN - LABELS
    axes = canvas.axes(MARGIN + LABELS, top, room, ROW * len(bars))
    _stack(axes, bars, upright=False)
    notes = [canvas.width(bar.note, TEXT_SIZE) + 14 for bar in bars]
    # The scale at which each bar and the number behind it fit side by side.
    scale = min((room - note) / max(1, sum(_shown(bar))) for bar, note in zip(bars, notes, strict=True))
    axes.set(xlim=(0, room / scale), ylim=(len(bars) - 0.5, -0.5), xticks=[])
    labels = [canvas.fitted(bar.label, TEXT_SIZE, LABELS - 20) for bar in bars]
    axes.set_yticks(range(len(bars)), labels, fontsize=_points(TEXT_SIZE), color=TEXT)
    axes.tick_params(axis="y", pad=10)
    for row, bar in enumerate(bars):
        axes.annotate(
            canvas.drawable(bar.note),
            (sum(_shown(bar)), row),
            (_points(0 if bar.rest else 10), 0),
            textcoords="offset points",
            va="center_baseline",
            fontsize=_points(TEXT_SIZE),
            color=FAINT_TEXT if bar.rest else TEXT,
        )


def _upright(canvas: Canvas, panel: Panel, top: float) -> None:
    """Bars side by side along a time axis."""
    bars = panel.bars
    axes = canvas.axes(MARGIN + 60, top + 10, WIDTH - 2 * MARGIN - 60, UPRIGHT_HEIGHT - 40)
    highest = max(bar.free + bar.paid for bar in bars)
    _stack(axes, bars, upright=True)
    axes.set(xlim=(-0.5, len(bars) - 0.5), ylim=(0, max(1, highest) * 1.18))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    axes.tick_params(axis="x", pad=6)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    step = -(-len(bars) // MOST_DATES)
    places = range(0, len(bars), step)
    room = (WIDTH - 2 * MARGIN - 60) / len(bars) * step - 10
    labels = [canvas.fitted(bars[place].label, SMALL_SIZE, room) for place in places]
    axes.set_xticks(places, labels, fontsize=_points(SMALL_SIZE))
    numbered = range(len(bars)) if len(bars) <= MOST_NUMBERS else [[b.free + b.paid for b in bars].index(highest)]
    for place in numbered:
        height = bars[place].free + bars[place].paid
        if height:
            axes.annotate(
                bars[place].note,
                (place, height),
                (0, _points(5)),
                textcoords="offset points",
                ha="center",
                fontsize=_points(SMALL_SIZE),
                color=TEXT,
            )


def _stack(axes: Axes, bars: Sequence[Bar], *, upright: bool) -> None:
    """Put paid images onto free ones, with a seam between them: the two colours are about equally light."""
    places = range(len(bars))
    free, paid = [_shown(bar)[0] for bar in bars], [_shown(bar)[1] for bar in bars]
    both = [place for place in places if free[place] and paid[place]]
    near, far = [place - THICKNESS / 2 for place in both], [place + THICKNESS / 2 for place in both]
    seams = [free[place] for place in both]
    if upright:
        axes.bar(places, free, THICKNESS, color=FREE)
        axes.bar(places, paid, THICKNESS, bottom=free, color=PAID)
        axes.hlines(seams, near, far, color=GROUND, linewidth=_points(2))
    else:
        axes.barh(places, free, THICKNESS, color=FREE)
        axes.barh(places, paid, THICKNESS, left=free, color=PAID)
        axes.vlines(seams, near, far, color=GROUND, linewidth=_points(2))


def _shown(bar: Bar) -> tuple[int, int]:
    """Return the lengths of a bar's parts; what sums up the rest has none, or it would dwarf all others."""
    return (0, 0) if bar.rest else (bar.free, bar.paid)


def _characters(family: str) -> set[int]:
    return set(get_font(findfont(family, fallback_to_default=False)).get_charmap())


def _points(pixels: int) -> float:
    return pixels * 72 / DPI


def main() -> None:
    """Draw the chart that stdin describes."""
    os.nice(10)  # the bot's answers come first
    mpl.use("agg")
    sys.stdout.buffer.write(draw(ChartSpec.from_json(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
