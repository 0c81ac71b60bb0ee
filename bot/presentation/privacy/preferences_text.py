"""A member's preferences in words."""

from bot.domain.preferences import Preferences
from bot.presentation.kit.texts import Markup, Texts


def preferences_text(texts: Texts, locale: str, preferences: Preferences) -> str:
    """Return all preferences, each with whether it is the member's own word or the default, and how they change."""
    word = texts.say(locale, "settings-yes" if preferences.lets_others_edit else "settings-no")
    is_own = preferences.others_may_edit is not None
    origin = texts.say(locale, "preferences-from-you" if is_own else "settings-from-default")
    value = texts.say(locale, "settings-with-origin", value=Markup(word), origin=Markup(origin))
    what = texts.say(locale, "preferences-what-editing")
    lines = [
        texts.say(locale, "preferences-heading"),
        texts.say(locale, "settings-line", what=Markup(what), value=Markup(value)),
        texts.say(locale, "preferences-editing-means"),
        texts.say(locale, "preferences-hint"),
    ]
    return "\n".join(lines)
