"""What a server's admins decided: settings and rules. Every change is one transaction with its audit row."""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, replace
from typing import Any

from bot.domain.act import Act
from bot.domain.books.ledger import BucketKind
from bot.domain.requests.quota_rules import FIELDS, PartialRule, QuotaRules, Scope
from bot.domain.servers.settings import Calendar, Exposure, Posting, Previews, Settings
from bot.domain.text.enhance import Enhance
from bot.domain.time.periods import Period, PeriodKind
from bot.storage.ledger import entries
from bot.storage.outbox import feed, messages, said
from bot.storage.records import acts, audit, retained_limits
from bot.storage.records.accounts import FIND_ACCOUNT, MEMBER_OF, account_of
from bot.storage.servers.gifts import Gifts

READ_SETTINGS = "SELECT * FROM settings WHERE server_id = :server_id"
WRITE_SETTINGS = """
INSERT OR REPLACE INTO settings (server_id, period, zone, since_ms, next_period, next_zone, next_since_ms, pool_micros,
    channels, models, posting, admin_roles, moderator_roles, log_channel, log_exposure, confirms_paid, previews,
    age_restricted_only, edits_others, enhance, language, gallery_channel, gallery_stars,
    shows_receipts, shares_buttons)
VALUES (:server_id, :period, :zone, :since_ms, :next_period, :next_zone, :next_since_ms, :pool_micros,
    :channels, :models, :posting, :admin_roles, :moderator_roles, :log_channel, :log_exposure, :confirms_paid,
    :previews, :age_restricted_only, :edits_others, :enhance, :language, :gallery_channel, :gallery_stars,
    :shows_receipts, :shares_buttons)
"""
# Not if an admin has decided anew meanwhile.
END_AGREEMENT = """
UPDATE settings SET log_exposure = :left
WHERE server_id = :server_id AND log_channel = :log_channel AND log_exposure = :log_exposure
"""
COLUMNS = ", ".join(FIELDS)
# One search each, so that what other members of the server have is not read.
READ_RULES = f"""
SELECT scope, owner, {COLUMNS} FROM rules WHERE server_id = :server_id AND scope = 'server'
UNION ALL
SELECT scope, owner, {COLUMNS} FROM rules WHERE server_id = :server_id AND scope = 'role'
    AND owner IN (SELECT value FROM json_each(:roles))
UNION ALL
SELECT scope, owner, {COLUMNS} FROM rules WHERE server_id = :server_id AND scope = 'member' AND owner = :account_id
"""
ALL_RULES = f"SELECT scope, owner, {COLUMNS} FROM rules WHERE server_id = :server_id ORDER BY scope, owner"
ROLES_WITH_RULE = "SELECT owner FROM rules WHERE server_id = :server_id AND scope = 'role'"
READ_RULE = f"SELECT {COLUMNS} FROM rules WHERE server_id = :server_id AND scope = :scope AND owner = :owner"
WRITE_RULE = f"""
INSERT OR REPLACE INTO rules (server_id, scope, owner, {COLUMNS})
VALUES (:server_id, :scope, :owner, {", ".join(f":{name}" for name in FIELDS)})
"""
DELETE_RULE = "DELETE FROM rules WHERE server_id = :server_id AND scope = :scope AND owner = :owner"
WAITED_FOR = """
SELECT DISTINCT server_id FROM jobs JOIN servers ON servers.id = jobs.server_id AND servers.left_ms = 0
WHERE jobs.state IN
    ('held', 'queued', 'submitting', 'in_doubt', 'pending', 'running', 'fetching', 'delivering')
"""
LEAVE = "UPDATE servers SET left_ms = :now_ms WHERE id = :id AND left_ms = 0"
LEFT = "left_ms > 0 AND id IN (SELECT value FROM json_each(:ids))"
HAS_LEFT = f"SELECT 1 FROM servers WHERE {LEFT}"
COME_BACK = f"UPDATE servers SET left_ms = 0 WHERE {LEFT}"


