"""What a member prefers where a request says nothing: as far as it can be had, and never a reason to be refused."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.preferences import Preferences, ServerPreferences
from bot.domain.requests.quota import Rule
from bot.domain.requests.request import Options
from bot.domain.servers.settings import Posting
from bot.errors import NotPermitted, OverQuota, PriceNotAgreed
from tests.support.service import PLUS, TURBO, Service, make_policy

MEMBER = 1
CAT = Options("a cat")


async def prefer(service: Service, server_id: int = 1, **own: Any) -> None:
    wanted = Preferences(here=ServerPreferences(**own))
    await service.stores.preferences.change(service.act().interaction_id, MEMBER, lambda _: wanted, server_id)


async def drawn(service: Service, options: Options = CAT, *, server_id: int = 1) -> tuple[str, str, int]:
    job = await service.submitter.submit(options, service.asker(MEMBER, server_id=server_id))
    return job.request.model, str(job.request.size), job.request.count


async def test_a_request_takes_what_it_leaves_out_from_its_member_and_their_server(service: Service):
    await prefer(service, model=PLUS.name, size="16:9", count=3)
    assert await drawn(service) == (PLUS.name, "1280*720", 3)
    assert await drawn(service, replace(CAT, model=TURBO.name, count=1)) == (TURBO.name, "1280*720", 1)
    assert await drawn(service, server_id=2) == (TURBO.name, "1024*1024", 1)
    assert list(await service.submitter.models(1, member_id=MEMBER)) == [PLUS.name, TURBO.name]
    assert list(await service.submitter.models(1)) == [TURBO.name, PLUS.name]


async def test_a_model_that_the_server_allows_no_more_is_as_if_none_were_preferred(service: Service):
    await prefer(service, model=PLUS.name)
    await service.servers.change_settings(service.act(), lambda old: replace(old, models=frozenset({TURBO.name})))
    assert (await drawn(service))[0] == TURBO.name


async def test_a_number_that_the_quota_does_not_cover_is_as_if_none_were_preferred(reopen: Any):
    async with reopen(make_policy(rule=Rule(2, 0, 4, 9, 0))) as service:
        await prefer(service, model=PLUS.name, count=4)
        assert await drawn(service) == (PLUS.name, "1024*1024", 1)
        # What their member asked for is refused, as it would be without.
        with pytest.raises(OverQuota):
            await drawn(service, replace(CAT, count=4))
        assert len(await service.rows("SELECT 1 FROM audit WHERE act = 'request.refused'")) == 1


async def test_a_model_that_takes_no_such_prompt_is_as_if_none_were_preferred(service: Service):
    await prefer(service, model=PLUS.name, count=2)
    model = service.policy.catalogue[PLUS.name]
    service.policy.catalogue[PLUS.name] = replace(model, negative_prompt_limit=0)
    try:
        assert await drawn(service, replace(CAT, negative_prompt="no dog")) == (TURBO.name, "1024*1024", 1)
    finally:
        service.policy.catalogue[PLUS.name] = model


async def test_a_preferred_model_is_paid_for_only_after_the_same_question(reopen: Any):
    async with reopen(make_policy(rule=Rule(0, 5_000_000, 4, 9, 0))) as service:
        await prefer(service, model=PLUS.name, count=2)
        with pytest.raises(PriceNotAgreed) as asked:
            await drawn(service)
        assert (asked.value.values["images"], asked.value.values["paid"]) == (2, 2 * PLUS.price_micros)
        assert await service.rows("SELECT 1 FROM jobs") == []


async def test_pictures_are_private_as_preferred_where_the_server_leaves_it_to_its_members(service: Service):
    await prefer(service, private=True)
    assert await service.submitter.is_private(None, 1, MEMBER)
    assert not await service.submitter.is_private(False, 1, MEMBER)
    assert not await service.submitter.is_private(None, 1)
    assert not await service.submitter.is_private(None, 1, MEMBER + 1)
    await service.servers.change_settings(service.act(), lambda old: replace(old, posting=Posting.PUBLIC))
    assert not await service.submitter.is_private(None, 1, MEMBER)
    with pytest.raises(NotPermitted):
        await service.submitter.is_private(True, 1, MEMBER)
