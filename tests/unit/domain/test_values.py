import dataclasses
import importlib
import inspect
import pkgutil

import pytest

from bot import domain
from bot.domain.jobs.vendor_task import TaskStatus

MODULES = [importlib.import_module(found.name) for found in pkgutil.walk_packages(domain.__path__, "bot.domain.")]
VALUES = [
    kind
    for module in MODULES
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if kind.__module__ == module.__name__ and dataclasses.is_dataclass(kind)
]


def test_the_values_of_all_rooms_are_found():
    assert {"Act", "Job", "Case", "Terms", "Model", "TaskReport"} <= {kind.__name__ for kind in VALUES}


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
def test_a_value_object_cannot_be_changed(kind: type):
    value = object.__new__(kind)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, dataclasses.fields(kind)[0].name, None)
    assert not hasattr(value, "__dict__")


def test_the_statuses_of_a_task_are_the_vendors_words():
    assert {str(status) for status in TaskStatus} == {
        "PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN",
    }  # fmt: skip
