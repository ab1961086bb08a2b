"""The platforms that `benchmarks/inbound.py` lets people write through: how each writes, and what it took."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

from server.settings import Settings
from server.telegram import TELEGRAM_SETTLES
from server.zalo import zalo_account, zalo_calls
from server.zalo_bot import ZALO_BOT_SETTLES
from store.clock import SystemClock
from store.database import Database
from tests.standins.base import StandIn
from tests.standins.telegram import TelegramStandIn
from tests.standins.zalo import APP_ID, APP_SECRET, OA_ID, OA_KEY, Zalo
from tests.standins.zalo_bot import TOKEN as ZALO_BOT_TOKEN
from tests.standins.zalo_bot import ZaloBotStandIn

_SECRET = "made-up-secret-of-the-webhook"
#: What people write: cheap to answer, and each has an answer of its own.
WORDS = ("/menu", "/help", "vay vốn hộ nghèo lãi bao nhiêu", "học phí hộ nghèo", "thẻ bảo hiểm y tế hộ cận nghèo")
#: When the first event was written, by the platforms' clocks: ms since 1970. Only the order counts.
_BEGAN_MS = 1_795_399_200_000


@dataclass(frozen=True)
class Event:
    """One message of one person.

    Attributes:
        number: of theirs, from 1.
        index: among all, from 0.
    """

    person: int
    number: int
    index: int

    @property
    def words(self) -> str:
        """What the person writes."""
        return WORDS[self.number % len(WORDS)]


async def _nothing_to_prepare(_database: Database, _folder: Path, _address: str) -> None:
    pass


_PARTS = """
select address, count(*) + coalesce(sum(before), 0) from delivery
left join (select key, count(*) as before from sent_part where channel = :channel group by key) as parts
    on parts.key = cast(delivery.id as text)
