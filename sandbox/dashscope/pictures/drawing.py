"""Pictures that a person can tell apart and likes to look at: the same for the same prompt, seed and size."""

import hashlib
import io
import random
import re
import struct
import zlib
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from sandbox.dashscope.boxes import Boxes
from sandbox.dashscope.functions import ENLARGE, Change
from sandbox.dashscope.pictures import scenery
from sandbox.dashscope.pictures.editing import changed, edited, enlarged
from sandbox.dashscope.pictures.scenery import Colour, blend
from sandbox.dashscope.pictures.watermark import put_on

_FINER = 2  # Shapes are drawn at twice the size and scaled down, for smooth edges.


@dataclass(frozen=True)
class Palette:
    """The colours of an hour: the sky from top to horizon, the sun, far and near ground, an accent."""

    sky: tuple[Colour, ...]
    sun: Colour
    far: Colour
    near: Colour
    accent: Colour
    stars: bool = False


PALETTES = (
    Palette(  # dusk
        ((52, 66, 120), (178, 110, 148), (250, 178, 130), (255, 222, 170)),
        (255, 240, 205), (150, 96, 128), (44, 34, 66), (255, 150, 110),
    ),
    Palette(  # noon
        ((96, 170, 226), (160, 208, 238), (226, 240, 240)),
        (255, 250, 222), (140, 184, 190), (38, 98, 84), (250, 208, 90),
    ),
    Palette(  # night
        ((10, 16, 46), (26, 42, 92), (66, 84, 140)),
        (244, 240, 220), (48, 62, 112), (10, 16, 36), (255, 206, 120), stars=True,
    ),
    Palette(  # dawn
        ((250, 190, 160), (252, 214, 190), (255, 240, 226)),
        (240, 110, 90), (226, 160, 150), (110, 60, 82), (240, 90, 110),
    ),
    Palette(  # teal morning
        ((24, 78, 96), (74, 148, 150), (196, 222, 196)),
        (252, 246, 214), (88, 150, 146), (12, 54, 62), (248, 162, 110),
    ),
    Palette(  # violet evening
        ((60, 36, 92), (140, 70, 140), (240, 128, 140), (255, 196, 150)),
        (255, 226, 170), (120, 66, 124), (36, 20, 58), (255, 180, 120),
    ),
)  # fmt: skip

_SCENES = (
    (("猫", "cat", "kitten"), scenery.cat),
    (("店", "房", "屋", "shop", "store", "house", "cottage", "cafe"), scenery.shop),
    (("花", "flower", "rose", "garden"), scenery.flowers),
    (("海", "sea", "ocean", "湖", "lake", "船", "boat"), scenery.sea),
    (("城", "city", "街", "street", "tokyo"), scenery.city),
    (("林", "树", "forest", "tree", "森"), scenery.forest),
    (("山", "mountain", "雪", "snow"), scenery.mountains),
)

_COLOURS: tuple[tuple[str, str, Colour], ...] = (
    ("orange|ginger", "橘黄|橘|橙", (242, 146, 52)),
    ("red|crimson", "红", (214, 58, 52)),
    ("yellow|golden", "金黄|黄|金", (246, 204, 74)),
    ("green", "绿", (78, 158, 92)),
    ("blue", "蓝", (70, 124, 206)),
    ("purple|violet", "紫", (142, 92, 190)),
    ("pink", "粉红|粉", (244, 158, 184)),
    ("brown", "棕|褐", (140, 92, 58)),
    ("gr[ea]y", "灰", (150, 152, 160)),
    ("white", "白", (244, 242, 238)),
    ("black", "黑", (30, 28, 36)),
)
_THINGS = "色|的|猫|花|玫瑰|房|屋|店|船"
"""In Chinese a colour is followed by one of these; by itself 黄昏 is no yellow, and 黑夜 no black."""

_NIGHTLY = ("夜", "night", "星", "star", "moon", "月")


def draw(
    prompt: str,
    seed: int,
    size: tuple[int, int],
    *,
    watermark: bool = False,
    pictures: tuple[bytes, ...] = (),
    change: Change | None = None,
    boxes: Boxes = (),
) -> bytes:
    """Draw the PNG of ``size`` (width, height, pixels) that belongs to ``prompt`` and ``seed``, or to ``pictures``."""
    if change is not None and change.function == ENLARGE:
        # A scene of that size would take gigabytes.
        return _png(enlarged(pictures[0], size))
    chance = random.Random(hashlib.sha256(f"{prompt}\0{seed}\0{size}".encode()).digest())
    palette = _palette(prompt, seed)
    width, height = size
    image = _sky(palette, size)
    if palette.stars:
        _stars(image, chance)
    sun = (chance.uniform(0.2, 0.8) * width, chance.uniform(0.2, 0.46) * height)
    _sun(image, palette, sun, chance.uniform(0.055, 0.1) * min(size))
    _clouds(image, palette, chance)
    # What has edges is drawn finely; the soft rest survives doubling and halving unchanged.
    fine = image.resize((width * _FINER, height * _FINER), Image.Resampling.NEAREST)
    scene = scenery.Scene(
        ImageDraw.Draw(fine),
        fine.size,
        chance,
        palette.far,
        palette.near,
        palette.accent,
        palette.sky[-1],
        _named_colour(prompt),
    )
    _scene(prompt, chance)(scene, sun[0] * _FINER)
    image = fine.reduce(_FINER)
    if change is not None:
        image = changed(image, pictures[0], change)
    elif pictures:
        image = edited(image, pictures, boxes)
    if watermark:
        put_on(image)
    return _png(image)


