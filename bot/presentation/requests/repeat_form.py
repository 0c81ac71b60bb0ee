"""The form that asks for a job's pictures once more, with whatever its member changes."""

import discord
from discord import ui

from bot.domain.jobs.job import Job
from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.model import NEGATIVE_PROMPT_MAX
from bot.domain.requests.repeating import with_changes
from bot.domain.requests.request import Options, longest_prompt
from bot.errors import InvalidRequest
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.components import fields_in, form, menu, selected_in
from bot.presentation.kit.escaping import length
from bot.presentation.kit.limits import LONGEST_FIELD
from bot.presentation.kit.texts import Texts

PROMPT, NEGATIVE, MODEL, SIZE, COUNT = "prompt", "negative", "model", "size", "count"

LONGEST_SIZE, LONGEST_COUNT = 20, 3


def repeat_form(texts: Texts, locale: str, custom_id: str, job: Job, models: Catalogue) -> ui.Modal:
    """Make the form, with all that the job was asked for.

    Args:
        texts: what people read.
        locale: the reader's.
        custom_id: of the form.
        job: drawn from words.
        models: that draw from words here, the default first; at least one.

    Raises:
        InvalidRequest: if a form has no room for the prompt: a part of it would be drawn as if it were all.
    """
    request = job.request
    if length(request.prompt) > LONGEST_FIELD or length(request.negative_prompt) > LONGEST_FIELD:
        raise InvalidRequest("repeat-long", limit=LONGEST_FIELD)
    fields = [
        _field(
            PROMPT,
            texts.plain(locale, "repeat-form-prompt"),
            request.prompt,
            longest_prompt(models.values()),
        ),
        _field(
            NEGATIVE,
            texts.plain(locale, "repeat-form-negative"),
            request.negative_prompt,
            NEGATIVE_PROMPT_MAX,
            is_needed=False,
        ),
        menu(
            texts.plain(locale, "repeat-form-model"),
            MODEL,
            [(name, "", name) for name in models],
            chosen=request.model if request.model in models else next(iter(models)),
        ),
        _field(SIZE, texts.plain(locale, "repeat-form-size"), str(request.size), LONGEST_SIZE),
        _field(COUNT, texts.plain(locale, "repeat-form-count"), str(request.count), LONGEST_COUNT),
    ]
    return form(texts.plain(locale, "repeat-form-title"), custom_id, *fields)


def read_form(interaction: AnyInteraction, job: Job, models: Catalogue) -> Options:
    """Return what a form that was sent asks for.

    Raises:
        InvalidRequest: if the number of pictures is none.
    """
    typed, model = fields_in(interaction), selected_in(interaction).get(MODEL)
    count = typed.get(COUNT, "").strip()
    if not (count.isascii() and count.isdigit()):
        raise InvalidRequest("repeat-count", count=count)
    options = Options(
        prompt=typed.get(PROMPT, ""),
        negative_prompt=typed.get(NEGATIVE, ""),
        model=model,
        size=typed.get(SIZE, "").strip(),
        count=int(count),
    )
    return with_changes(job.request, options, models.get(model or ""))


def _field(name: str, label: str, value: str, most: int, *, is_needed: bool = True) -> ui.Label[ui.Modal]:
    """Return a field; it takes what it has already, however little else it would take."""
    is_long = name in {PROMPT, NEGATIVE}
    entry: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id=name,
        style=discord.TextStyle.paragraph if is_long else discord.TextStyle.short,
        default=value or None,
        max_length=min(max(most, length(value)), LONGEST_FIELD),
        required=is_needed,
    )
    return ui.Label(text=label, component=entry)
