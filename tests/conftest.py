import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is still busy when the others have nothing left."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
