"""What the operator's commands do, beside a running bot or without one."""

import os
import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from bot.config import Config
from bot.domain.books.bill import Bill, CapUse, ModelBill
from bot.domain.books.doubtful_cost import Doubt, number_of
from bot.domain.money import to_cny
from bot.domain.requests.listing import Listing
from bot.domain.requests.policy import Policy
from bot.domain.requests.worth import worth_of
from bot.domain.time.moments import FIRST_YEAR, LAST_YEAR
from bot.domain.time.periods import PeriodKind, period_at
from bot.errors import NOT_SENT, ConfigurationError, ImageServiceError
from bot.failure_kinds import Advice
from bot.ports import Clock
from bot.service.servers.reporting import Reporting
from bot.service.upkeep.verifier import Verifier
from bot.storage.books.doubtful_costs import SqliteDoubtfulCosts
from bot.storage.books.reports import SqliteReports
from bot.storage.books.verification import SqliteBooks
from bot.storage.files import owner_only
from bot.storage.servers.servers import SqliteServers
from bot.storage.sqlite import backup
from bot.storage.sqlite.connection import Connect, ThreadConnection
from bot.storage.sqlite.database import Database
from bot.wiring.vendor import open_image_service


async def list_doubts(config: Config, clock: Clock, *, connect: Connect = ThreadConnection.open) -> list[str]:
    """Return a table of the jobs in doubt and of those whose cost is doubtful; ``connect`` opens the database."""
    async with _opened(config, connect) as database:
        doubts = await SqliteDoubtfulCosts(database, clock).unresolved()
    if not doubts:
        return ["Nothing is in doubt."]
    rows = [("number", "server", "model", "images", "state", "since (UTC)", "doubtful CNY"), *map(_row, doubts)]
    return [*_table(rows), f"{to_cny(sum(doubt.doubtful_micros for doubt in doubts)):f} CNY are doubtful."]


def comes_to(policy: Policy) -> str:
    """Say what the defaults come to: of the pool of one server, and of the cap over all of them."""
    default = next(iter(policy.catalogue.values()))
    pool, cap = (
        worth_of(micros, default, policy.rule, policy.period) for micros in (policy.pool_micros, policy.cap_micros)
    )
    least = pool or cap
    if least is None:
        return "Neither servers.pool nor quota.operator_cap limits what a month may cost."
    whose = "A server's pool" if pool else "The cap over all servers"
    said = f"{whose} is about {number_of(least.images, 'picture')} a month with {least.model}"
    if least.members:
        said += f"; {number_of(least.members, 'active member')} can use it up in a {least.period}"
    return f"{said}. The cap over all servers is about {cap.images}." if pool and cap else f"{said}."


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(doubt: Doubt) -> tuple[str, ...]:
    since = datetime.fromtimestamp(doubt.since_ms / 1000, UTC)
    return (
        f"#{doubt.number}",
        str(doubt.server_id),
        doubt.model,
        str(doubt.images),
        doubt.state,
        f"{since:%Y-%m-%d %H:%M:%S}",
        f"{to_cny(doubt.doubtful_micros):f}",
    )


_ID = re.compile(r"[A-Za-z0-9._-]+")

MOST_OF_A_TASK = 12
"""Images that a task can have made: a series of wan2.7, as other programs may ask for it (the vendor's page)."""


@dataclass(frozen=True, slots=True)
class Word:
    """What the operator says of a doubt.

    Attributes:
        which: a job's number or id, or the id of a task that no job owns.
        billed_images: as the vendor's bill has it.
        server_id: whose number it is; None if there is only one such job.
        task_id: the vendor's task that the job was, if known.
        model: of a task that no job owns.
    """

    which: str
    billed_images: int
    server_id: int | None = None
    task_id: str = ""
    model: str = ""


