"""The form that asks what is to change in a picture of a message."""

import discord
from discord import ui

from bot.domain.pictures.open_edits import OpenEdit
from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.model import Model
from bot.domain.requests.request import Options, longest_prompt, price_as_typed
from bot.errors import Unavailable
from bot.presentation.jobs.card_buttons import EDIT, PRIVATE
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.components import fields_in, form, menu, number_in, selected_in
from bot.presentation.kit.limits import LONGEST_FIELD
from bot.presentation.kit.texts import Texts

INSTRUCTION, PICTURE, MODEL = "instruction", "picture", "model"


def edit_form(texts: Texts, locale: str, edit: OpenEdit, models: Catalogue) -> ui.Modal:
    """Make the form; its custom id names what was kept of the message, which is judged anew when it is sent.

    Args:
        texts: what people read.
        locale: the reader's.
        edit: what it is about.
        models: that take pictures here, the default first; at least one.
    """
    entry: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id=INSTRUCTION,
        style=discord.TextStyle.paragraph,
        max_length=min(longest_prompt(models.values()), LONGEST_FIELD),
    )
    fields = [ui.Label[ui.Modal](text=texts.plain(locale, "edit-form-instruction"), component=entry)]
    if len(edit.pictures) > 1:
        named = [
            (texts.plain(locale, "edit-form-choice", place=place, file=picture.filename), "", str(place))
            for place, picture in enumerate(edit.pictures, start=1)
        ]
        fields.append(menu(texts.plain(locale, "edit-form-picture"), PICTURE, named))
    if len(models) > 1:
        offered = [(name, _price(texts, locale, model), name) for name, model in models.items()]
        fields.append(menu(texts.plain(locale, "edit-form-model"), MODEL, offered))
    custom_id = f"{EDIT}:{edit.id}:{PRIVATE}" if edit.source.is_ephemeral else f"{EDIT}:{edit.id}"
    return form(texts.plain(locale, "edit-form-title"), custom_id, *fields)


def read_form(interaction: AnyInteraction, edit: OpenEdit) -> Options:
    """Return what a form that was sent asks for.

    Raises:
        Unavailable: if it names a picture that the message had not.
    """
    chosen = selected_in(interaction)
    place = number_in(chosen.get(PICTURE, "1"))
    if not 0 < place <= len(edit.pictures):
        raise Unavailable("edit-form-gone")
    return Options(
        prompt=fields_in(interaction).get(INSTRUCTION, ""),
        model=chosen.get(MODEL),
        handed_in=(edit.pictures[place - 1],),
        source=edit.source,
    )


def _price(texts: Texts, locale: str, model: Model) -> str:
    """Return what a model costs with the one picture that the form hands in."""
    price = price_as_typed(model, None, None, inputs=1)
    said = {"price": price.asked, "inputs": price.inputs, "inputs_paid": price.of_inputs}
    return texts.plain(locale, "edit-form-price", **said)
