import pytest

from bot.domain.pictures.names import ENDINGS, LARGEST_ID, came_in, input_name, owner_of, picture_name


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_picture_names_its_server_and_job(ending: str):
    assert owner_of(picture_name(5, LARGEST_ID, 3) + ending) == (5, LARGEST_ID)
    assert owner_of(input_name(5, LARGEST_ID, 2, "0123abcd") + ending) == (5, LARGEST_ID)
    assert came_in(input_name(5, LARGEST_ID, 2, "0123abcd"))
    assert not came_in(picture_name(5, LARGEST_ID, 3))


@pytest.mark.parametrize(
    "path",
    [
        "5/812-0",
        "5/812-0.txt",
        "5/812-0.png.part",
        "5/812-10.png",
        "5/812-in0.png",
        "5/812-in0-0123ABCD.png",
        "5/812-in10-0123abcd.png",
        "5/812.png",
        "812-0.png",
        "x/5/812-0.png",
        "../5/812-0.png",
        "5/../812-0.png",
        "/5/812-0.png",
        "5/0812-0.png",
        "5/-1-0.png",
        "5/812-0.png\n",
        "5/٨-0.png",
        f"5/{LARGEST_ID + 1}-0.png",
        f"{LARGEST_ID + 1}/5-0.png",
        "",
    ],
)
def test_what_is_named_otherwise_is_nobodys(path: str):
    assert owner_of(path) is None
