"""Chapters about what people and networks do in the middle of a job."""

from sandbox.dashscope import Status
from sandbox.discord.people.used import ShownModal
from sandbox.faults import Fault
from sandbox.story.requests import CAT, FLOWER_SHOP, NEGATIVE
from sandbox.story.stage import MODERATOR
from sandbox.story.walking import Condition, Story, expect, has_pictures, says


async def canceled_and_deleted(story: Story) -> None:
    """Bob cancels what the service has not begun, Lin what is still in line; a moderator deletes."""
    stage, teller = story.stage, story.teller
    before = len(stage.vendor.tasks)
    # They are in the way until both have canceled, however slow this machine is.
    stage.vendor.narrow(0)
    busy = await story.crowd({"prompt": CAT}, ("Tao", 21), ("Kim", 22))
    given = stage.vendor.until(lambda: len(stage.vendor.tasks) >= before + 2)
    await stage.wait(given, "the service is given two cats")
    teller.say("Tao and Kim keep both places of the service busy. Bob's job waits there, Lin's in the bot's own line.")

    bob = await story.ask("Bob", prompt=FLOWER_SHOP, seed=23)
    submitted = says(story.phrase("Bob", "title-submitted"))
    handed_over = await story.follow("Bob", bob, submitted, "Bob's job is handed over")
    lin = await story.ask("Lin", prompt=CAT, negative_prompt=NEGATIVE, seed=24)
    card = await story.follow("Lin", lin, says(story.phrase("Lin", "title-queued")), "Lin is in line")

    teller.command(stage.actor("Lin"), "cancel", {"number": story.number(card)})
    used = await stage.actor("Lin").invoke("cancel", {"number": story.number(card)})
    teller.message(stage.actor("Lin"), await story.answer(used, "Lin is told that it is canceled"))
    await story.follow("Lin", lin, says(story.phrase("Lin", "title-canceled")), "Lin's job is canceled")

    teller.press(stage.actor("Bob"), story.phrase("Bob", "button-cancel"))
    await stage.actor("Bob").press(handed_over, story.phrase("Bob", "button-cancel"))
    await story.follow("Bob", bob, says(story.phrase("Bob", "title-canceled")), "Bob's job is canceled")
    stage.vendor.narrow(None)

    await _moderated(story)
    await story.all_done(*busy)


async def _moderated(story: Story) -> None:
    stage, teller = story.stage, story.teller
    delete = story.phrase("Bob", "button-delete")
    ada = stage.actor(MODERATOR)
    cats = next(message for message in ada.read() if "2 of 4" in message.text)
    teller.say(
        f"Everybody in the channel sees Bob's two cats of before, with the button under them. Tao has no say in "
        f"them; {MODERATOR} is a moderator."
    )
    teller.press(stage.actor("Tao"), delete)
    used = await stage.actor("Tao").press(cats, delete)
    teller.message(stage.actor("Tao"), await story.answer(used, "Tao is told that he may not"))
    teller.press(ada, delete)
    used = await ada.press(cats, delete)
    form = await used.response()
    expect(isinstance(form, ShownModal), "no form asked before the pictures were deleted")
    teller.say(f"A form asks once and says that the charge stays. {MODERATOR} sends it.")
    await ada.submit_modal(used, {})
    await stage.until(lambda: cats.id not in [one.id for one in ada.read()], "the message is deleted")
    teller.say("The message is gone for everybody, and so are the kept files. The record and the charge stay.")


async def lost_connections(story: Story) -> None:
    """A create is cut off after the service took it, the list is out of reach, and then the gateway drops."""
    stage, teller = story.stage, story.teller
    known = set(stage.vendor.tasks)
    stage.vendor.faults.add("create", Fault(cut=True, when="after"))
    stage.vendor.faults.add("list", Fault(cut=True), times=2)
    teller.say(
        "The connection to the service breaks when it has taken the job but has not answered yet; for some seconds "
        "its list of tasks can't be read either. Sending the job again would be paid twice, so the bot doesn't."
    )
    mei = await story.ask("Mei", prompt=CAT, negative_prompt=NEGATIVE, seed=61)
    doubt = story.phrase("Mei", "title-in-doubt")
    await story.follow("Mei", mei, lambda message: doubt in message.text, "Mei is told of the doubt")
    await story.follow("Mei", mei, _is_with_service(story, "Mei", doubt), "Mei's cat is found in the service's list")
    teller.say("Now the bot's connection to Discord breaks, too. Mei's message doesn't depend on it.")
    stage.discord.drop_gateway(cut=True)
    await story.follow("Mei", mei, has_pictures(1), "Mei gets her cat")
    await stage.until(lambda: stage.discord.connected, "the bot connects again")
    tasks = [task for task in stage.vendor.tasks if task not in known]
    billed = [line for line in stage.vendor.bill() if line.task_id in tasks]
    expect(len(tasks) == 1, f"the service was given Mei's cat {len(tasks)} times")
    expect(len(billed) == 1, f"the service billed Mei's cat {len(billed)} times")
    teller.say("The bot is connected again. The service knows one task of this, and billed one picture.")


def _is_with_service(story: Story, name: str, doubt: str = "") -> Condition:
    titles = [story.phrase(name, key) for key in ("title-submitted", "title-drawing")]
    return lambda message: any(says(title)(message) for title in titles) and not (doubt and doubt in message.text)


async def restarted(story: Story) -> None:
    """The bot ends while the service draws; the service goes on, and so does the bot after its start."""
    stage, teller = story.stage, story.teller
    known = set(stage.vendor.tasks)
    used = await story.agree("Bob", await story.ask("Bob", prompt=FLOWER_SHOP, count=2, seed=71))
    await story.follow("Bob", used, _is_with_service(story, "Bob"), "Bob's flower shop is handed over")
    await stage.until(lambda: len(stage.vendor.tasks) > len(known), "the service has Bob's flower shop")
    await stage.stop_bot()
    teller.say(
        "The bot is stopped, as for a new version. Bob's message stays as it is, and the service goes on drawing."
    )
    drawn = stage.vendor.until(
        lambda: all(task.status is Status.SUCCEEDED for key, task in stage.vendor.tasks.items() if key not in known)
    )
    await stage.wait(drawn, "the service draws Bob's flower shop")
    expect(used.message and not used.message.gallery, "Bob's message changed while the bot was down")
    teller.say("The pictures are ready at the service, and nobody fetches them. The bot is started again.")
    await stage.start_bot()
    await story.follow("Bob", used, has_pictures(2), "Bob gets his flower shop")
