"""Builds pages from templates: escaping always on, hidden characters made visible in every value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from dashboards.console import labels
from dashboards.console.markup import plain, safe_url
from dashboards.console.times import render_date, render_time

FOLDER = Path(__file__).parent


class PageResponse(HTMLResponse):
    """A page; what cannot be written as UTF-8 is replaced, never an error."""

    def render(self, content: Any) -> bytes:  # noqa: ANN401 - the signature of the base class
        return str(content).encode("utf-8", "replace")


class Renderer:
    """The templates, ready to fill in."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_finalize,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(
            time=render_time,
            day=render_date,
            number=render_number,
            percent=render_percent,
            points=render_points,
            rupiah=render_rupiah,
            category=labels.category_label,
            headline=labels.headline,
            state=labels.state_badge,
            urgency=labels.urgency_badge,
            source=lambda value: labels.SOURCES.get(value, value),
            lane=lambda value: labels.LANES.get(value, value),
        )
        self._templates.globals.update(labels=labels, safe_url=safe_url)

    def page(
        self,
        template: str,
        *,
        viewer: object,
        status: int = 200,
        headers: dict[str, str] | None = None,
        **values: Any,  # noqa: ANN401 - whatever the template shows
    ) -> PageResponse:
        """Fill in a template; `viewer` is None where nobody is signed in."""
        content = self._templates.get_template(template).render(viewer=viewer, **values)
        return PageResponse(content, status_code=status, headers=headers)


def render_number(value: int) -> str:
    """Return 1234 as "1.234"."""
    return f"{value:,}".replace(",", ".")


def render_percent(value: float | None) -> str:
    """Return 0.94 as "94 %"; a dash for none."""
    return "–" if value is None else f"{value * 100:.0f} %"


def render_points(value: float) -> str:
    """Return 12.34 as "12,3"."""
    return f"{value:.1f}".replace(".", ",").removesuffix(",0")


def render_rupiah(value: int) -> str:
    """Return 20000 as "Rp20.000"."""
    return f"Rp{render_number(value)}"


def _finalize(value: object) -> object:
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value
