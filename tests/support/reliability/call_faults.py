"""The faults of a synchronous model's create, which is answered with the pictures, each lived through by one job."""

from bot.providers.dashscope.client import DRAW_TIMEOUT_S
from sandbox.faults import Fault
from tests.support.faults import (
    ERROR,
    PROXY_PAGE,
    RATE,
    SYNCHRONOUS,
    UNAVAILABLE,
    Row,
    Trial,
    counted,
    recover,
    time_out,
)
from tests.support.world import World

HARMLESS = [("429, rate quota, once", RATE), ("503, the model is unavailable, once", UNAVAILABLE)]
LOST = [
    ("500 in the vendor's words", ERROR),
    ("502 with a proxy's page", PROXY_PAGE),
    ("200 with a login page", Fault(status=200, body=b"<html>Log in", content_type="text/html")),
    ("half a JSON text, the picture was drawn", Fault(truncate_to=30)),
    ("cut before the service had it", Fault(cut=True)),
    ("cut before its answer, the picture was drawn", Fault(cut=True, when="after")),
]


async def calls(world: World) -> list[Row]:
    rows = [await _lived(world, what, fault, "delivered", calls=2) for what, fault in HARMLESS]
    rows += [await _lived(world, what, fault, "failed", calls=1) for what, fault in LOST]
    return [*rows, await _late(world)]


async def _lived(world: World, what: str, fault: Fault, ends: str, *, calls: int) -> Row:
    trial = Trial(world)
    world.vendor.faults.add("call", fault)
    await trial.ask(model=SYNCHRONOUS)
    await trial.ends(ends)
    assert trial.asked("call") == calls
    row = trial.row(what, counted(calls, "call"))
    recover(world)
    return row


async def _late(world: World) -> Row:
    trial = Trial(world)
    gate = world.vendor.faults.gate("call", when="after")
    await trial.ask(model=SYNCHRONOUS)
    await time_out(world, gate, DRAW_TIMEOUT_S)
    await trial.ends("failed")
    gate.open()
    await gate.ended.wait()
    row = trial.row("no answer within ten minutes, the picture was drawn", counted(trial.asked("call"), "call"))
    recover(world)
    return row
