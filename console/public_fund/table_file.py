"""The list of gifts as a CSV that spreadsheets open with Vietnamese letters, and that runs nothing in them."""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import date

from content.translations import Catalogue
from fund.names import public_name
from store.database import Database
from store.queries.fund_public import PublicGift, all_public_gifts

#: A cell that begins with one of these is a formula to a spreadsheet.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _lines(rows: Iterable[Iterable[object]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode()


def _cells(gift: PublicGift, catalogue: Catalogue) -> list[object]:
    name = public_name(gift.donor_name, gift.name_shown or "")
    return [
        gift.received_on.isoformat(),
        gift.amount,
        _plain(name) if name else catalogue.text("fund.page.no_name"),
        catalogue.text(f"fund.level.{gift.level}"),
        gift.commune or "",
        gift.allocated,
    ]


async def gifts_csv(
    database: Database, catalogue: Catalogue, *, month: date | None, demo: bool
) -> AsyncIterator[bytes]:
    """Yield the file, a piece at a time: a million gifts never stand in memory."""
    head = ["day", "amount", "name", "level", "commune", "allocated"]
    yield b"\xef\xbb\xbf" + _lines([[catalogue.text(f"fund.csv.{name}") for name in head]])
    async with database.transaction() as connection:
        async for gifts in all_public_gifts(connection, month=month, demo=demo):
            yield _lines(_cells(gift, catalogue) for gift in gifts)
