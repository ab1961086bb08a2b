"""The code of a gift in what people type: alone, or with what they want done with the gift."""

import re

from bot.giving.wishes import wish_with_gift
from bot.payloads import make_payload
from fund.pledge_codes import LENGTH, PREFIX, codes_in, joined, typed_pledge_codes
from store.database import Database
from store.queries.pledges import find_pledges

#: Letters around a code that still make it the whole message: "mã: … ạ".
_AROUND = re.compile(r"^(MASO|MA|CODE)|(NHE|NHA|A)$")


async def gift_payload(database: Database, text: str) -> str | None:
    """Return the payload of a button for a message that names a gift by its code; None for any other message.

    In a longer message only a code that was given out counts: by chance, one text in some thousands has the shape.
    """
    if PREFIX not in joined(text):
        return None
    codes = typed_pledge_codes(text)
    if codes:
        async with database.single() as connection:
            known = await find_pledges(connection, codes)
        code = next((code for code in codes if code in known), None)
        if code is not None:
            return _payload(code, text)
    written = code_alone(text)
    return None if written is None else _payload(written, "")


def code_alone(text: str) -> str | None:
    """Return what stands for a code when a message is nothing else, right or wrong; None for other messages."""
    written = _AROUND.sub("", joined(text))
    if not written.startswith(PREFIX) or not LENGTH - 2 <= len(written) <= LENGTH + 2:
        return None
    # Without a digit and with a wrong check letter it is rather a word or a name.
    return written if codes_in(written).certain or any(char.isdigit() for char in written) else None


def _payload(code: str, text: str) -> str:
    wish = wish_with_gift(text)
    if wish == "change":
        return make_payload("gift_change", gift=code)
    return make_payload("gift", gift=code, do=wish)
