"""What admins do, whatever is under way: they change limits, roles, calendars and languages, and put the bot out."""

import asyncio
import random
from typing import Any

from sandbox.discord import Actor, Permission
from simulation.people import members
from simulation.people.clients import Act, answer, cast, note, posted, press, usable
from simulation.people.moderators import number_of_some_pictures, remove
from simulation.servers import LOG, READS
from simulation.world import World

LIMITS: dict[str, tuple[Any, ...]] = {
    "free_images": (0, 4, 10, 40),
    "budget": ("0", "0.5", "5"),
    "images_per_job": (1, 2, 4, 10),
    "active_jobs": (1, 2, 5),
    "cooldown": (0, 0, 30, 600),
}
"""What a rule may say, by its option's name."""

POOLS = ("0", "0.3", "2", "20", "none")
"""In yuan; an image costs from 0.14 to 0.5."""

ZONES = ("Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "UTC")
LANGUAGES = ("en-US", "zh-CN", "fr")


async def report(world: World, who: Actor, dice: random.Random) -> bool:
    """Have the bot report in the log channel, or, seldom, in none."""
    options = {"none": True} if dice.random() < 0.2 else {"channel": LOG}
    question = await answer(world, who, "settings log-channel", options)
    if usable(question, "settings:log-agree:"):
        return await press(who, question, dice.choice(question.buttons).custom_id)
    return True


async def unveil(world: World, who: Actor, dice: random.Random) -> bool:
    """Let everybody read the log channel for a while, and agree or not that the bot reports there all the same."""
    guild = who.guild
    assert guild is not None
    note(world, who, "lets everybody read the log channel")
    guild.overwrite(LOG, "@everyone", allow=READS)
    try:
        await asyncio.sleep(dice.uniform(10, 600))
        if dice.random() < 0.7:
            await report(world, who, dice)
            await asyncio.sleep(dice.uniform(60, 1800))
    finally:
        note(world, who, "lets moderators alone read the log channel")
        guild.overwrite(LOG, "@everyone", deny=Permission.VIEW_CHANNEL)
    return True


async def read(world: World, who: Actor, dice: random.Random) -> bool:
    """Read what the server used in this period, the last one or one that has not begun, or which rules there are."""
    command, options = dice.choice(
        (
            ("quota report", {}),
            ("quota report", {"period": dice.choice(("previous", "2999-01-01"))}),
            ("quota show", {}),
            ("quota show", {"member": dice.choice(cast(who).members)}),
        )
    )
    await answer(world, who, command, options)
    return True


async def ask(world: World, who: Actor, dice: random.Random) -> bool:
    """Ask for pictures as members do: what was charged for these, one may not give oneself back."""
    return await members.ask(world, who, dice)


async def limit(world: World, who: Actor, dice: random.Random) -> bool:
    """Change the rule of everybody, of the patrons or of a member."""
    names = dice.sample(sorted(LIMITS), dice.randint(1, 3))
    options = {name: dice.choice(LIMITS[name]) for name in names}
    whom = dice.choice(("set-default", "set-role", "set-member"))
    if whom == "set-role":
        options["role"] = "Patron"
    elif whom == "set-member":
        options["member"] = dice.choice(cast(who).members)
    await answer(world, who, f"quota {whom}", options)
    return True


async def clear(world: World, who: Actor, dice: random.Random) -> bool:
    """Clear the rule of everybody, of the patrons or of a member."""
    options = dice.choice(({}, {"role": "Patron"}, {"member": dice.choice(cast(who).members)}))
    question = await answer(world, who, "quota clear", options)
    return bool(question.buttons) and await press(who, question, question.buttons[0].custom_id)


async def pool(world: World, who: Actor, dice: random.Random) -> bool:
    """Change the server's pool of the month."""
    await answer(world, who, "quota pool", {"limit": dice.choice(POOLS)})
    return True


async def give(world: World, who: Actor, dice: random.Random) -> bool:
    """Give a member credit, or back what a job was charged, also twice."""
    number = number_of_some_pictures(world, who, dice)
    if number and dice.random() < 0.5:
        for _ in range(dice.choice((1, 2))):
            await answer(world, who, "quota refund", {"number": number, "reason": "spoilt"})
    else:
        member, amount = dice.choice(cast(who).members), dice.choice(("0.5", "3"))
        await answer(world, who, "quota grant", {"member": member, "amount": amount, "reason": "a prize"})
    return True


async def give_back(world: World, who: Actor, dice: random.Random) -> bool:
    """Give back what was charged for removed pictures, as a moderator has asked in the log channel, at times twice."""
    wishes = list(posted(who, "mod:give-back:"))
    if wishes:
        message, button = wishes[-1]
        note(world, who, f"presses {button.custom_id}")
        await press(who, message, button.custom_id)
        if dice.random() < 0.3:
            # A client that lags behind still shows it.
            await who.press(message, button.custom_id, force=True)
    return bool(wishes)


async def knight(world: World, who: Actor, dice: random.Random) -> bool:
    """Make a member a patron, or take that away; the role has a rule of its own at times."""
    guild = who.guild
    assert guild is not None
    inside = {member.user.name for member in guild.members.values()}
    name = dice.choice(cast(who).members)
    if name not in inside:
        return False
    is_patron = any(role.name == "Patron" for role in guild.find_member(name).roles)
    note(world, who, f"{'takes' if is_patron else 'gives'} {name} the role Patron")
    guild.set_roles(name, [] if is_patron else ["Patron"])
    return True


async def empower(world: World, who: Actor, dice: random.Random) -> bool:
    """Let the helpers moderate besides those who do so by permission, or no more."""
    menus = await answer(world, who, "settings roles", {})
    return await press(who, menus, "settings:moderators", values=dice.choice((["Helper"], [])))


async def calendar(world: World, who: Actor, dice: random.Random) -> bool:
    """Change the period in which limits count, or the time zone."""
    options = {"period": dice.choice(("day", "week", "month")), "timezone": dice.choice(ZONES)}
    for name in dice.sample(sorted(options), dice.randint(0, 1)):
        del options[name]
    await answer(world, who, "settings period", options)
    return True


async def post(world: World, who: Actor, dice: random.Random) -> bool:
    """Change who sees pictures, whether a price is asked about, or what the log channel shows of pictures."""
    command, options = dice.choice(
        (
            ("posting", {"pictures": dice.choice(("free", "public", "private"))}),
            ("posting", {"confirm_paid": dice.random() < 0.5}),
            ("moderation", {"previews": dice.choice(("show", "spoiler", "none"))}),
        )
    )
    await answer(world, who, f"settings {command}", options)
    return True


async def allow(world: World, who: Actor, dice: random.Random) -> bool:
    """Allow that pictures of others are edited, or allow it no more."""
    await answer(world, who, "settings moderation", {"edit_others": dice.random() < 0.75})
    return True


async def rewrite(world: World, who: Actor, dice: random.Random) -> bool:
    """Have all prompts rewritten that nobody says anything else of, or none."""
    await answer(world, who, "settings prompts", {"enhance": dice.choice(("improve", "translate", "off"))})
    return True


async def speak(world: World, who: Actor, dice: random.Random) -> bool:
    """Change the server's language, which is Discord's to keep."""
    assert who.guild is not None
    locale = dice.choice(LANGUAGES)
    note(world, who, f"sets the language to {locale}")
    who.guild.speak(locale)
    return True


async def expel(world: World, who: Actor, dice: random.Random) -> bool:
    """Put the bot out of the server, and add it again later."""
    guild = who.guild
    assert guild is not None
    note(world, who, "puts the bot out")
    guild.remove_bot()
    try:
        await asyncio.sleep(dice.choice((30.0, 600.0, 3600.0)) * dice.random())
    finally:
        note(world, who, "adds the bot again")
        guild.add_bot()
    return True


ACTS: dict[Act, int] = {
    report: 2,
    unveil: 2,
    read: 3,
    ask: 4,
    limit: 6,
    clear: 2,
    pool: 3,
    give: 3,
    give_back: 4,
    remove: 2,
    knight: 2,
    empower: 3,
    calendar: 3,
    post: 2,
    allow: 2,
    rewrite: 2,
    speak: 1,
    expel: 2,
}
"""What may be done, and how often compared with the others."""
