"""The audit log as sentences: who, when, what, in the reader's language."""

import re
from datetime import datetime
from typing import Any

from content.place_units import load_places
from content.translations import Catalogue, UnknownTranslation
from store.clock import LOCAL_ZONE
from store.queries.audit import AuditRow

_LONGEST = 160
#: As `datetime.isoformat` writes a moment with its zone.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$")


def audit_sentence(entry: AuditRow, catalogue: Catalogue) -> str:
    """Return one entry as a sentence without its time; what has no sentence yet is shown as it was recorded."""
    actor = entry.actor_name or catalogue.text("console.audit.system")
    key = f"audit.{entry.action}"
    try:
        done = catalogue.text(key, **{name: _shown(name, value, catalogue) for name, value in entry.details.items()})
    except UnknownTranslation:
        details = ", ".join(f"{name}: {_shown(name, value, catalogue)}" for name, value in entry.details.items())
        done = f"{entry.action} ({entry.subject}){': ' + details if details else ''}"
    unit = load_places().units.get(entry.area)
    where = f" – {unit.name}" if unit is not None else ""
    return f"{actor} {done.strip().rstrip(':')}{where}"


def audit_subject(subject: str, catalogue: Catalogue) -> str:
    """Return what an entry is about, such as `campaign:12`, in words; as it was recorded where there are none."""
    kind, _, number = subject.partition(":")
    key = f"console.audit.subject.{kind}"
    return catalogue.text(key, id=number) if key in catalogue else subject


def _shown(name: str, value: Any, catalogue: Catalogue) -> str:
    if isinstance(value, list):
        return ", ".join(str(one).rstrip("@") for one in value)
    if name == "amount" and isinstance(value, int):
        return catalogue.number(value)
    if isinstance(value, str) and _MOMENT.match(value):
        local = datetime.fromisoformat(value).astimezone(LOCAL_ZONE)
        return f"{local:%H:%M} {catalogue.date(local.date())}"
    return str(value)[:_LONGEST]
