"""The client of DashScope's text models, which rewrite prompts."""

import json
import re

import aiohttp

from bot.domain.requests.rewriting import MOST_TOKENS_OUT, Written
from bot.errors import NOT_SENT, AnswerWithheld, ContentRefused, ImageServiceError, OutcomeUnknown, RetryLater
from bot.ports import Clock
from bot.providers.dashscope import wire
from bot.providers.dashscope.exchange import Exchange, Silence
from bot.providers.dashscope.refusals import refusal, unexpected

PATH = "services/aigc/text-generation/generation"
"""The vendor's own form; the one at ``compatible-mode`` has another base URL."""

WRITE_TIMEOUT_S = 30.0
"""Guess: a prompt is written in a few seconds. A member waits meanwhile, and what is lost costs next to nothing."""

PARAMETERS = {
    "result_format": "message",
    "max_tokens": MOST_TOKENS_OUT,
    "temperature": 0.3,
    "top_p": 0.8,
    "enable_thinking": False,
    "enable_search": False,
}
"""All that matters is said: newer models think unasked, which costs tokens and which some refuse without a stream."""

_OF_PROMPT = re.compile(r"Input (?!.*\boutput\b)", re.IGNORECASE)
"""How the vendor begins its word on what it was sent; on what it wrote itself it begins with "Output"."""


class DashScopeTextModel:
    """Asks one text model of one account; implements ``bot.ports.TextModel``.

    Args:
        session: injected and not closed here. Headers are set per request, so it needs none of its own.
        base_url: ends in ``/api/v1``; a trailing slash is dropped.
        api_key: only ever sent, never logged, shown or put into an error.
        model: the vendor's name of it.
        clock: for the time limit.
    """

    def __init__(
        self, session: aiohttp.ClientSession, *, base_url: str, api_key: str, model: str, clock: Clock
    ) -> None:
        self._exchange = Exchange(session, base_url=base_url, api_key=api_key, clock=clock)
        self._model = model

    def __repr__(self) -> str:
        return f"DashScopeTextModel(model={self._model!r}, base_url={self._exchange.base_url!r})"

    async def write(self, instruction: str, prompt: str) -> Written:
        """Have a prompt rewritten; exactly once. Being canceled meanwhile leaves unknown whether it is billed.

        Raises:
            OutcomeUnknown: no answer after the request left, or one without a text or without what it costs.
            ImageServiceError: any other of its kinds, if nothing was written.
        """
        answer = await self._exchange.send(
            "POST",
            PATH,
            timeout_s=WRITE_TIMEOUT_S,
            body=self._body(instruction, prompt),
            headers={"Content-Type": "application/json"},
            # A server may close a kept connection just when a request goes out on it: that would be in doubt.
            own_connection=True,
        )
        if isinstance(answer, Silence):
            meaning = RetryLater if answer.code == NOT_SENT else OutcomeUnknown
            raise meaning(answer.code, answer.detail)
        told = wire.read(wire.TextAnswer, answer.body)
        if not 200 <= answer.status < 300 or (told is not None and told.code and not told.output.choices):
            raise _withheld(refusal(self._exchange, answer, for_create=True))
        if told is None:
            raise unexpected(answer, "unreadable", OutcomeUnknown)
        choice, usage = next(iter(told.output.choices), None), told.usage
        if choice is None or usage.read is None or usage.written is None:
            raise unexpected(answer, "incomplete", OutcomeUnknown)
        is_whole = choice.finish_reason == "stop"
        return Written(choice.message.content, is_whole, usage.read, usage.written)

    def _body(self, instruction: str, prompt: str) -> bytes:
        messages = [{"role": "system", "content": instruction}, {"role": "user", "content": prompt}]
        body = {"model": self._model, "input": {"messages": messages}, "parameters": PARAMETERS}
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _withheld(error: ImageServiceError) -> ImageServiceError:
    """Return a refusal as what it is of: of the prompt only where the vendor says so, and not "input or output"."""
    if not isinstance(error, ContentRefused) or _OF_PROMPT.match(error.detail):
        return error
    return AnswerWithheld(
        error.code, error.detail, kind=error.kind, http_status=error.http_status, request_id=error.request_id
    )
