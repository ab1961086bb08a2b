"""The routes of `/so-quy`: overview, lookup, gifts, uses, seals."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.web import language_of
from bot.courses.phone import without_phones
from console.public_fund.chart import columns_chart, share_of
from console.public_fund.figures import figures_of
from console.public_fund.rendering import page
from console.public_fund.table_file import gifts_csv
from content.translations import COMPLETE_LANGUAGES, catalogue_for
from fund.accounts import kept_accounts
from fund.lookup import LEAST_WORDS, look_up_code, look_up_transfer
from fund.names import public_name, public_name_of
from fund.papers import find_issued, still_holds, typed_paper_code
from fund.pledge_codes import joined, typed_pledge_codes
from fund.statement_cells import day_in, money_in
from store.clock import Clock, local_date
from store.database import LOST_CONNECTION, Database
from store.queries.fund_goods import PublicGoods, public_goods
from store.queries.fund_ledger import last_seal, seals, totals
from store.queries.fund_public import public_entries, public_gifts, public_uses

Lang = Annotated[str | None, Query(max_length=8)]
Accept = Annotated[str | None, Header(alias="accept-language")]
GIFTS_A_PAGE = 50
#: Seals on one page; the file has them all.
SEALS_A_PAGE = 60


class PublicFund:
    """What the pages share."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[tuple[AsyncConnection, bool]]:
        """A transaction, and whether what is shown is made up: then no real account is in use."""
        async with self.database.transaction() as connection:
            yield connection, await is_made_up(connection)


async def is_made_up(connection: AsyncConnection) -> bool:
    """Return whether the only account is the made-up one."""
    accounts = await kept_accounts(connection)
    return bool(accounts) and all(account.demo for account in accounts.all)


def _language(lang: str | None, accept_language: str | None) -> str:
    return lang if lang in COMPLETE_LANGUAGES else language_of(accept_language)


def _month(text: str | None) -> date | None:
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text or "")
    return date(int(found[1]), int(found[2]), 1) if found else None


def _cursor(text: str | None) -> tuple[date, int] | None:
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2})\.(\d{1,18})", text or "")
    try:
        return (date.fromisoformat(found[1]), int(found[2])) if found else None
    except ValueError:
        return None


def _gift_lines(found: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "day": one.received_on,
            "amount": one.amount,
            "name": public_name(one.donor_name, one.name_shown or ""),
            "level": one.level,
            "commune": one.commune,
            "used": one.allocated,
        }
        for one in found
    ]


def _goods_lines(found: Sequence[PublicGoods]) -> list[dict[str, Any]]:
    # Donors write themselves what they give: a phone number among it is not for everybody.
    return [
        {
            "day": one.happened_on,
            "what": without_phones(one.what),
            "arrived": one.arrived,
            "name": public_name(one.donor_name, one.name_shown or "") if one.arrived else None,
            "commune": one.commune,
            "value": one.value,
        }
        for one in found
    ]


def public_fund_router(database: Database, clock: Clock) -> APIRouter:
    """Return the routes of the public pages of the fund."""
    router = APIRouter(include_in_schema=False)
    fund = PublicFund(database, clock)
    _add_overview(router, fund)
    _add_lists(router, fund)
    _add_seals(router, fund)
    # Last: whatever else stands behind the slash is taken for a code.
    _add_lookup(router, fund)
    return router


def _away(language: str) -> Response:
    words = catalogue_for(language).text("fund.page.away")
    return Response(words, status_code=503, media_type="text/plain; charset=utf-8")


