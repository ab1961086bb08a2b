"""Pledges to the fund, what banks tell, and what staff want to have booked"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pledge",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("promised", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("schedule", sa.String(), server_default="once", nullable=False),
        sa.Column("donor_kind", sa.String(), nullable=False),
        sa.Column("donor_name", sa.String(), nullable=True),
        sa.Column("name_shown", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("commune", sa.String(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=True),
        sa.Column("people", sa.BigInteger(), nullable=True),
        sa.Column("goods", sa.String(), nullable=True),
        sa.Column("goods_place", sa.String(), nullable=True),
        sa.Column("goods_received_on", sa.Date(), nullable=True),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("contact_consent_text", sa.String(), nullable=True),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.String(), server_default="vi", nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("donor_kind in ('person', 'group', 'company')", name=op.f("ck_pledge_known_donor_kind")),
        sa.CheckConstraint("kind <> 'in_kind' or goods is not null", name=op.f("ck_pledge_in_kind_names_goods")),
        sa.CheckConstraint("kind in ('money', 'in_kind', 'drive')", name=op.f("ck_pledge_known_kind")),
        sa.CheckConstraint("level in ('province', 'commune')", name=op.f("ck_pledge_known_level")),
        sa.CheckConstraint("name_shown in ('name', 'masked', 'hidden')", name=op.f("ck_pledge_known_name_shown")),
        sa.CheckConstraint("schedule in ('once', 'instalments', 'monthly')", name=op.f("ck_pledge_known_schedule")),
        sa.CheckConstraint("state in ('open', 'fulfilled', 'cancelled')", name=op.f("ck_pledge_known_state")),
        sa.CheckConstraint(
            "(contact is null) = (contact_consent_text is null)", name=op.f("ck_pledge_contact_with_consent")
        ),
        sa.CheckConstraint("amount is null or amount > 0", name=op.f("ck_pledge_positive_amount")),
        sa.CheckConstraint("received >= 0", name=op.f("ck_pledge_received_not_negative")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_pledge_conversation_id_conversation"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("code", name=op.f("uq_pledge_code")),
    )
    op.create_index("ix_pledge_conversation_id", "pledge", ["conversation_id"], unique=False)
    op.create_index("ix_pledge_created_on", "pledge", ["created_on", "id"], unique=False)
    op.create_index(
        "ix_pledge_open_amount", "pledge", ["amount"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_table(
        "pledge_instalment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("pledge_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reminded_before_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_after_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_pledge_instalment_positive_amount")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_instalment_pledge_id_pledge")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_instalment")),
        sa.UniqueConstraint("pledge_id", "number", name=op.f("uq_pledge_instalment_pledge_id_number")),
    )
    op.create_index("ix_pledge_instalment_due_on", "pledge_instalment", ["due_on"], unique=False)
    op.create_table(
        "account_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_account_report_conversation_id_conversation"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_report")),
    )
    op.create_index("ix_account_report_reported_at", "account_report", ["reported_at"], unique=False)
    op.create_table(
        "fund_import",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("new_rows", sa.BigInteger(), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_import")),
        sa.UniqueConstraint("checksum", name=op.f("uq_fund_import_checksum")),
    )
    op.create_table(
        "fund_statement_row",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("row_key", sa.String(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("counter_name", sa.String(), nullable=True),
        sa.Column("counter_account", sa.String(), nullable=True),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="unchecked", nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("codes", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('unchecked', 'matched', 'ambiguous', 'unknown', 'refunded', 'discarded')",
            name=op.f("ck_fund_statement_row_known_state"),
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_fund_statement_row_moves_money")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["fund_import.id"], name=op.f("fk_fund_statement_row_import_id_fund_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_statement_row")),
        sa.UniqueConstraint("row_key", name=op.f("uq_fund_statement_row_row_key")),
    )
    op.create_index("ix_fund_statement_row_day", "fund_statement_row", ["account", "booked_on", "amount"], unique=False)
    op.create_index("ix_fund_statement_row_lookup", "fund_statement_row", ["booked_on", "amount"], unique=False)
    op.create_index(
        "ix_fund_statement_row_reference",
        "fund_statement_row",
        ["account", "reference"],
        unique=False,
        postgresql_where=sa.text("reference is not null"),
    )
    op.create_index(
        "ix_fund_statement_row_waiting",
        "fund_statement_row",
        ["state", "id"],
        unique=False,
        postgresql_where=sa.text("state in ('ambiguous', 'unknown')"),
    )
    op.create_table(
        "fund_row_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("state_before", sa.String(), nullable=False),
        sa.Column("state_after", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["row_id"], ["fund_statement_row.id"], name=op.f("fk_fund_row_decision_row_id_fund_statement_row")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_row_decision")),
    )
    op.create_index("ix_fund_row_decision_row_id", "fund_row_decision", ["row_id"], unique=False)
    op.create_table(
        "fund_voucher",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_by is null)", name=op.f("ck_fund_voucher_decided_by_somebody")
        ),
        sa.CheckConstraint("state in ('waiting', 'approved', 'rejected')", name=op.f("ck_fund_voucher_known_state")),
        sa.CheckConstraint("decided_by is null or decided_by <> recorded_by", name=op.f("ck_fund_voucher_two_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_voucher")),
    )
    op.create_index("ix_fund_voucher_state", "fund_voucher", ["state", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("fund_voucher")
    op.drop_table("fund_row_decision")
    op.drop_table("fund_statement_row")
    op.drop_table("fund_import")
    op.drop_table("account_report")
    op.drop_table("pledge_instalment")
    op.drop_table("pledge")
