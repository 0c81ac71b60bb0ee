"""The checks of a create's body, as strict as the vendor's and in one place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.dashscope.models import SERVED_ELSEWHERE, StandInModel
from sandbox.dashscope.refusals import MODEL_NOT_FOUND, NO_INPUT, NO_MODEL, OTHER_ENDPOINT, Refused, invalid

MAX_SEED = 2_147_483_647
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
        n: images asked for.
        seed: None if the vendor is to draw one.
        prompt_extend: whether the prompt is rewritten.
        watermark: whether "AI生成" is put on.
        params: the ``parameters`` object as it came.
    """

    model: StandInModel
    prompt: str
    sent_prompt: str
    negative_prompt: str
    width: int
    height: int
    n: int
    seed: int | None
    prompt_extend: bool
    watermark: bool
    params: Mapping[str, Any]


def model_of(body: Mapping[str, Any], models: Mapping[str, StandInModel]) -> StandInModel:
    """The model that ``body`` names, or a refusal."""
    name = body.get("model")
    if name is None or name == "":
        raise Refused(NO_MODEL)
    if not isinstance(name, str):
        raise _undefined("model")
    if name not in models:
        if name.startswith(SERVED_ELSEWHERE):
            raise Refused(OTHER_ENDPOINT)
        raise Refused(MODEL_NOT_FOUND)
    return models[name]


def order_of(body: Mapping[str, Any], model: StandInModel) -> Order:
    """Check ``body`` for ``model``; the prompts are cut silently, keys that nobody knows are ignored."""
    texts = body.get("input")
    if texts is None:
        raise Refused(NO_INPUT)
    # The page calls every parameter optional, so the object may be missing too.
    params = body.get("parameters") or {}
    if not isinstance(texts, dict) or not isinstance(params, dict):
        raise invalid("Required body invalid, please check the request body format.")
    prompt, negative = _prompts(texts)
    width, height = _size(params, model)
    return Order(
        model=model,
        prompt=prompt[: model.prompt_limit],
        sent_prompt=prompt,
        negative_prompt=negative[: model.negative_limit],
        width=width,
        height=height,
        n=_integer(params, "n", 1, 4, default=4),
        seed=_integer(params, "seed", 0, MAX_SEED) if params.get("seed") is not None else None,
        prompt_extend=_flag(params, "prompt_extend", default=True),
        watermark=_flag(params, "watermark", default=False),
        params=params,
    )


def _prompts(texts: Mapping[str, Any]) -> tuple[str, str]:
    prompt, negative = texts.get("prompt"), texts.get("negative_prompt") or ""
    # Guess: one of the generic texts of the error page; a prompt of blanks counts as empty.
    if prompt is None or (isinstance(prompt, str) and not prompt.strip()):
        raise invalid("Required parameter(prompt) missing or invalid, please check the request parameters.")
    if not isinstance(prompt, str):
        raise _undefined("prompt")
    if not isinstance(negative, str):
        raise _undefined("negative_prompt")
    return prompt, negative


def _size(params: Mapping[str, Any], model: StandInModel) -> tuple[int, int]:
    size = params.get("size", model.default_size)
    found = _SIZE.fullmatch(size) if isinstance(size, str) else None
    # Guess: which text a bad size gives was not found, for form and range alike.
    if found is None:
        raise _undefined("size")
    width, height = int(found[1]), int(found[2])
    if not model.sizes.allows(width, height):
        raise invalid(f"the parameters must conform to the specification: size {size}.")
    return width, height


def _integer(params: Mapping[str, Any], name: str, low: int, high: int, *, default: int = 0) -> int:
    value = params.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _undefined(name)
    if not low <= value <= high:
        raise invalid(f"Range of {name} should be [{low}, {high}]")
    return value


def _flag(params: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = params.get(name, default)
    if not isinstance(value, bool):
        raise _undefined(name)
    return value


def _undefined(name: str) -> Refused:
    return invalid(f"The type or value of {name} is out of definition.")