def _add_overview(router: APIRouter, fund: PublicFund) -> None:
    @router.get("/so-quy")
    async def overview(
        nam: Annotated[int | None, Query(ge=2000, le=2100)] = None, lang: Lang = None, accept_language: Accept = None
    ) -> Response:
        language = _language(lang, accept_language)
        try:
            async with fund.reading() as (connection, demo):
                accounts = await kept_accounts(connection)
                figures = figures_of(await totals(connection), demo=demo, year=nam)
                gifts = await public_gifts(connection, limit=8, demo=demo)
                uses = await public_uses(connection, limit=5, demo=demo)
                goods = await public_goods(connection, limit=5, demo=demo)
                seal = await last_seal(connection)
        except LOST_CONNECTION:
            return _away(language)
        catalogue = catalogue_for(language)
        longest = max(figures.pledged, figures.received, figures.allocated, figures.delivered)
        names = ("pledged", "received", "allocated", "delivered")
        sums = [(name, getattr(figures, name), share_of(getattr(figures, name), longest)) for name in names]
        return page(
            "fund.html",
            language,
            demo=demo,
            accounts=accounts.all,
            sums=sums,
            figures=figures,
            chart=columns_chart(figures.columns(), title=catalogue.text("fund.page.chart")),
            gifts=_gift_lines(list(gifts)),
            uses=uses,
            goods=_goods_lines(goods),
            seal=seal,
            year=nam,
            today=local_date(fund.clock.now()),
        )


def _add_lookup(router: APIRouter, fund: PublicFund) -> None:
    @router.get("/so-quy/tim")
    async def find(
        ma: Annotated[str | None, Query(max_length=200)] = None,
        loi: Annotated[str | None, Query(max_length=200)] = None,
        tien: Annotated[str | None, Query(max_length=30)] = None,
        ngay: Annotated[str | None, Query(max_length=20)] = None,
        lang: Lang = None,
        accept_language: Accept = None,
    ) -> Response:
        language = _language(lang, accept_language)
        try:
            if ma is not None and ma.strip():
                return await by_code(ma, language)
            return await by_transfer(loi or "", tien or "", ngay or "", language)
        except LOST_CONNECTION:
            return _away(language)

    @router.get("/so-quy/giay/{code}")
    async def verify_paper(code: str, lang: Lang = None, accept_language: Accept = None) -> Response:
        language = _language(lang, accept_language)
        typed = typed_paper_code(code[:40])
        try:
            async with fund.reading() as (connection, _):
                paper = await find_issued(connection, typed) if typed is not None else None
                holds = paper is not None and await still_holds(connection, paper)
        except LOST_CONNECTION:
            return _away(language)
        return page(
            "fund_paper.html",
            language,
            status=404 if paper is None else 200,
            demo=paper is not None and paper.pledge.demo,
            code=typed or code[:40],
            paper=paper,
            holds=holds,
            issued=local_date(paper.issued_at) if paper is not None else None,
        )

    @router.get("/so-quy/{code}")
    async def gift(code: str, lang: Lang = None, accept_language: Accept = None) -> Response:
        language = _language(lang, accept_language)
        try:
            return await by_code(code[:40], language)
        except LOST_CONNECTION:
            return _away(language)

    async def by_code(typed: str, language: str) -> Response:
        async with fund.reading() as (connection, _):
            story = await look_up_code(connection, typed)
            entries = await public_entries(connection, code=story.pledge.code) if story is not None else []
        if story is None:
            verdict = "unknown" if typed_pledge_codes(typed) else "mistyped"
            return page("fund_search.html", language, status=404, verdict=verdict, typed=typed, transfers=[], words="")
        return page(
            "fund_gift.html",
            language,
            demo=story.pledge.demo,
            story=story,
            pledge=story.pledge,
            name=public_name_of(story.pledge),
            entries=entries,
        )

    async def by_transfer(words: str, amount_text: str, day_text: str, language: str) -> Response:
        amount, day = money_in(amount_text), day_in(day_text)
        asked = bool(words or amount_text or day_text)
        transfers = []
        if asked and amount and day and len(joined(words)) >= LEAST_WORDS:
            async with fund.reading() as (connection, _):
                transfers = await look_up_transfer(connection, words=words, amount=amount, day=day)
            verdict = "found" if transfers else "no_transfer"
        else:
            verdict = "incomplete" if asked else ""
        status = 200 if transfers or not asked else 404 if verdict == "no_transfer" else 400
        return page(
            "fund_search.html", language, status=status, verdict=verdict, typed="", transfers=transfers, words=words
        )


