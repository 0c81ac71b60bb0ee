"""Every built-in model, each by every command that it serves: drawn, refused, failed, canceled, lost, restarted."""

from dataclasses import dataclass

import pytest

from bot.domain.jobs.matching import LATER_MS
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import Model, Protocol
from sandbox.dashscope import Failure, Outcome
from sandbox.discord import Actor, MemberFile, SeenMessage
from sandbox.faults import Fault
from tests.support.handed_in import png
from tests.support.quotas import details
from tests.support.world import World, open_world

CAT = MemberFile("cat.png", png((800, 600)))
TIMED_OUT = Failure("InternalError.Timeout", "An internal timeout error has occured during execution.")
PACE_S = 40
"""The slowest of them takes two creates a minute."""


@dataclass(frozen=True)
class Way:
    """A model, and the command by which it is asked."""

    model: str
    edits: bool

    def __str__(self) -> str:
        return f"{'edit' if self.edits else 'imagine'}-{self.model}"

    @property
    def known(self) -> Model:
        return BUILT_IN[self.model]

    @property
    def is_call(self) -> bool:
        """Whether the pictures come with the answer, without a task."""
        return self.known.protocol.is_synchronous

    @property
    def tells_prompt(self) -> bool:
        """Whether the vendor says of a task from which prompt it draws, so that a lost one is known again."""
        return self.known.protocol is Protocol.TEXT_TO_IMAGE

    async def ask(self, world: World, who: Actor, prompt: str = "a fox", count: int = 1) -> SeenMessage:
        world.advance(PACE_S)
        options = {"model": self.model, "count": count} if count > 1 else {"model": self.model}
        if self.edits:
            return await world.ask_for_edit(who, prompt, CAT, **options)
        return await world.imagine(who, prompt, **options)


WAYS = [Way(name, edits=False) for name, model in BUILT_IN.items() if not model.edits_only]
WAYS += [Way(name, edits=True) for name, model in BUILT_IN.items() if model.pictures]
CALLS, TASKS = [way for way in WAYS if way.is_call], [way for way in WAYS if not way.is_call]
every_way, every_call, every_task = (pytest.mark.parametrize("way", ways, ids=str) for ways in (WAYS, CALLS, TASKS))


@pytest.fixture
async def world(tmp_path, way: Way):
    async with open_world(tmp_path, models={way.model: {}}, quota={"free_images": 20}) as opened:
        yield opened


def billed(world: World) -> list[tuple[str, int]]:
    return [(line.model, line.images) for line in world.vendor.bill()]


def assert_only_a_doubt_is_left(world: World, number: int = 1) -> None:
    """The member pays nothing, and the operator's cap counts, once, what the vendor may have billed."""
    job = world.job(number)
    assert (job["charged_images"], job["cost_micros"]) == (0, 0)
    (held,) = world.rows("SELECT kind, held FROM buckets WHERE held <> 0")
    assert tuple(held) == ("cap", job["doubtful_micros"])
    assert world.vendor.billed_micros == job["doubtful_micros"] > 0


@every_way
async def test_what_came_is_delivered_charged_and_billed_and_nothing_else_is(world: World, way: Way):
    bob, most = world.member("bob"), min(3, way.known.images_max)
    whole = await world.becomes(bob, await way.ask(world, bob, count=most), "Made by AI")
    assert len(whole.gallery) == most
    if most > 1:
        world.vendor.next_outcome(Outcome(failed_images={0: TIMED_OUT}))
        part = await world.becomes(bob, await way.ask(world, bob, count=most), f"{most - 1} of {most} pictures")
        assert len(part.gallery) == most - 1
    none = await world.becomes(bob, await way.ask(world, bob, "[refuse] x"), "Nothing was taken from your quota")
    assert not none.gallery
    assert billed(world) == [(way.model, images) for images in (most, most - 1) if images]
    states = [row["state"] for row in world.rows("SELECT state FROM jobs ORDER BY number")]
    assert states == ["delivered"] * len(billed(world)) + ["failed"]
    world.assert_books_agree()


