"""Channels that staff closed, and who has been told"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "closed_channel",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["staff_account.id"], name=op.f("fk_closed_channel_closed_by_staff_account")
        ),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_closed_channel")),
    )
    op.create_table(
        "closure_notice",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_closure_notice_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("channel", "since", "conversation_id", name=op.f("pk_closure_notice")),
    )


def downgrade() -> None:
    op.drop_table("closure_notice")
    op.drop_table("closed_channel")
