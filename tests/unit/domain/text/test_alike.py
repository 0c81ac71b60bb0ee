import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.text.alike import nearest


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wanx2.1-t2i-tubro", "wanx2.1-t2i-turbo"),
        ("wan-2.7-image", "wan2.7-image"),
        ("Qwen-Image-2", "qwen-image-2.0"),
        ("z-image", "z-image-turbo"),
    ],
)
def test_a_name_that_is_misspelt_is_known_by_its_letters(typed: str, meant: str):
    assert nearest(typed, BUILT_IN) == meant


@pytest.mark.parametrize("typed", ["dall-e", "gpt-image-1", "flux-pro", "my-model", ""])
def test_a_name_of_something_else_is_taken_for_none(typed: str):
    assert nearest(typed, BUILT_IN) == ""
