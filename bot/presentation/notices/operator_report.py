"""The operator's weekly word: what the vendor bills, what is left of cap and free tiers, who used it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from babel.dates import format_interval

from bot.domain.books.bill import Bill, CapUse, ModelBill, ServerUse
from bot.domain.jobs.notice import Notice
from bot.presentation.kit.escaping import length, shortened
from bot.presentation.kit.limits import CONTENT_LIMIT
from bot.presentation.kit.names import on_one_line
from bot.presentation.kit.texts import DEFAULT, Texts, language_of

MOST_LINES = 8
"""Models and tiers that are named each; the vendor offers fewer."""

LONGEST_NAME = 40
LAST_LINE = 60
"""Characters kept free for how many servers are not named."""


def text_of(notice: Notice, servers: Mapping[int, str], texts: Texts) -> str:
    """Return the weekly word, in English as all that the operator is told.

    Args:
        notice: of the kind ``operator-report``.
        servers: names by id; a server that isn't there is shown by its id.
        texts: the catalogues.
    """
    bill = Bill.from_json(str(notice.content["bill"]))
    text = shortened("\n".join(_lines(bill, texts)), CONTENT_LIMIT - LAST_LINE)
    named, used = 0, [server for server in bill.servers if server.images]
    for server in used:
        line = _server(server, servers, texts)
        if length(text) + 1 + length(line) > CONTENT_LIMIT - LAST_LINE:
            break
        text = f"{text}\n{line}"
        named += 1
    if named < len(used):
        text = f"{text}\n{texts.say(DEFAULT, 'operator-report-servers', count=len(used) - named)}"
    return text


def _lines(bill: Bill, texts: Texts) -> Iterator[str]:
    total = bill.total
    yield texts.say(DEFAULT, "operator-report", period=_days(bill))
    yield texts.say(
        DEFAULT,
        "operator-report-total",
        images=total.images,
        tier=total.tier_images,
        cost=total.cost_micros,
        paid=total.charged_micros,
    )
    for model in bill.models[:MOST_LINES]:
        yield _model(model, texts)
    lost = sum(model.doubtful_micros for model in bill.models if model.rewritings)
    if unclear := total.doubtful_micros - lost:
        yield texts.say(DEFAULT, "operator-report-doubtful", amount=unclear)
    if lost:
        yield texts.say(DEFAULT, "operator-report-lost", amount=lost)
    yield _cap(bill.cap, texts)
    for tier in bill.tiers[:MOST_LINES]:
        key = "operator-report-tier" if tier.images else "operator-report-tier-gone"
        yield texts.say(DEFAULT, key, model=tier.model, images=tier.images, ends_ms=tier.ends_ms)


def _model(model: ModelBill, texts: Texts) -> str:
    values = {"model": model.model, "cost": model.cost_micros}
    if model.rewritings:
        return texts.say(DEFAULT, "operator-report-text-model", prompts=model.rewritings, **values)
    return texts.say(DEFAULT, "operator-report-model", images=model.images, **values)


def _cap(cap: CapUse, texts: Texts) -> str:
    taken = cap.cost_micros + cap.doubtful_micros
    if cap.limit_micros is None:
        return texts.say(DEFAULT, "operator-report-no-cap", month=cap.month, cost=taken)
    return texts.say(DEFAULT, "operator-report-cap", month=cap.month, cost=taken, amount=cap.limit_micros)


def _server(server: ServerUse, names: Mapping[int, str], texts: Texts) -> str:
    name = on_one_line(names.get(server.server_id, ""))[:LONGEST_NAME] or str(server.server_id)
    return texts.say(DEFAULT, "operator-report-server", server=name, images=server.images, amount=server.list_micros)


def _days(bill: Bill) -> str:
    first = datetime.fromtimestamp(bill.period.start_ms / 1000, UTC).astimezone(bill.zone).date()
    after = datetime.fromtimestamp(bill.period.end_ms / 1000, UTC).astimezone(bill.zone).date()
    return format_interval(first, after - timedelta(days=1), "yMMMd", locale=language_of(DEFAULT).replace("-", "_"))
