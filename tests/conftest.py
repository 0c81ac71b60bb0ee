import sys
import threading
from collections.abc import Generator

import pytest
from hypothesis import settings

# A busy machine is no fault of an example's.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is still busy when the others have nothing left."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Let a test that is marked ``untraced``, and the threads that it starts, run unseen by coverage.

    Traced, they take half as long again. pytest-cov's own mark does not reach the workers of pytest-xdist: they have
    two tracers, and where one pauses the other goes on.
    """
    if item.get_closest_marker("untraced") is None:
        return (yield)
    tracer, of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        threading.settrace(of_threads)
        sys.settrace(tracer)
