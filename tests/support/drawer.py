"""Stands where the drawing process stands, and does what its chart's title says.

Run as ``python -m tests.support.drawer``: ``environment`` gives the process's variables as JSON instead of a picture,
``fail`` ends with an error, ``hang PORT`` connects to the port of this machine and never ends by itself.
"""

import json
import os
import socket
import sys

FLOOD = 1 << 20
"""More bytes than a pipe holds, so that the hanging process has also filled what nobody reads any more."""


def main() -> None:
    word, _, port = json.load(sys.stdin)["title"].removeprefix("Pictures made in ").partition(" ")
    match word:
        case "environment":
            sys.stdout.write(json.dumps({"variables": dict(os.environ), "folder": os.listdir()}))  # noqa: PTH208
        case "fail":
            raise RuntimeError("no ink\nforged line")
        case "hang":
            with socket.create_connection(("127.0.0.1", int(port))):
                while True:
                    sys.stdout.write("x" * FLOOD)
        case _:
            raise AssertionError(word)


if __name__ == "__main__":
    main()