async def resolve(config: Config, clock: Clock, word: Word, *, connect: Connect = ThreadConnection.open) -> str:
    """Write the operator's word on a doubt into the books, which ``connect`` opens; return what was done in a sentence.

    Raises:
        ConfigurationError: if the word can't be right.
    """
    # A job's number as the lists show it.
    word = replace(word, which=word.which.removeprefix("#"))
    if not _ID.fullmatch(word.which):
        raise ConfigurationError([f"{word.which!r}: is neither a job's number or id nor the id of a task"])
    async with _opened(config, connect) as database:
        doubts = SqliteDoubtfulCosts(database, clock)
        # Discord's ids and our numbers are digits, the vendor's task ids are not digits alone.
        if word.which.isascii() and word.which.isdecimal():
            return await _resolve_job(config, doubts, word)
        return await _book_task(config, clock, doubts, word)


async def _resolve_job(config: Config, doubts: SqliteDoubtfulCosts, word: Word) -> str:
    number = int(word.which)
    # SQLite's integers end there, and so do Discord's ids.
    found = await doubts.named(number, word.server_id) if number < 2**63 else []
    if not found:
        raise ConfigurationError([f"{word.which}: is no job that is or was in doubt; jobs in-doubt lists them"])
    if len(found) > 1:
        servers = ", ".join(str(doubt.server_id) for doubt in found)
        raise ConfigurationError([f"{word.which}: is a job in several servers ({servers}): give --server"])
    (doubt,) = found
    if word.billed_images > doubt.images:
        raise ConfigurationError(
            [f"--billed: the job asked for {number_of(doubt.images, 'image')}, not {word.billed_images}"]
        )
    if word.task_id and (owner := await doubts.owner(word.task_id)):
        raise ConfigurationError([f"--task: {word.task_id} belongs to job #{owner[1]} of server {owner[0]}"])
    if word.task_id and (booked := await doubts.booked_apart(word.task_id, doubt.job_id)) is not None:
        raise ConfigurationError(
            [
                f"--task: {word.task_id} is in the books with {number_of(booked, 'image')} already, and not for this "
                "job; if it was this job's, resolve the job with --not-billed"
            ]
        )
    model = config.catalogue().get(doubt.model)
    tier = model.free_tier if model else None
    is_new = await doubts.resolve(doubt.job_id, word.billed_images, tier, task_id=word.task_id)
    name = f"Job #{doubt.number} of server {doubt.server_id}"
    billed = number_of(word.billed_images, "image")
    return f"{name}: the vendor billed {billed}{'' if is_new else ', as the ledger says already'}."


async def _book_task(config: Config, clock: Clock, doubts: SqliteDoubtfulCosts, word: Word) -> str:
    model = config.catalogue().get(word.model)
    if model is None:
        known = ", ".join(config.catalogue())
        raise ConfigurationError([f"--model: give the model of task {word.which}, one of {known}"])
    if owner := await doubts.owner(word.which):
        raise ConfigurationError([f"{word.which}: belongs to job #{owner[1]} of server {owner[0]}"])
    month = period_at(PeriodKind.MONTH, config.quota.timezone, clock.now_ms())
    if word.billed_images > MOST_OF_A_TASK:
        raise ConfigurationError([f"--billed: a task makes {MOST_OF_A_TASK} images at most"])
    booked = await doubts.book(word.which, model, word.billed_images, month)
    if booked != word.billed_images:
        raise ConfigurationError(
            [f"{word.which}: is booked with {number_of(booked, 'image')} already; nothing was changed"]
        )
    are = "is" if word.billed_images == 1 else "are"
    return f"Task {word.which}: {number_of(word.billed_images, 'image')} {are} booked."


@dataclass(frozen=True, slots=True)
class Offers:
    """What the image service says of the models that are enabled, one sentence for each.

    Attributes:
        listed: those that it lists, with the day on which one goes offline.
        absent: those that it lists no more, as faults of the configuration.
        unclear: those of which it gave no clear answer.
        refuses_key: it does not take the API key, and was asked nothing more.
    """

    listed: list[str]
    absent: list[str]
    unclear: list[str]
    refuses_key: bool = False


