"""Conversations, inbox and delivery ledger"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("message_number", data_type=sa.BigInteger())))
    op.create_table(
        "conversation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("language", sa.String(), server_default="vi", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_message_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("introduced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("oldest_waiting_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_given_for", sa.BigInteger(), nullable=True),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("channel", "address", name=op.f("uq_conversation_channel_address")),
    )
    op.create_index(
        "ix_conversation_to_answer",
        "conversation",
        ["oldest_waiting_at"],
        unique=False,
        postgresql_where=sa.text("waiting > 0"),
    )
    op.create_table(
        "incoming",
        sa.Column("id", sa.BigInteger(), server_default=sa.text("nextval('message_number')"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("provider_message_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=True),
        sa.Column(
            "wishes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_incoming_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming")),
        sa.UniqueConstraint("channel", "provider_message_id", name=op.f("uq_incoming_channel_provider_message_id")),
    )
    op.create_index("ix_incoming_conversation_id_id", "incoming", ["conversation_id", "id"], unique=False)
    op.create_index(
        "ix_incoming_waiting",
        "incoming",
        ["conversation_id", "id"],
        unique=False,
        postgresql_where=sa.text("answered_at is null"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger(), server_default=sa.text("nextval('message_number')"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("incoming_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("message", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), server_default="queued", nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_message_id", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state in ('queued', 'claimed', 'sent', 'delivered', 'seen', 'failed', 'unknown', 'expired', 'skipped', "
            "'cancelled')",
            name=op.f("ck_delivery_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_delivery_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["incoming_id"], ["incoming.id"], name=op.f("fk_delivery_incoming_id_incoming"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("incoming_id", "kind", "position", name=op.f("uq_delivery_incoming_id_kind_position")),
    )
    op.create_index(
        "ix_delivery_claimed",
        "delivery",
        ["claimed_until"],
        unique=False,
        postgresql_where=sa.text("state = 'claimed'"),
    )
    op.create_index("ix_delivery_conversation_id_id", "delivery", ["conversation_id", "id"], unique=False)
    op.create_index(
        "ix_delivery_open", "delivery", ["priority", "id"], unique=False, postgresql_where=sa.text("state = 'queued'")
    )
    op.create_index(
        "ix_delivery_order",
        "delivery",
        ["conversation_id", "id"],
        unique=False,
        postgresql_where=sa.text("state in ('queued', 'claimed')"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_delivery_order", table_name="delivery", postgresql_where=sa.text("state in ('queued', 'claimed')")
    )
    op.drop_index("ix_delivery_open", table_name="delivery", postgresql_where=sa.text("state = 'queued'"))
    op.drop_index("ix_delivery_conversation_id_id", table_name="delivery")
    op.drop_index("ix_delivery_claimed", table_name="delivery", postgresql_where=sa.text("state = 'claimed'"))
    op.drop_table("delivery")
    op.drop_index("ix_incoming_waiting", table_name="incoming", postgresql_where=sa.text("answered_at is null"))
    op.drop_index("ix_incoming_conversation_id_id", table_name="incoming")
    op.drop_table("incoming")
    op.drop_index("ix_conversation_to_answer", table_name="conversation", postgresql_where=sa.text("waiting > 0"))
    op.drop_table("conversation")
    op.execute(sa.schema.DropSequence(sa.Sequence("message_number")))
