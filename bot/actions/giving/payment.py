"""How a pledge is paid, as message data: account, amount, code, and where its QR picture is."""

from typing import Any

from bot.actions.understanding import Understanding
from bot.giving.cards import account_card, amount_to_pay, picture_path
from content.topics import Topic
from fund.accounts import FundAccount
from store.queries.pledges import PledgeRow


def payment_data(understood: Understanding, pledge: PledgeRow, account: FundAccount | None) -> dict[str, Any]:
    """Return message data; without an account it says so, and names none."""
    base = {**understood.base("payment"), "topic": Topic.DONATE_OR_PLEDGE.value}
    if account is None:
        return {**base, "key": "payment_no_account", "code": pledge.code}
    amount = amount_to_pay(pledge)
    return {
        **base,
        "code": pledge.code,
        "drive": pledge.kind == "drive",
        "amount": amount,
        "account": account_card(account),
        "picture": picture_path(pledge.code) if account.payload(pledge.code, amount) is not None else None,
    }
