"""Pages without script, server-rendered and small: for cheap phones, and for whoever has not signed in yet."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from content.translations import catalogue_for

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)


class PlainPages:
    """Renders pages in the reader's language, each with headers that allow it its own style and next to nothing else.

    Args:
        style: a file of `console/templates/` that is laid over the style that all pages share; empty for that alone.
        forms: the pages send forms to us.
        pictures_within: pictures may stand in the page itself, as data.
        referrer: what our other pages are told of where a reader came from; other sites are told nothing.
    """

    def __init__(
        self,
        style: str = "",
        *,
        forms: bool = True,
        pictures_within: bool = False,
        referrer: str = "no-referrer",
    ) -> None:
        files = ["receipt.css", *([style] if style else [])]
        self._style = "".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in files)
        digest = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()
        self._referrer = referrer
        self._policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'{' data:' if pictures_within else ''}; "
            f"base-uri 'none'; form-action {"'self'" if forms else "'none'"}; frame-ancestors 'none'"
        )

    def page(self, template: str, language: str, *, status: int = 200, **values: Any) -> Response:
        """Return a rendered page with its security headers; `values` go before what every template is given."""
        catalogue = catalogue_for(language)
        given = {
            "language": language,
            "t": lambda key, **words: catalogue.text(key, **words),
            "date": catalogue.date,
            "money": catalogue.money,
            "number": catalogue.number,
            "style": self._style,
            "referrer": self._referrer,
        }
        headers = {
            "Content-Security-Policy": self._policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": self._referrer,
            "Cache-Control": "no-store",
            "Content-Language": language,
        }
        text = _environment().get_template(template).render({**given, **values})
        return Response(text, status_code=status, media_type="text/html; charset=utf-8", headers=headers)
