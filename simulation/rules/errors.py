"""What the program's log calls an error."""

import re

from simulation.world import World

KNOWN = re.compile(
    r"ERROR (?:"
    r"bot\.\S+: the image service (?:stopped|does not list \S+ any more)|"
    r"bot\.\S+: \S+ refuses what 3 members in a row asked for|"
    r"bot\.storage\.sqlite\.outage: storage: |"
    r"bot\.\S+: job \d+: (?:the files of|\S+ was kept and is lost|a picture that came in with it is gone)|"
    r"bot\.storage\.files\.picture_files: \S+ can't be deleted|"
    r"bot\.presentation\.jobs\.uploads: \S+ can't be read|"
    # The stand-ins', whose answers met a broken connection.
    r"aiohttp\.server: )"
)
"""What troubles do that is an error, and the operator's to see to."""


def check(world: World) -> None:
    """The log has no error but those that a trouble explains: what discord.py swallows is one too."""
    errors = [one for one in world.written.records if one.startswith(("ERROR", "CRITICAL")) and not KNOWN.match(one)]
    assert not errors, f"the log has errors: {errors[:3]}"
