"""The accounts that donors pay to, imports that end, and gifts that were thanked for"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fund_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("commune", sa.String(), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("set_by", sa.BigInteger(), nullable=False),
        sa.Column("retired_by", sa.BigInteger(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level in ('province', 'commune')", name=op.f("ck_fund_account_known_level")),
        sa.CheckConstraint(
            "(level = 'commune') = (commune is not null)", name=op.f("ck_fund_account_commune_of_its_level")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["fund_entry.number"], name=op.f("fk_fund_account_set_by_fund_entry")),
        sa.ForeignKeyConstraint(
            ["retired_by"], ["fund_entry.number"], name=op.f("fk_fund_account_retired_by_fund_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_account")),
    )
    op.create_index(
        "uq_fund_account_number",
        "fund_account",
        ["number"],
        unique=True,
        postgresql_where=sa.text("retired_by is null"),
    )
    op.add_column("fund_import", sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update fund_import set finished_at = imported_at")
    op.add_column("fund_gift", sa.Column("thanked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_fund_gift_to_thank",
        "fund_gift",
        ["id"],
        unique=False,
        postgresql_where=sa.text("thanked_at is null and pledge_id is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_fund_gift_to_thank", table_name="fund_gift")
    op.drop_column("fund_gift", "thanked_at")
    op.drop_column("fund_import", "finished_at")
    op.drop_table("fund_account")
