"""Renders the public pages of the fund in the reader's language."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from content.place_units import load_places
from content.translations import catalogue_for

_TEMPLATES = Path(__file__).parents[1] / "templates"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> tuple[str, str]:
    """Return the style of the pages, and the security policy that allows it, our own forms, and no script."""
    style = "".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in ("receipt.css", "fund.css"))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return style, (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


def place_name(commune: str | None) -> str:
    """Return the name of a commune, empty for the whole province."""
    unit = load_places().units.get(commune) if commune else None
    return unit.name if unit is not None else ""


def page(template: str, language: str, *, status: int = 200, demo: bool = False, **values: Any) -> Response:
    """Return a rendered page with its security headers."""
    catalogue = catalogue_for(language)
    style, policy = _style()
    text = (
        _environment()
        .get_template(template)
        .render(
            language=language,
            t=lambda key, **given: catalogue.text(key, **given),
            date=catalogue.date,
            money=catalogue.money,
            number=catalogue.number,
            place=place_name,
            style=style,
            demo=demo,
            **values,
        )
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Content-Language": language,
    }
    return Response(text, status_code=status, media_type="text/html; charset=utf-8", headers=headers)
