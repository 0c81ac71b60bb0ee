import importlib
import io
from collections.abc import Generator
from itertools import pairwise
from types import ModuleType

import pytest
from PIL import Image, ImageChops, ImageColor

from bot.presentation.kit.names import on_one_line
from bot.presentation.kit.texts import Texts
from bot.presentation.reports.chart_spec import Bar, ChartSpec, Panel
from bot.presentation.reports.usage import chart_spec_of
from tests.unit.presentation.usage_reports import crowd

HOSTILE = [
    "$\\frac{1}{2}$ $x",
    "$\\frac$",
    "مرحبا بالعالم",
    "שלום world",
    "W" * 64,
    "龍" * 64,
    "🎨👨‍👩‍👧‍👦🏳️‍🌈",
    "Z̷̡̛͓͔a̷l̴g̸o̶",
    "\u202eevil\u202c",
    "𠮷野家 𓀀𓀁 ༄༅",
    "_^{}%&#~\\",
    "かな 한글 हिन्दी ไทย",
]


@pytest.fixture(scope="module")
def drawing(tmp_path_factory) -> Generator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPLCONFIGDIR", str(tmp_path_factory.mktemp("fonts")))
        yield importlib.import_module("bot.presentation.reports.chart_render")


def spec(*bars: Bar, upright: bool = False, title: str = "Title", locale: str = "en-US") -> ChartSpec:
    return ChartSpec(locale, title, ("line",), "free", "paid", (Panel("Panel", bars, upright),))


def picture(drawing: ModuleType, spec: ChartSpec) -> Image.Image:
    return Image.open(io.BytesIO(drawing.draw(spec)))


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [part / 255 for part in ImageColor.getrgb(color)[:3]]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def runs(image: Image.Image, color: str, row: int) -> list[int]:
    """The lengths of the runs of a colour in one row of pixels, from the left."""
    wanted = ImageColor.getrgb(color)
    line = [image.getpixel((x, row))[:3] == wanted for x in range(image.width)]  # pyright: ignore[reportOptionalSubscript, reportIndexIssue]
    edges = [x for x, (before, here) in enumerate(pairwise([False, *line, False])) if before != here]
    return [end - start for start, end in zip(edges[::2], edges[1::2], strict=True)]


def longest(image: Image.Image, color: str) -> list[int]:
    """The longest run of a colour in each row that has one, from the top; rows alike are given once."""
    found: list[int] = []
    for row in range(image.height):
        if (run := max(runs(image, color, row), default=0)) and found[-1:] != [run]:
            found.append(run)
    return found


def test_the_contrasts_are_the_cards_own_on_every_theme(drawing):
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast(drawing.TEXT, drawing.GROUND) >= 4.5
    assert contrast(drawing.FAINT_TEXT, drawing.GROUND) >= 4.5
    assert contrast(drawing.FREE, drawing.GROUND) >= 4.5
    assert contrast(drawing.PAID, drawing.GROUND) >= 4.5
    image = picture(drawing, spec(Bar("a", 1, 1, "2")))
    assert image.getchannel("A").getextrema() == (255, 255)
    ground = ImageColor.getrgb(drawing.GROUND)
    corners = [(x, y) for x in (0, image.width - 1) for y in (0, image.height - 1)]
    assert {image.convert("RGB").getpixel(corner) for corner in corners} == {ground}


def test_bars_are_as_long_as_what_they_show(drawing):
    image = picture(drawing, spec(Bar("a", 300, 100, "400"), Bar("b", 60, 20, "80"), Bar("c", 10, 0, "10")))
    # The first run is the legend's square.
    _, *free = longest(image, drawing.FREE)
    _, *paid = longest(image, drawing.PAID)
    assert [bar / free[0] for bar in free] == pytest.approx([1, 60 / 300, 10 / 300], abs=0.01)
    assert [bar / free[0] for bar in paid] == pytest.approx([100 / 300, 20 / 300], abs=0.01)


def test_the_others_together_have_a_number_and_no_bar_that_dwarfs_the_rest(drawing):
    alone = picture(drawing, spec(Bar("a", 9, 0, "9"), Bar("b", 3, 0, "3")))
    crowded = picture(
        drawing, spec(Bar("a", 9, 0, "9"), Bar("b", 3, 0, "3"), Bar("others", 9999, 0, "9,999", rest=True))
    )
    assert longest(crowded, drawing.FREE) == longest(alone, drawing.FREE)


