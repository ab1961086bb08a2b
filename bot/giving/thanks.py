"""Thanks to donors whose gifts were booked, by whatever way: a statement, a webhook, a voucher."""

from collections import defaultdict
from datetime import date

from bot.delivery.rules import SendingRules
from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from content.topics import Topic
from content.translations import catalogue_for
from store.clock import Clock
from store.database import Database
from store.delivery_states import DeliveryKind, Priority
from store.queries.deliveries import queue_deliveries
from store.queries.fund_thanks import GiftToThank, gifts_to_thank, mark_thanked, reach_of_donors
from store.run_states import Purpose

#: Gifts looked at in one go.
_BATCH = 200


async def thank_donors(database: Database, clock: Clock) -> int:
    """Thank donors who agreed to be written to, once for what came since the last time; return how many messages.

    Nobody is woken: at night it waits for the morning. Who did not agree is thanked when they look.
    """
    now = clock.now()
    if SendingRules(on_holidays=True).opens_at(now, Purpose.SERVICE) != now:
        return 0
    told = 0
    while True:
        async with database.transaction() as connection:
            gifts = await gifts_to_thank(connection, limit=_BATCH)
            by_code: dict[str, list[GiftToThank]] = defaultdict(list)
            for gift in gifts:
                by_code[gift.code].append(gift)
            chats = {gift.conversation_id for gift in gifts if gift.conversation_id is not None}
            donors = await reach_of_donors(connection, sorted(chats))
            for code, came in by_code.items():
                donor = donors.get(came[0].conversation_id or 0)
                if donor is None or not donor.agreed:
                    continue
                amount, day = sum(gift.amount for gift in came), max(gift.received_on for gift in came)
                await queue_deliveries(
                    connection,
                    [thanks_message(code, amount, day, donor.language).to_json()],
                    conversation_id=donor.conversation_id,
                    incoming_id=None,
                    channel=donor.channel,
                    address=donor.address,
                    kind=DeliveryKind.GIFT,
                    priority=Priority.TRANSACTIONAL,
                    now=now,
                )
                told += 1
            await mark_thanked(connection, [gift.gift_id for gift in gifts], now=now)
        if len(gifts) < _BATCH:
            return told


def thanks_message(code: str, amount: int, day: date, language: str) -> OutgoingMessage:
    """Return the thanks for what came for a pledge."""
    catalogue = catalogue_for(language)
    text = catalogue.text("gift.thanks", code=code, amount=catalogue.money(amount), day=catalogue.date(day))
    see = Button(title=catalogue.text("gift.button.show"), payload=make_payload("gift", gift=code, do="show"))
    return OutgoingMessage(
        text=text, buttons=(see,), topic=Topic.DONATION_RECEIPT_TRANSPARENCY.value, language=catalogue.language.code
    )
