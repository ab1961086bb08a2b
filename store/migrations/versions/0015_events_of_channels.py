"""Events of channels as they came, payloads of buttons by reference, parts of messages that left"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("address", sa.String(), server_default="", nullable=False),
        sa.Column("rank", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_event")),
        sa.UniqueConstraint("channel", "key", name=op.f("uq_channel_event_channel_key")),
    )
    op.create_index(
        "ix_channel_event_unread", "channel_event", ["channel", "id"], postgresql_where=sa.text("read_at is null")
    )
    op.create_index("ix_channel_event_received_at", "channel_event", ["received_at"])
    op.create_table(
        "button_payload",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_button_payload")),
    )
    op.create_table(
        "sent_part",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("provider_message_id", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "key", "number", name=op.f("pk_sent_part")),
    )
    op.create_index("ix_sent_part_sent_at", "sent_part", ["sent_at"])


def downgrade() -> None:
    op.drop_table("sent_part")
    op.drop_table("button_payload")
    op.drop_table("channel_event")
