"""How the files of kept pictures are named: by server, job and place, so that each says whose it is."""

import re

ENDINGS = (".png", ".jpg", ".webp")

LARGEST_ID = 2**63 - 1
"""Discord's ids end there, and so do SQLite's integers."""

_NAMED = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)-(?:[0-9]|in[0-9]-[0-9a-f]{8})\.(?:png|jpg|webp)")


def picture_name(server_id: int, job_id: int, ordinal: int) -> str:
    """Return a picture's path below the folder of pictures, without its ending."""
    return f"{server_id}/{job_id}-{ordinal}"


def owner_of(path: str) -> tuple[int, int] | None:
    """Return the server and the request that a picture's path names; None if this program gives no file such a name.

    The request is the job, or the price offer that a picture came in with.
    """
    named = _NAMED.fullmatch(path)
    if named is None or max(int(named[1]), int(named[2])) > LARGEST_ID:
        return None
    return int(named[1]), int(named[2])


def input_name(server_id: int, request_id: int, ordinal: int, mark: str) -> str:
    """Return the path of a picture that comes in, without its ending.

    Args:
        server_id: where.
        request_id: the interaction's.
        ordinal: which of the request's.
        mark: eight digits in hexadecimal, so that the same interaction delivered twice has other files.
    """
    return f"{server_id}/{request_id}-in{ordinal}-{mark}"


def came_in(path: str) -> bool:
    """Whether a picture's path is that of one that came in."""
    return "-in" in path