async def offers(config: Config, clock: Clock) -> Offers:
    """Ask the image service whether it still offers the models that are enabled."""
    found = Offers([], [], [])
    async with AsyncExitStack() as stack:
        vendor = await open_image_service(config, clock, stack)
        asked = {
            name: f"{config.whence('models', name)}: is not offered any more; {TAKE_OUT}" for name in config.catalogue()
        }
        if (rewriting := config.rewriting) is not None:
            asked[rewriting.model] = (
                f"{config.whence('rewriting', 'model')}: {rewriting.model} is not offered any more; {RENAME}"
            )
        for name, fault in asked.items():
            try:
                listing = await vendor.listing(name)
            except ImageServiceError as error:
                if error.advice is Advice.KEY:
                    # It would say the same of each.
                    return replace(found, refuses_key=True)
                found.unclear.append(f"{name}: no clear answer: {_why_not(error)}")
            else:
                if listing.is_listed:
                    found.listed.append(f"{name}: {_until(listing, clock.now_ms())}")
                else:
                    found.absent.append(fault)
    return found


TAKE_OUT = "switch it off (enabled = false), or name its successor"
RENAME = "name its successor, with price_in and price_out"


def _until(listing: Listing, now_ms: int) -> str:
    if not listing.ends_ms:
        return "is offered"
    return (
        f"retires on {listing.last_day}"
        if listing.ends_ms > now_ms
        else f"is offered, and was to go offline on {listing.last_day}"
    )


