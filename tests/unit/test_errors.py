"""The drawing of the exception tree, held against the classes."""

import inspect
import re

from bot import errors
from bot.errors import BotError


def test_the_tree_at_the_top_of_the_module_draws_each_error_under_its_base():
    drawn: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"((?:│   |    )*)(?:├── |└── )?(\w+)(?:  |$)", line)
        if found and (found[2] == "BotError" or "──" in line):
            depth = len(found[1]) // 4 + ("──" in line)
            path = [*path[:depth], found[2]]
            drawn[found[2]] = path[-2] if depth else "Exception"
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, BotError)]
    assert drawn == {kind.__name__: kind.__bases__[0].__name__ for kind in kinds}
