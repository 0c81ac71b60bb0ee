"""The terms that apply to one member, read in the transaction that uses them."""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace

from bot.domain.quota import Standing, Terms
from bot.domain.rules import RuleBook, resolve
from bot.domain.settings import Settings
from bot.storage import ledger
from bot.storage.servers import read_rules, read_settings


def applied(terms: Terms, settings: Settings, book: RuleBook, now_ms: int) -> Terms:
    """Put a server's word in the place of the operator's, where the operator leaves it to the server."""
    calendar = settings.calendar_at(now_ms)
    return replace(
        terms,
        rule=resolve(terms.rule, book).rule,
        period=calendar.period_at(now_ms) if calendar else terms.period,
        pool_micros=settings.pool_within(terms.pool_micros),
    )


def standing(
    conn: sqlite3.Connection, server_id: int, account_id: int, roles: Iterable[int], terms: Terms, now_ms: int
) -> Standing:
    """Give what a member has left, under the operator's ``terms`` as the server's word changes them."""
    settings, book = read_settings(conn, server_id), read_rules(conn, server_id, account_id, roles)
    own = applied(terms, settings, book, now_ms)
    return Standing(ledger.balance(conn, server_id, account_id, own), own)
