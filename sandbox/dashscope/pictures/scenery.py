"""What stands in front of the sky: each painter draws one kind of place."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL import ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]


def blend(one: Colour, other: Colour, share: float) -> Colour:
    """The colour ``share`` of the way from ``one`` to ``other``."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


@dataclass
class Scene:
    """A picture to draw on, in its own pixels, with its colours.

    Attributes:
        named: the colour that the prompt names for what the picture is of; None leaves it to the palette.
    """

    pen: ImageDraw.ImageDraw
    size: tuple[int, int]
    chance: random.Random
    far: Colour
    near: Colour
    accent: Colour
    haze: Colour
    named: Colour | None = None

    @property
    def bright(self) -> Colour:
        """The colour of what catches the eye."""
        return self.named or self.accent

    @property
    def unit(self) -> float:
        return min(self.size) / 100

    def depth(self, share: float) -> Colour:
        """The ground's colour from far (0) to near (1)."""
        return blend(self.far, self.near, share)

    def disc(self, x: float, y: float, radius: float, fill: Colour) -> None:
        self.pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


Painter = Callable[[Scene, float], None]
"""Draws a place; the second argument is where the sun stands, in pixels from the left."""


def _ridge(scene: Scene, base: float, swing: float, fill: Colour, *, rough: float = 0.0) -> Callable[[float], float]:
    """Fill all under a line of waves and return the line; ``base`` and ``swing`` are shares of the height."""
    width, height = scene.size
    waves = [
        (scene.chance.uniform(0.7, 1.6) * 2**k, scene.chance.uniform(0, math.tau), 0.55**k)
        for k in range(5 if rough else 2)
    ]

    def line(x: float) -> float:
        rise = 0.0
        for pace, shift, weight in waves:
            wave = math.sin(x / width * pace * math.tau + shift)
            # Folding the wave makes peaks of its crests.
            rise += weight * ((1 - 2 * abs(wave)) * rough + wave * (1 - rough))
        return (base - swing * rise) * height

    step = max(2, width // 240)
    points: list[Point] = [(x, line(x)) for x in range(0, width + step, step)]
    scene.pen.polygon([(0, height), *points, (width, height)], fill=fill)
    return line


def mountains(scene: Scene, _sun_x: float) -> None:
    for k in range(5):
        share = k / 4
        _ridge(scene, 0.56 + 0.11 * k, 0.085 - 0.008 * k, scene.depth(share), rough=0.75 - 0.5 * share)


def forest(scene: Scene, _sun_x: float) -> None:
    for k in range(4):
        line = _ridge(scene, 0.62 + 0.1 * k, 0.03, scene.depth(k / 3))
        tall = scene.unit * (5 + 5 * k)
        for _ in range(46 - 9 * k):
            x = scene.chance.uniform(0, scene.size[0])
            _fir(scene, x, line(x) + tall * 0.15, tall * scene.chance.uniform(0.7, 1.3), scene.depth(k / 3))


def _fir(scene: Scene, x: float, foot: float, tall: float, fill: Colour) -> None:
    for k in range(4):
        top, half = foot - tall * (1 - 0.2 * k), tall * (0.1 + 0.045 * k)
        scene.pen.polygon([(x, top), (x - half, top + tall * 0.36), (x + half, top + tall * 0.36)], fill=fill)


def sea(scene: Scene, sun_x: float) -> None:
    width, height = scene.size
    _ridge(scene, 0.575, 0.02, scene.depth(0.25), rough=0.5)
    horizon = 0.6 * height
    bands = 28
    for k in range(bands):
        shade = blend(blend(scene.far, scene.haze, 0.45), scene.near, (k / bands) ** 0.8)
        scene.pen.rectangle((0, horizon + k * (height - horizon) / bands, width, height), fill=shade)
    for _ in range(150):
        deep = scene.chance.random() ** 1.6
        long = scene.unit * (1 + 9 * deep) * scene.chance.uniform(0.4, 1.2)
        x = scene.chance.gauss(sun_x, scene.unit * (4 + 26 * deep))
        y = horizon + deep * (height - horizon)
        thick = scene.unit * (0.12 + 0.5 * deep)
        scene.pen.rounded_rectangle(
            (x - long, y, x + long, y + thick), thick / 2, fill=blend(scene.haze, scene.far, 0.1 + 0.6 * deep)
        )
    _boat(scene, scene.chance.uniform(0.15, 0.85) * width, scene.chance.uniform(0.68, 0.78) * height)


def _boat(scene: Scene, x: float, y: float) -> None:
    u = scene.unit * 1.3
    white = blend(scene.haze, (255, 255, 255), 0.7)
    scene.pen.polygon(
        [(x - 4 * u, y), (x + 4.6 * u, y), (x + 3.2 * u, y + 1.3 * u), (x - 3 * u, y + 1.3 * u)],
        fill=scene.near,
    )
    scene.pen.polygon(
        [(x - 0.3 * u, y - 9 * u), (x - 0.3 * u, y - 0.5 * u), (x - 3.6 * u, y - 0.5 * u)], fill=scene.bright
    )
    scene.pen.polygon([(x + 0.2 * u, y - 8 * u), (x + 0.2 * u, y - 0.5 * u), (x + 3.8 * u, y - 0.5 * u)], fill=white)


def city(scene: Scene, _sun_x: float) -> None:
    width, height = scene.size
    for k in range(3):
        colour, x = scene.depth(0.15 + 0.4 * k), -2 * scene.unit
        while x < width:
            wide = scene.unit * scene.chance.uniform(5, 10) * (1 + 0.25 * k)
            top = height * (0.36 + 0.15 * k + 0.16 * scene.chance.random())
            _tower(scene, x, top, wide, colour, lit=0.1 + 0.18 * k)
            x += wide + scene.unit * scene.chance.uniform(-0.8, 1.2)


def _tower(scene: Scene, x: float, top: float, wide: float, fill: Colour, *, lit: float) -> None:
    u, bottom = scene.unit, scene.size[1]
    scene.pen.rectangle((x, top, x + wide, bottom), fill=fill)
    if scene.chance.random() < 0.35:
        scene.pen.rectangle((x + wide * 0.3, top - 2 * u, x + wide * 0.7, top), fill=fill)
        scene.pen.rectangle((x + wide * 0.48, top - 6 * u, x + wide * 0.52, top), fill=fill)
    window = blend(scene.accent, (255, 236, 180), 0.5)
    columns = max(2, int(wide / (1.7 * u)))
    for row in range(int((bottom - top) / (2.4 * u))):
        for column in range(columns):
            if scene.chance.random() < lit:
                left, upper = x + (column + 0.3) * wide / columns, top + (row + 0.6) * 2.4 * u
                scene.pen.rectangle(
                    (left, upper, left + 0.7 * u, upper + 1.2 * u),
                    fill=blend(fill, window, scene.chance.uniform(0.4, 1)),
                )


def flowers(scene: Scene, _sun_x: float) -> None:
    width, height = scene.size
    for k in range(3):
        _ridge(scene, 0.62 + 0.09 * k, 0.04, scene.depth(0.2 + 0.22 * k))
    colours = (
        scene.bright,
        blend(scene.bright, (255, 255, 255), 0.55),
        blend(scene.bright, (210, 60, 130), 0.15 if scene.named else 0.55),
    )
    for k in range(60):
        near = (k / 59) ** 1.5
        x = scene.chance.uniform(-0.02, 1.02) * width
        head = height * (0.68 + 0.24 * near) + scene.chance.uniform(-3, 3) * scene.unit
        radius = scene.unit * (1.1 + 4.6 * near) * scene.chance.uniform(0.75, 1.15)
        stem = blend(scene.near, (60, 130, 80), 0.35)
        scene.pen.line((x, head, x + scene.unit * near, height), fill=stem, width=max(2, int(radius * 0.16)))
        _blossom(scene, x, head, radius, blend(scene.depth(0.6), scene.chance.choice(colours), 0.6 + 0.4 * near))


def shop(scene: Scene, _sun_x: float) -> None:
    """A house front with an awning, a window and a wooden door, and flowers before it."""
    width, height = scene.size
    _ridge(scene, 0.66, 0.04, scene.depth(0.3))
    u, foot, middle = scene.unit, 0.86 * height, width / 2
    left, right, top = middle - 38 * u, middle + 38 * u, foot - 52 * u
    wall = blend(scene.named or (250, 236, 212), scene.near, 0.12)
    wood, glass = (128, 82, 52), blend(scene.haze, (255, 226, 150), 0.8)
    roof = blend(wall, scene.near, 0.6)
    scene.pen.rectangle((0, foot, width, height), fill=scene.depth(0.75))
    scene.pen.polygon([(left - 4 * u, top), (left + 8 * u, top - 15 * u), (right - 8 * u, top - 15 * u),
                       (right + 4 * u, top)], fill=roof)  # fmt: skip
    scene.pen.rectangle((left, top, right, foot), fill=wall)
    door = scene.chance.choice((-1, 1))
    _door(scene, middle + door * 24 * u, foot, wood, glass)
    pane = middle - door * 11 * u
    scene.pen.rectangle((pane - 21 * u, foot - 33 * u, pane + 21 * u, foot - 9 * u), fill=wood)
    for column in range(3):
        for row in range(2):
            x, y = pane - 19 * u + column * 13 * u, foot - 31 * u + row * 10.5 * u
            scene.pen.rectangle((x, y, x + 12 * u, y + 9.5 * u), fill=glass)
    stripe = (right - left + 4 * u) / 12
    for k in range(12):
        tint = blend(scene.accent, (255, 255, 255), 0.8 * (k % 2))
        x = left - 2 * u + k * stripe
        scene.pen.rectangle((x, top + 4 * u, x + stripe, top + 12 * u), fill=tint)
        scene.disc(x + stripe / 2, top + 12 * u, stripe / 2, tint)
    for k in range(26):
        x = left + (right - left) * (k + scene.chance.uniform(0.1, 0.9)) / 26
        if abs(x - (middle + door * 24 * u)) > 9 * u:
            _potted(scene, x, foot + scene.chance.uniform(0, 3) * u)


def _door(scene: Scene, x: float, foot: float, wood: Colour, glass: Colour) -> None:
    u = scene.unit
    scene.pen.rectangle((x - 8 * u, foot - 36 * u, x + 8 * u, foot), fill=blend(wood, (0, 0, 0), 0.35))
    scene.pen.rectangle((x - 6.6 * u, foot - 34.6 * u, x + 6.6 * u, foot), fill=wood)
    scene.pen.rectangle((x - 4.4 * u, foot - 32 * u, x + 4.4 * u, foot - 16 * u), fill=glass)
    scene.disc(x + 5 * u, foot - 13 * u, 0.8 * u, (240, 206, 120))


def _potted(scene: Scene, x: float, foot: float) -> None:
    u = scene.unit
    head = foot - scene.chance.uniform(6, 12) * u
    scene.pen.line((x, head, x, foot - 3 * u), fill=(66, 122, 76), width=max(1, int(0.5 * u)))
    scene.pen.polygon([(x - 2 * u, foot - 4 * u), (x + 2 * u, foot - 4 * u), (x + 1.4 * u, foot), (x - 1.4 * u, foot)],
                      fill=(178, 98, 66))  # fmt: skip
    tint = scene.chance.choice((scene.accent, (240, 120, 150), (250, 214, 110), (250, 246, 240)))
    _blossom(scene, x, head, scene.chance.uniform(2.2, 3.4) * u, tint)


def _blossom(scene: Scene, x: float, y: float, radius: float, fill: Colour) -> None:
    petals, turn = scene.chance.choice((5, 6, 8)), scene.chance.uniform(0, math.tau)
    for ring, tint in ((0.62, 0.0), (0.36, 0.25)):
        for k in range(petals):
            angle = turn + ring * 2 + k * math.tau / petals
            centre = (x + math.cos(angle) * radius * ring, y + math.sin(angle) * radius * ring)
            scene.disc(*centre, radius * ring * 0.62, blend(fill, (255, 255, 255), tint + 0.06 * (k % 2)))
    scene.disc(x, y, radius * 0.24, (250, 206, 92))


def cat(scene: Scene, _sun_x: float) -> None:
    """A cat that looks at us from the nearest hill."""
    width, height = scene.size
    for k in range(3):
        _ridge(scene, 0.66 + 0.09 * k, 0.035, scene.depth(0.15 + 0.25 * k))
    u, ground = scene.unit * 1.15, blend(scene.near, (0, 0, 0), 0.25)
    fur = blend(scene.named, scene.near, 0.1) if scene.named else blend(ground, (18, 14, 28), 0.5)
    x, foot = scene.chance.uniform(0.36, 0.64) * width, 0.93 * height
    scene.pen.rectangle((0, foot, width, height), fill=ground)
    side = scene.chance.choice((-1, 1))
    for k in range(60):
        swing = k / 59 * math.pi * 1.15
        scene.disc(
            x + side * u * (8 + 9 * math.sin(swing)),
            foot - u * (1.5 + 19 * (k / 59)),
            u * (1.7 - 0.6 * k / 59),
            fur,
        )
    scene.pen.ellipse((x - 10 * u, foot - 25 * u, x + 10 * u, foot + 6 * u), fill=fur)
    scene.pen.ellipse((x - 7.5 * u, foot - 34 * u, x + 7.5 * u, foot - 12 * u), fill=fur)
    # What lay below the ground's edge is covered again, in the colour of the ground.
    scene.pen.rectangle((x - 11 * u, foot, x + 11 * u, foot + 7 * u), fill=ground)
    if scene.named:
        scene.pen.ellipse((x - 4.6 * u, foot - 27 * u, x + 4.6 * u, foot), fill=blend(fur, (255, 250, 240), 0.6))
    _cat_head(scene, x, foot - 37 * u, u, fur)


def _cat_head(scene: Scene, x: float, y: float, u: float, fur: Colour) -> None:
    scene.pen.ellipse((x - 9 * u, y - 7.5 * u, x + 9 * u, y + 7.5 * u), fill=fur)
    if scene.named:
        _markings(scene, x, y, u, fur)
    for side in (-1, 1):
        scene.pen.polygon(
            [
                (x + side * 8.6 * u, y - 1 * u),
                (x + side * 7.8 * u, y - 13 * u),
                (x + side * 1.6 * u, y - 6.6 * u),
            ],
            fill=fur,
        )
        scene.pen.polygon(
            [
                (x + side * 7.4 * u, y - 5 * u),
                (x + side * 7 * u, y - 10.6 * u),
                (x + side * 3.6 * u, y - 7 * u),
            ],
            fill=blend(fur, scene.accent, 0.45),
        )
        eye = x + side * 3.8 * u
        scene.pen.ellipse(
            (eye - 2 * u, y - 2.2 * u, eye + 2 * u, y + 1.6 * u),
            fill=blend(scene.accent, (255, 240, 170), 0.5),
        )
        scene.pen.ellipse((eye - 0.6 * u, y - 2 * u, eye + 0.6 * u, y + 1.4 * u), fill=(14, 12, 20))
        for tilt in (-1, 0, 1):
            scene.pen.line(
                (x + side * 3 * u, y + 3.4 * u, x + side * 12 * u, y + (3 + 1.6 * tilt) * u),
                fill=blend(fur, scene.haze, 0.5),
                width=max(1, int(u * 0.18)),
            )
    scene.pen.polygon(
        [(x - 1 * u, y + 2.4 * u), (x + 1 * u, y + 2.4 * u), (x, y + 3.6 * u)],
        fill=blend(fur, scene.accent, 0.8),
    )


def _markings(scene: Scene, x: float, y: float, u: float, fur: Colour) -> None:
    scene.pen.ellipse((x - 4.4 * u, y + 0.4 * u, x + 4.4 * u, y + 6.6 * u), fill=blend(fur, (255, 250, 240), 0.6))
    for k in (-1, 0, 1):
        scene.pen.line(
            (x + k * 2 * u, y - 7 * u, x + k * 1.6 * u, y - (3.6 - abs(k)) * u),
            fill=blend(fur, (60, 24, 8), 0.4),
            width=max(2, int(u * 0.8)),
        )