def padded(png: bytes, size_bytes: int) -> bytes:
    """Grow ``png`` to ``size_bytes`` with a chunk that viewers skip; it stays a valid picture."""
    end = png.rindex(b"IEND") - 4
    spare = size_bytes - len(png) - 12
    if spare < 0:
        raise ValueError(f"the picture already has {len(png)} bytes")
    chunk = b"paDd" + bytes(spare)
    return png[:end] + struct.pack(">I", spare) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png[end:]


def _palette(prompt: str, seed: int) -> Palette:
    if _mentions(prompt, _NIGHTLY):
        return next(palette for palette in PALETTES if palette.stars)
    # The next seed shows another hour: the four images of one task are told apart at a glance.
    return PALETTES[(hashlib.sha256(prompt.encode()).digest()[0] + seed) % len(PALETTES)]


def _scene(prompt: str, chance: random.Random) -> scenery.Painter:
    for words, painter in _SCENES:
        if _mentions(prompt, words):
            return painter
    return chance.choice((scenery.mountains, scenery.sea, scenery.forest, scenery.flowers))


def _named_colour(prompt: str) -> Colour | None:
    """The first colour that ``prompt`` names."""
    found = [
        (match.start(), colour)
        for english, chinese, colour in _COLOURS
        if (match := re.search(rf"\b(?:{english})\b|(?:{chinese})(?:{_THINGS})", prompt.lower()))
    ]
    return min(found)[1] if found else None


def _mentions(prompt: str, words: tuple[str, ...]) -> bool:
    """Whether one of ``words`` stands in ``prompt``: Chinese anywhere, English only as a word of its own."""
    english = set(re.findall(r"[a-z]+", prompt.lower()))
    return any(word in english or word + "s" in english or (not word.isascii() and word in prompt) for word in words)


def _sky(palette: Palette, size: tuple[int, int]) -> Image.Image:
    steps = len(palette.sky) - 1
    column = Image.new("RGB", (1, 256))
    for y in range(256):
        place = min(y / 200, 1.0) * steps
        upper = min(int(place), steps - 1)
        column.putpixel((0, y), blend(palette.sky[upper], palette.sky[upper + 1], place - upper))
    return column.resize(size, Image.Resampling.BICUBIC)


def _stars(image: Image.Image, chance: random.Random) -> None:
    pen = ImageDraw.Draw(image)
    for _ in range(140):
        x, y = chance.uniform(0, image.width), chance.uniform(0, 0.6) ** 1.3 * image.height
        radius = chance.uniform(0.4, 1.6) * min(image.size) / 1024
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(236, 236, 250))


def _sun(image: Image.Image, palette: Palette, at: tuple[float, float], radius: float) -> None:
    for spread, strength in ((7.0, 0.55), (2.6, 0.5)):
        side = int(radius * spread)
        glow = Image.radial_gradient("L").point([int(max(0, 1 - v / 127) ** 1.7 * 255 * strength) for v in range(256)])
        glow = glow.resize((side, side), Image.Resampling.BICUBIC)
        image.paste(palette.sun, (int(at[0] - side / 2), int(at[1] - side / 2)), glow)
    disc = Image.new("L", (int(radius * 8), int(radius * 8)))
    ImageDraw.Draw(disc).ellipse((0, 0, disc.width - 1, disc.height - 1), fill=255)
    disc = disc.reduce(4)
    image.paste(palette.sun, (int(at[0] - radius), int(at[1] - radius)), disc)


def _clouds(image: Image.Image, palette: Palette, chance: random.Random) -> None:
    mask = Image.new("L", (image.width // 8, image.height // 8))
    pen = ImageDraw.Draw(mask)
    for _ in range(chance.randint(3, 6)):
        x, y = chance.uniform(-0.1, 1) * mask.width, chance.uniform(0.06, 0.5) * mask.height
        for _ in range(9):
            left, top = x + chance.gauss(0, 0.09) * mask.width, y + chance.gauss(0, 0.012) * mask.height
            long = chance.uniform(0.05, 0.16) * mask.width
            pen.ellipse((left, top, left + long, top + long * 0.17), fill=chance.randint(40, 110))
    mask = mask.filter(ImageFilter.GaussianBlur(mask.width / 70)).resize(image.size, Image.Resampling.BICUBIC)
    image.paste(blend(palette.sky[-1], (255, 255, 255), 0.5), (0, 0), mask)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()
