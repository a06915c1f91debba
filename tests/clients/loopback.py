"""Lets a script reach this machine and nothing else.

A client library that falls back to Microsoft's own addresses must fail its test instead of asking the real service.
Every script imports this module first.
"""

import sys

THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


class LeavesThisMachine(RuntimeError):
    """Not an `OSError`: the libraries take those for a bad connection and try something else."""


def _refuse_other_machines(event: str, arguments: tuple) -> None:
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else host
    if name not in THIS_MACHINE:
        raise LeavesThisMachine(f"{name} is not this machine")


sys.addaudithook(_refuse_other_machines)
