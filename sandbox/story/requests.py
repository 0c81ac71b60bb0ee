"""Chapters about requests: two that go well, and three ways in which one doesn't."""

from sandbox.dashscope import Outcome
from sandbox.dashscope.refusals import IP_SUSPECT, TIMED_OUT
from sandbox.story.walking import Story, expect, has_pictures, says

FLOWER_SHOP = "一间有着精致窗户的花店，漂亮的木质门，摆放着花朵"
CAT = "一只坐着的橘黄色的猫，表情愉悦，活泼可爱，逼真准确"
NEGATIVE = "低分辨率、错误、最差质量、低质量、残缺、多余的手指、比例不良等"
"""The prompts of the vendor's page for Wanx V2, from which this project began."""


async def flower_shop(story: Story) -> None:
    """Queued, handed over, drawing, downloading, delivered: each state as Mei sees it."""
    story.teller.say(
        "Five others have just asked for a cat. The service draws two at a time, and the bot hands over one more so "
        "that no place idles; two cats wait in the bot's own line when Mei comes. One of them is Tao's second: members "
        "take turns, so Mei goes first."
    )
    cats = await story.crowd({"prompt": CAT}, ("Bob", 11), ("Tao", 12), ("Lin", 13), ("Kim", 14), ("Tao", 15))
    # More of them, where this machine is so slow that the first is drawn by now.
    vendor = story.stage.vendor
    await story.stage.wait(vendor.until(lambda: len(vendor.tasks) >= 3), "the service is given three cats")
    used = await story.ask("Mei", prompt=FLOWER_SHOP, count=2, seed=2025)
    meanings = {
        "title-queued": "waiting: her place in line, and when it should be ready",
        "title-submitted": "the image service has it",
        "title-drawing": "the image service draws it",
        "title-fetching": "drawn: the bot downloads the pictures",
        "title-delivered": "delivered: pictures, seeds, receipt",
    }
    notes = {story.phrase("Mei", key, images=2): meaning for key, meaning in meanings.items()}
    seen: list[str] = []

    def delivered(message: object) -> bool:
        text = used.message.text if used.message else ""
        seen.extend(title for title in notes if title in text.partition("\n")[0] and title not in seen)
        return bool(used.message and used.message.gallery)

    await story.follow("Mei", used, delivered, "Mei gets two pictures", in_full=True, notes=notes)
    missed = [meanings[key] for key in meanings if story.phrase("Mei", key, images=2) not in seen]
    expect(not missed, f"Mei never saw this state: {', '.join(missed)}")
    await story.all_done(*cats)


async def partly_made(story: Story) -> None:
    """Bob's free pictures don't cover all four, so he is asked; then two of the four fail at the service."""
    story.stage.vendor.next_outcome(Outcome(failed_images={2: TIMED_OUT, 3: TIMED_OUT}))
    asked = await story.ask("Bob", prompt=CAT, negative_prompt=NEGATIVE, count=4, seed=7)
    used = await story.agree("Bob", asked)
    done = await story.follow("Bob", used, has_pictures(2), "Bob gets two of his four pictures")
    expect("2 of 4" in done.text, "Bob's card does not say that 2 of 4 pictures were made")


async def refused(story: Story) -> None:
    """The service suspects somebody's rights: the refusal that the vendor's page names."""
    story.stage.vendor.next_outcome(Outcome(refuse=IP_SUSPECT))
    used = await story.ask("Tao", prompt="A famous cartoon mouse minds a flower shop", seed=3)
    done = await story.follow("Tao", used, says(story.phrase("Tao", "title-failed")), "Tao is told of the refusal")
    expect(
        "Nothing was taken from your quota" in done.text,
        "Tao's card does not say that nothing was taken from your quota",
    )


async def over_quota(story: Story) -> None:
    """Four pictures of a dearer model are beyond what Mei has left; nobody else sees that."""
    used = await story.ask("Mei", prompt=FLOWER_SHOP, model="wanx2.1-t2i-plus", count=4)
    answer = await story.answer(used, "Mei is told that her quota binds")
    expect(answer.ephemeral, "the quota's refusal is there for everybody to see")
    story.teller.message(story.stage.actor("Mei"), answer)
    others = [message.id for message in story.stage.actor("Bob").read()]
    expect(answer.id not in others, "Bob sees what only Mei should")
    story.teller.say("Bob, in the same channel, sees nothing of this. Nothing was held, nothing was sent.")


async def edited(story: Story) -> None:
    """Lin hands in what the bot made for Mei, and has it changed."""
    used = await story.edit("Lin", story.saved[0], instruction="Dusk falls on the flower shop, and it snows", seed=81)
    done = await story.follow("Lin", used, has_pictures(1), "Lin gets the edited picture")
    expect(story.phrase("Lin", "note-pictures", pictures=1) in done.text, "Lin's card does not say what it was made of")
    story.teller.say("What Lin handed in was fetched from Discord, written anew, and is kept beside the job.")
