"""Zalo: tokens, contacts with their windows, requests that echoes are matched with, early receipts, uploads"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "zalo_contact",
        sa.Column("oa_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("user_id_by_app", sa.String(), nullable=True),
        sa.Column("last_interaction_at", _TIME, nullable=True),
        sa.Column("follows", sa.Boolean(), nullable=True),
        sa.Column("follows_since", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("oa_id", "user_id", name=op.f("pk_zalo_contact")),
    )
    op.create_table(
        "zalo_token",
        sa.Column("oa_id", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("refreshed_at", _TIME, nullable=False),
        sa.Column("asked_at", _TIME, nullable=True),
        sa.Column("needs_consent", sa.String(), nullable=True),
        sa.Column("needs_consent_since", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("oa_id", name=op.f("pk_zalo_token")),
    )
    op.create_table(
        "zalo_token_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("oa_id", sa.String(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("previous_refresh_token", sa.LargeBinary(), nullable=True),
        sa.Column("previous_refreshed_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zalo_token_change")),
    )
    op.create_table(
        "zalo_request",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("is_last", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("key", "position", name=op.f("pk_zalo_request")),
    )
    op.create_index("ix_zalo_request_message_id", "zalo_request", ["message_id"])
    op.create_index("ix_zalo_request_address", "zalo_request", ["address", "asked_at"])
    op.create_index("ix_zalo_request_asked_at", "zalo_request", ["asked_at"])
    op.create_table(
        "zalo_early_receipt",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("came_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_zalo_early_receipt")),
    )
    op.create_table(
        "zalo_upload",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("uploaded_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("digest", "kind", name=op.f("pk_zalo_upload")),
    )
    op.create_table(
        "paid_messages",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "day", name=op.f("pk_paid_messages")),
    )


def downgrade() -> None:
    for table in (
        "paid_messages",
        "zalo_upload",
        "zalo_early_receipt",
        "zalo_request",
        "zalo_token_change",
        "zalo_token",
        "zalo_contact",
    ):
        op.drop_table(table)
