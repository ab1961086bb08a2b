"""A list of the gifts in kind"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_fund_entry_goods",
        "fund_entry",
        ["number"],
        postgresql_where=sa.text("kind in ('goods_received', 'goods_delivered')"),
    )


def downgrade() -> None:
    op.drop_index("ix_fund_entry_goods", table_name="fund_entry")
