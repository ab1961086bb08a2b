"""Knowing: where a campaign stands, for whom it worked, and its recipients as a sheet. Small numbers are hidden."""

import asyncio
import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.rules import SendingRules
from bot.learning.redaction import redact
from bot.payloads import UnknownPayload, check_payload, make_payload
from content.campaigns import CampaignContent
from content.place_units import load_places
from content.translations import Catalogue
from scheduler.actors import Refused
from scheduler.campaigns import content_of
from scheduler.comparison import Comparison, compare
from store.clock import LOCAL_ZONE, local_date
from store.delivery_states import LABELS, DeliveryState
from store.queries.campaign_replies import handed_over
from store.queries.campaign_reports import (
    Outcomes,
    RecipientRow,
    RunStanding,
    count_outcomes,
    count_states,
    list_recipients,
    replies_to,
    rules_of_running,
    run_standings,
)
from store.queries.campaigns import StoredCampaign
from store.queries.occurrences import runs_of
from store.queries.polls import count_answers
from store.small_numbers import hide_small

#: States in which a message arrived, as far as the channel tells.
ARRIVED = frozenset({"sent", "delivered", "seen"})


@dataclass(frozen=True)
class Report:
    """Everything about the runs of a campaign that shows no single person. None: too few to be shown.

    Attributes:
        handed_over: tickets that replies opened; `waiting`: those that nobody has resolved.
    """

    recipients: int
    by_state: Mapping[str, int]
    by_reason: Mapping[str, int]
    arrived: int
    clicked: int
    replied: int
    handed_over: int
    waiting: int
    opted_out: int
    by_commune: Mapping[str, int | None]
    by_language: Mapping[str, int | None]
    runs: tuple[RunStanding, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Progress:
    """How far the runs of a campaign are: what is cheap enough to be asked for again and again."""

    by_state: Mapping[str, int]
    runs: tuple[RunStanding, ...]
    #: When runs go on that are outside sending hours now.
    waits_until: Mapping[int, datetime]

    @property
    def recipients(self) -> int:
        """All recipients."""
        return sum(self.by_state.values())


async def progress_of(connection: AsyncConnection, campaign: StoredCampaign, *, now: datetime) -> Progress:
    """Count how far all runs of a campaign are. Always from the ledger itself."""
    runs = await runs_of(connection, campaign.id)
    waits = {}
    for run, (purpose, rules) in (await rules_of_running(connection, runs)).items():
        opens = SendingRules.model_validate(rules).opens_at(now, purpose)
        if opens is not None and opens > now:
            waits[run] = opens
    return Progress(await count_states(connection, runs), tuple(await run_standings(connection, runs)), waits)


def payloads_of(content: CampaignContent, code: str) -> list[str]:
    """What the buttons of a campaign stand for, the answers of its poll among them."""
    payloads = []
    for button in content.buttons:
        try:
            payloads.append(check_payload(button.payload))
        except UnknownPayload:
            continue
    for number, question in enumerate(content.poll, 1):
        payloads += [
            make_payload("poll", answer=f"{code}-{number}-{option}") for option in range(1, len(question.options) + 1)
        ]
    return payloads


async def report_campaign(connection: AsyncConnection, campaign: StoredCampaign) -> Report:
    """Count what became of all runs of a campaign. Always from the ledger itself."""
    runs = await runs_of(connection, campaign.id)
    outcomes = await count_outcomes(
        connection, campaign.id, runs, payloads=payloads_of(content_of(campaign), campaign.code)
    )
    arrived = [one for one in outcomes if one.state in ARRIVED]
    tickets, waiting = await handed_over(connection, campaign.id)
    places = load_places().units
    communes = _sum((places[one.commune].name if one.commune in places else "", one.number) for one in arrived)
    return Report(
        recipients=sum(one.number for one in outcomes),
        by_state=_sum((one.state, one.number) for one in outcomes),
        by_reason=_sum((f"{one.state}: {one.reason}", one.number) for one in outcomes if one.reason),
        arrived=sum(one.number for one in arrived),
        clicked=sum(one.clicked for one in arrived),
        replied=sum(one.replied for one in arrived),
        handed_over=tickets,
        waiting=waiting,
        opted_out=sum(one.opted_out for one in arrived),
        by_commune=hide_small(communes),
        by_language=hide_small(_sum((_language(one), one.number) for one in arrived)),
        runs=tuple(await run_standings(connection, runs)),
    )


def _sum(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for name, number in pairs:
        total[name] += number
    return dict(sorted(total.items()))


def _language(outcome: Outcomes) -> str:
    return outcome.variant.partition(".")[2]


async def compare_versions(connection: AsyncConnection, campaign: StoredCampaign, *, by: str = "clicked") -> Comparison:
    """Compare version B with A by what people did (`clicked`, `replied`), among those whom it reached.

    Raises:
        Refused: the campaign has one version.
    """
    content = content_of(campaign)
    if len(content.texts) < 2:
        raise Refused("no_versions")
    runs = await runs_of(connection, campaign.id)
    outcomes = await count_outcomes(connection, campaign.id, runs, payloads=payloads_of(content, campaign.code))
    counts = {"A": [0, 0], "B": [0, 0]}
    for one in outcomes:
        if one.state in ARRIVED:
            counts[one.variant[:1]][0] += one.clicked if by == "clicked" else one.replied
            counts[one.variant[:1]][1] += one.number
    return compare((counts["A"][0], counts["A"][1]), (counts["B"][0], counts["B"][1]))


@dataclass(frozen=True)
class Reply:
    """What somebody wrote back, without names, numbers and contacts; the day only, so that it leads to nobody."""

    words: str
    day: date
    language: str
    version: str


async def replies(connection: AsyncConnection, campaign: StoredCampaign, *, limit: int = 200) -> list[Reply]:
    """What people wrote back, for officers to read what moves people. Tickets are answered at the help desk."""
    rows = await replies_to(connection, await runs_of(connection, campaign.id), limit=limit)
    return [
        Reply(redact(one.words), local_date(one.received_at), one.language, one.variant[:1])
        for one in rows
        if not one.words.strip().isdigit()
    ]


@dataclass(frozen=True)
class PollResult:
    """One question with its answers: (words, number), None where too few chose one."""

    question: str
    answers: tuple[tuple[str, int | None], ...]


async def poll_results(connection: AsyncConnection, campaign: StoredCampaign, language: str) -> list[PollResult]:
    """Count a poll's answers. Raises Refused for a campaign without one."""
    content = content_of(campaign)
    if not content.poll:
        raise Refused("no_poll")
    counts = await count_answers(connection, campaign.id, list(await runs_of(connection, campaign.id)))
    results = []
    for number, question in enumerate(content.poll, 1):
        options = {str(option): counts.get((number, option), 0) for option in range(1, len(question.options) + 1)}
        shown = hide_small(options)
        results.append(
            PollResult(
                question.words.get(language, question.words["vi"]),
                tuple(
                    (words.get(language, words["vi"]), shown[str(option)])
                    for option, words in enumerate(question.options, 1)
                ),
            )
        )
    return results


#: Excel takes 1,048,576.
_ROWS_OF_A_SHEET = 1_000_000
_HEADINGS = ("recipient", "channel", "words", "state", "reason", "at", "clicked", "replied", "opted_out")


async def recipients_sheet(
    connection: AsyncConnection, campaign: StoredCampaign, catalogue: Catalogue, *, ending: str
) -> bytes:
    """All recipients with what became of each, as `csv` (UTF-8 with mark, so that Excel reads it) or `xlsx`."""
    runs = await runs_of(connection, campaign.id)
    payloads = payloads_of(content_of(campaign), campaign.code)
    rows: list[list[str]] = [[catalogue.text(f"campaign.sheet.{name}") for name in _HEADINGS]]
    after = 0
    while page := await list_recipients(connection, campaign.id, runs, payloads=payloads, after=after):
        # The longer the list, the longer this takes: answers go on beside it.
        rows += await asyncio.to_thread(_rows, page, catalogue)
        after = page[-1].id
    return await asyncio.to_thread(_csv if ending == "csv" else _xlsx, rows)


def _rows(page: Sequence[RecipientRow], catalogue: Catalogue) -> list[list[str]]:
    return [_row(one, catalogue) for one in page]


def _row(one: RecipientRow, catalogue: Catalogue) -> list[str]:
    def mark(yes: bool) -> str:
        return catalogue.text("campaign.sheet.yes") if yes else ""

    label = LABELS[DeliveryState(one.state)][catalogue.language.catalogue]
    at = one.settled_at.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M") if one.settled_at else ""
    return [
        one.recipient.partition(":")[2],
        one.channel,
        one.variant,
        label,
        one.reason,
        at,
        mark(one.clicked),
        mark(one.replied),
        mark(one.opted_out),
    ]


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    # Half a second to load, which only those who make one take.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for start in range(0, len(rows), _ROWS_OF_A_SHEET):
        sheet = book.create_sheet(f"recipients{start // _ROWS_OF_A_SHEET or ''}")
        for row in rows[start : start + _ROWS_OF_A_SHEET]:
            sheet.append(list(row))
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def local_text(moment: datetime) -> str:
    """A moment as staff read it."""
    return moment.astimezone(LOCAL_ZONE).strftime("%d/%m/%Y %H:%M")
