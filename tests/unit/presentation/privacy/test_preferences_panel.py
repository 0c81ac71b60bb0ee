from typing import Any

import pytest

from bot.domain.preferences import Preferences, ServerPreferences, Told
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.servers.settings import Posting, Settings
from bot.domain.text.enhance import Enhance
from bot.presentation.kit.texts import LOCALES, Texts
from bot.presentation.privacy.preferences_panel import CHOICES, Here, PreferencesPanel

TURBO, PLUS = "wanx2.1-t2i-turbo", "wanx2.1-t2i-plus"
MODELS = {name: BUILT_IN[name] for name in (TURBO, PLUS)}
HERE = Here(Settings(), MODELS, 4, rewrites=True, late_s=120)
OWN = ServerPreferences(PLUS, "16:9", 2, Enhance.TRANSLATE, True, Told.DIRECT)


def shown(preferences: Preferences, here: Here | None, locale: str = "en-US") -> tuple[str, dict[str, Any]]:
    (container,) = PreferencesPanel(Texts.load(), locale, 7).view(preferences, here).to_components()
    parts = container["components"]
    text = "\n".join(part["content"] for part in parts if part["type"] == 10)
    menus = {one["custom_id"]: one for part in parts if part["type"] == 1 for one in part["components"]}
    return text, menus


def test_what_was_decided_is_told_from_what_holds_by_default():
    text, menus = shown(Preferences(), HERE)
    assert text.splitlines()[:7] == [
        "**Your preferences on this server**",
        "**Model**: wanx2.1-t2i-turbo (the default)",
        "**Size**: 1024×1024, as the model has it (the default)",
        "**Pictures per request**: 1 (the default)",
        "**Prompts**: drawn as they were written (the default)",
        "**Who sees the pictures**: everybody in the channel (the default)",
        "**When pictures are ready, you get**: a ping, if it took more than 120 s (the default)",
    ]
    assert menus["prefer:7:reset"]["disabled"]
    text, menus = shown(Preferences(False, "zh-CN", OWN), HERE)
    assert [line.partition(": ")[2] for line in text.splitlines() if line.startswith("**") and ": " in line] == [
        "wanx2.1-t2i-plus (you said so)",
        "16:9 · 1280×720 (you said so)",
        "2 (you said so)",
        "translate it into English (you said so)",
        "only you and the moderators (you said so)",
        "a direct message each time (you said so)",
        "中文 (you said so)",
        "no (you said so)",
    ]
    assert not menus["prefer:7:reset"].get("disabled")


def test_a_menu_shows_what_is_chosen_in_it_with_its_name():
    _, menus = shown(Preferences(here=OWN), HERE, "zh-CN")
    chosen = [one["label"] for menu in menus.values() for one in menu.get("options", ()) if one.get("default")]
    assert chosen == [
        "模型：wanx2.1-t2i-plus",
        "尺寸：16:9 · 1280×720",
        "每次张数：2",
        "提示词：翻译成英文",
        "谁能看到图片：只有你和版主",
        "画好后怎么提醒：每次都发私信",
        "我对你用的语言：跟随你的 Discord（默认）",
        "别人可以修改你的图片：是（默认）",
    ]


def test_what_cant_be_had_here_now_is_named_with_what_holds_instead():
    gone = ServerPreferences(model="wan2.5-t2i-preview", size="9:1", count=6)
    text, menus = shown(Preferences(here=gone), HERE)
    assert "**Model**: wan2.5-t2i-preview; can't be had here now, so wanx2.1-t2i-turbo (you said so)" in text
    assert "**Size**: 9:1; wanx2.1-t2i-turbo doesn't draw that, so its own (you said so)" in text
    assert "**Pictures per request**: 6; can't be had here now, so 1 (you said so)" in text
    assert [one["value"] for one in menus["prefer:7:count"]["options"]] == ["-", "2", "3", "4", "6"]


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (
            Settings(posting=Posting.PRIVATE),
            "**Who sees the pictures**: only you and the moderators (set by this server)",
        ),
        (Settings(posting=Posting.PUBLIC), "**Who sees the pictures**: everybody in the channel (set by this server)"),
        (Settings(enhance=Enhance.IMPROVE), "**Prompts**: improved (set by this server)"),
    ],
)
def test_what_the_server_decides_is_told_as_its_word(settings, line):
    text, menus = shown(Preferences(), Here(settings, MODELS, 4, rewrites=True, late_s=0))
    assert line in text
    assert ("prefer:7:private" in menus) is (settings.posting is Posting.FREE)


def test_where_nothing_can_be_drawn_or_rewritten_and_directly_there_is_less_to_choose():
    text, menus = shown(Preferences(), Here(Settings(), {}, 4, rewrites=False, late_s=0))
    assert "This server allows no model that draws from words right now." in text
    assert list(menus) == [f"prefer:7:{one}" for one in ("private", "told", "language", "editing", "reset")]
    text, menus = shown(Preferences(True), None)
    assert "this server" not in text
    assert list(menus) == [f"prefer:7:{one}" for one in ("language", "editing", "reset")]
    assert "**Others may edit your pictures**: yes (you said so)" in text


@pytest.mark.parametrize("locale", LOCALES)
def test_it_fits_into_a_message_with_every_model_that_there_is(locale: str):
    text, menus = shown(Preferences(here=OWN), Here(Settings(), BUILT_IN, 10, rewrites=True, late_s=120), locale)
    assert len(text) < 2000
    assert max(len(menu.get("options", ())) for menu in menus.values()) <= 25
    assert all(len(one["label"]) <= 100 for menu in menus.values() for one in menu.get("options", ()))


def test_each_choice_is_taken_and_taken_back():
    made = Preferences()
    for what, value in {
        "model": PLUS, "size": "16:9", "count": "2", "enhance": "translate", "private": "yes", "told": "direct",
        "language": "zh-CN", "editing": "no",
    }.items():  # fmt: skip
        made = CHOICES[what](made, value)
    assert made == Preferences(False, "zh-CN", OWN)
    assert CHOICES["reset"](made, "") == Preferences()
    for what in set(CHOICES) - {"reset"}:
        made = CHOICES[what](made, "-")
    assert made == Preferences()
