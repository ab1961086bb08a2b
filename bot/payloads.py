"""What buttons stand for: `/intent{"entity": "value"}`, the form in which Rasa reads an intent without guessing.

People type freely, and only buttons that this bot made may speak for them: a typed text is never read as a payload,
except for the few commands that messengers offer.
"""

import json
import re
from collections.abc import Sequence

from bot.channel_names import CHANNEL_NAMES
from bot.courses.months import MONTH_PATTERN
from bot.helpdesk.codes import is_ticket_code
from bot.link_codes import is_link_code
from bot.receipt_codes import is_receipt_code
from content.courses import CODE_PATTERN
from content.place_units import load_places
from content.topics import Area, Aspect, Group, Topic
from content.trades import load_trades
from content.translations import LANGUAGES
from store.ticket_states import ComplaintKind, TicketReason

#: Intents that are not topics and may stand in a payload.
CONTROL_INTENTS = frozenset(
    {
        *("start", "help", "menu", "greet", "thanks", "goodbye", "affirm", "deny"),
        *("ask_person", "change_language", "forget", "check_eligibility", "inform"),
    }
)
#: Intents of safety: danger, orders to the machine, insults, and whether a message or account is genuine.
SAFETY_INTENTS = frozenset({"crisis", "jailbreak", "insult", "verify_source"})
#: Intents that only buttons and commands carry: nobody's words mean them.
PRESSED_ONLY = frozenset(
    {"topic_menu", "receipt", "feedback", "poll", "news", "my_data", "erase_all", "ticket", "link"}
)

#: Intents of the course catalogue that people also say in their own words, and those that only buttons say.
COURSE_INTENTS = frozenset({"find_courses", "my_courses", "course_interest", "course_withdraw"})
COURSE_BUTTON_INTENTS = frozenset({"course_detail", "course_agree", "course_phone"})

#: Intents of donors that people also say in their own words, and those that only buttons and typed codes say.
GIVING_INTENTS = {"make_pledge": Topic.DONATE_OR_PLEDGE, "my_gifts": Topic.DONATION_RECEIPT_TRANSPARENCY}
GIVING_BUTTON_INTENTS = frozenset({"pledge_reply", "gift", "gift_change", "account_report"})

_KNOWN_INTENTS = (
    CONTROL_INTENTS
    | SAFETY_INTENTS
    | PRESSED_ONLY
    | COURSE_INTENTS
    | COURSE_BUTTON_INTENTS
    | GIVING_INTENTS.keys()
    | GIVING_BUTTON_INTENTS
    | frozenset(Topic)
)

_ALLOWED_VALUES: dict[str, frozenset[str]] = {
    "aspect": frozenset(Aspect),
    "household_group": frozenset(Group),
    "programme": frozenset(Group),
    "area": frozenset(Area),
    "language": frozenset(LANGUAGES),
    "topic": frozenset(Topic),
    "trade": frozenset(load_trades()),
    "sure": frozenset({"yes"}),
    "value": frozenset({"up", "down"}),
    "channel": frozenset(CHANNEL_NAMES),
    # Why somebody wants a person; a kind of complaint says that too.
    "why": frozenset({TicketReason.NOT_ANSWERED, TicketReason.COMPLAINT, *ComplaintKind}),
    # The id of one place; in searches also the name that several share.
    "place": frozenset(load_places().by_id) | {place.name for place in load_places().by_id.values()},
}
#: Values that no list can hold.
_ALLOWED_PATTERNS: dict[str, re.Pattern[str]] = {
    # Answers of the guided check: a command, a programme, or "fact of a member = option" (bot/actions/eligibility).
    "check": re.compile(r"[a-z_]{1,40}|programme\.[a-z_]{1,60}|[a-z_.]{1,60}(@\d{1,2})?=[a-z_0-9]{1,40}"),
    "course": re.compile(CODE_PATTERN),
    # A pledge in the making: a command, "question.choice", or what exactly is confirmed or changed.
    "pledge": re.compile(r"[a-z_]{1,20}|[a-z]{1,20}\.[a-z0-9_]{1,30}"),
    # As it was typed: whether it is a code is for the action to say.
    "gift": re.compile(r"XN[A-Z0-9]{2,10}"),
    "do": re.compile(r"[a-z_]{1,20}|amount\.[1-9][0-9]{0,14}"),
    "month": re.compile(MONTH_PATTERN),
    "page": re.compile(r"[1-9][0-9]?"),
    # Code of the campaign, number of the question, number of the answer.
    "answer": re.compile(r"[0-9A-Z]{7}-[1-9][0-9]?-[1-9][0-9]?"),
}

