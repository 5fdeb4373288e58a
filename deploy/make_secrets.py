"""Fills in the secrets that .env lacks, each drawn at random; what is there already stays as it is.

python deploy/make_secrets.py [FILE]
"""

from __future__ import annotations

import base64
import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SECRET_ENDINGS = ("_PASSWORD", "_KEY", "_SECRET")


def draw(name: str) -> str:
    """Return a new secret: letters and digits that need no quoting anywhere; Airflow's Fernet key has its own form."""
    if name == "AIRFLOW_FERNET_KEY":
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_hex(32)


def fill_in(example: str, present: str) -> str:
    """Return the example's lines with present values, and with new secrets where there are none."""
    known = dict(line.split("=", 1) for line in present.splitlines() if _names_value(line))
    lines = []
    for line in example.splitlines():
        if not _names_value(line):
            lines.append(line)
            continue
        name = line.partition("=")[0]
        value = known.pop(name, "") or (draw(name) if name.endswith(SECRET_ENDINGS) else "")
        lines.append(f"{name}={value}")
    lines += [f"{name}={value}" for name, value in known.items()]
    return "\n".join(lines) + "\n"


def write_secrets(path: Path) -> list[str]:
    """Complete the file, readable by its owner alone; return the names that a person has still to fill in."""
    present = path.read_text(encoding="utf-8") if path.exists() else ""
    text = fill_in((ROOT / ".env.example").read_text(encoding="utf-8"), present)
    # Written aside and renamed, so that no moment leaves half a file or one that others can read.
    aside = path.with_name(f"{path.name}.new")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    aside.replace(path)
    return [line[:-1] for line in text.splitlines() if _names_value(line) and not line.partition("=")[2]]


def _names_value(line: str) -> bool:
    return "=" in line and not line.startswith("#")


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".env"
    missing = write_secrets(target)
    print(f"{target}: secrets are set" + (f"; fill in {', '.join(missing)}" if missing else ""))
