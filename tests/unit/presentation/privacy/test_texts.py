"""What being forgotten takes and leaves, in words: of each part only what there is."""

import pytest

from bot.domain.privacy import Forgotten, Keepings, Lasting
from bot.presentation.kit.texts import DEFAULT, LOCALES, Texts
from bot.presentation.privacy.texts import PrivacyTexts

TEXTS = {locale: PrivacyTexts(Texts.load(), locale) for locale in LOCALES}
CHINESE = "zh-CN"
UNTIL_MS = 60_000
EVERYTHING = dict.fromkeys(Lasting, UNTIL_MS)
ENGLISH = {
    Lasting.BLOCK: "your block (it ends <t:60:R>)",
    Lasting.STRIKES: "your strikes",
    Lasting.RULE: "a limit that an admin set, until an admin clears it",
    Lasting.USED: "what you used of this period (it ends <t:60:R>)",
    Lasting.REQUEST: "the wait between requests (it ends <t:60:R>)",
    Lasting.REFUSED: "your refused prompts",
    Lasting.PREFERENCE: "that others may not edit your pictures",
}


@pytest.mark.parametrize("what", list(Lasting))
def test_only_what_outlasts_it_is_named(what: Lasting):
    for said in (
        TEXTS[DEFAULT].forgotten(Forgotten(1, 1, 0, {what: UNTIL_MS})),
        TEXTS[DEFAULT].nothing(Keepings(outlasting={what: UNTIL_MS})),
    ):
        assert [one for one, words in ENGLISH.items() if words in said] == [what]


def test_everything_that_outlasts_it_is_named_in_both_languages():
    assert all(words in TEXTS[DEFAULT].forgotten(Forgotten(1, 1, 0, EVERYTHING)) for words in ENGLISH.values())
    said = TEXTS[CHINESE].forgotten(Forgotten(1, 1, 0, EVERYTHING))
    assert said.count("、") == len(Lasting) - 1
    assert "管理员设的限制，直到管理员清除" in said
    assert said.endswith("只有用运营者的密钥才能与你对应。")


def test_a_block_for_good_ends_when_it_is_lifted():
    said = TEXTS[DEFAULT].nothing(Keepings(outlasting={Lasting.BLOCK: 0}))
    assert "your block, until a moderator lifts it" in said


def test_nothing_that_there_is_none_of_is_counted():
    for locale, question, done in (
        (DEFAULT, "It goes for good: that the number of your account is you.\n", "Erased. I don't know any more who"),
        (CHINESE, "会永久清除：“这个账号编号是你”这一对应关系。\n", "已清除。我已经不知道你是谁了。"),
    ):
        assert question in TEXTS[locale].question(Keepings(is_known=True))
        assert TEXTS[locale].forgotten(Forgotten(0, 0, 0, {})).startswith(done)
    assert TEXTS[DEFAULT].forgotten(Forgotten(2, 0, 0, {})).startswith("Erased: 2 requests. I don't")
    assert TEXTS[CHINESE].forgotten(Forgotten(0, 3, 0, {})).startswith("已清除 3 张保留的图片。")