def read_settings(conn: sqlite3.Connection, server_id: int) -> Settings:
    """Return a server's settings; those of a server that decided nothing are the defaults."""
    row = conn.execute(READ_SETTINGS, {"server_id": server_id}).fetchone()
    return _settings(row) if row else Settings()


def read_rules(conn: sqlite3.Connection, server_id: int, account_id: int, roles: Iterable[int]) -> QuotaRules:
    """Return the rules that touch one member; a member without an account has no rule of their own."""
    values = {"server_id": server_id, "account_id": account_id, "roles": json.dumps(sorted(roles))}
    found = {(row["scope"], row["owner"]): _rule(row) for row in conn.execute(READ_RULES, values)}
    return QuotaRules(
        server=found.get((Scope.SERVER, 0), PartialRule()),
        roles={owner: rule for (scope, owner), rule in found.items() if scope == Scope.ROLE},
        member=found.get((Scope.MEMBER, account_id), PartialRule()),
    )


def read_every_rule(conn: sqlite3.Connection, server_id: int, account_id: int) -> QuotaRules:
    """Return the rules that touch one member, or would if they had all roles."""
    roles = [row[0] for row in conn.execute(ROLES_WITH_RULE, {"server_id": server_id})]
    return read_rules(conn, server_id, account_id, roles)


def read_rules_of(
    conn: sqlite3.Connection, server_id: int, member_id: int, roles: Iterable[int], now_ms: int
) -> QuotaRules:
    """Return the rules that touch one member, by Discord's id; of who was forgotten those that await their return."""
    account_id = _account(conn, member_id)
    rules = read_rules(conn, server_id, account_id, roles)
    if account_id:
        return rules
    return replace(rules, member=retained_limits.rule_of(conn, server_id, member_id, now_ms))


