"""The fund's ledger and what gifts became, and the triggers that keep the books append-only"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

#: Nothing is ever taken out of these tables or changed in them, whoever is connected. A correction is a new row.
APPEND_ONLY = ("fund_entry", "fund_posting", "fund_seal", "fund_row_decision", "fund_allocation_share")

_FUNCTIONS = """
create function fund_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'The rows of % are never changed: book a new one that takes the wrong one back.', tg_table_name
        using errcode = 'integrity_constraint_violation';
end $$;

create function fund_entry_balances() returns trigger language plpgsql as $$
declare
    wrong bigint;
begin
    select posting.entry into wrong
    from fund_posting as posting where posting.entry in (select entry from added)
    group by posting.entry having sum(posting.amount) <> 0 limit 1;
    if wrong is not null then
        raise exception 'Entry % of the fund does not balance: its debits and credits differ.', wrong
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;

create function fund_bank_words_stay() returns trigger language plpgsql as $$
begin
    if (to_jsonb(new) - 'state' - 'reason' - 'codes') <> (to_jsonb(old) - 'state' - 'reason' - 'codes') then
        raise exception 'What the bank said in row % is never changed.', old.id
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;

create function fund_voucher_is_decided_once() returns trigger language plpgsql as $$
begin
    if old.state <> 'waiting'
        or (to_jsonb(new) - 'state' - 'decided_by' - 'decided_at')
            <> (to_jsonb(old) - 'state' - 'decided_by' - 'decided_at') then
        raise exception 'Voucher % is decided once, and its words are never changed.', old.id
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
"""


def upgrade() -> None:
    for function in _FUNCTIONS.strip().split("\n\n"):
        op.execute(function)
    op.create_table(
        "fund_entry",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("commune", sa.String(), nullable=True),
        sa.Column("pledge_code", sa.String(), nullable=True),
        sa.Column("row_id", sa.BigInteger(), nullable=True),
        sa.Column("row_digest", sa.String(), nullable=True),
        sa.Column("voucher_id", sa.BigInteger(), nullable=True),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["reverses"], ["fund_entry.number"], name=op.f("fk_fund_entry_reverses_fund_entry")),
        sa.ForeignKeyConstraint(
            ["row_id"], ["fund_statement_row.id"], name=op.f("fk_fund_entry_row_id_fund_statement_row")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["fund_voucher.id"], name=op.f("fk_fund_entry_voucher_id_fund_voucher")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_fund_entry")),
    )
    op.create_index("ix_fund_entry_pledge_code", "fund_entry", ["pledge_code", "number"], unique=False)
    op.create_index("ix_fund_entry_recorded_on", "fund_entry", ["recorded_on", "number"], unique=False)
    op.create_index("ix_fund_entry_row_id", "fund_entry", ["row_id"], unique=False)
    op.create_table(
        "fund_posting",
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_fund_posting_moves_something")),
        sa.ForeignKeyConstraint(["entry"], ["fund_entry.number"], name=op.f("fk_fund_posting_entry_fund_entry")),
        sa.PrimaryKeyConstraint("entry", "position", name=op.f("pk_fund_posting")),
    )
    op.create_table(
        "fund_total",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "level", "account", name=op.f("pk_fund_total")),
    )
    op.create_table(
        "fund_seal",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("last_entry", sa.BigInteger(), nullable=False),
        sa.Column("last_hash", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_fund_seal")),
    )
    op.create_table(
        "fund_gift",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=True),
        sa.Column("pledge_id", sa.BigInteger(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("allocated", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("amount > 0 and refunded >= 0 and allocated >= 0", name=op.f("ck_fund_gift_not_negative")),
        sa.CheckConstraint("refunded + allocated <= amount", name=op.f("ck_fund_gift_not_used_twice")),
        sa.ForeignKeyConstraint(["entry"], ["fund_entry.number"], name=op.f("fk_fund_gift_entry_fund_entry")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_fund_gift_pledge_id_pledge")),
        sa.ForeignKeyConstraint(
            ["row_id"], ["fund_statement_row.id"], name=op.f("fk_fund_gift_row_id_fund_statement_row")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_gift")),
    )
    op.create_index(
        "ix_fund_gift_free",
        "fund_gift",
        ["level", "id"],
        unique=False,
        postgresql_where=sa.text("refunded + allocated < amount"),
    )
    op.create_index("ix_fund_gift_pledge_id", "fund_gift", ["pledge_id"], unique=False)
    op.create_index("ix_fund_gift_received_on", "fund_gift", ["received_on", "id"], unique=False)
    op.create_index("ix_fund_gift_row_id", "fund_gift", ["row_id"], unique=False)
    op.create_table(
        "fund_allocation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("voucher_id", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("commune", sa.String(), nullable=True),
        sa.Column("household", sa.String(), nullable=True),
        sa.Column("household_consent_text", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("taken_back_by", sa.BigInteger(), nullable=True),
        sa.Column("allocated_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "amount > 0 and delivered >= 0 and delivered <= amount", name=op.f("ck_fund_allocation_not_over_delivered")
        ),
        sa.CheckConstraint(
            "household is null or household_consent_text is not null",
            name=op.f("ck_fund_allocation_household_with_consent"),
        ),
        sa.ForeignKeyConstraint(["entry"], ["fund_entry.number"], name=op.f("fk_fund_allocation_entry_fund_entry")),
        sa.ForeignKeyConstraint(
            ["taken_back_by"], ["fund_entry.number"], name=op.f("fk_fund_allocation_taken_back_by_fund_entry")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["fund_voucher.id"], name=op.f("fk_fund_allocation_voucher_id_fund_voucher")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_allocation")),
        sa.UniqueConstraint("voucher_id", name=op.f("uq_fund_allocation_voucher_id")),
    )
    op.create_index("ix_fund_allocation_allocated_on", "fund_allocation", ["allocated_on", "id"], unique=False)
    op.create_table(
        "fund_allocation_share",
        sa.Column("allocation_id", sa.BigInteger(), nullable=False),
        sa.Column("gift_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fund_allocation_share_positive_amount")),
        sa.ForeignKeyConstraint(
            ["allocation_id"],
            ["fund_allocation.id"],
            name=op.f("fk_fund_allocation_share_allocation_id_fund_allocation"),
        ),
        sa.ForeignKeyConstraint(["gift_id"], ["fund_gift.id"], name=op.f("fk_fund_allocation_share_gift_id_fund_gift")),
        sa.PrimaryKeyConstraint("allocation_id", "gift_id", name=op.f("pk_fund_allocation_share")),
    )
    op.create_index("ix_fund_allocation_share_gift_id", "fund_allocation_share", ["gift_id"], unique=False)
    op.create_table(
        "fund_delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("allocation_id", sa.BigInteger(), nullable=False),
        sa.Column("voucher_id", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["fund_allocation.id"], name=op.f("fk_fund_delivery_allocation_id_fund_allocation")
        ),
        sa.ForeignKeyConstraint(["entry"], ["fund_entry.number"], name=op.f("fk_fund_delivery_entry_fund_entry")),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["fund_voucher.id"], name=op.f("fk_fund_delivery_voucher_id_fund_voucher")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_delivery")),
        sa.UniqueConstraint("voucher_id", name=op.f("uq_fund_delivery_voucher_id")),
    )
    op.create_index("ix_fund_delivery_allocation_id", "fund_delivery", ["allocation_id"], unique=False)
    op.create_table(
        "fund_receipt",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("pledge_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_fund_receipt_pledge_id_pledge")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_fund_receipt")),
    )
    op.create_index("ix_fund_receipt_pledge_id", "fund_receipt", ["pledge_id"], unique=False)
    for table in APPEND_ONLY:
        _forbid(table, "update or delete")
    for table in ("fund_statement_row", "fund_voucher"):
        _forbid(table, "delete")
    op.execute(
        "create trigger entry_balances after insert on fund_posting referencing new table as added "
        "for each statement execute function fund_entry_balances()"
    )
    op.execute(
        "create trigger bank_words_stay before update on fund_statement_row "
        "for each row execute function fund_bank_words_stay()"
    )
    op.execute(
        "create trigger decided_once before update on fund_voucher "
        "for each row execute function fund_voucher_is_decided_once()"
    )


def _forbid(table: str, what: str) -> None:
    op.execute(
        f"create trigger append_only before {what} on {table} for each row execute function fund_is_append_only()"
    )
    op.execute(
        f"create trigger never_emptied before truncate on {table} "
        "for each statement execute function fund_is_append_only()"
    )


def downgrade() -> None:
    for table in ("fund_row_decision", "fund_statement_row", "fund_voucher"):
        op.execute(f"drop trigger append_only on {table}")
        op.execute(f"drop trigger never_emptied on {table}")
    op.execute("drop trigger bank_words_stay on fund_statement_row")
    op.execute("drop trigger decided_once on fund_voucher")
    op.drop_table("fund_receipt")
    op.drop_table("fund_delivery")
    op.drop_table("fund_allocation_share")
    op.drop_table("fund_allocation")
    op.drop_table("fund_gift")
    op.drop_table("fund_seal")
    op.drop_table("fund_total")
    op.drop_table("fund_posting")
    op.drop_table("fund_entry")
    for function in (
        "fund_is_append_only",
        "fund_entry_balances",
        "fund_bank_words_stay",
        "fund_voucher_is_decided_once",
    ):
        op.execute(f"drop function {function}()")