def _why_not(error: ImageServiceError) -> str:
    return "it can't be reached" if error.code == NOT_SENT else error.code


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `ledger verify` found.

    Attributes:
        differences: one sentence each; none if all is well.
        summary: what was looked at.
    """

    differences: list[str]
    summary: str


async def verify(config: Config, clock: Clock, *, offline: bool, connect: Connect = ThreadConnection.open) -> Verdict:
    """Compare the books with themselves and, unless ``offline``, the last 24 hours with the vendor's answers.

    Args:
        config: the operator's.
        clock: says what the last 24 hours are, and paces the questions.
        offline: ask the vendor nothing.
        connect: opens the database.
    """
    async with _opened(config, connect) as database, AsyncExitStack() as stack:
        books = SqliteBooks(database)
        differences = await books.differences()
        buckets, rows, holds = await books.size()
        summary = (
            f"{number_of(buckets, 'balance')}, {number_of(rows, 'row')} and {number_of(holds, 'hold')} were compared"
        )
        if offline:
            return Verdict(differences, f"{summary}; the vendor was not asked.")
        vendor = await open_image_service(config, clock, stack)
        verifier = Verifier(books=books, vendor=vendor, models=config.catalogue(), clock=clock)
        try:
            async for difference in verifier.differences():
                differences.append(difference)
        except ImageServiceError as error:
            differences.append(f"the image service could not be asked to the end: {_why_not(error)}")
        return Verdict(differences, f"{summary}, and {number_of(verifier.compared, 'task')} with the vendor.")


async def report(config: Config, clock: Clock, month: str = "") -> list[str]:
    """Return the operator's report of a month, written ``2026-11``; empty: of this one.

    Raises:
        ConfigurationError: if that is no month.
    """
    day = _first_day(month) if month else None
    async with _opened(config, ThreadConnection.open) as database:
        reporting = Reporting(
            reports=SqliteReports(database, clock),
            servers=SqliteServers(database, clock),
            policy=config.policy(),
            clock=clock,
        )
        bill = await reporting.operator(day)
    return [f"Report of {bill.period.key} ({bill.zone.key}). Amounts are in CNY.", "", *_bill(bill)]


def _first_day(month: str) -> date:
    try:
        day = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        day = date.min
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ConfigurationError([f"--month: must be a month such as 2026-11, not {month!r}"])
    return day


def _bill(bill: Bill) -> Iterator[str]:
    if bill.is_empty:
        yield "The vendor bills nothing: no pictures were made."
    else:
        head = ("model", "images", "pictures in", "of the free tier", "cost", "doubtful", "charged to members")
        total = replace(bill.total, model="all models")
        yield from _table([head, *(_model_row(one) for one in (*bill.models, total))])
    yield ""
    yield _cap(bill.cap)
    if bill.tiers:
        ends = {tier.model: datetime.fromtimestamp(tier.ends_ms / 1000, UTC) for tier in bill.tiers}
        rows = [(tier.model, str(tier.images), f"{ends[tier.model]:%Y-%m-%d %H:%M}") for tier in bill.tiers]
        yield from ("", *_table([("free tier now", "images left", "ends (UTC)"), *rows]))
    if bill.servers:
        used = [(str(s.server_id), str(s.images), _cny(s.list_micros), _cny(s.charged_micros)) for s in bill.servers]
        yield from ("", *_table([("server", "images", "at list price", "charged to members"), *used]))


def _model_row(one: ModelBill) -> tuple[str, ...]:
    amounts = map(_cny, (one.cost_micros, one.doubtful_micros, one.charged_micros))
    # A text model makes no pictures.
    images = f"{one.rewritings} prompts" if one.rewritings and not one.images else str(one.images)
    return (one.model, images, str(one.inputs), str(one.tier_images), *amounts)


def _cap(cap: CapUse) -> str:
    limit = "there is no cap" if cap.limit_micros is None else f"the cap is {_cny(cap.limit_micros)}"
    return f"Counted against the cap: {_cny(cap.cost_micros)}, and {_cny(cap.doubtful_micros)} in doubt; {limit}."


def _cny(micros: int) -> str:
    return f"{to_cny(micros):f}"


def back_up(config: Config, target: Path, *, force: bool) -> str:
    """Copy the database to ``target``; return what was done in a sentence.

    Raises:
        ConfigurationError: if ``target`` is no place for a copy.
    """
    source = _existing(config)
    if target.is_dir() or not target.parent.is_dir():
        raise ConfigurationError([f"{target}: must be a file in a folder that exists"])
    if target.exists() and not target.is_file():
        raise ConfigurationError([f"{target}: must be an ordinary file"])
    if target.exists() and target.samefile(source):
        raise ConfigurationError([f"{target}: is the database itself"])
    if fault := _taken_by(config, source, target.resolve()):
        raise ConfigurationError([f"{target}: {fault}; give another name"])
    if target.exists() and not force:
        raise ConfigurationError([f"{target}: exists; give another name, or --force to replace it"])
    beside = [target.with_name(target.name + ending) for ending in ("-wal", "-journal")]
    if left := [path.name for path in beside if path.exists()]:
        raise ConfigurationError([f"{target}: is a database in use, {left[0]} lies beside it; give another name"])
    size = backup.back_up(source, target)
    return f"{target}: {size} bytes."


def _taken_by(config: Config, source: Path, target: Path) -> str:
    """Return what a file of the bot's own is for, which no copy may replace; "" if it is none."""
    source = source.resolve()
    if target in [source.with_name(source.name + ending) for ending in owner_only.BESIDE]:
        return "belongs to the database"
    if target == config.path.resolve():
        return "is the configuration"
    return "lies among the pictures" if config.storage.images.resolve() in target.parents else ""


def _existing(config: Config) -> Path:
    file, where = config.storage.file, config.whence("storage", "database")
    try:
        is_there = file.is_file()
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise ConfigurationError([f"{where}: {file} can't be reached: {reason}"]) from None
    if not is_there:
        raise ConfigurationError([f"{where}: there is no database {file}; a bot that ran has made one"])
    return file


@asynccontextmanager
async def _opened(config: Config, connect: Connect) -> AsyncGenerator[Database]:
    async with await Database.open(_existing(config), migrates=False, connect=connect) as database:
        yield database
