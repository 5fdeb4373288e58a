"""`python -m sidak.app.demo_console PORT`: the console that a demo leaves running."""

from __future__ import annotations

import sys

from sidak.app.output import say
from sidak.app.serve import serve_console
from sidak.errors import SidakError


def main() -> int:
    """Serve on loopback until stopped; 1 where that is not possible."""
    try:
        serve_console(host="127.0.0.1", port=int(sys.argv[1]))
    except SidakError as exc:
        say(f"sidak: {exc}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
