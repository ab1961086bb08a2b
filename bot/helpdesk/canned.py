"""Replies that officers use again: those of content/desk/canned_replies.yaml, and an organisation's own.

Placeholders are a closed list, and dated parameters of the content: a reply says the number that holds today, or
cannot be chosen.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.helpdesk.hours import DeskRules
from bot.helpdesk.officers import DeskRefused
from bot.rendering.helpdesk import when_answered
from content.check_prose import numbers_in_prose
from content.documents import BilingualText
from content.library import Library
from content.place_units import load_places
from content.placeholders import PlaceholderError, fill_placeholders, find_placeholders
from content.translations import Catalogue, catalogue_for
from content.yaml_files import CONTENT_DIR, parse_model, read_yaml
from store.clock import LOCAL_ZONE, local_date
from store.queries.canned_replies import own_replies, save_own_reply
from store.queries.desk import desk_rules
from store.queries.staff import Staff
from store.queries.tickets import TicketRow

FILE = CONTENT_DIR / "desk" / "canned_replies.yaml"

#: What stands for itself in every reply.
PLACES = frozenset({"code", "officer", "organisation", "commune", "when", "today"})
LONGEST = 1000


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: BilingualText
    text: BilingualText


class _ReplyFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    replies: dict[str, _Reply]


@dataclass(frozen=True)
class CannedReply:
    """A reply to choose: its title, and its words with every placeholder filled."""

    title: str
    text: str


def shipped_replies() -> Mapping[str, _Reply]:
    """Return the replies that come with the project, by id. Raises ContentError."""
    return parse_model(_ReplyFile, read_yaml(FILE), FILE).replies


async def replies_for(
    connection: AsyncConnection, library: Library, staff: Staff, ticket: TicketRow, *, organisation: str, now: datetime
) -> list[CannedReply]:
    """Return what an officer may choose for a ticket, in the language of its chat; what cannot be filled is left out.

    Args:
        organisation: its name in that language.
    """
    language = "en" if ticket.language == "en" else "vi"
    catalogue = catalogue_for(language)
    values = await _values(connection, staff, ticket, catalogue, organisation, now)
    written = [(one.title.in_language(language), one.text.in_language(language)) for one in shipped_replies().values()]
    written += [(one.title, one.text) for one in await own_replies(connection, organisation=ticket.organisation)]
    found = []
    for title, text in written:
        try:
            found.append(CannedReply(title, _filled(text, values, library, catalogue, now)))
        except (PlaceholderError, KeyError):
            continue
    return found


async def _values(
    connection: AsyncConnection, staff: Staff, ticket: TicketRow, catalogue: Catalogue, organisation: str, now: datetime
) -> dict[str, str]:
    rules = DeskRules.of(await desk_rules(connection))
    opens = rules.opens_at(now)
    when = {
        "open_now": opens is not None and opens <= now,
        "opens_at": None if opens is None else opens.astimezone(LOCAL_ZONE).isoformat(),
        "confirmed": rules.confirmed,
    }
    unit = load_places().units.get(ticket.area)
    commune = catalogue.text("campaign.your_commune")
    if unit is not None:
        commune = catalogue.text(f"campaign.unit.{unit.kind}", name=unit.name)
    return {
        "code": ticket.code,
        "officer": staff.name,
        "organisation": organisation,
        "commune": commune,
        "when": when_answered(when, catalogue),
        "today": catalogue.date(local_date(now)),
    }


def _filled(text: str, values: Mapping[str, str], library: Library, catalogue: Catalogue, now: datetime) -> str:
    own = re.sub(r"\{(" + "|".join(sorted(PLACES)) + r")\}", lambda found: values[found[1]], text)
    return fill_placeholders(
        own,
        on=local_date(now),
        valid_from=local_date(now),
        valid_to=None,
        parameters=library.parameters,
        documents=library.documents,
        catalogue=catalogue,
    )


def complaints_about(text: str, library: Library) -> Sequence[str]:
    """Return what is wrong with a reply that somebody wrote: unknown placeholders, numbers in the prose."""
    unknown = [
        one.raw
        for one in find_placeholders(text)
        if one.raw not in PLACES and not (one.kind == "parameter" and one.name in library.parameters)
    ]
    numbers = numbers_in_prose(text, "vi")
    return [*(f"{{{name}}}" for name in unknown), *numbers]


async def write_own_reply(
    connection: AsyncConnection, library: Library, staff: Staff, *, title: str, text: str, now: datetime
) -> None:
    """Add or change a reply of the officer's organisation; one with the same title is replaced.

    Raises:
        DeskRefused: empty, too long, an unknown placeholder, or a number that belongs into a parameter.
    """
    title, text = title.strip(), text.strip()
    if not title or not text:
        raise DeskRefused("empty")
    if len(text) > LONGEST:
        raise DeskRefused("too_long", limit=LONGEST, length=len(text))
    if wrong := complaints_about(text, library):
        raise DeskRefused(
            "placeholder", wrong=", ".join(wrong), known=", ".join(f"{{{one}}}" for one in sorted(PLACES))
        )
    await save_own_reply(connection, organisation=staff.organisation, title=title, words=text, by=staff.id, now=now)
