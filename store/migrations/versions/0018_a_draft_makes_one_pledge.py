"""A draft makes one pledge; a conversation reports an account once"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pledge", sa.Column("draft_key", sa.String(), nullable=True))
    op.create_unique_constraint(op.f("uq_pledge_draft_key"), "pledge", ["draft_key"])
    op.create_unique_constraint(
        op.f("uq_account_report_conversation_id_subject"), "account_report", ["conversation_id", "subject"]
    )


def downgrade() -> None:
    op.drop_constraint(op.f("uq_account_report_conversation_id_subject"), "account_report", type_="unique")
    op.drop_constraint(op.f("uq_pledge_draft_key"), "pledge", type_="unique")
    op.drop_column("pledge", "draft_key")