where channel = :channel and state in ('sent', 'unknown') group by address
"""


@dataclass(frozen=True)
class Platform:
    """A platform as one run needs it.

    Attributes:
        path: of our webhook.
        stand_in: the platform that takes the answers, without limits of its own.
        environment: settings of our processes, given the stand-in's address.
        person: id of a person, as our ledger knows the address.
        delivery: body and headers of an event.
        message_id: of an event, as our inbox knows it.
        settles: an event that arrives so much later than a later one of the same person is still read before it.
        taken: how many messages each person got.
        place: where in the order of all that the platform took a message is, by the id that it gave.
        parts: SQL that counts what may have left for each address: one message may be several on the platform.
        prepare: done once the processes run, given the database, the data folder and the stand-in's address.
    """

    path: str
    stand_in: StandIn
    environment: Callable[[str], Mapping[str, str]]
    person: Callable[[int], str]
    delivery: Callable[[Event], tuple[bytes, Mapping[str, str]]]
    message_id: Callable[[Event], str]
    settles: timedelta
    taken: Callable[[], Counter[str]]
    place: Callable[[str], int]
    parts: str = _PARTS
    prepare: Callable[[Database, Path, str], Awaitable[None]] = _nothing_to_prepare


def telegram() -> Platform:
    """A Telegram bot by webhook."""
    stand_in = TelegramStandIn()
    stand_in.flood.enabled = False
    stand_in.chats.clear()

    def person(number: int) -> str:
        return f"{620_000_000 + number}"

    def delivery(event: Event) -> tuple[bytes, Mapping[str, str]]:
        chat = int(person(event.person))
        message = {
            "message_id": event.number,
            "from": {"id": chat, "is_bot": False, "first_name": "Mẫu"},
            "chat": {"id": chat, "type": "private", "first_name": "Mẫu"},
            "date": _BEGAN_MS // 1000 + event.index,
            "text": event.words,
        }
        body = json.dumps({"update_id": 50_000 + event.index, "message": message}).encode()
        return body, {"X-Telegram-Bot-Api-Secret-Token": _SECRET}

    return Platform(
        path="/webhooks/telegram",
        stand_in=stand_in,
        environment=lambda address: {
            "CHUNGTAY_TELEGRAM_TOKEN": stand_in.token,
            "CHUNGTAY_TELEGRAM_MODE": "webhook",
            "CHUNGTAY_TELEGRAM_SECRET": _SECRET,
            "CHUNGTAY_TELEGRAM_ADDRESS": address,
            # Thousands of answers would take minutes to leave; the stand-in takes them as fast as they come.
            "CHUNGTAY_TELEGRAM_PER_SECOND": "1000",
        },
        person=person,
        delivery=delivery,
        message_id=lambda event: f"{person(event.person)}:{event.number}",
        settles=TELEGRAM_SETTLES,
        taken=lambda: _counted_by_chat(stand_in),
        place=lambda number: int(number.rpartition(":")[2]),
    )


def zalo_bot() -> Platform:
    """A bot of the Zalo Bot Platform by webhook."""
    stand_in = ZaloBotStandIn(secret=_SECRET)

    def person(number: int) -> str:
        return f"{8_620_000_000_000_000_000 + number}"

    def delivery(event: Event) -> tuple[bytes, Mapping[str, str]]:
        chat = person(event.person)
        message = {
            "message_id": f"zb-{event.person}-{event.number}",
            "date": _BEGAN_MS + event.index,
            "message_type": "TEXT",
            "text": event.words,
            "from": {"id": chat, "display_name": "Mẫu", "is_bot": False},
            "chat": {"id": chat, "chat_type": "PRIVATE"},
        }
        body = {"ok": True, "result": {"event_name": "message.text.received", "message": message}}
        return json.dumps(body).encode(), {"X-Bot-Api-Secret-Token": _SECRET}

    return Platform(
        path="/webhooks/zalo-bot",
        stand_in=stand_in,
        environment=lambda address: {
            "CHUNGTAY_ZALO_BOT_TOKEN": ZALO_BOT_TOKEN,
            "CHUNGTAY_ZALO_BOT_MODE": "webhook",
            "CHUNGTAY_ZALO_BOT_SECRET": _SECRET,
            "CHUNGTAY_ZALO_BOT_ADDRESS": address,
        },
        person=person,
        delivery=delivery,
        message_id=lambda event: f"{ZALO_BOT_TOKEN.partition(':')[0]}:zb-{event.person}-{event.number}",
        settles=ZALO_BOT_SETTLES,
        taken=lambda: _counted_by_chat(stand_in),
        place=lambda number: int(number.rpartition("-")[2]),
    )


def zalo() -> Platform:
    """An Official Account; every event is signed."""
    stand_in = Zalo()
    stand_in.per_minute, stand_in.tells = 1_000_000, ()

    def settings(folder: Path, address: str) -> Settings:
        return Settings(
            data_dir=folder,
            zalo_oa_id=OA_ID,
            zalo_app_id=APP_ID,
            zalo_app_secret=APP_SECRET,
            zalo_openapi_url=address,
            zalo_oauth_url=address,
        )

    def person(number: int) -> str:
        return f"{7_620_000_000_000_000_000 + number}"

    def delivery(event: Event) -> tuple[bytes, Mapping[str, str]]:
        return stand_in.signing.signed(
            {
                "app_id": APP_ID,
                "event_name": "user_send_text",
                "timestamp": f"{stand_in_began + event.index}",
                "sender": {"id": person(event.person)},
                "recipient": {"id": OA_ID},
                "message": {"msg_id": f"in-{event.person}-{event.number}", "text": event.words},
            }
        )

    async def prepare(database: Database, folder: Path, address: str) -> None:
        ours = settings(folder, address)
        account = zalo_account(ours)
        assert account is not None
        zalo = zalo_calls(ours, account, database, SystemClock())
        await zalo.tokens.give(stand_in.tokens.access, stand_in.tokens.refresh, lasts=timedelta(hours=20))
        await zalo.calls.close()

    # Free text may leave for so long after this moment only, so it is today's.
    stand_in_began = stand_in.now_ms()
    settle = cast(float, Settings.model_fields["zalo_settle_seconds"].default)
    return Platform(
        path="/webhooks/zalo",
        stand_in=stand_in,
        environment=lambda address: {
            "CHUNGTAY_ZALO_OA_ID": OA_ID,
            "CHUNGTAY_ZALO_APP_ID": APP_ID,
            "CHUNGTAY_ZALO_APP_SECRET": APP_SECRET,
            "CHUNGTAY_ZALO_WEBHOOK_KEY": OA_KEY,
            "CHUNGTAY_ZALO_OPENAPI_URL": address,
            "CHUNGTAY_ZALO_BUSINESS_URL": address,
            "CHUNGTAY_ZALO_OAUTH_URL": address,
        },
        person=person,
        delivery=delivery,
        message_id=lambda event: f"{OA_ID}:in-{event.person}-{event.number}",
        settles=timedelta(seconds=settle),
        taken=lambda: Counter(one["to"] for one in stand_in.outbox if "to" in one),
        place=lambda number: int(number[-8:], 16),
        parts="select address, count(*) from zalo_request group by 1",
        prepare=prepare,
    )


def _counted_by_chat(stand_in: StandIn) -> Counter[str]:
    sent = ("sendMessage", "sendPhoto", "sendVoice")
    return Counter(str(one["chat_id"]) for one in stand_in.outbox if one.get("method") in sent and "refused" not in one)


#: Another channel is one entry.
PLATFORMS: Mapping[str, Callable[[], Platform]] = {"zalo": zalo, "zalo_bot": zalo_bot, "telegram": telegram}
