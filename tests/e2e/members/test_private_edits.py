"""Apps > Edit picture on an answer that its member alone sees: what is made of it is as private."""

from tests.support.apps_menu import edit
from tests.support.settings import add_admins, ask


async def test_a_private_card_is_edited_by_its_own_member(world):
    bob = world.member("bob")
    made = await world.becomes(bob, await world.imagine(bob, private=True), "Made by AI")
    assert made.ephemeral
    first = await edit(bob, made)
    # What is made of it is as private, also while it is not known yet whether it can be.
    assert first.ephemeral
    await world.becomes(bob, first, "Edited from a picture of #1.")
    assert len(world.rows("SELECT 1 FROM jobs WHERE private")) == 2


async def test_what_is_private_is_not_published_by_an_edit_where_nothing_may_be_private_any_more(world):
    bob = world.member("bob")
    made = await world.becomes(bob, await world.imagine(bob, private=True), "Made by AI")
    ada, _ = add_admins(world)
    await ask(ada, "posting", pictures="public")
    refusal = await edit(bob, made)
    assert refusal.ephemeral
    assert refusal.text == (
        "You alone see this picture, and this server wants what I make to be seen by everybody in the channel. "
        "To have it edited all the same, save it and use /edit with the file."
    )
    assert len(world.rows("SELECT 1 FROM jobs")) == 1
