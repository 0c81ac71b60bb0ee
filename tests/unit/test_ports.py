"""Ports: what stands between the service and its adapters says what both may rely on."""

import inspect

import pytest

from bot import ports


def methods(port: type) -> dict[str, object]:
    return {name: one for name, one in vars(port).items() if not name.startswith("_")}


PORTS = [one for _, one in inspect.getmembers(ports, inspect.isclass)]


@pytest.mark.parametrize("port", PORTS)
def test_every_method_of_a_port_says_what_it_does(port: type):
    assert methods(port)
    assert [name for name, one in methods(port).items() if not (one.__doc__ or "").strip()] == []


def test_all_ports_are_looked_at():
    assert {one.__name__ for one in PORTS} | {"Step"} == set(ports.__all__)
