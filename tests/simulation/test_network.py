import asyncio
import random
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from simulation.machine.loop import Stuck, VirtualLoop
from simulation.machine.network import Conditions, Network, Transport

WAYS = [("bot", "shop"), ("shop", "bot")]


class Ear(asyncio.Protocol):
    """Hears what comes, and answers in capitals if it is the shop's."""

    def __init__(self, *, answers: bool) -> None:
        self.answers = answers
        self.heard: list[str] = []
        self.lost: list[Exception | None] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.heard.append(data.decode())
        if self.answers:
            self.transport.write(data.upper())

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.append(exc)


class Street:
    """A shop that listens, and whoever comes."""

    def __init__(self, seed: int) -> None:
        self.network = Network(Conditions(random.Random(seed)))
        self.loop = VirtualLoop(random.Random(seed), self.network)
        self.shops: list[Ear] = []

    def run(self, main: Callable[["Street"], Coroutine[Any, Any, None]]) -> None:
        try:
            self.loop.run_until_complete(main(self))
        finally:
            self.loop.close()

    async def open(self) -> None:
        def make() -> Ear:
            self.shops.append(Ear(answers=True))
            return self.shops[-1]

        self.server = await self.loop.create_server(make, "127.0.0.1", 0)
        self.network.names[self.server.port] = "shop"

    async def enter(self) -> Ear:
        ticket = socket.socket()
        try:
            await self.loop.sock_connect(ticket, ("127.0.0.1", self.server.port))
        except OSError:
            ticket.close()
            raise
        _, ear = await self.loop.create_connection(lambda: Ear(answers=False), sock=ticket)
        return ear


@pytest.mark.parametrize("seed", range(5))
def test_what_is_sent_arrives_in_order_and_later(seed: int):
    async def main(street: Street) -> None:
        await street.open()
        ear, began_s = await street.enter(), street.loop.time()
        for word in ("a", "b", "c", "d"):
            ear.transport.write(word.encode())
        assert street.shops[0].heard == []
        await asyncio.sleep(1)
        assert (street.shops[0].heard, ear.heard) == (["a", "b", "c", "d"], ["A", "B", "C", "D"])
        assert street.loop.time() == began_s + 1

    Street(seed).run(main)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_sent_into_the_dark_arrives_when_there_is_light_again(way: tuple[str, str]):
    async def main(street: Street) -> None:
        await street.open()
        ear = await street.enter()
        street.network.darken(way)
        ear.transport.write(b"a")
        await asyncio.sleep(100)
        assert ear.heard == []
        assert street.shops[0].heard == (["a"] if way == WAYS[1] else [])
        street.network.lighten(way)
        await asyncio.sleep(1)
        assert ear.heard == ["A"]

    Street(1).run(main)


@pytest.mark.parametrize("ends", ["close", "abort", "vanish"])
def test_what_was_sent_into_the_dark_arrives_though_its_sender_is_gone(ends: str):
    async def main(street: Street) -> None:
        await street.open()
        ear = await street.enter()
        street.network.darken(WAYS[0])
        ear.transport.write(b"a")
        await asyncio.sleep(10)
        if ends == "vanish":
            ear.transport.vanish(loses=False)
        else:
            getattr(ear.transport, ends)()
        await asyncio.sleep(10)
        assert street.shops[0].heard == []
        street.network.lighten(WAYS[0])
        await asyncio.sleep(1)
        assert street.shops[0].heard == ["a"]
        assert len(street.shops[0].lost) == 1

    Street(1).run(main)


def test_a_cut_loses_what_is_under_way_and_both_sides_learn_of_it():
    async def main(street: Street) -> None:
        await street.open()
        ear = await street.enter()
        ear.transport.write(b"a")
        assert street.network.cut("shop") == 1
        await asyncio.sleep(1)
        assert (street.shops[0].heard, ear.heard) == ([], [])
        assert [type(one) for one in (*street.shops[0].lost, *ear.lost)] == [ConnectionResetError] * 2

    Street(1).run(main)


def test_who_does_not_listen_or_is_closed_refuses():
    async def main(street: Street) -> None:
        await street.open()
        street.network.conditions.closed.add("shop")
        with pytest.raises(ConnectionRefusedError):
            await street.enter()
        street.network.conditions.closed.clear()
        street.server.close()
        with pytest.raises(ConnectionRefusedError):
            await street.enter()

    Street(1).run(main)


def test_a_loop_in_which_nothing_can_happen_any_more_says_so():
    async def main(_: Street) -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stuck):
        Street(1).run(main)


def test_hours_of_sleep_take_no_time_and_timers_fire_at_their_instant():
    async def main(street: Street) -> None:
        async with asyncio.timeout(7200):
            await asyncio.sleep(3600)
        assert street.loop.time() == 3600
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(10):
                await asyncio.sleep(11)
        assert street.loop.time() == 3610
        assert await asyncio.to_thread(lambda: 6 * 7) == 42

    Street(1).run(main)
