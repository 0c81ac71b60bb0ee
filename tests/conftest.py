import pytest
from hypothesis import settings

# A busy machine is no fault of an example's.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is still busy when the others have nothing left."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