def _add_lists(router: APIRouter, fund: PublicFund) -> None:
    @router.get("/so-quy/danh-sach")
    async def gifts(
        truoc: Annotated[str | None, Query(max_length=40)] = None,
        thang: Annotated[str | None, Query(max_length=7)] = None,
        lang: Lang = None,
        accept_language: Accept = None,
    ) -> Response:
        language, month = _language(lang, accept_language), _month(thang)
        try:
            async with fund.reading() as (connection, demo):
                before = _cursor(truoc)
                found = await public_gifts(connection, before=before, month=month, limit=GIFTS_A_PAGE + 1, demo=demo)
        except LOST_CONNECTION:
            return _away(language)
        shown = found[:GIFTS_A_PAGE]
        last = shown[-1] if len(found) > GIFTS_A_PAGE else None
        cursor = f"{last.received_on.isoformat()}.{last.id}" if last is not None else None
        return page(
            "fund_gifts.html",
            language,
            demo=demo,
            gifts=_gift_lines(shown),
            month=month,
            cursor=cursor,
            first=not before,
        )

    @router.get("/so-quy/danh-sach.csv")
    async def gifts_file(
        thang: Annotated[str | None, Query(max_length=7)] = None, lang: Lang = None, accept_language: Accept = None
    ) -> Response:
        catalogue, month = catalogue_for(_language(lang, accept_language)), _month(thang)
        try:
            async with fund.reading() as (_, demo):
                pass
        except LOST_CONNECTION:
            return _away(_language(lang, accept_language))
        name = f"so-quy{f'-{month:%Y-%m}' if month else ''}{'-MAU' if demo else ''}.csv"
        return StreamingResponse(
            gifts_csv(fund.database, catalogue, month=month, demo=demo),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
        )

    @router.get("/so-quy/su-dung")
    async def uses(
        truoc: Annotated[int | None, Query(ge=1)] = None, lang: Lang = None, accept_language: Accept = None
    ) -> Response:
        language = _language(lang, accept_language)
        try:
            async with fund.reading() as (connection, demo):
                found = await public_uses(connection, before=truoc, limit=GIFTS_A_PAGE + 1, demo=demo)
        except LOST_CONNECTION:
            return _away(language)
        cursor = found[GIFTS_A_PAGE - 1].id if len(found) > GIFTS_A_PAGE else None
        return page(
            "fund_uses.html", language, demo=demo, uses=found[:GIFTS_A_PAGE], cursor=cursor, first=truoc is None
        )

    @router.get("/so-quy/hien-vat")
    async def goods(
        truoc: Annotated[int | None, Query(ge=1)] = None, lang: Lang = None, accept_language: Accept = None
    ) -> Response:
        language = _language(lang, accept_language)
        try:
            async with fund.reading() as (connection, demo):
                found = await public_goods(connection, before=truoc, limit=GIFTS_A_PAGE + 1, demo=demo)
        except LOST_CONNECTION:
            return _away(language)
        cursor = found[GIFTS_A_PAGE - 1].number if len(found) > GIFTS_A_PAGE else None
        lines = _goods_lines(found[:GIFTS_A_PAGE])
        return page("fund_goods.html", language, demo=demo, goods=lines, cursor=cursor, first=truoc is None)


def _add_seals(router: APIRouter, fund: PublicFund) -> None:
    @router.get("/so-quy/niem-phong")
    async def show_seals(lang: Lang = None, accept_language: Accept = None) -> Response:
        language = _language(lang, accept_language)
        try:
            async with fund.reading() as (connection, demo):
                found = await seals(connection)
        except LOST_CONNECTION:
            return _away(language)
        newest = list(reversed(found[-SEALS_A_PAGE:]))
        return page("fund_seals.html", language, demo=demo, seals=newest, older=len(found) - len(newest))

    @router.get("/so-quy/niem-phong.txt")
    async def seals_file() -> Response:
        try:
            async with fund.database.transaction() as connection:
                found = await seals(connection)
        except LOST_CONNECTION:
            return _away("vi")
        lines = [
            f"{one.previous}|{one.day.isoformat()}|{one.entries}|{one.last_entry}|{one.last_hash} {one.hash}\n"
            for one in found
        ]
        return Response("".join(lines), media_type="text/plain; charset=utf-8")
