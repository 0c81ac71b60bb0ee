"""How the files of kept pictures are named: by server, job and place, so that each says whose it is."""

import re

ENDINGS = (".png", ".jpg")

_NAMED = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)-[0-9]\.(?:png|jpg)")


def picture_name(server_id: int, job_id: int, ordinal: int) -> str:
    """Return a picture's path below the folder of pictures, without its ending."""
    return f"{server_id}/{job_id}-{ordinal}"


def owner_of(path: str) -> tuple[int, int] | None:
    """Return the server and the job that a picture's path names; None if this program gives no file such a name."""
    named = _NAMED.fullmatch(path)
    return (int(named[1]), int(named[2])) if named else None
