"""The terms that apply to one member, read in the transaction that uses them."""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace

from bot.domain.books.ledger import BucketKind
from bot.domain.requests.quota import Balance, Standing, Terms
from bot.domain.requests.quota_rules import QuotaRules, resolve
from bot.domain.servers.settings import Settings
from bot.storage.ledger import entries
from bot.storage.records import cases, refused_prompts, retained_limits
from bot.storage.records.accounts import FIND_ACCOUNT
from bot.storage.servers.servers import read_rules_of, read_settings


def applied(terms: Terms, settings: Settings, rules: QuotaRules, now_ms: int) -> Terms:
    """Put a server's word in the place of the operator's, where the operator leaves it to the server."""
    calendar = settings.calendar_at(now_ms)
    return replace(
        terms,
        rule=resolve(terms.rule, rules).rule,
        period=calendar.period_at(now_ms) if calendar else terms.period,
        pool_micros=settings.pool_within(terms.pool_micros),
        is_own_pool=settings.has_own_pool(terms.pool_micros),
    )


def standing(
    conn: sqlite3.Connection, server_id: int, member_id: int, roles: Iterable[int], terms: Terms, now_ms: int
) -> Standing:
    """Return what a member has left, by Discord's id, under the operator's ``terms`` as the server's word changes them.

    Of who was forgotten and has not come back yet that is what they will have when they do.
    """
    settings, rules = read_settings(conn, server_id), read_rules_of(conn, server_id, member_id, roles, now_ms)
    own = applied(terms, settings, rules, now_ms)
    known = conn.execute(FIND_ACCOUNT, {"member_id": member_id}).fetchone()
    limit = cases.threshold(conn, server_id)
    if known is not None:
        strikes = cases.strikes_of(conn, server_id, known[0], now_ms)
        refused = refused_prompts.standing(conn, server_id, known[0], now_ms)
        refused = replace(refused, strikes=strikes, strikes_limit=limit)
        allowance = entries.peek(conn, BucketKind.ALLOWANCE, server_id, str(known[0]), own.period.key)
        return Standing(entries.balance(conn, server_id, known[0], own), own, refused, allowance.granted)
    used = retained_limits.used_of(conn, server_id, member_id, own.period, now_ms)
    free_images = own.rule.free_images - used.get(BucketKind.ALLOWANCE, 0)
    left = Balance(free_images, own.rule.budget_micros - used.get(BucketKind.BUDGET, 0), 0)
    strikes = retained_limits.strikes_of(conn, server_id, member_id, now_ms)
    refused = retained_limits.refused_of(conn, server_id, member_id, now_ms)
    return Standing(left, own, replace(refused, strikes=strikes, strikes_limit=limit))