#: Entities without which an intent means nothing.
_NEEDED = {
    "topic_menu": frozenset({"topic"}),
    "receipt": frozenset({"code"}),
    "feedback": frozenset({"value"}),
    "poll": frozenset({"answer"}),
    "news": frozenset({"value"}),
    "ticket": frozenset({"code"}),
    "pledge_reply": frozenset({"pledge"}),
    "gift": frozenset({"gift"}),
}

#: What people may type with a slash, in the spelling of the messengers and in plain Vietnamese.
TYPED_COMMANDS = {
    "/start": "/start",
    "/batdau": "/start",
    "/help": "/help",
    "/trogiup": "/help",
    "/menu": "/menu",
    "/kiemtra": "/check_eligibility",
    "/ungho": "/make_pledge",
    "/khoangop": "/my_gifts",
    "/dung": '/feedback{"value":"up"}',
    "/sai": '/feedback{"value":"down"}',
    "/xoa": "/forget",
    "/dulieu": "/my_data",
    "/mydata": "/my_data",
    "/kenh": "/link",
    "/lienket": '/link{"value":"up"}',
    "/bolienket": '/link{"value":"down"}',
    "/xoahet": "/erase_all",
    "/nhantin": '/news{"value":"up"}',
    "/tattin": '/news{"value":"down"}',
    "/forget": "/forget",
    "/vi": '/change_language{"language":"vi"}',
    "/en": '/change_language{"language":"en"}',
}

#: Thumbs stand for a rating; a colour of skin may follow.
_SIGNS = {"👍": TYPED_COMMANDS["/dung"], "👎": TYPED_COMMANDS["/sai"]}
_LONGEST_SIGN = 2

_PAYLOAD = re.compile(r"/(?P<intent>[a-z_]{1,40})(?P<entities>\{.{0,400}\})?", re.DOTALL)


class UnknownPayload(ValueError):
    """A payload that no button of ours carries."""


def make_payload(intent: str, **entities: str | None) -> str:
    """Return the payload of a button; entities that are None are left out."""
    given = {name: value for name, value in entities.items() if value is not None}
    return f"/{intent}" + (json.dumps(given, separators=(",", ":")) if given else "")


def check_payload(payload: str) -> str:
    """Return `payload` in its canonical form.

    Raises:
        UnknownPayload: not of our form, or naming an intent, entity or value that we never offer.
    """
    match = _PAYLOAD.fullmatch(payload.strip())
    if match is None:
        raise UnknownPayload(payload[:80])
    intent = match["intent"]
    try:
        entities = json.loads(match["entities"] or "{}")
    except json.JSONDecodeError as error:
        raise UnknownPayload(payload[:80]) from error
    if intent not in _KNOWN_INTENTS:
        raise UnknownPayload(payload[:80])
    for name, value in entities.items():
        if not isinstance(value, str) or not _is_allowed(name, value):
            raise UnknownPayload(payload[:80])
    if needed := _NEEDED.get(intent, frozenset()) - entities.keys():
        raise UnknownPayload(f"{intent} without {', '.join(needed)}")
    return make_payload(intent, **entities)


def _is_allowed(name: str, value: str) -> bool:
    if name == "code":
        return is_receipt_code(value) or is_ticket_code(value) or is_link_code(value)
    pattern = _ALLOWED_PATTERNS.get(name)
    return value in _ALLOWED_VALUES.get(name, ()) if pattern is None else pattern.fullmatch(value) is not None


def intent_of(payload: str) -> str:
    """Return the intent that a payload names."""
    return payload.lstrip("/").split("{", 1)[0]


def numbered_payload(payloads: Sequence[str], number: int) -> str | None:
    """Return what a typed number presses among the buttons last offered, or None.

    1 is the first button. 0 goes back: to the menu that the last button leads to, where it leads to one.
    """
    if number == 0:
        return payloads[-1] if payloads and intent_of(payloads[-1]) in ("menu", "topic_menu") else None
    return payloads[number - 1] if number <= len(payloads) else None


def typed_command(text: str) -> str | None:
    """Return the payload of a typed command such as "/start" or "/xoa", or None when `text` is no command.

    Telegram sends "/start@botname" in groups and "/start code" from links; both mean "/start".
    """
    if text[:1] in _SIGNS and len(text) <= _LONGEST_SIGN:
        return _SIGNS[text[0]]
    if not text.startswith("/"):
        return None
    word = text.split(maxsplit=1)[0].split("@", 1)[0].lower()
    return TYPED_COMMANDS.get(word)
