"""Renders the public pages of the fund in the reader's language."""

from functools import cache
from typing import Any

from fastapi import Response

from console.plain_pages import PlainPages
from content.place_units import load_places


@cache
def _pages() -> PlainPages:
    return PlainPages("fund.css")


def place_name(commune: str | None) -> str:
    """Return the name of a commune, empty for the whole province."""
    unit = load_places().units.get(commune) if commune else None
    return unit.name if unit is not None else ""


def page(template: str, language: str, *, status: int = 200, demo: bool = False, **values: Any) -> Response:
    """Return a rendered page with its security headers."""
    return _pages().page(template, language, status=status, demo=demo, place=place_name, **values)
