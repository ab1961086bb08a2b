"""`/phieu/{code}` and `GET /api/v1/receipts/{code}`: what was said under a code, and whether it still holds.

Nobody has to sign in: a receipt holds no person, and 594 million codes are not tried out one by one.
"""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Header, HTTPException, Query, Response
from pydantic import BaseModel

from bot.channels.web import language_of
from bot.receipt_codes import is_receipt_code, typed_receipt_code
from bot.receipts import Judgement, Standing, judge
from bot.rendering.receipts import standing_line
from console.plain_pages import PlainPages
from content.library import Library
from content.translations import COMPLETE_LANGUAGES, Catalogue, catalogue_for
from store.clock import LOCAL_ZONE, Clock, local_date
from store.database import LOST_CONNECTION, Database
from store.queries.receipts import TRIAL_RESULT, StoredReceipt, find_receipt


class ReceiptSource(BaseModel):
    """A legal source as it was named in the answer."""

    document: str
    title: str = ""
    article: str | None = None
    url: str | None = None


class ReceiptView(BaseModel):
    """One answer as it was said. `said_at` is cut to the hour; `standing` says what has become of the rule since."""

    code: str
    statement: str
    topic: str
    valid_from: date
    valid_to: date | None
    as_of: date
    language: str
    text: str
    sources: list[ReceiptSource]
    said_at: datetime
    today: date
    standing: Standing
    now_valid_from: date | None
    now_valid_to: date | None
    text_now: str | None


def receipts_router(database: Database, library: Library, clock: Clock) -> APIRouter:
    """Return the routes of answer receipts."""
    router = APIRouter()
    pages = PlainPages(forms=False)

    async def found(code: str) -> tuple[StoredReceipt, Judgement] | None:
        if not is_receipt_code(code):
            return None
        async with database.single() as connection:
            receipt = await find_receipt(connection, code)
        return None if receipt is None else (receipt, judge(receipt, library, local_date(clock.now())))

    @router.get("/api/v1/receipts/{code}")
    async def receipt_as_data(code: str, accept_language: str | None = Header(None)) -> ReceiptView:
        """Return what was said under a code. 404 for a code that was never given out, or whose receipt was purged."""
        try:
            both = await found(_canonical(code))
        except LOST_CONNECTION as error:
            raise HTTPException(503, "The database is away; ask again.") from error
        if both is None:
            raise HTTPException(404, catalogue_for(language_of(accept_language)).text("bot.receipt_unknown"))
        receipt, judgement = both
        return ReceiptView(
            **{name: getattr(receipt, name) for name in StoredReceipt.__dataclass_fields__ if name != "wording"},
            topic=receipt.statement.split(".", 1)[0],
            today=local_date(clock.now()),
            standing=judgement.standing,
            now_valid_from=judgement.valid_from,
            now_valid_to=judgement.valid_to,
            text_now=judgement.text,
        )

    @router.get("/phieu/{code}", include_in_schema=False)
    async def receipt_page(
        code: str, lang: str | None = Query(None, max_length=8), accept_language: str | None = Header(None)
    ) -> Response:
        language = lang if lang in COMPLETE_LANGUAGES else language_of(accept_language)
        catalogue = catalogue_for(language)
        try:
            both = await found(_canonical(code))
        except LOST_CONNECTION:
            return Response(catalogue.text("bot.error.not_read"), status_code=503, media_type="text/plain")
        values: dict[str, Any] = {"where": _where(library, catalogue)}
        if both is None:
            values |= {"receipt": None, "mistyped": not is_receipt_code(_canonical(code))}
        else:
            values |= _shown(*both, clock, catalogue)
        return pages.page("receipt.html", language, status=200 if both else 404, **values)

    return router


def _canonical(code: str) -> str:
    return typed_receipt_code(code[:40]) or code[:40].upper()


def _where(library: Library, catalogue: Catalogue) -> str:
    return library.offices["commune_peoples_committee"].how_to_reach(catalogue.language.catalogue).strip()


def _shown(receipt: StoredReceipt, judgement: Judgement, clock: Clock, catalogue: Catalogue) -> dict[str, Any]:
    today = local_date(clock.now())
    data = {
        "standing": judgement.standing.value,
        "today": today.isoformat(),
        "valid_from": receipt.valid_from.isoformat(),
        "now_from": judgement.valid_from.isoformat() if judgement.valid_from else None,
    }
    begin = catalogue.date(receipt.valid_from)
    return {
        "receipt": receipt,
        "judgement": judgement,
        "standing": standing_line(data, catalogue),
        "said_at": receipt.said_at.astimezone(LOCAL_ZONE),
        "today": today,
        "topic": catalogue.text("check.slip_title")
        if receipt.statement == TRIAL_RESULT
        else catalogue.text(f"topic.{receipt.statement.split('.', 1)[0]}"),
        "validity": (
            catalogue.text("bot.valid_between", begin=begin, end=catalogue.date(receipt.valid_to))
            if receipt.valid_to
            else catalogue.text("bot.valid_from", begin=begin)
        ),
    }
