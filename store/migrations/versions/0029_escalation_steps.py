"""Who was told that nobody answered a ticket in time"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "ticket", sa.Column("escalation_step", sa.SmallInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.execute("update ticket set escalation_step = 1 where escalated_at is not null")


def downgrade() -> None:
    op.drop_column("ticket", "escalation_step")
