"""What *More…* under pictures shows to whoever presses it: how they were made, and what can be made of one of them."""

from collections.abc import Iterable

import discord
from discord import ui

from bot.domain.jobs.further import Further
from bot.domain.jobs.job import Job, JobImage
from bot.domain.requests.quota import Standing, split
from bot.presentation.jobs.card_buttons import MORE, PRIVATE
from bot.presentation.jobs.cards import made_of
from bot.presentation.jobs.stars import STAR
from bot.presentation.kit import receipt
from bot.presentation.kit.components import components, form
from bot.presentation.kit.escaping import blocks, length
from bot.presentation.kit.limits import CONTENT_LIMIT
from bot.presentation.kit.texts import Texts

COPIED = ("prompt", "negative_prompt", "model", "size", "count", "seed", "watermark", "prompt_extend")
"""The options of /imagine that are given as text to copy, in their order; as `cogs.imagine` calls them."""

NAME = "name"
LONGEST_REWRITTEN = 500
"""Code units: what can be copied comes before it."""


def menu_text(texts: Texts, locale: str, job: Job, image: JobImage, standing: Standing | None) -> str:
    """Return how a picture was made, as its reader may know it.

    Args:
        texts: what people read.
        locale: the reader's.
        job: that drew it.
        image: which.
        standing: what its member has left, to whom alone that is said; None: somebody else reads.
    """
    place, pictures = image.ordinal + 1, made_of(job)
    lines = [texts.say(locale, "more-title", number=job.number, place=place, pictures=pictures)]
    lines.append(_seed_line(texts, locale, job, image))
    if standing is not None:
        lines += receipt.receipt(texts, locale, job, standing)
    label, rewritten = receipt.enhanced_prompt(texts, locale, job)
    if not rewritten:
        label, rewritten = texts.say(locale, "rewritten"), receipt.rewritten_prompt(job)
    if rewritten:
        lines += [label, texts.cut(locale, rewritten, LONGEST_REWRITTEN)]
    copied = [] if job.request.pictures else [texts.say(locale, "more-copy"), *_to_copy(texts, locale, job)]
    whole = "\n".join([*lines, *copied])
    # A part of it would ask for something else.
    return whole if length(whole) <= CONTENT_LIMIT else "\n".join([*lines, texts.say(locale, "more-too-long")])


def _seed_line(texts: Texts, locale: str, job: Job, image: JobImage) -> str:
    drawn = [one.ordinal for one in job.images if not one.code]
    return receipt.seed_lines(texts, locale, job)[drawn.index(image.ordinal)]


def _to_copy(texts: Texts, locale: str, job: Job) -> list[str]:
    request = job.request
    said = {
        "prompt": " ".join(request.typed_prompt.split()),
        "negative_prompt": " ".join(request.negative_prompt.split()),
        "model": request.model,
        "size": str(request.size),
        "count": "" if request.count == 1 else str(request.count),
        "seed": str(request.seed),
        "watermark": "True" if request.watermark else "",
        "prompt_extend": str(request.prompt_extend) if request.enhanced is None else "",
    }
    named = ((texts.plain(locale, f"option-{name}-name"), said[name]) for name in COPIED if said[name])
    command = " ".join(
        [f"/{texts.plain(locale, 'command-imagine-name')}", *(f"{name}:{value}" for name, value in named)]
    )
    return list(blocks(command, CONTENT_LIMIT))


def menu_buttons(
    texts: Texts, locale: str, job: Job, image: JobImage, offers: Iterable[Further], standing: Standing
) -> ui.View:
    """Return which picture is meant, where there are several, and what can be made of it, with what that costs now.

    Args:
        texts: what people read.
        locale: the reader's, who is the job's member.
        job: that drew it.
        image: which.
        offers: what can be made of it.
        standing: what they have left.
    """
    items: list[ui.Item[ui.View]] = [*picture_choice(texts, locale, job, image)]
    style = discord.ButtonStyle.secondary
    for one in offers:
        paid = split(1, one.price.asked, standing.left, inputs_micros=one.price.of_inputs)
        told = None if paid is None else paid.paid_micros
        # Where it is not covered the press says so, with what would help.
        label = receipt.priced(texts, locale, texts.plain(locale, f"button-{one.way}", model=one.model.name), told)
        items.append(ui.Button(label=label, custom_id=_id(job, one.way, image, told), style=style))
    items.append(ui.Button(label=texts.plain(locale, "button-keep"), custom_id=_id(job, "keep", image), style=style))
    return components(*items, _star(texts, locale, job))


def others_buttons(texts: Texts, locale: str, job: Job, image: JobImage) -> ui.View:
    """Return which picture is meant, and what whoever else sees it can do: like it, and report it to the moderators."""
    report = ui.Button[ui.View](
        label=texts.plain(locale, "command-report-name"),
        custom_id=_id(job, "report", image),
        style=discord.ButtonStyle.secondary,
    )
    return components(*picture_choice(texts, locale, job, image), _star(texts, locale, job), report)


def _star(texts: Texts, locale: str, job: Job) -> ui.Button[ui.View]:
    return ui.Button(
        label=texts.plain(locale, "button-star"), custom_id=f"{STAR}:{job.id}", style=discord.ButtonStyle.secondary
    )


def keep_form(texts: Texts, locale: str, job: Job, image: JobImage, longest: int) -> ui.Modal:
    """Return the form that asks under which name a picture is to be kept, of at most so many characters."""
    entry: ui.TextInput[ui.Modal] = ui.TextInput(custom_id=NAME, max_length=longest)
    label: ui.Label[ui.Modal] = ui.Label(text=texts.plain(locale, "keep-form-name"), component=entry)
    return form(texts.plain(locale, "keep-form-title"), _id(job, "kept", image), label)


def picture_choice(texts: Texts, locale: str, job: Job, chosen: JobImage) -> list[ui.Select[ui.View]]:
    """Return the menu of a job's pictures; none where there is one picture."""
    if len(job.kept) == 1:
        return []
    options = [
        discord.SelectOption(
            label=texts.plain(locale, "more-picture", place=image.ordinal + 1),
            value=str(image.ordinal),
            default=image.ordinal == chosen.ordinal,
        )
        for image in job.kept
    ]
    return [ui.Select(custom_id=f"{MORE}:{job.id}:pick", options=options)]


def _id(job: Job, action: str, image: JobImage, told_micros: int | None = None) -> str:
    told, who_sees = "" if told_micros is None else str(told_micros), PRIVATE if job.request.private else ""
    return f"{MORE}:{job.id}:{action}:{image.ordinal}:{told}:{who_sees}"
