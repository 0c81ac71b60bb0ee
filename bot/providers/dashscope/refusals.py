"""Answers that bring nothing, as the errors that follow from them."""

from bot.errors import ImageServiceError, Throttled
from bot.providers.dashscope import wire
from bot.providers.dashscope.errormap import Raised, advice_for, kind_of, meaning_for_create, meaning_for_poll
from bot.providers.dashscope.exchange import Answer, Exchange


def refusal(exchange: Exchange, answer: Answer, *, for_create: bool) -> ImageServiceError:
    """Return what an answer means that is a refusal: to what makes something and is paid for, or to a question."""
    body = wire.read(wire.ErrorBody, answer.body) or wire.ErrorBody()
    meaning = meaning_for_create if for_create else meaning_for_poll
    error = meaning(answer.status, body.code, body.message)(
        exchange.redact(body.code) or f"http_{answer.status}",
        exchange.redact(body.message),
        kind=kind_of(body.code or f"http_{answer.status}", body.message),
        advice=advice_for(body.code),
        http_status=answer.status,
        request_id=body.request_id,
    )
    if isinstance(error, Throttled):
        error.retry_after_s = answer.retry_after_s
    return error


def unexpected(answer: Answer, code: str, raised: Raised) -> ImageServiceError:
    """Return the error for an answer in which what was asked for is not to be found."""
    told = wire.read(wire.ErrorBody, answer.body) or wire.ErrorBody()
    return raised(code, f"{len(answer.body)} bytes", http_status=answer.status, request_id=told.request_id)
