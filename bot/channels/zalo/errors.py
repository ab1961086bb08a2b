"""What Zalo's error codes mean for a message. A failure comes as HTTP 200 with `error` other than 0.

Codes of the OA API: https://docs.zaloplatforms.com/docs/OA/phu-luc/ma-loi; of templates by telephone number: the ZBS
list of the same pages. Resellers give other meanings to the same numbers; theirs are not used.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from store.clock import LOCAL_ZONE
from store.delivery_errors import ErrorClass

#: The token is not valid (any more): a new one, then the call once more.
REFRESH_CODES = frozenset({-216, -220, -124})
#: The uploaded picture or file is too old: upload again, then the call once more.
UPLOAD_EXPIRED = -100
RATE_LIMITED = -32

_AUTH = (-204, -205, -209, -212, -219, -221, -224, -235, -238, -240, -241, -242, -202, -207, -208, -215, -222)

_OA: dict[int, ErrorClass] = {
    **dict.fromkeys(_AUTH, ErrorClass.AUTH),
    **dict.fromkeys(REFRESH_CODES, ErrorClass.AUTH),
    RATE_LIMITED: ErrorClass.RATE,
    -100: ErrorClass.PAYLOAD,
    -200: ErrorClass.RETRYABLE,
    -201: ErrorClass.PAYLOAD,
    -210: ErrorClass.PAYLOAD,
    -211: ErrorClass.QUOTA,
    -213: ErrorClass.RECIPIENT,
    -214: ErrorClass.RETRYABLE,
    -217: ErrorClass.PERMANENT_RECIPIENT,
    -218: ErrorClass.QUOTA,
    -223: ErrorClass.AUTH,
    -227: ErrorClass.PERMANENT_RECIPIENT,
    -230: ErrorClass.WINDOW_CLOSED,
    -232: ErrorClass.WINDOW_CLOSED,
    -233: ErrorClass.PAYLOAD,
    -234: ErrorClass.QUOTA,
    -237: ErrorClass.PERMANENT_RECIPIENT,
    -244: ErrorClass.PERMANENT_RECIPIENT,
    -248: ErrorClass.PAYLOAD,
    -249: ErrorClass.PAYLOAD,
    -305: ErrorClass.WINDOW_CLOSED,
    -311: ErrorClass.QUOTA,
    -320: ErrorClass.BILLING,
    -321: ErrorClass.BILLING,
    -403: ErrorClass.PERMANENT_RECIPIENT,
}

_ZBS_PAYLOAD = (
    *(-109, -111, -112, -1121, -1122, -1123, -1124, -113, -1131, -116, -121, -122, -130, -131, -132, -145),
    *(-146, -153, -161, -162),
)
_ZBS_AUTH = (
    *(-101, -102, -103, -104, -105, -106, -117, -120, -1201, -1202, -125, -127, -128, -129, -135, -1351, -138),
    *(-1381, -1241),
)
_ZBS: dict[int, ErrorClass] = {
    **dict.fromkeys(_ZBS_PAYLOAD, ErrorClass.PAYLOAD),
    **dict.fromkeys(_ZBS_AUTH, ErrorClass.AUTH),
    **dict.fromkeys((-108, -110, -114, -118, -119, -139, -140, -141), ErrorClass.PERMANENT_RECIPIENT),
    **dict.fromkeys((-126, -133, -144, -147, -1441, -1471, -1472), ErrorClass.QUOTA),
    **dict.fromkeys((-115, -136, -137), ErrorClass.BILLING),
    -100: ErrorClass.RETRYABLE,
    -124: ErrorClass.AUTH,
}

#: Not before the morning: the night rules of both lists.
_NIGHT = frozenset({-234, -133})
#: When Zalo's night ends, in Vietnam.
MORNING = 6
#: An article or video is still being worked on.
_PROCESSING = timedelta(seconds=30)
#: The template's owner has to look: it was disabled, or its parameters changed under a campaign (channels.md D-29).
TEMPLATE_BROKEN = frozenset({-131, -146, -1121, -1122, -1124, -249})
#: The person wants no such messages (channels.md A11: opted out; A6: blocked, or restricted this kind).
REFUSED_BY_PERSON = frozenset({-139, -141, -217, -244})
#: Zalo objects to what the message says: a person has to look before it goes on.
AGAINST_STANDARDS = -248


@dataclass(frozen=True)
class Meaning:
    """What a code means, and when it may be tried again if Zalo says so."""

    error: ErrorClass
    retry_after: timedelta | None = None


def meaning_of(code: int, message: str, now: datetime, *, by_phone: bool = False) -> Meaning:
    """Return what a code means for the message that was refused. An unknown code fails once and is not repeated.

    Args:
        message: Zalo's words: two codes have two meanings each.
        by_phone: the call was one for a template by telephone number, whose list differs.
    """
    error = (_ZBS if by_phone else _OA).get(code)
    if error is None:
        # Both lists are answered on both hosts now and then; a code that only the other one knows means that.
        error = (_OA if by_phone else _ZBS).get(code, ErrorClass.PAYLOAD)
    if code == -201 and "user_id" in message:
        error = ErrorClass.PERMANENT_RECIPIENT
    if code == -223 and "quota" in message.lower():
        error = ErrorClass.QUOTA
    if error is ErrorClass.RATE:
        return Meaning(error, until_next_minute(now))
    if code in _NIGHT:
        return Meaning(error, until_morning(now))
    return Meaning(error, _PROCESSING if code == -214 else None)


def until_next_minute(now: datetime) -> timedelta:
    """Return how long this minute still lasts: Zalo counts calls by the minute."""
    return timedelta(seconds=60 - now.second) - timedelta(microseconds=now.microsecond)


def until_morning(now: datetime) -> timedelta:
    """Return how long Zalo's night still lasts."""
    local = now.astimezone(LOCAL_ZONE)
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return (morning if local < morning else morning + timedelta(days=1)) - local
