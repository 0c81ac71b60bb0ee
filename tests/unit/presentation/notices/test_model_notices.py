"""What the operator reads of models that are offered no more, or go offline."""

import pytest

from bot.presentation.kit.texts import Texts
from bot.presentation.notices.operator_notices import KINDS

TEXTS = Texts.load()
TURBO = "wanx2.1-t2i-turbo"
ENDS_MS = 1_798_041_600_000


@pytest.mark.parametrize(
    ("locale", "stopped", "list_of_models"),
    [("en-US", "has stopped", "list of models"), ("zh-CN", "已停用", "模型列表")],
)
def test_a_model_that_is_offered_no_more_has_words_of_its_own(locale: str, stopped: str, list_of_models: str):
    text = TEXTS.say(locale, "operator-lane-not-offered", model=TURBO).replace("\\", "")
    assert text.startswith(f"**{TURBO} {stopped}")
    assert list_of_models in text
    # That is our own word, and nothing that the service answered.
    assert "not_offered" not in text


@pytest.mark.parametrize(("locale", "offline"), [("en-US", "goes offline on"), ("zh-CN", "下线")])
def test_a_day_of_retirement_is_named_with_the_time_that_is_left(locale: str, offline: str):
    text = TEXTS.say(locale, "operator-model-retires", model=TURBO, day="2026-12-24", ends_ms=ENDS_MS)
    assert [one in text.replace("\\", "") for one in (TURBO, offline, "2026-12-24", f"<t:{ENDS_MS // 1000}:R>")] == [
        True
    ] * 4


def test_the_messenger_knows_both():
    assert {"lane-stopped", "model-retires"} <= KINDS
