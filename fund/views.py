"""What the API and the command line show of pledges and books: plain values, ready for JSON."""

from collections.abc import Iterable
from typing import Any

from fund.accounts import FundAccount
from fund.books import TOTALS
from fund.lookup import GiftStory
from fund.names import public_name_of
from fund.office import StatementReport
from fund.suggestions import Suggestion
from fund.verifying import Verified
from store.ledger_chain import Entry
from store.queries.fund_ledger import Seal, Total
from store.queries.fund_statements import StatementRow
from store.queries.fund_uses import Allocation
from store.queries.fund_vouchers import Voucher
from store.queries.pledges import PledgeRow
from store.queries.staff import Staff
from store.staff_roles import Role


def account_json(account: FundAccount) -> dict[str, Any]:
    """An account that donors are told."""
    return {**account.model_dump(), "bank_name": account.bank_name}


def pledge_json(pledge: PledgeRow) -> dict[str, Any]:
    """A pledge without contact and conversation; the name as its donor shows it."""
    return {
        "code": pledge.code,
        "kind": pledge.kind,
        "state": pledge.state,
        "amount": pledge.amount,
        "promised": pledge.promised,
        "received": pledge.received,
        "schedule": pledge.schedule,
        "instalments": [
            {"number": one.number, "due_on": one.due_on, "amount": one.amount} for one in pledge.instalments
        ],
        "donor_kind": pledge.donor_kind,
        "name": public_name_of(pledge),
        "level": pledge.level,
        "commune": pledge.commune,
        "purpose": pledge.purpose,
        "people": pledge.people,
        "goods": pledge.goods,
        "goods_received_on": pledge.goods_received_on,
        "created_on": pledge.created_on,
        "demo": pledge.demo,
    }


def story_json(story: GiftStory) -> dict[str, Any]:
    """A pledge, what came for it, and what became of that."""
    return {
        **pledge_json(story.pledge),
        "standing": story.standing.value,
        "gifts": [
            {"received_on": gift.received_on, "amount": gift.amount, "refunded": gift.refunded} for gift in story.gifts
        ],
        "uses": [
            {
                "title": use.title,
                "programme": use.programme,
                "commune": use.commune,
                "household": use.household,
                "amount": use.amount,
                "allocated_on": use.allocated_on,
                "delivered_on": use.delivered_on if use.all_delivered else None,
            }
            for use in story.uses
        ],
    }


def row_json(row: StatementRow) -> dict[str, Any]:
    """A statement row as staff see it."""
    return {
        "row": row.id,
        "account": row.account,
        "booked_on": row.booked_on,
        "amount": row.amount,
        "memo": row.memo,
        "reference": row.reference,
        "counter_name": row.counter_name,
        "counter_account": row.counter_account,
        "source": row.source,
        "state": row.state,
        "reason": row.reason,
        "codes": list(row.codes),
    }


def suggestion_json(staff: Staff, suggestion: Suggestion) -> dict[str, Any]:
    """A pledge that may be meant; its donor's name only for those who match and approve."""
    pledge = suggestion.pledge
    sees_names = staff.has(Role.FUND_RECORDER, Role.FUND_APPROVER)
    return {
        "code": pledge.code,
        "why": suggestion.why,
        "amount": pledge.amount,
        "received": pledge.received,
        "state": pledge.state,
        "name": pledge.donor_name if sees_names else public_name_of(pledge),
        "created_on": pledge.created_on,
    }


def report_json(report: StatementReport) -> dict[str, Any]:
    """What became of a statement file."""
    done = report.imported
    return {
        "import": done.import_id,
        "account": report.account.number,
        "rows": done.rows,
        "new_rows": done.new_rows,
        "already_imported": done.already_imported,
        "states": [
            {"state": state, "reason": reason, "rows": number}
            for (state, reason), number in sorted((done.by_reason or {}).items())
        ],
        "unread": [{"row": one.row, "cause": one.cause} for one in report.unread],
    }


def voucher_json(voucher: Voucher) -> dict[str, Any]:
    """A voucher with what it says."""
    return {
        "voucher": voucher.id,
        "kind": voucher.kind,
        "body": dict(voucher.body),
        "note": voucher.note,
        "state": voucher.state,
        "recorded_by": voucher.recorded_by,
        "recorded_at": voucher.recorded_at,
        "decided_by": voucher.decided_by,
        "decided_at": voucher.decided_at,
    }


def allocation_json(allocation: Allocation) -> dict[str, Any]:
    """Money that was set aside."""
    return {
        "allocation": allocation.id,
        "title": allocation.title,
        "programme": allocation.programme,
        "level": allocation.level,
        "commune": allocation.commune,
        "household": allocation.household,
        "amount": allocation.amount,
        "delivered": allocation.delivered,
        "allocated_on": allocation.allocated_on,
    }


def entry_json(entry: Entry) -> dict[str, Any]:
    """An entry of the ledger: all that its hash covers, and the hash."""
    return {
        "number": entry.number,
        "recorded_at": entry.recorded_at,
        "recorded_on": entry.recorded_on,
        "happened_on": entry.happened_on,
        "kind": entry.kind,
        "level": entry.level,
        "commune": entry.commune,
        "pledge_code": entry.pledge_code,
        "row_id": entry.row_id,
        "row_digest": entry.row_digest,
        "voucher_id": entry.voucher_id,
        "reverses": entry.reverses,
        "recorded_by": entry.recorded_by,
        "details": dict(entry.details),
        "postings": [[account, amount] for account, amount in entry.postings],
        "hash": entry.hash,
    }


def seal_json(seal: Seal) -> dict[str, Any]:
    """The seal of a day: all that its hash covers, and the hash."""
    return {
        "day": seal.day,
        "entries": seal.entries,
        "last_entry": seal.last_entry,
        "last_hash": seal.last_hash,
        "previous": seal.previous,
        "hash": seal.hash,
        "sealed_at": seal.sealed_at,
    }


def verified_json(verified: Verified) -> dict[str, Any]:
    """What a check of the books found."""
    return {
        "entries": verified.entries,
        "seals": verified.seals,
        "rows": verified.rows,
        "head": verified.head,
        "sealed": verified.sealed,
        "faults": [{"what": fault.what, "why": fault.why} for fault in verified.faults],
    }


def totals_json(totals: Iterable[Total]) -> list[dict[str, Any]]:
    """Pledged, received, allocated and delivered by month and level, oldest first; đồng."""
    names = {account: (name, side) for name, (account, side) in TOTALS.items()}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for total in totals:
        if total.account in names:
            name, side = names[total.account]
            month = f"{total.month:%Y-%m}"
            empty = {"month": month, "level": total.level, **dict.fromkeys(TOTALS, 0)}
            rows.setdefault((month, total.level), empty)[name] += side * total.amount
    return [rows[key] for key in sorted(rows)]
