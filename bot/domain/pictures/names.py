"""How the files of kept pictures are named: by server, job and place, so that each says whose it is."""

import re

ENDINGS = (".png", ".jpg", ".webp")

LARGEST_ID = 2**63 - 1
"""Discord's ids end there, and so do SQLite's integers."""

_NAMED = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)-[0-9]\.(?:png|jpg|webp)")


def picture_name(server_id: int, job_id: int, ordinal: int) -> str:
    """Return a picture's path below the folder of pictures, without its ending."""
    return f"{server_id}/{job_id}-{ordinal}"


def owner_of(path: str) -> tuple[int, int] | None:
    """Return the server and the job that a picture's path names; None if this program gives no file such a name."""
    named = _NAMED.fullmatch(path)
    if named is None or max(int(named[1]), int(named[2])) > LARGEST_ID:
        return None
    return int(named[1]), int(named[2])


def input_name(server_id: int, request_id: int, ordinal: int, mark: str) -> str:
    """Return the path of a picture that comes in, without its ending; the mark sets apart who brings it twice."""
    return f"{server_id}/{request_id}-in{ordinal}-{mark}"
