"""Talks with the test that started the script.

Settings come as one line of JSON on standard input, and so do secrets and answers: arguments and variables are visible
to other processes. Questions go to standard error, and the outcome is the one JSON object on standard output. Tokens
are never part of it.
"""

import json
import sys


def settings() -> dict:
    """What the test wants done, and with which credential."""
    return json.loads(sys.stdin.readline())


def ask(question: str) -> str:
    """Shows a line to the test and waits for its answer."""
    print(question, file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def report(outcome: dict) -> None:
    """Ends the conversation."""
    json.dump(outcome, sys.stdout)
