"""Pages on campaigns that anybody may open: "did you really send this?", the archive, and "we spread the word".

Server-rendered, no script, small: they are opened on cheap phones by people who got a forwarded message.
"""

from typing import Any

from fastapi import APIRouter, Header, Query, Response

from bot.channels.web import language_of
from bot.receipt_codes import is_receipt_code, typed_receipt_code
from console.plain_pages import PlainPages
from content.campaigns import CampaignContent
from content.library import Library
from content.place_units import load_places
from content.placeholders import document_name
from content.translations import COMPLETE_LANGUAGES, Catalogue, catalogue_for
from store.clock import LOCAL_ZONE, Clock, local_date
from store.database import LOST_CONNECTION, Database
from store.filled_texts import PLACE
from store.queries.campaign_archive import SentCampaign, archive, sent_campaign, sent_words
from store.queries.relays import confirm_relay, find_relay


class CampaignPages:
    """Renders the pages in the reader's language."""

    def __init__(self, library: Library, clock: Clock) -> None:
        self._library = library
        self._clock = clock
        self.page = PlainPages("campaign.css").page

    def sent(self, found: SentCampaign, words: dict[str, Any], language: str) -> dict[str, Any]:
        """What the page shows of a campaign that left."""
        catalogue = catalogue_for(language)
        content = CampaignContent.model_validate(found.content)
        over = content.use_until if content.use_until and local_date(self._clock.now()) > content.use_until else None
        return {
            "organisation": _organisation(found, language),
            "title": found.title,
            "days": list(dict.fromkeys(local_date(moment) for moment in found.sent)),
            "over": over,
            "texts": [_shown(message) for _, message in _in_language(words, language)],
            "sources": [
                document_name(self._library.documents[name], catalogue)
                for name in content.sources
                if name in self._library.documents
            ],
            "personal": any(PLACE.search(str(message["text"])) for message in words.values()),
        }


def _organisation(found: SentCampaign, language: str) -> str:
    return found.organisation_name_en if language == "en" else found.organisation_name


def _in_language(words: dict[str, Any], language: str) -> list[tuple[str, Any]]:
    """The versions in the reader's language, else in Vietnamese; then those in minority languages."""
    own = [one for one in words.items() if one[0].endswith(f".{language}")]
    shown = own or [one for one in words.items() if one[0].endswith(".vi")]
    others = [one for one in words.items() if one[0].partition(".")[2] not in COMPLETE_LANGUAGES]
    return [*shown, *others]


def _shown(message: dict[str, Any]) -> dict[str, str]:
    return {"text": PLACE.sub("…", str(message["text"])), "language": str(message.get("language") or "vi")}


def campaign_pages_router(database: Database, library: Library, clock: Clock) -> APIRouter:
    """Return the routes of the public pages on campaigns."""
    router = APIRouter(include_in_schema=False)
    pages = CampaignPages(library, clock)

    def chosen(lang: str | None, accept_language: str | None) -> str:
        return lang if lang in COMPLETE_LANGUAGES else language_of(accept_language)

    @router.get("/kiem-chung")
    async def ask_for_code(
        ma: str | None = Query(None, max_length=40),
        lang: str | None = Query(None, max_length=8),
        accept_language: str | None = Header(None),
    ) -> Response:
        language = chosen(lang, accept_language)
        if ma:
            return await verify(ma, lang, accept_language)
        return pages.page("campaign_verify.html", language, status=200, code="", verdict="", found=None)

    @router.get("/kiem-chung/{code}")
    async def verify(
        code: str, lang: str | None = Query(None, max_length=8), accept_language: str | None = Header(None)
    ) -> Response:
        language = chosen(lang, accept_language)
        canonical = typed_receipt_code(code[:40]) or code[:40].upper()
        if not is_receipt_code(canonical):
            return pages.page(
                "campaign_verify.html", language, status=404, code=canonical, verdict="mistyped", found=None
            )
        try:
            async with database.transaction() as connection:
                found = await sent_campaign(connection, canonical)
                words = await sent_words(connection, canonical) if found is not None else {}
        except LOST_CONNECTION:
            return _away(catalogue_for(language))
        if found is None:
            return pages.page(
                "campaign_verify.html", language, status=404, code=canonical, verdict="unknown", found=None
            )
        if not found.sent:
            return pages.page(
                "campaign_verify.html", language, status=200, code=canonical, verdict="not_sent", found=None
            )
        shown = pages.sent(found, dict(words), language)
        verdict = "over" if shown["over"] else "genuine"
        return pages.page("campaign_verify.html", language, status=200, code=canonical, verdict=verdict, found=shown)

    @router.get("/chien-dich")
    async def show_archive(
        lang: str | None = Query(None, max_length=8), accept_language: str | None = Header(None)
    ) -> Response:
        language = chosen(lang, accept_language)
        try:
            async with database.single() as connection:
                entries = await archive(connection)
        except LOST_CONNECTION:
            return _away(catalogue_for(language))
        lines = [
            {
                "code": one.code,
                "title": one.title,
                "organisation": one.organisation_name_en if language == "en" else one.organisation_name,
                "day": local_date(one.last_sent),
            }
            for one in entries
        ]
        return pages.page("campaign_archive.html", language, status=200, entries=lines)

    @router.get("/da-phat/{code}")
    async def relay(
        code: str, lang: str | None = Query(None, max_length=8), accept_language: str | None = Header(None)
    ) -> Response:
        return await relay_page(code, chosen(lang, accept_language))

    @router.post("/da-phat/{code}")
    async def confirm(
        code: str, lang: str | None = Query(None, max_length=8), accept_language: str | None = Header(None)
    ) -> Response:
        language = chosen(lang, accept_language)
        try:
            async with database.transaction() as connection:
                await confirm_relay(connection, code[:40], now=clock.now())
        except LOST_CONNECTION:
            return _away(catalogue_for(language))
        return await relay_page(code, language)

    async def relay_page(code: str, language: str) -> Response:
        try:
            async with database.single() as connection:
                found = await find_relay(connection, code[:40])
        except LOST_CONNECTION:
            return _away(catalogue_for(language))
        place = load_places().units[found.commune].name if found is not None else ""
        at = (
            found.confirmed_at.astimezone(LOCAL_ZONE).strftime("%H:%M %d/%m/%Y") if found and found.confirmed_at else ""
        )
        return pages.page(
            "campaign_relay.html", language, status=200 if found else 404, relay=found, place=place, at=at
        )

    return router


def _away(catalogue: Catalogue) -> Response:
    return Response(catalogue.text("bot.error.not_read"), status_code=503, media_type="text/plain")
