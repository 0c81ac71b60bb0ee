from dataclasses import replace

import pytest

from bot.domain.requests.request import Options
from bot.errors import MemberError, NotPermitted, Unavailable
from tests.support.service import Service


@pytest.mark.parametrize(
    ("known", "kind", "key"), [(False, NotPermitted, "age-restricted-only"), (None, Unavailable, "server-not-known")]
)
async def test_a_channel_that_is_not_known_to_be_age_restricted_is_refused_where_a_server_wants_it(
    service: Service, known: bool | None, kind: type[MemberError], key: str
):
    asker = replace(service.asker(), is_age_restricted=known)
    await service.servers.change_settings(service.act(), lambda old: replace(old, age_restricted_only=True))
    with pytest.raises(kind) as refusal:
        await service.submitter.submit(Options("a cat"), asker)
    assert refusal.value.key == key
    assert await service.rows("SELECT * FROM holds") == []
    await service.submitter.submit(Options("a cat"), replace(asker, is_age_restricted=True))
    await service.servers.change_settings(service.act(), lambda old: replace(old, age_restricted_only=False))
    await service.submitter.submit(Options("a cat"), replace(service.asker(), is_age_restricted=known))
