"""What is kept while a region is chosen, and who learns which it was: judged anew, logged, exported, forgotten."""

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

from sandbox.discord import Actor, Permission, SeenMessage, Used
from tests.support.clients.privacy import forget, pictures, use
from tests.support.feeds import add_log, entry
from tests.support.quotas import said
from tests.support.regions import PICTURE, asked, chosen, done, edited
from tests.support.settings import add_admins, ask, choose
from tests.support.world import World, open_world

BUTTON = 2
GONE = "This question is over: it was answered already, another one took its place, or its ten minutes have passed."


async def about(world: World, answer: SeenMessage) -> dict[str, Any]:
    """All documents of an export, as one."""
    (file,) = answer.attachments
    with zipfile.ZipFile(io.BytesIO(await world.discord.fetch(file.url))) as zipped:
        return {name: json.loads(zipped.read(name)) for name in zipped.namelist() if name.endswith(".json")}


async def forged(who: Actor, message: SeenMessage, custom_id: str) -> Used:
    """Press a button that the message never had, as a modified client can try to."""
    button = {"type": BUTTON, "id": 1, "style": 2, "label": "?", "custom_id": custom_id}
    changed = replace(message, components=[{"type": 1, "components": [button]}])
    return await who.press(changed, custom_id, force=True)


async def test_a_wish_for_privacy_is_kept_and_judged_anew(world: World):
    bob = world.member("bob")
    question = await chosen(world, bob, await asked(bob, private=True), "B2")
    ada, _ = add_admins(world)
    await ask(ada, "posting", pictures="public")
    refused = await (await edited(bob, question)).reply()
    assert refused.ephemeral
    assert world.rows("SELECT * FROM jobs") == []
    await ask(ada, "posting", pictures="free")
    shown = await done(world, bob, await edited(bob, question))
    assert shown.ephemeral


async def test_where_all_is_private_so_is_the_edit_of_whoever_said_nothing_of_it(world: World):
    bob = world.member("bob")
    ada, _ = add_admins(world)
    await ask(ada, "posting", pictures="private")
    shown = await done(world, bob, await edited(bob, await chosen(world, bob, await asked(bob), "B2")))
    assert shown.ephemeral


async def test_nobody_chooses_a_region_where_the_bot_may_not_show_what_comes_of_it(world: World):
    world.guild.overwrite("general", "bot", deny=Permission.ATTACH_FILES)
    refused = await asked(world.member("bob"))
    assert "Attach Files" in refused.text
    assert refused.buttons == []
    assert world.rows("SELECT * FROM drafts") == []


async def test_rights_are_judged_again_when_it_is_held(world: World):
    bob, mod = world.member("bob"), world.member("mod")
    question = await chosen(world, bob, await asked(bob), "B2")
    await (await mod.invoke("mod block", {"member": bob.user}, channel="general")).reply()
    refused = await (await edited(bob, question)).reply()
    assert refused.ephemeral
    assert world.rows("SELECT * FROM jobs") == []


async def test_forgetting_takes_the_picture_and_ends_the_question(world: World):
    bob = world.member("bob")
    question = await chosen(world, bob, await asked(bob), "B2")
    # It is all that is kept about them: nothing of theirs was ever drawn.
    assert (await use(bob, "forget")).text != "Nothing is kept about you."
    await forget(world, bob)
    await world.eventually(lambda: not pictures(world))
    assert world.rows("SELECT * FROM drafts") == []
    assert (await said(world, await edited(bob, question))).startswith(GONE)
    assert world.rows("SELECT * FROM jobs") == []


async def test_age_restriction_is_judged_again(world: World):
    bob = world.member("bob")
    question = await chosen(world, bob, await asked(bob), "B2")
    ada, _ = add_admins(world)
    await ask(ada, "moderation", age_restricted_only=True)
    refused = await (await edited(bob, question)).reply()
    assert "in age-restricted channels only" in refused.text
    assert (await asked(bob)).buttons == []
    assert world.rows("SELECT * FROM jobs") == []


async def test_a_model_that_is_not_allowed_any_more_is_refused_and_the_ones_are_named_that_do(world: World):
    bob = world.member("bob")
    question = await chosen(world, bob, await asked(bob, model="wan2.7-image"), "B2")
    ada, _ = add_admins(world)
    await choose(world, ada, await ask(ada, "models"), "models", ["wan2.7-image-pro", "wanx2.1-t2i-turbo"])
    refused = await (await edited(bob, question)).reply()
    assert "wan2.7-image-pro" in refused.text
    assert "wanx2.1-t2i-turbo" not in refused.text
    assert world.rows("SELECT * FROM jobs") == []


async def test_moderators_read_in_the_log_which_fields_were_chosen(world: World):
    await add_log(world)
    bob, mod = world.member("bob"), world.member("mod")
    await done(world, bob, await edited(bob, await chosen(world, bob, await asked(bob), "B2")))
    card = await entry(world, mod, "#1")
    assert "Region: B2 (fields of a 4×4 grid over the picture, A1 at the upper left)." in card.text


async def test_an_export_says_what_is_being_chosen_and_what_was(world: World):
    bob = world.member("bob")
    await done(world, bob, await edited(bob, await chosen(world, bob, await asked(bob), "B2", "D4")))
    await chosen(world, bob, await asked(bob), "C1")
    documents = await about(world, await use(bob, "export"))
    (waiting,) = documents["about-you.json"]["waiting_for_your_answer"]
    assert waiting["request"]["region"] == ["C1"]
    (name,) = waiting["request"]["pictures"]
    assert name.startswith("pictures/")
    (job,) = documents["jobs-1.json"]
    assert job["region"] == ["B2", "D4"]
    assert len(pictures(world)) == 3


async def test_a_command_that_is_delivered_twice_asks_once(world: World):
    bob = world.member("bob")
    given = {"picture": PICTURE, "instruction": "a hat", "choose_region": True}
    used = await bob.invoke("edit", given, channel="general")
    question = await chosen(world, bob, await used.reply(), "B2")
    world.discord.redeliver(used)
    question = await chosen(world, bob, question, "C2")
    assert "Chosen: B2–C2." in question.text


async def test_buttons_that_nobody_was_shown_change_nothing(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 0, "budget": "5"}) as world:
        bob = world.member("bob")
        question = await chosen(world, bob, await asked(bob), "B2")
        offer = question.buttons[0].custom_id.rsplit(":", 2)[0]
        world.discord.rate_limits = False
        for action in ("add:E1", "add:0", "add", "paint:A1", "add:A1:B1", ""):
            assert (await said(world, await forged(bob, question, f"{offer}:{action}"))).startswith(GONE)
        price = await (await edited(bob, question, force=True)).reply()
        # A price is asked about the region as it was chosen: its fields can't be changed by the price's own number.
        number = price.buttons[0].custom_id.split(":")[1]
        for action in ("add:B1", "take:B2"):
            assert (await said(world, await forged(bob, price, f"region:{number}:{action}"))).startswith(GONE)
        (row,) = world.rows("SELECT request FROM drafts")
        assert json.loads(row["request"])["region"] == {"bits": 1 << 5}
