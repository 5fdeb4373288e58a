"""The deployment's settings, checked against what the kernel cannot know: that the home region is an area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sidak.errors import UsageError

if TYPE_CHECKING:
    from sidak.settings import Settings


def load_deployment() -> Settings:
    """Return the settings that the environment gives; raises UsageError naming a variable that is wrong."""
    from sidak.settings import load_settings

    settings = load_settings()
    known_areas([settings.region] if settings.region else None, option="SIDAK_REGION")
    return settings


def known_areas(codes: Sequence[str] | None, *, option: str) -> tuple[str, ...]:
    """Return the codes of areas that there are; raises UsageError naming the option, and the codes of a name."""
    if not codes:
        return ()
    from nlp.areas import area_name, find_by_name, is_area

    for code in codes:
        if is_area(code):
            continue
        named = [f"{each} ({area_name(each)})" for each in find_by_name(code)[:3]]  # the largest come first
        hint = f"{code} is the name of {', '.join(named)}" if named else "codes look like 33, 33.25 or 33.25.09"
        raise UsageError(f"{option}: {code!r} is the code of no area; {hint}")
    return tuple(codes)
