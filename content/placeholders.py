"""Placeholders in statement texts: `{poverty.line.rural.near_max}`, `{document:nd-351-2025}`, `{valid_from}`.

A text holds no digit of its own: numbers come from parameters, document numbers from documents, dates from the
validity.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from content.documents import LegalDocument
from content.parameters import Parameter, Unit
from content.translations import Catalogue

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_PARAMETER_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
BILLION = 1_000_000_000
DATE_PLACEHOLDERS = ("valid_from", "valid_to")


class PlaceholderError(ValueError):
    """A placeholder that cannot be filled that day."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`kind` is `parameter`, `document`, `date` or `unknown`.

    A parameter's `modifier` is empty, `number` (without its unit) or `date` (the day from which the value holds).
    """

    raw: str
    kind: str
    name: str
    modifier: str = ""


def find_placeholders(text: str) -> Iterator[Placeholder]:
    """Every placeholder of a text, from left to right."""
    for match in PLACEHOLDER.finditer(text):
        raw = match.group(1)
        name, _, modifier = raw.partition("|")
        if raw.startswith("document:"):
            yield Placeholder(raw, "document", raw.removeprefix("document:"))
        elif raw in DATE_PLACEHOLDERS:
            yield Placeholder(raw, "date", raw)
        elif _PARAMETER_NAME.fullmatch(name) and modifier in ("", "number", "date"):
            yield Placeholder(raw, "parameter", name, modifier)
        else:
            yield Placeholder(raw, "unknown", raw)


def without_placeholders(text: str) -> str:
    """The prose alone, to look for digits in."""
    return PLACEHOLDER.sub("", text)


def format_quantity(value: float, unit: Unit, catalogue: Catalogue) -> str:
    """A number with its unit: 1500000 currency-VND → '1.500.000 đồng'; 901 month-day → '01/09'."""
    if unit is Unit.CURRENCY_VND:
        billions, rest = divmod(int(value), BILLION)
        # Nobody counts the zeros of 4.000.000.000.000 on a small screen.
        in_billions = billions and not rest
        return (
            catalogue.text("unit.billion-VND", amount=catalogue.number(billions))
            if in_billions
            else catalogue.money(int(value))
        )
    if unit is Unit.CALENDAR_YEAR:
        return str(int(value))
    if unit is Unit.MONTH_DAY:
        month, day = divmod(int(value), 100)
        return catalogue.month_day(month, day)
    if unit is Unit.COUNT:
        return catalogue.number(value)
    return catalogue.plural(f"unit.{unit}", value)


def document_name(document: LegalDocument, catalogue: Catalogue) -> str:
    """'Nghị định 351/2025/NĐ-CP' (vi), 'Decree 351/2025/NĐ-CP' (en)."""
    return catalogue.text(f"document_kind.{document.kind}", number=document.number)


def fill_placeholders(
    text: str,
    *,
    on: date,
    valid_from: date,
    valid_to: date | None,
    parameters: Mapping[str, Parameter],
    documents: Mapping[str, LegalDocument],
    catalogue: Catalogue,
) -> str:
    """The text with every placeholder replaced by its value on that day. Raises PlaceholderError."""
    pieces: list[str] = []
    position = 0
    for match, placeholder in zip(PLACEHOLDER.finditer(text), find_placeholders(text), strict=True):
        pieces.append(text[position : match.start()])
        pieces.append(_value(placeholder, on, valid_from, valid_to, parameters, documents, catalogue))
        position = match.end()
    pieces.append(text[position:])
    return "".join(pieces)


def _value(
    placeholder: Placeholder,
    on: date,
    valid_from: date,
    valid_to: date | None,
    parameters: Mapping[str, Parameter],
    documents: Mapping[str, LegalDocument],
    catalogue: Catalogue,
) -> str:
    if placeholder.kind == "date":
        day = valid_from if placeholder.name == "valid_from" else valid_to
        if day is None:
            raise PlaceholderError("{valid_to} is used, but the version has no last day.")
        return catalogue.date(day)
    if placeholder.kind == "document" and placeholder.name in documents:
        return document_name(documents[placeholder.name], catalogue)
    if placeholder.kind == "parameter" and placeholder.name in parameters:
        parameter = parameters[placeholder.name]
        value = parameter.value_on(on)
        if value is None:
            raise PlaceholderError(f"{{{placeholder.raw}}} has no value on {on}. Add one, or end the version earlier.")
        if placeholder.modifier == "date":
            return catalogue.date(parameter.starts_on(on))
        if placeholder.modifier == "number":
            return catalogue.number(value)
        return format_quantity(value, parameter.metadata.unit, catalogue)
    raise PlaceholderError(f"{{{placeholder.raw}}} names no parameter, document or date. Check its spelling.")
