"""The audit log as sentences: who, when, what, in the reader's language."""

from typing import Any

from content.place_units import load_places
from content.translations import Catalogue, UnknownTranslation
from store.queries.audit import AuditRow

_LONGEST = 160


def audit_sentence(entry: AuditRow, catalogue: Catalogue) -> str:
    """Return one entry as a sentence without its time; what has no sentence yet is shown as it was recorded."""
    actor = entry.actor_name or catalogue.text("console.audit.system")
    key = f"audit.{entry.action}"
    try:
        done = catalogue.text(key, **{name: _shown(value) for name, value in entry.details.items()})
    except UnknownTranslation:
        details = ", ".join(f"{name}: {_shown(value)}" for name, value in entry.details.items())
        done = f"{entry.action} ({entry.subject}){': ' + details if details else ''}"
    unit = load_places().units.get(entry.area)
    where = f" – {unit.name}" if unit is not None else ""
    return f"{actor} {done.strip().rstrip(':')}{where}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(one).rstrip("@") for one in value)
    return str(value)[:_LONGEST]
