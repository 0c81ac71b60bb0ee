"""The text models, in the vendor's own form: what is asked of them, what they answer, and what that costs.

They write nothing that is worth reading: each answer shows that it was made from its prompt, and by which instruction.
"""

import re
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.dashscope.refusals import (
    BODY_INVALID,
    INAPPROPRIATE,
    IP_SUSPECT,
    MODEL_NOT_FOUND,
    NO_INPUT,
    NO_MODEL,
    OTHER_ENDPOINT,
    OUTPUT_WITHHELD,
    Refusal,
    Refused,
    invalid,
    undefined,
)

TEXT = "text-generation/generation"

_TOKEN = re.compile(r"[\u2e80-\uffff]|[^\W\d_]{1,6}|\S")
"""Guess: about what the vendor counts as a token."""

_FRAME_TOKENS = 12
"""Guess: what it counts around the texts."""

_MARKERS = {"[refuse]": INAPPROPRIATE, "[ip]": IP_SUSPECT, "[withhold]": OUTPUT_WITHHELD}


@dataclass(frozen=True)
class TextRow:
    """A text model: its prices are micro-yuan per million tokens (the vendor's price page, Beijing)."""

    name: str
    in_micros: int
    out_micros: int
    thinks: bool = True
    most_out: int = 32_768


TEXT_MODELS = (TextRow("qwen3.7-flash", 200_000, 800_000), TextRow("qwen-plus", 800_000, 2_000_000, thinks=False))


@dataclass(frozen=True)
class TextOutcome:
    """How one call ends; the default is that all goes well.

    Attributes:
        refuse: answer with this; nothing is billed.
        says: write this instead.
        finish_reason: say this, if not what is so.
        tells: what the answer has of ``output`` and ``usage``.
    """

    refuse: Refusal | None = None
    says: str | None = None
    finish_reason: str = ""
    tells: tuple[str, ...] = ("output", "usage")


@dataclass(frozen=True)
class TextCall:
    """A call that was answered, and is billed whether or not anybody hears the answer."""

    request_id: str
    model: str
    instruction: str
    prompt: str
    text: str
    tokens_in: int
    tokens_out: int
    cost_micros: int


class Texts:
    """The text models of one account.

    Attributes:
        models: by name.
        calls: what was answered, in order.
    """

    def __init__(self, is_picture_model: Callable[[str], bool]) -> None:
        self.models = {row.name: row for row in TEXT_MODELS}
        self.calls: list[TextCall] = []
        self._outcomes: deque[TextOutcome] = deque()
        self._is_picture_model = is_picture_model

    @property
    def billed_micros(self) -> int:
        return sum(call.cost_micros for call in self.calls)

    def next_outcome(self, outcome: TextOutcome, *, times: int = 1) -> None:
        """Decide what becomes of the next ``times`` calls that pass the checks."""
        self._outcomes.extend([outcome] * times)

    def forget_plans(self) -> None:
        """Let all go well with the calls that come."""
        self._outcomes.clear()

    def model_of(self, body: Mapping[str, Any]) -> TextRow:
        """The model that ``body`` names, or a refusal."""
        name = body.get("model")
        if name is None or name == "":
            raise Refused(NO_MODEL)
        if not isinstance(name, str):
            raise undefined("model")
        if name not in self.models:
            raise Refused(OTHER_ENDPOINT if self._is_picture_model(name) else MODEL_NOT_FOUND)
        return self.models[name]

    def answer(self, body: Mapping[str, Any], row: TextRow) -> dict[str, Any]:
        """Write what ``body`` asks for, and bill it; or refuse it."""
        instruction, prompt = _messages(body)
        params = body.get("parameters") or {}
        if not isinstance(params, dict):
            raise Refused(BODY_INVALID)
        most_out = _check(params, row)
        outcome = self._outcomes.popleft() if self._outcomes else TextOutcome()
        refusal = outcome.refuse or next((no for word, no in _MARKERS.items() if word in prompt), None)
        if refusal is not None:
            raise Refused(refusal)
        call, finish_reason = _written(row, instruction, prompt, outcome.says, most_out)
        self.calls.append(call)
        return _body(call, outcome.finish_reason or finish_reason, outcome.tells, params.get("result_format", "text"))


