"""Every place at which the bot is killed while pictures are kept under a name, or are used."""

from typing import Any

from sandbox.discord import MemberFile
from tests.crash.edits import FILES
from tests.crash.points import Point, around, chained
from tests.crash.stage import Death, Stage


async def one_keeps_a_set(stage: Stage) -> None:
    await stage.discord.until(lambda: stage.discord.connected)
    names = ("picture", "picture2")
    files = {name: MemberFile(f"{name}.png", data) for name, data in zip(names, FILES, strict=True)}
    await stage.member("bob").invoke("reference add", {"name": "mascot", **files}, channel="general")
    # Something must be done for the test to know that all is.
    await stage.ask(stage.member("mei"), "a tea house")


async def one_edits_by_a_set(stage: Stage) -> None:
    await stage.discord.until(lambda: stage.discord.connected)
    bob = stage.member("bob")
    file = MemberFile("picture.png", FILES[0])
    await (await bob.invoke("reference add", {"name": "mascot", "picture": file}, channel="general")).reply()
    used = await bob.invoke("edit", {"instruction": "let it snow", "reference": "mascot"}, channel="general")
    stage.asked.append(used)


def whole(stage: Stage) -> bool:
    """Whether each set has all its files, and no file is left that no row names."""
    kept = [row["path"] for row in stage.rows("SELECT path FROM reference_pictures")]
    return not stage.stray_files() and all((stage.folder / "images" / path).is_file() for path in kept)


KEEP: dict[str, Any] = {"act": one_keeps_a_set, "enough": whole}
USE: dict[str, Any] = {"act": one_edits_by_a_set, "enough": whole}

KEEPING: list[Point] = [
    *around("references.rehearse", within=True, **KEEP),
    *around("pictures.keep", nth=2, **KEEP),
    *around("references.add", within=True, **KEEP),
    *around("privacy.give_files_up", within=True, **KEEP),
    *chained(Death("references.add", "before"), "privacy.give_files_up", within=True, **KEEP),
    *around("references.use", within=True, **USE),
    *around("pictures.read", **USE),
]
