"""A gift and the account it is paid to as plain data, which travels with a message key."""

from typing import Any

from fund.accounts import FundAccount
from fund.configuration import FundConfiguration
from fund.standing import next_due, standing_of
from store.queries.pledges import PledgeRow

Card = dict[str, Any]


def gift_card(pledge: PledgeRow, fund: FundConfiguration, *, refunded: int = 0) -> Card:
    """Return what people may read of a pledge, without name and contact. Days are ISO dates, amounts whole đồng."""
    due = next_due(pledge)
    purpose = fund.purpose(pledge.purpose)
    return {
        "code": pledge.code,
        "kind": pledge.kind,
        "amount": pledge.amount,
        "received": pledge.received,
        "refunded": refunded,
        "standing": standing_of(pledge, refunded=refunded).value,
        "state": pledge.state,
        "schedule": pledge.schedule,
        "parts": len(pledge.instalments),
        "due": None if due is None else {"amount": due.amount, "day": due.due_on.isoformat(), "number": due.number},
        "people": pledge.people,
        "goods": pledge.goods,
        "goods_place": pledge.goods_place,
        "commune": pledge.commune,
        "purpose": None if purpose is None else purpose.model_dump(),
        "created_on": pledge.created_on.isoformat(),
        "demo": pledge.demo,
    }


def account_card(account: FundAccount) -> Card:
    """Return what people need to transfer to an account."""
    return {"bank": account.bank_name, "number": account.number, "holder": account.holder, "demo": account.demo}


def picture_path(code: str) -> str:
    """Return the path of the QR picture of a pledge on the public pages."""
    return f"/ung-ho/{code}/qr.png"


def amount_to_pay(pledge: PledgeRow) -> int | None:
    """Return what a transfer for a pledge is over next; None where whoever pays chooses, as in a drive."""
    if pledge.kind != "money":
        return None
    due = next_due(pledge)
    return None if due is None else due.amount