def _written(row: TextRow, instruction: str, prompt: str, says: str | None, most_out: int) -> tuple[TextCall, str]:
    text = _rewritten(instruction, prompt) if says is None else says
    tokens = list(_TOKEN.finditer(text))
    is_cut = len(tokens) > most_out
    if is_cut:
        tokens = tokens[:most_out]
        text = text[: tokens[-1].end()]
    tokens_in = _FRAME_TOKENS + len(_TOKEN.findall(instruction)) + len(_TOKEN.findall(prompt))
    # Guess: that each call is rounded up by itself.
    cost_micros = -(-(tokens_in * row.in_micros + len(tokens) * row.out_micros) // 1_000_000)
    call = TextCall(str(uuid.uuid4()), row.name, instruction, prompt, text, tokens_in, len(tokens), cost_micros)
    return call, "length" if is_cut else "stop"


def _rewritten(instruction: str, prompt: str) -> str:
    if "into English" in instruction:
        return f"{prompt} (in English)"
    return f"{prompt}, in soft evening light, finely detailed"


def _messages(body: Mapping[str, Any]) -> tuple[str, str]:
    """The instruction, if there is one, and the prompt. Guess: that the vendor takes no other order of roles."""
    given = body.get("input")
    if given is None:
        raise Refused(NO_INPUT)
    if not isinstance(given, dict):
        raise Refused(BODY_INVALID)
    messages = given.get("messages")
    if not messages:
        raise invalid('Either "prompt" or "messages" must exist and cannot both be none')
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise undefined("messages")
    if [message.get("role") for message in messages] not in (["user"], ["system", "user"]):
        raise undefined("messages.role")
    texts = [message.get("content") for message in messages]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise undefined("messages.content")
    return (texts[0] if len(texts) > 1 else ""), texts[-1]


def _check(params: Mapping[str, Any], row: TextRow) -> int:
    """Refuse parameters that can't be; return how many tokens may be written. The texts are the error page's."""
    if params.get("result_format", "text") not in {"text", "message"}:
        raise undefined("result_format")
    for name in ("enable_thinking", "enable_search", "incremental_output"):
        if not isinstance(params.get(name, False), bool):
            raise undefined(name)
    if row.thinks and params.get("enable_thinking", True):
        raise invalid("parameter.enable_thinking must be set to false for non-streaming calls")
    if not 0 <= _number(params, "temperature", 0.7) < 2:
        raise invalid("Temperature should be in [0.0, 2.0)")
    if not 0 < _number(params, "top_p", 0.8) <= 1:
        raise invalid("Range of top_p should be (0.0, 1.0]")
    most = params.get("max_tokens", row.most_out)
    if not isinstance(most, int) or isinstance(most, bool):
        raise undefined("max_tokens")
    if not 1 <= most <= row.most_out:
        raise invalid(f"Range of max_tokens should be [1, {row.most_out}]")
    return most


def _number(params: Mapping[str, Any], name: str, default: float) -> float:
    value = params.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise undefined(name)
    return value


def _body(call: TextCall, finish_reason: str, tells: tuple[str, ...], format_: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": call.text}
    output: dict[str, Any] = {"choices": [{"finish_reason": finish_reason, "message": message}]}
    if format_ == "text":
        output = {"text": call.text, "finish_reason": finish_reason}
    usage = {
        "input_tokens": call.tokens_in,
        "output_tokens": call.tokens_out,
        "total_tokens": call.tokens_in + call.tokens_out,
    }
    said = {"output": output, "usage": usage}
    return {**{name: said[name] for name in tells}, "request_id": call.request_id}
