"""Stand-in pictures show what the prompt names."""

import io

import pytest
from PIL import Image, ImageChops

from sandbox.dashscope.pictures.drawing import draw

SIZE = (256, 256)
ORANGE, RED, PURPLE, WOOD = (242, 146, 52), (214, 58, 52), (142, 92, 190), (128, 82, 52)


def share(prompt: str, seed: int, colour: tuple[int, int, int]) -> float:
    """Return the share of a picture's pixels that come close to a colour."""
    image = Image.open(io.BytesIO(draw(prompt, seed, SIZE))).convert("RGB")
    bands = ImageChops.difference(image, Image.new("RGB", SIZE, colour)).split()
    farthest = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    return sum(farthest.histogram()[:40]) / (SIZE[0] * SIZE[1])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("prompt", "plain", "colour"),
    [
        ("一只坐着的橘黄色的猫，表情愉悦", "一只坐着的猫，表情愉悦", ORANGE),
        ("an orange cat", "a cat", ORANGE),
        ("红房子", "房子", RED),
        ("a purple flower, not a red one", "a flower", PURPLE),
    ],
)
def test_a_colour_that_is_named_is_seen_at_every_hour(prompt, plain, colour, seed):
    assert share(prompt, seed, colour) > share(plain, seed, colour) + 0.02


def test_a_word_that_only_contains_a_colour_names_none():
    # Dusk has a yellow in it in Chinese; nothing of the cat gets yellow by it.
    assert share("黄昏，猫", 1, (246, 204, 74)) < 0.01


@pytest.mark.parametrize("prompt", ["一间有着精致窗户的花店，漂亮的木质门", "a flower shop", "a house by the sea"])
@pytest.mark.parametrize("seed", range(6))
def test_a_shop_has_a_wooden_door(prompt, seed):
    assert share(prompt, seed, WOOD) > 0.02
