"""What members do, and what goes wrong besides, while the bot is killed."""

from collections.abc import Awaitable, Callable

from sandbox.dashscope import Outcome
from sandbox.dashscope.pictures.oddities import EXPIRED
from sandbox.discord import Permission, Used
from sandbox.faults import Fault
from tests.crash.stage import Stage

HOUR_S = 3600
AWAY_S = 20 * 60
"""Longer than an interaction's token and a nonce live, shorter than the longest wait."""

SYNCHRONOUS = "qwen-image-2.0"
THROTTLED = Fault(status=429, body=b'{"code":"Throttling.RateQuota","message":"slower","request_id":"r"}')
FORBIDDEN = Fault(status=403, body=b'{"message":"Missing Permissions","code":50013}')
DEAD_TOKEN = Fault(status=401, body=b'{"message":"Invalid Webhook Token","code":50027}')

REFUNDS = "SELECT 1 FROM ledger WHERE kind = 'refund'"
KEPT = "SELECT 1 FROM images WHERE path <> ''"

Act = Callable[[Stage], Awaitable[None]]


# -- what members do


async def two_ask(stage: Stage) -> None:
    await stage.ask(stage.member("bob"), "a flower shop", count=2)
    await stage.ask(stage.member("mei"), "a tea house")


async def one_asks(stage: Stage) -> None:
    await stage.ask(stage.member("bob"), "a flower shop", count=2)


async def one_calls(stage: Stage) -> None:
    await stage.ask(stage.member("bob"), "a flower shop", count=2, model=SYNCHRONOUS)


async def one_asks_privately(stage: Stage) -> None:
    await stage.ask(stage.member("bob"), "a flower shop", count=2, private=True)


async def one_is_refused(stage: Stage) -> None:
    await stage.ask(stage.member("bob"), "[refuse] a flower shop", count=2)
    await stage.ask(stage.member("mei"), "a tea house")


async def one_fails(stage: Stage) -> None:
    await stage.ask(stage.member("bob"), "[fail] a flower shop", count=2)
    await stage.ask(stage.member("mei"), "a tea house")


async def one_wants_too_much(stage: Stage) -> None:
    await stage.ask(stage.member("bob"), "a flower shop")
    await stage.ask(stage.member("bob"), "two more", count=2)


def cancels(number: int) -> Act:
    """Bob asks for three long ones, and cancels one of them as soon as its message offers it."""

    async def act(stage: Stage) -> None:
        bob = stage.member("bob")
        for n in range(1, 5):
            await stage.ask(bob, f"flower shop {n}")
        await stage.vendor.until(lambda: stage.vendor.creates == 3)
        if number < 4:
            await stage.eventually(lambda: stage.job(number)["state"] == ("running" if number == 1 else "pending"))
        await press(stage, stage.asked[number - 1], "Cancel")

    act.__name__ = f"cancels no {number}"
    return act


async def deletes(stage: Stage) -> None:
    used = await stage.ask(stage.member("bob"), "a flower shop", count=2)
    await stage.job_is("delivered")
    asked = await press(stage, used, "Delete")
    await stage.member("bob").submit_modal(asked, {})


async def moderator_removes(stage: Stage) -> None:
    await stage.ask(stage.member("bob"), "a flower shop", count=2)
    await stage.job_is("delivered")
    stage.guild.add_role("Boss", permissions=Permission.MANAGE_GUILD)
    stage.guild.add_member("mod", roles=["Moderator", "Boss"])
    mod = stage.member("mod")
    question = await (await mod.invoke("mod remove", {"number": 1, "reason": "ugly"})).reply()
    await mod.press(question, "Remove and give back the charge")


async def sends_again(stage: Stage) -> None:
    used = await stage.ask(stage.member("bob"), "a flower shop", count=2)
    await stage.job_is("undelivered")
    await press(stage, used, "Send again")


async def asks_for_four(stage: Stage) -> None:
    await stage.ask(stage.member("bob"), "a flower shop", count=4)


async def press(stage: Stage, used: Used, label: str) -> Used:
    def offered() -> bool:
        return used.message is not None and any(label == one.label and not one.disabled for one in used.message.buttons)

    await stage.discord.until(offered)
    assert used.message is not None
    return await stage.member("bob").press(used.message, label)


# -- what goes wrong besides


def nothing(_: Stage) -> None:
    """All is well but for the kill."""


def long_tasks(stage: Stage) -> None:
    stage.vendor.outcome_for(lambda _: True, Outcome(service_s=25))


def throttles_once(stage: Stage) -> None:
    stage.vendor.faults.add("create", THROTTLED)


def cuts_taken_create(stage: Stage) -> None:
    stage.vendor.faults.add("create", Fault(cut=True, when="after"))


def cuts_untaken_create(stage: Stage) -> None:
    stage.vendor.faults.add("create", Fault(cut=True))


def loses_a_call(stage: Stage) -> None:
    stage.vendor.faults.add("call", Fault(cut=True, when="after"))


def loses_one_picture(stage: Stage) -> None:
    stage.vendor.faults.add("result", EXPIRED)


def loses_every_picture(stage: Stage) -> None:
    stage.vendor.faults.add("result", EXPIRED, times=1000)


def in_arrears(stage: Stage) -> None:
    stage.vendor.arrears = True


def pays(stage: Stage) -> None:
    stage.vendor.arrears = False


def refuses_files(stage: Stage) -> None:
    for operation in ("edit_followup", "edit_original"):
        stage.discord.faults.add(operation, FORBIDDEN, matches=lambda request: "multipart" in request.content_type)


def refuses_all_edits(stage: Stage) -> None:
    for operation in ("edit_followup", "edit_original"):
        stage.discord.faults.add(operation, FORBIDDEN, times=50)


def lets_edits_pass(stage: Stage) -> None:
    stage.discord.faults.clear()


def draws_large(stage: Stage) -> None:
    """Two requests are needed to carry these."""
    stage.vendor.outcome_for(lambda _: True, Outcome(image_size_bytes=9 * 1024 * 1024))


def calls_the_token_dead(stage: Stage) -> None:
    for operation in ("edit_followup", "edit_original"):
        stage.discord.faults.add(operation, DEAD_TOKEN)


def takes_no_callback(stage: Stage) -> None:
    stage.discord.faults.add("callback", Fault(cut=True), times=10)