@pytest.mark.parametrize("upright", [False, True])
def test_no_name_breaks_the_picture_or_reaches_its_edge(drawing, upright):
    bars = [Bar(on_one_line(name), 7, 2, "9") for name in HOSTILE]
    image = picture(drawing, spec(*bars, upright=upright, title=" ".join(HOSTILE))).convert("RGB")
    box = ImageChops.difference(image, Image.new("RGB", image.size, drawing.GROUND)).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert min(left, top, image.width - right, image.height - bottom) >= 20


def test_every_line_is_cut_to_its_room_and_a_short_one_is_whole(drawing):
    canvas = drawing.Canvas(200, "zh-CN")
    for name in map(on_one_line, HOSTILE):
        shown = canvas.fitted(name, drawing.TEXT_SIZE, 120)
        assert canvas.width(shown, drawing.TEXT_SIZE) <= 120
        assert shown.endswith("…") or shown == canvas.drawable(name)
    assert canvas.fitted("小明", drawing.TEXT_SIZE, 120) == "小明"
    assert canvas.fitted("龍" * 9, drawing.TEXT_SIZE, 120) == "龍龍龍龍…"
    assert canvas.fitted("龍", drawing.TEXT_SIZE, 1) == "…"
    marked = canvas.fitted("q\u0301" * 40, drawing.TEXT_SIZE, 120)
    assert marked == "q\u0301" * (len(marked) // 2) + "…"


def test_chinese_japanese_and_korean_are_drawn_and_not_boxed(drawing):
    canvas = drawing.Canvas(200, "en-US")
    for text in (
        "简体繁體𠮷",
        "ひらがなカタカナ",
        "한글",
        "مرحبا",
        "שלום",
        "Ünïçødé Ελλάδα Кириллица",
        "¥1,234.50 · …",
    ):
        assert canvas.drawable(text) == text


def test_what_no_font_has_becomes_one_box_and_what_shows_nothing_goes(drawing):
    canvas = drawing.Canvas(200, "en-US")
    assert canvas.drawable("a𓀀𓀁𓀂b") == "a□b"
    assert canvas.drawable("🏳️‍🌈") == "□"
    assert canvas.drawable("e\U000e0100") == "e"


@pytest.mark.slow
def test_no_character_of_any_plane_makes_the_library_warn(drawing):
    # Warnings are errors here; a glyph that the fonts lack would be one.
    samples = ["".join(map(chr, range(start, start + 0x10000, 0x3B))) for start in range(0, 0x110000, 0x10000)]
    names = [on_one_line(plane[at : at + 60]) for plane in samples for at in range(0, len(plane), 60)]
    assert sum(map(bool, names)) > 50
    drawing.draw(spec(*(Bar(name, 1, 0, "1") for name in names)))


@pytest.mark.parametrize(
    ("locale", "face"), [("zh-CN", "SC"), ("zh-TW", "TC"), ("ja", "JP"), ("ko", "KR"), ("en-GB", "SC")]
)
def test_han_characters_have_the_form_of_the_readers_region(drawing, locale, face):
    drawing.Canvas(200, locale)
    assert drawing.mpl.rcParams["font.family"][0] == f"Noto Sans CJK {face}"


def test_a_month_of_days_names_only_its_highest(drawing):
    days = [Bar(f"11/{day}", day % 7, 0, str(day)) for day in range(1, 31)]
    week = days[:7]
    assert picture(drawing, spec(*days, upright=True)).size == picture(drawing, spec(*week, upright=True)).size
    assert picture(drawing, spec(*(Bar("11/1", 0, 0, "0") for _ in range(7)), upright=True)).width == drawing.WIDTH


def test_nothing_used_is_a_small_card_with_words(drawing):
    image = picture(drawing, ChartSpec("en-US", "Title", ("when", "nothing"), "", "", ()))
    assert image.height < 250
    assert len(image.getcolors(1 << 16) or ()) > 10


def test_the_process_reads_a_sheet_and_writes_a_picture(drawing, monkeypatch):
    source, target = io.BytesIO(chart_spec_of(crowd(3), {}, "x", Texts.load(), "en-US").to_json()), io.BytesIO()
    monkeypatch.setattr(drawing.sys, "stdin", io.TextIOWrapper(source))
    monkeypatch.setattr(drawing.sys, "stdout", io.TextIOWrapper(target))
    monkeypatch.setattr(drawing.os, "nice", lambda step: step)
    drawing.main()
    assert target.getvalue().startswith(b"\x89PNG")
