"""The checks of a create's body, as strict as the vendor's and in one place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.dashscope.boxes import Boxes, boxes_of
from sandbox.dashscope.functions import Change, change_of
from sandbox.dashscope.incoming import pictures_of, ratio_of
from sandbox.dashscope.models import NEW, SERVED_ELSEWHERE, SYNC, StandInModel
from sandbox.dashscope.refusals import (
    BODY_INVALID,
    MODEL_NOT_FOUND,
    NO_INPUT,
    NO_MODEL,
    NOT_SYNC,
    OTHER_ENDPOINT,
    Refused,
    invalid,
    undefined,
)
from sandbox.dashscope.texts import TEXT_MODELS

MAX_SEED = 2_147_483_647
MOST_IN_SERIES = 12
_TIERS = {"1K": 1024, "2K": 2048, "4K": 4096}
"""Without a picture in, a tier is a square of that side (the vendor's page on wan2.7)."""

_TOKEN = re.compile(r"[\u2e80-\uffff]|[^\W\d_]{1,6}|\S")
"""Guess: about what the vendor counts as a token, up to six letters of a word and a character of Chinese."""

_MODES = frozenset({"direct", "agent"})
_SIZE = re.compile(r"([1-9][0-9]{0,5})\*([1-9][0-9]{0,5})")


@dataclass(frozen=True)
class Order:
    """A create that passed the checks.

    Attributes:
        model: the model's row.
        prompt: cut to the model's limit.
        sent_prompt: as it came.
        negative_prompt: cut likewise; empty if there was none.
        width: pixels.
        height: pixels.
        n: images asked for, or the most that a series may have.
        seed: None if the vendor is to draw one.
        prompt_extend: whether the prompt is rewritten.
        is_series: whether the model picks how many images it draws, up to ``n``.
        thinking: whether the model thinks first, which takes time too.
        watermark: whether "AI生成" is put on.
        params: the ``parameters`` object as it came.
        pictures: those that came in, in their order.
        change: what is done to them, by models that have functions.
        boxes: the rectangles of each of them that are to change; none at all: no create named any.
    """

    model: StandInModel
    prompt: str
    sent_prompt: str
    negative_prompt: str
    width: int
    height: int
    n: int
    is_series: bool
    seed: int | None
    prompt_extend: bool
    thinking: bool
    watermark: bool
    params: Mapping[str, Any]
    pictures: tuple[bytes, ...] = field(default=(), repr=False)
    change: Change | None = None
    boxes: Boxes = ()


def model_of(body: Mapping[str, Any], models: Mapping[str, StandInModel], service: str) -> StandInModel:
    """The model that ``body`` names, or a refusal; each is served at one path, and some besides where they answer."""
    name = body.get("model")
    if name is None or name == "":
        raise Refused(NO_MODEL)
    if not isinstance(name, str):
        raise undefined("model")
    if name not in models:
        if name.startswith(SERVED_ELSEWHERE) or any(row.name == name for row in TEXT_MODELS):
            raise Refused(OTHER_ENDPOINT)
        raise Refused(MODEL_NOT_FOUND)
    model = models[name]
    if model.service == service or (model.answers_too and service == SYNC):
        return model
    # Guess: that the path does not matter to a model which only answers; recorded is the refusal of the header.
    raise Refused(NOT_SYNC if model.service == SYNC and service == NEW else OTHER_ENDPOINT)


def order_of(body: Mapping[str, Any], model: StandInModel) -> Order:
    """Check ``body`` for ``model``; the prompts are cut silently, keys that nobody knows are ignored."""
    given = body.get("input")
    if given is None:
        raise Refused(NO_INPUT)
    # The page calls every parameter optional, so the object may be missing too.
    params = body.get("parameters") or {}
    if not isinstance(given, dict) or not isinstance(params, dict):
        raise Refused(BODY_INVALID)
    change = None
    if model.has_functions and model.pictures is not None:
        prompt, pictures, change = change_of(given, params, model.pictures)
    elif model.is_older:
        prompt, pictures = _text(given.get("prompt"), "prompt"), _images_of(given, model)
    else:
        prompt, pictures = _message(given, model)
    # The newer protocol has moved it.
    negative = _negative(given if model.is_older else params) if model.negative_limit else ""
    if model.has_modes:
        _check_modes(params, pictures)
    if model.interleaves and _flag(params, "enable_interleave", default=False):
        # The vendor would answer with texts between the pictures; a client here is not to ask for them.
        raise undefined("enable_interleave")
    is_series = model.thinks and _flag(params, "enable_sequential", default=False)
    n = _integer(params, "n", 1, MOST_IN_SERIES, default=MOST_IN_SERIES) if is_series else _count(params, model)
    if is_series and "thinking_mode" in params:
        # Stricter than the page, which says only that it is for what is no series.
        raise undefined("thinking_mode")
    if change is not None:
        width, height = change.size_of(pictures[0])
    else:
        width, height = _size(params, model, pictures, is_series=is_series)
    return Order(
        model=model,
        prompt=_cut(prompt, model),
        sent_prompt=prompt,
        negative_prompt=negative[: model.negative_limit],
        width=width,
        height=height,
        n=n,
        is_series=is_series,
        seed=_integer(params, "seed", 0, MAX_SEED) if params.get("seed") is not None else None,
        prompt_extend=model.rewrites and _flag(params, "prompt_extend", default=model.rewrites_by_itself),
        thinking=model.thinks and _flag(params, "thinking_mode", default=True) and not is_series and not pictures,
        watermark=_flag(params, "watermark", default=False),
        params=params,
        pictures=pictures,
        change=change,
        boxes=boxes_of(params, pictures, model.boxes),
    )


def _text(prompt: object, name: str) -> str:
    # Guess: one of the generic texts of the error page; a prompt of blanks counts as empty.
    if prompt is None or (isinstance(prompt, str) and not prompt.strip()):
        raise invalid(f"Required parameter({name}) missing or invalid, please check the request parameters.")
    if not isinstance(prompt, str):
        raise undefined(name)
    return prompt


def _message(given: Mapping[str, Any], model: StandInModel) -> tuple[str, tuple[bytes, ...]]:
    """The prompt of the newer protocol, and the pictures: exactly one message, of the user, with exactly one text.

    The texts are the error page's. Guess: which of them comes when.
    """
    messages = given.get("messages")
    if not messages:
        raise invalid("No messages found in input")
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise undefined("messages")
    if len(messages) > 1 or messages[0].get("role") != "user":
        raise undefined("messages")
    content = messages[0].get("content")
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        raise undefined("content")
    texts = [part["text"] for part in content if "text" in part]
    if not texts:
        raise invalid("lack of image or text")
    if len(texts) > 1 or not all(("text" in part) ^ ("image" in part) for part in content):
        raise undefined("content")
    images = [part["image"] for part in content if "image" in part]
    return _text(texts[0], "text"), pictures_of(images, model.pictures, "content")


def _images_of(given: Mapping[str, Any], model: StandInModel) -> tuple[bytes, ...]:
    """The pictures of the older protocol; models of words don't know them, and ignore them as all that."""
    if model.pictures is None:
        return ()
    images = given.get("images") or []
    if not isinstance(images, list):
        raise undefined("images")
    return pictures_of(images, model.pictures, "images")


def _negative(holder: Mapping[str, Any]) -> str:
    negative = holder.get("negative_prompt") or ""
    if not isinstance(negative, str):
        raise undefined("negative_prompt")
    return negative


def _check_modes(params: Mapping[str, Any], pictures: tuple[bytes, ...]) -> None:
    _flag(params, "enable_thinking", default=True)
    mode = params.get("prompt_extend_mode", "direct")
    if mode not in _MODES or (pictures and mode == "agent"):
        raise undefined("prompt_extend_mode")


def _cut(prompt: str, model: StandInModel) -> str:
    if not model.counts_tokens:
        return prompt[: model.prompt_limit]
    tokens = list(_TOKEN.finditer(prompt))
    return prompt if len(tokens) <= model.prompt_limit else prompt[: tokens[model.prompt_limit - 1].end()]


def _count(params: Mapping[str, Any], model: StandInModel) -> int:
    return _integer(params, "n", 1, model.most_n, default=model.default_n)


def _size(
    params: Mapping[str, Any], model: StandInModel, pictures: tuple[bytes, ...], *, is_series: bool
) -> tuple[int, int]:
    if pictures and model.pictures is not None and "size" not in params:
        return _in_ratio(model.pictures.area_side, pictures[-1])
    size = params.get("size", model.default_size)
    # Of words alone it draws up to 4K, but neither a series nor what is made of pictures.
    is_smaller = model.pictures is not None and (is_series or bool(pictures))
    if size in model.tiers and not (is_smaller and size == "4K"):
        return _of_tier(size, pictures)
    found = _SIZE.fullmatch(size) if isinstance(size, str) else None
    # Guess: which text a bad size gives was not found, for form and range alike.
    if found is None:
        raise undefined("size")
    width, height = int(found[1]), int(found[2])
    rule = model.pictures.sizes if is_smaller and model.pictures is not None else model.sizes
    if not rule.allows(width, height):
        raise invalid(f"the parameters must conform to the specification: size {size}.")
    return width, height


def _of_tier(tier: str, pictures: tuple[bytes, ...]) -> tuple[int, int]:
    """As many pixels as the tier's square, in the ratio of the last picture."""
    return _in_ratio(_TIERS[tier], pictures[-1]) if pictures else (_TIERS[tier], _TIERS[tier])


def _in_ratio(side: int, picture: bytes) -> tuple[int, int]:
    """As many pixels as the square of ``side``, in the ratio of the picture. Guess: how it is rounded."""
    root = ratio_of(picture) ** 0.5
    return int(side * root), int(side / root)


def _integer(params: Mapping[str, Any], name: str, low: int, high: int, *, default: int = 0) -> int:
    value = params.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise undefined(name)
    if not low <= value <= high:
        raise invalid(f"Range of {name} should be [{low}, {high}]")
    return value


def _flag(params: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = params.get(name, default)
    if not isinstance(value, bool):
        raise undefined(name)
    return value
