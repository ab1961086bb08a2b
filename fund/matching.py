"""Which pledge a transfer belongs to. Only what is exact is matched by the machine; a person decides the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fund.accounts import FundAccount
from fund.pledge_codes import CodesInMemo


class RowState(StrEnum):
    """States of a statement row; words are under `fund.row.<state>`."""

    UNCHECKED = "unchecked"
    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"
    REFUNDED = "refunded"
    DISCARDED = "discarded"


class Reason(StrEnum):
    """Why a row is in its state; words are under `fund.reason.<reason>`."""

    EXACT = "exact"
    INSTALMENT = "instalment"
    DRIVE = "drive"
    PART_PAYMENT = "part_payment"
    OVER_PAYMENT = "over_payment"
    ALREADY_PAID = "already_paid"
    CANCELLED_PLEDGE = "cancelled_pledge"
    GOODS_PLEDGE = "goods_pledge"
    SEVERAL_CODES = "several_codes"
    OTHER_ACCOUNT = "other_account"
    CODE_UNKNOWN = "code_unknown"
    CODE_DAMAGED = "code_damaged"
    NO_CODE = "no_code"
    OUTGOING = "outgoing"
    OUTGOING_WITH_CODE = "outgoing_with_code"
    #: Decided by people.
    ASSIGNED = "assigned"
    GIFT_WITHOUT_PLEDGE = "gift_without_pledge"
    REFUND = "refund"
    PAID_OUT = "paid_out"
    NOT_A_GIFT = "not_a_gift"
    TAKEN_BACK = "taken_back"


@dataclass
class PledgeState:
    """What matching has to know of a pledge. `received` grows while a statement is read from top to bottom.

    `instalments` are the parts in the order in which they are due; empty for one payment.
    """

    id: int
    code: str
    kind: str
    state: str
    amount: int | None
    received: int
    level: str
    commune: str | None
    demo: bool = False
    instalments: tuple[int, ...] = ()

    def due_amounts(self) -> dict[int, Reason]:
        """Return the amounts that pay exactly what is open: all of it, or the next instalments."""
        if self.amount is None or self.received >= self.amount:
            return {}
        due: dict[int, Reason] = {}
        reached = 0
        for part in self.instalments:
            reached += part
            if reached > self.received:
                due[reached - self.received] = Reason.INSTALMENT
        due[self.amount - self.received] = Reason.EXACT
        return due


@dataclass(frozen=True)
class Decision:
    """What becomes of a row. `code` names the pledge where it is matched, `codes` what it may belong to."""

    state: RowState
    reason: Reason
    code: str | None = None
    codes: tuple[str, ...] = ()


def decide(
    amount: int, found: CodesInMemo, pledges: Mapping[str, PledgeState], account: FundAccount | None = None
) -> Decision:
    """Return what becomes of a transfer over `amount` (below nought: out) on `account` with these codes in its memo.

    `pledges` holds those of the codes that exist. Nothing is ever altered to fit.
    """
    known = tuple(code for code in found.certain if code in pledges)
    if amount < 0:
        reason = Reason.OUTGOING_WITH_CODE if known else Reason.OUTGOING
        return Decision(RowState.UNKNOWN, reason, codes=known)
    if not found.certain:
        near = (*found.repaired, *found.beginnings)
        return Decision(RowState.UNKNOWN, Reason.CODE_DAMAGED if near else Reason.NO_CODE, codes=near)
    if not known:
        return Decision(RowState.UNKNOWN, Reason.CODE_UNKNOWN, codes=found.certain)
    if len(known) > 1:
        return Decision(RowState.AMBIGUOUS, Reason.SEVERAL_CODES, codes=known)
    pledge = pledges[known[0]]
    if account is not None and _is_for_another(account, pledge):
        return Decision(RowState.AMBIGUOUS, Reason.OTHER_ACCOUNT, codes=known)
    return _decide_for(amount, pledge)


def _is_for_another(account: FundAccount, pledge: PledgeState) -> bool:
    """True where a commune's own account got what was promised to somebody else, or made-up meets real."""
    return account.demo != pledge.demo or (account.commune is not None and account.commune != pledge.commune)


def _decide_for(amount: int, pledge: PledgeState) -> Decision:
    def unclear(reason: Reason) -> Decision:
        return Decision(RowState.AMBIGUOUS, reason, codes=(pledge.code,))

    if pledge.kind == "in_kind":
        return unclear(Reason.GOODS_PLEDGE)
    if pledge.state == "cancelled":
        return unclear(Reason.CANCELLED_PLEDGE)
    if pledge.kind == "drive":
        return Decision(RowState.MATCHED, Reason.DRIVE, pledge.code, (pledge.code,))
    assert pledge.amount is not None
    open_amount = pledge.amount - pledge.received
    if open_amount <= 0:
        return unclear(Reason.ALREADY_PAID)
    if (reason := pledge.due_amounts().get(amount)) is not None:
        return Decision(RowState.MATCHED, reason, pledge.code, (pledge.code,))
    return unclear(Reason.OVER_PAYMENT if amount > open_amount else Reason.PART_PAYMENT)
