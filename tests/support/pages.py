"""A page that tests make, each a part of it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAGES = Path(__file__).parents[2] / "docs"
UPDATE = "UPDATE_DOCS"
"""Set, parts are written anew (`make docs`, one after the other); otherwise each must be what its test would write."""


@dataclass(frozen=True)
class GeneratedPage:
    """A page whose parts are held to what came of a run.

    Attributes:
        beginnings: of the parts after the first, in the page's order; each begins a line.
    """

    name: str
    beginnings: Sequence[str]

    def assert_has(self, part: str) -> None:
        """Check that the page has this part, its whole text and in its place."""
        file = PAGES / self.name
        key = next((one for one in self.beginnings if part.startswith(one)), "")
        if os.environ.get(UPDATE):
            file.write_text("".join({**self._parts(file), key: part}.values()), encoding="utf-8")
        assert self._parts(file)[key] == part, f"docs/{self.name} is behind: run `make docs`"

    def _parts(self, file: Path) -> dict[str, str]:
        """Return the parts by their beginnings, the first by none; one that isn't there, or elsewhere, is empty."""
        rest, parts = file.read_text(encoding="utf-8"), dict.fromkeys(["", *self.beginnings], "")
        for beginning in reversed(self.beginnings):
            if begins := rest.find(f"\n{beginning}") + 1:
                rest, parts[beginning] = rest[:begins], rest[begins:]
        return {**parts, "": rest}
