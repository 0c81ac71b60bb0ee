"""What a member is charged, what the ledger says it cost, and the vendor's bill, at each price and in each region."""

from typing import Any

import pytest

from bot import config_regions
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import Model
from bot.domain.requests.vendor_regions import VendorRegion, priced_in
from sandbox.dashscope.models import DEFAULT_MODELS, SINGAPORE_MODELS, StandInModel
from sandbox.discord import MemberFile
from tests.support.handed_in import png
from tests.support.world import World, open_world

WIDE = MemberFile("wide.png", png((960, 600)))
PICTURES = {"picture": WIDE, "picture2": WIDE, "picture3": WIDE}
SERVED = {VendorRegion.BEIJING: DEFAULT_MODELS, VendorRegion.SINGAPORE: SINGAPORE_MODELS}
OFFERED = [
    pytest.param(region, model, id=f"{region}-{model.name}") for region, served in SERVED.items() for model in served
]
RICH = {"free_images": 0, "budget": "1000", "operator_cap": "none"}


def asked_at_each_price(model: Model) -> list[dict[str, Any]]:
    """Return options of /imagine or /edit, by which a model costs each of what it can cost."""
    asked: list[dict[str, Any]] = [] if model.edits_only else [{"count": min(2, model.images_max)}]
    if model.large_price_micros is not None:
        asked += [{"size": "1500*1500"}, {"size": "1500*1501"}]
    if model.rewritten_price_micros is not None:
        asked.append({"prompt_extend": True})
    if model.pictures is not None:
        most = dict(list(PICTURES.items())[: model.pictures.most])
        asked.append({"count": 2, **most})
    return asked


async def pay(world: World, options: dict[str, Any]) -> tuple[int, int, int]:
    """Ask, agree where asked, and get the pictures; return what was held, charged and billed, in micro-yuan."""
    world.advance(60)
    bob, before = world.member("bob"), world.vendor.billed_micros
    said = await (world.ask_for_edit if "picture" in options else world.imagine)(bob, **options)
    if "from your budget" in said.text:
        said = await (await bob.press(said, said.buttons[0].label)).reply()
    await world.becomes(bob, said, "Made by AI")
    (number,) = world.rows("SELECT max(number) FROM jobs")[0]
    job = await world.job_is("delivered", number)
    assert job["charged_micros"] == job["cost_micros"]
    return job["budget"], job["charged_micros"], world.vendor.billed_micros - before


@pytest.mark.parametrize(("region", "model"), OFFERED)
async def test_a_model_costs_what_its_member_was_told(
    tmp_path, monkeypatch: pytest.MonkeyPatch, region: VendorRegion, model: StandInModel
):
    # The stand-in is on this machine, which would have Beijing's prices.
    monkeypatch.setattr(config_regions, "region_of", lambda _: region)
    async with open_world(tmp_path, served=SERVED[region], models={model.name: {}}, quota=RICH) as world:
        for options in asked_at_each_price(BUILT_IN[model.name]):
            pictures = sum(name in options for name in PICTURES)
            width, height = options.get("size", "1024*1024").split("*")
            price = model.cost_micros(int(width) * int(height), rewritten="prompt_extend" in options)
            due = options.get("count", 1) * price + pictures * model.input_micros
            assert await pay(world, {"model": model.name, **options}) == (due, due, due), options
        world.assert_books_agree()


def test_the_models_of_a_region_are_those_that_the_vendor_has_there():
    for region, served in SERVED.items():
        assert {name for name, model in BUILT_IN.items() if priced_in(region, model)} == {one.name for one in served}
