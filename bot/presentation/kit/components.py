"""Components and forms: how they are made, and what their custom ids carry and an interaction brings of them.

A custom id is a prefix, which names who answers (`bot.client.Router`), then words and numbers between colons. State and
permission are not in it: both are read again at the press.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import discord
from discord import ui

from bot.domain.jobs.job import Job
from bot.presentation.kit import receipt
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.limits import MOST_OPTIONS, OPTION_LIMIT
from bot.presentation.kit.receipt import ShownPicture
from bot.presentation.kit.texts import Texts

BUTTON = discord.ButtonStyle

MOST_DIGITS = 19
"""Of a snowflake, and of the largest number that SQLite takes."""


def buttons(*offered: tuple[str, str, discord.ButtonStyle]) -> ui.View:
    """Return buttons for under a text: of each its label, its custom id and its style."""
    return components(*(ui.Button(label=label, custom_id=id_, style=style) for label, id_, style in offered))


def components(*items: ui.Item[ui.View]) -> ui.View:
    """Return components for under a text."""
    view = ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    # The router answers presses: discord.py's own dispatch would die with the process.
    view.stop()
    return view


def page(
    heading: str, rows: Iterable[ui.Item[ui.LayoutView]], turns: Sequence[ui.Button[ui.LayoutView]]
) -> ui.LayoutView:
    """Return a page of a list: its heading, its rows, and the buttons that turn it."""
    container: ui.Container[ui.LayoutView] = ui.Container()
    container.add_item(ui.TextDisplay(heading))
    for row in rows:
        container.add_item(row)
    if turns:
        container.add_item(ui.ActionRow(*turns))
    view = ui.LayoutView(timeout=None).add_item(container)
    view.stop()
    return view


def form(title: str, custom_id: str, *items: ui.Item[ui.Modal]) -> ui.Modal:
    """Return a modal."""
    modal = ui.Modal(title=title, custom_id=custom_id)
    for item in items:
        modal.add_item(item)
    # discord.py must not keep it: it is answered by its custom id, also after a restart.
    modal.stop()
    return modal


def menu(
    label: str, custom_id: str, offered: Iterable[tuple[str, str, str]], *, chosen: str | None = None
) -> ui.Label[ui.Modal]:
    """Return a menu of a form.

    Args:
        label: above it.
        custom_id: under which its choice is sent.
        offered: of each option its label, its description and its value.
        chosen: the value that is chosen already; None: the first.
    """
    options = [
        discord.SelectOption(label=name[:OPTION_LIMIT], description=description or None, value=value)
        for name, description, value in offered
    ]
    default = next((option for option in options if option.value == chosen), options[0])
    default.default = True
    if default not in options[:MOST_OPTIONS]:
        # What is chosen is among those that there is room for, whichever those are.
        options.insert(MOST_OPTIONS - 1, default)
    del options[MOST_OPTIONS:]
    select: ui.Select[ui.Modal] = ui.Select(custom_id=custom_id, options=options)
    return ui.Label(text=label, component=select)


def gallery(
    texts: Texts, locale: str, job: Job, pictures: tuple[ShownPicture, ...], *, is_covered: bool = False
) -> ui.MediaGallery[ui.LayoutView]:
    """Return a job's attached pictures, each with its description; those that are covered are shown once clicked."""
    described = ((one.filename, receipt.alt_text(texts, locale, job, one.ordinal)) for one in pictures)
    return attached(described, is_covered=is_covered)


def handed_in_gallery(texts: Texts, locale: str, pictures: tuple[ShownPicture, ...]) -> ui.MediaGallery[ui.LayoutView]:
    """Return attached pictures that a member handed in; whatever they show is seen only once they are clicked."""
    description = texts.plain(locale, "feed-handed-in")
    return attached(((one.filename, description) for one in pictures), is_covered=True)


def attached(described: Iterable[tuple[str, str]], *, is_covered: bool) -> ui.MediaGallery[ui.LayoutView]:
    """Return attached pictures by their files' names, each with its description; covered ones are seen once clicked."""
    return ui.MediaGallery(
        *(
            discord.MediaGalleryItem(f"attachment://{filename}", description=description, spoiler=is_covered)
            for filename, description in described
        )
    )


def number_in(text: str) -> int:
    """Read a number of a custom id; 0, which nothing has, if it is none."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0
    return number if number < 2**63 else 0


def chosen_in(interaction: AnyInteraction) -> list[str]:
    """Return the values that were chosen in a menu."""
    data: dict[str, Any] = dict(interaction.data or {})
    return [str(one) for one in data.get("values") or ()]


def typed_in(interaction: AnyInteraction) -> str:
    """Return what was typed into a modal of one field."""
    return next(iter(fields_in(interaction).values()), "")


def fields_in(interaction: AnyInteraction) -> dict[str, str]:
    """Return what was typed into a modal's fields, by their custom ids."""
    data: dict[str, Any] = dict(interaction.data or {})
    return fields_of(data.get("components"))


def fields_of(components: Any) -> dict[str, str]:  # noqa: ANN401 - JSON as Discord sends it
    """Return what was typed into the fields of a modal's components, by their custom ids."""
    return dict(_inputs(components))


def selected_in(interaction: AnyInteraction) -> dict[str, str]:
    """Return the first value that was chosen in each menu of a modal, by the menus' custom ids."""
    data: dict[str, Any] = dict(interaction.data or {})
    return {menu: values[0] for menu, values in _selected(data.get("components")) if values}


def _selected(components: Any) -> Iterator[tuple[str, list[str]]]:  # noqa: ANN401 - JSON as Discord sends it
    for part in components or ():
        inner = part.get("component") or {}
        if inner.get("type") == discord.ComponentType.select.value:
            yield str(inner.get("custom_id")), [str(one) for one in inner.get("values") or ()]


def _inputs(part: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON as Discord sends it
    if isinstance(part, dict):
        if part.get("type") == discord.ComponentType.text_input.value:
            yield str(part.get("custom_id")), str(part.get("value") or "")
        for inner in (part.get("component"), part.get("components")):
            yield from _inputs(inner)
    elif isinstance(part, list):
        for one in part:
            yield from _inputs(one)