@every_task
async def test_a_task_that_fails_or_gives_no_picture_charges_nobody_and_its_pictures_in_are_the_bill(
    world: World, way: Way
):
    bob = world.member("bob")
    await world.becomes(bob, await way.ask(world, bob, "[fail] x"), "Nothing was taken from your quota")
    world.vendor.next_outcome(Outcome(all_images_fail=TIMED_OUT))
    await world.becomes(bob, await way.ask(world, bob), "Nothing was taken from your quota")
    assert world.vendor.billed_micros == (way.known.input_price_micros or 0 if way.edits else 0)
    assert [row["state"] for row in world.rows("SELECT state FROM jobs")] == ["failed"] * 2
    world.assert_books_agree()


@every_task
async def test_a_task_that_waits_is_canceled_and_one_that_is_drawn_is_taken_up_after_a_restart(world: World, way: Way):
    bob = world.member("bob")
    world.vendor.narrow(1)
    world.vendor.outcome_for(lambda _: True, Outcome(service_s=300))
    await way.ask(world, bob)
    await world.job_is("running")
    waits = await way.ask(world, bob)
    await world.job_is("pending", 2)
    await bob.press(await world.becomes(bob, waits, "The image service has it"), "Cancel")
    await world.becomes(bob, waits, "Canceled")
    await world.stop_bot()
    world.advance(400)
    await world.start_bot()
    await world.job_is("delivered")
    assert world.vendor.creates == 2
    assert billed(world) == [(way.model, 1)]
    world.assert_books_agree()


@pytest.mark.parametrize("way", [way for way in TASKS if way.tells_prompt], ids=str)
async def test_a_create_whose_answer_was_lost_is_found_by_its_prompt_and_delivered(world: World, way: Way):
    bob = world.member("bob")
    world.vendor.faults.add("create", Fault(cut=True, when="after"))
    done = await world.becomes(bob, await way.ask(world, bob), "Made by AI")
    assert "From your free pictures: 1" in await details(bob, done)
    assert len(done.gallery) == 1
    assert world.vendor.creates == 1
    world.assert_books_agree()


@pytest.mark.parametrize("way", [way for way in TASKS if not way.tells_prompt], ids=str)
async def test_a_create_whose_answer_was_lost_is_never_repeated(world: World, way: Way):
    bob = world.member("bob")
    world.vendor.faults.add("create", Fault(cut=True, when="after"))
    first = await way.ask(world, bob)
    await world.becomes(bob, first, "I'm finding out whether it has started")
    await world.eventually(lambda: world.rows("SELECT 1 FROM foreign_tasks"))
    world.advance(LATER_MS / 1000)
    done = await world.becomes(bob, first, "Nothing was taken from your quota")
    assert not done.gallery
    assert (world.job()["failure"], world.vendor.creates) == ("in_doubt", 1)
    assert_only_a_doubt_is_left(world)


@every_call
async def test_a_call_is_too_late_to_cancel_and_its_answer_is_lost_with_the_connection_or_a_restart(
    world: World, way: Way
):
    bob = world.member("bob")
    gate = world.vendor.faults.gate("call", when="after")
    first = await way.ask(world, bob)
    await gate.reached.wait()
    await bob.press(await world.becomes(bob, first, "being drawn"), "Cancel")
    gate.open()
    await world.becomes(bob, first, "The cancellation came too late")
    await world.job_is("delivered")
    world.assert_books_agree()
    paid = world.vendor.billed_micros
    world.vendor.faults.add("call", Fault(cut=True, when="after"))
    await world.becomes(bob, await way.ask(world, bob), "No usable answer came from the image service")
    world.vendor.outcome_for(lambda _: True, Outcome(service_s=3600))
    last = await way.ask(world, bob)
    await world.eventually(lambda: len(world.vendor.calls) == 3)
    await world.stop_bot()
    await world.start_bot()
    await world.becomes(bob, last, "No usable answer came from the image service")
    world.advance(3600)
    await world.eventually(lambda: len(billed(world)) == 3)
    jobs = [world.job(number) for number in (2, 3)]
    assert [(job["state"], job["failure"], job["charged_images"]) for job in jobs] == [("failed", "answer_lost", 0)] * 2
    doubtful = sum(job["doubtful_micros"] for job in jobs)
    assert world.vendor.billed_micros - paid == doubtful
    assert [tuple(row) for row in world.rows("SELECT kind, held FROM buckets WHERE held <> 0")] == [("cap", doubtful)]