class SqliteServers(Gifts):
    """The servers' settings and rules, and what their admins give."""

    async def settings(self, server_id: int) -> Settings:
        """Return a server's settings."""
        return await self._db.read(lambda conn: read_settings(conn, server_id))

    async def change_settings(self, act: Act, change: Callable[[Settings], Settings]) -> tuple[Settings, Settings]:
        """Change settings; return them as they were and as they are.

        Args:
            act: who, and what it is called in the audit.
            change: returns the new settings; what it raises is raised, and nothing is changed.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def changed(conn: sqlite3.Connection) -> tuple[Settings, Settings]:
            acts.require_new(conn, act.interaction_id)
            before = read_settings(conn, act.server_id)
            after = change(before)
            old, new = _row(before), _row(after)
            changes = {name: f"{old[name]} -> {new[name]}" for name in new if old[name] != new[name]}
            acts.do(conn, act, now_ms, detail=changes)
            conn.execute(WRITE_SETTINGS, {"server_id": act.server_id, **new})
            return before, after

        return await self._db.write(changed)

    async def end_agreement(self, server_id: int, seen: Settings, ended: frozenset[Exposure]) -> None:
        """End what admins agreed to of who reads the log channel, now that they don't; it is asked for anew.

        Args:
            server_id: which.
            seen: its settings, as they were when the channel was looked at.
            ended: who doesn't read it any more.
        """
        now_ms = self._clock.now_ms()
        old, new = (_row(one) for one in (seen, replace(seen, log_exposure=seen.log_exposure - ended)))

        def end(conn: sqlite3.Connection) -> None:
            if conn.execute(END_AGREEMENT, {"server_id": server_id, "left": new["log_exposure"], **old}).rowcount:
                change = f"{old['log_exposure']} -> {new['log_exposure']}"
                audit.record(conn, "settings.log-channel", at_ms=now_ms, server_id=server_id, log_exposure=change)
                feed.unsay(conn, seen.log_channel)

        await self._db.write(end)

    async def rules(self, server_id: int) -> list[tuple[Scope, int, PartialRule]]:
        """Return all rules of a server: scope, the role's id or the member's Discord id, and the rule."""

        def found(conn: sqlite3.Connection) -> list[tuple[Scope, int, PartialRule]]:
            rows = conn.execute(ALL_RULES, {"server_id": server_id}).fetchall()
            return [(Scope(row["scope"]), _person(conn, row), _rule(row)) for row in rows]

        return await self._db.read(found)

    async def forgotten_rules(self, server_id: int) -> int:
        """Return how many members who were forgotten still have a rule kept in a server."""
        return await self._db.read(lambda conn: retained_limits.count_rules(conn, server_id))

    async def rule(self, server_id: int, scope: Scope, owner_id: int) -> PartialRule:
        """Return one rule, by the role's id or the member's Discord id; an empty one if there is none."""
        now_ms = self._clock.now_ms()

        def found(conn: sqlite3.Connection) -> PartialRule:
            if scope is Scope.MEMBER:
                return read_rules_of(conn, server_id, owner_id, (), now_ms).member
            key = {"server_id": server_id, "scope": scope, "owner": owner_id}
            row = conn.execute(READ_RULE, key).fetchone()
            return _rule(row) if row else PartialRule()

        return await self._db.read(found)

    async def quota_rules(self, server_id: int, member_id: int, roles: Iterable[int]) -> QuotaRules:
        """Return the rules that touch one member, by Discord's id."""
        now_ms = self._clock.now_ms()
        return await self._db.read(lambda conn: read_rules_of(conn, server_id, member_id, roles, now_ms))

    async def set_rule(
        self, act: Act, scope: Scope, owner_id: int, rule: PartialRule | None, unset: Collection[str] = ()
    ) -> tuple[PartialRule, PartialRule]:
        """Set the fields that ``rule`` names, or with None clear the rule; return it as it was and as it is.

        Args:
            act: who, and what it is called in the audit.
            scope: whom it is for.
            owner_id: the role's id, the member's Discord id, or 0.
            rule: fields that it leaves open stay as they were.
            unset: fields of which it says nothing any more.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def changed(conn: sqlite3.Connection) -> tuple[PartialRule, PartialRule]:
            owner = account_of(conn, owner_id, now_ms) if scope is Scope.MEMBER else owner_id
            key = {"server_id": act.server_id, "scope": scope, "owner": owner}
            row = conn.execute(READ_RULE, key).fetchone()
            before = _rule(row) if row else PartialRule()
            after = rule.over(before).without(unset) if rule else PartialRule()
            changes = {
                name: f"{getattr(before, name)} -> {getattr(after, name)}"
                for name in FIELDS
                if getattr(before, name) != getattr(after, name)
            }
            acts.do(conn, act, now_ms, detail={"scope": scope, "owner": owner, **changes})
            if after.is_empty:
                conn.execute(DELETE_RULE, key)
            else:
                conn.execute(WRITE_RULE, {**key, **asdict(after)})
            return before, after

        return await self._db.write(changed)

    async def pool_taken(self, server_id: int, month: Period) -> int:
        """Return what a server used and holds of its pool in a month, micro-yuan at list price."""
        return await self._db.read(lambda conn: entries.peek(conn, BucketKind.POOL, server_id, "", month.key).taken)

    async def waited_for(self) -> set[int]:
        """Return the servers for which something is not handed over for certain yet, those left out that were left."""
        return await self._db.read(lambda conn: {row[0] for row in conn.execute(WAITED_FOR)})

    async def note_left(self, server_id: int) -> None:
        """Note that the bot is in a server no more: nothing is drawn for it."""
        values = {"id": server_id, "now_ms": self._clock.now_ms()}
        await self._db.write(lambda conn: conn.execute(LEAVE, values).rowcount)

    async def note_present(self, server_ids: set[int]) -> None:
        """Note that the bot is in these servers."""
        ids = json.dumps(sorted(server_ids))

        def noted(conn: sqlite3.Connection) -> None:
            conn.execute(COME_BACK, {"ids": ids})

        # Hardly ever is there anything to write.
        if await self._db.read(lambda conn: conn.execute(HAS_LEFT, {"ids": ids}).fetchone()):
            await self._db.write(noted)

    async def greet(self, server_id: int, channel_id: int, locale: str) -> bool:
        """Have a server greeted, once for all. Whether it was not before.

        Args:
            server_id: which.
            channel_id: where the greeting goes; 0: to the server's owner.
            locale: the server's language, by Discord's name.
        """
        now_ms = self._clock.now_ms()

        def greeted(conn: sqlite3.Connection) -> bool:
            if not said.say(conn, f"greeting {server_id}", now_ms):
                return False
            content = {"server_id": server_id, "channel_id": channel_id, "locale": locale}
            messages.add(conn, "greeting", at_ms=now_ms, content=content)
            return True

        return await self._db.write(greeted)


def _account(conn: sqlite3.Connection, member_id: int) -> int:
    """Return the account of a member; 0 if they have none."""
    known = conn.execute(FIND_ACCOUNT, {"member_id": member_id}).fetchone()
    return int(known[0]) if known else 0


def _person(conn: sqlite3.Connection, row: sqlite3.Row) -> int:
    if row["scope"] != Scope.MEMBER:
        return int(row["owner"])
    known = conn.execute(MEMBER_OF, {"account_id": row["owner"]}).fetchone()
    return int(known[0]) if known else 0


def _rule(row: sqlite3.Row) -> PartialRule:
    return PartialRule(**{name: row[name] for name in FIELDS})


def _settings(row: sqlite3.Row) -> Settings:
    return Settings(
        calendar=_calendar(row["period"], row["zone"], row["since_ms"]),
        next_calendar=_calendar(row["next_period"], row["next_zone"], row["next_since_ms"]),
        pool_micros=row["pool_micros"],
        channels=frozenset(json.loads(row["channels"])),
        models=frozenset(json.loads(row["models"])),
        posting=Posting(row["posting"]),
        admin_roles=frozenset(json.loads(row["admin_roles"])),
        moderator_roles=frozenset(json.loads(row["moderator_roles"])),
        log_channel=row["log_channel"],
        log_exposure=frozenset(Exposure(one) for one in json.loads(row["log_exposure"])),
        confirms_paid=bool(row["confirms_paid"]),
        previews=Previews(row["previews"]),
        age_restricted_only=bool(row["age_restricted_only"]),
        edits_others=bool(row["edits_others"]),
        enhance=Enhance(row["enhance"]),
        language=row["language"],
        gallery_channel=row["gallery_channel"],
        gallery_stars=row["gallery_stars"],
        shows_receipts=bool(row["shows_receipts"]),
        shares_buttons=bool(row["shares_buttons"]),
    )


def _calendar(kind: str, zone: str, since_ms: int) -> Calendar | None:
    return Calendar(PeriodKind(kind), zone, since_ms) if kind else None


def _row(settings: Settings) -> dict[str, Any]:
    calendar, following = settings.calendar, settings.next_calendar
    return {
        "period": calendar.kind if calendar else "",
        "zone": calendar.zone if calendar else "",
        "since_ms": calendar.since_ms if calendar else 0,
        "next_period": following.kind if following else "",
        "next_zone": following.zone if following else "",
        "next_since_ms": following.since_ms if following else 0,
        "pool_micros": settings.pool_micros,
        "channels": json.dumps(sorted(settings.channels)),
        "models": json.dumps(sorted(settings.models)),
        "posting": settings.posting,
        "admin_roles": json.dumps(sorted(settings.admin_roles)),
        "moderator_roles": json.dumps(sorted(settings.moderator_roles)),
        "log_channel": settings.log_channel,
        "log_exposure": json.dumps(sorted(settings.log_exposure)),
        "confirms_paid": int(settings.confirms_paid),
        "previews": settings.previews,
        "age_restricted_only": int(settings.age_restricted_only),
        "edits_others": int(settings.edits_others),
        "enhance": settings.enhance,
        "language": settings.language,
        "gallery_channel": settings.gallery_channel,
        "gallery_stars": settings.gallery_stars,
        "shows_receipts": int(settings.shows_receipts),
        "shares_buttons": int(settings.shares_buttons),
    }
