"""Campaign runs and their recipients in the ledger; limits of sending that all processes share"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _make_runs()
    _widen_the_ledger()
    _make_limits()


def _make_runs() -> None:
    op.create_table(
        "campaign_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("state_reason", sa.String(), nullable=True),
        sa.Column("state_changed_at", _TIME, nullable=False),
        sa.Column("state_changed_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("rules", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("send_from", _TIME, nullable=True),
        sa.Column("send_before", _TIME, nullable=True),
        sa.Column("per_hour", sa.BigInteger(), nullable=True),
        sa.Column("paced_until", _TIME, nullable=True),
        sa.Column("canary_size", sa.BigInteger(), server_default="50", nullable=False),
        sa.Column("canary_passed_at", _TIME, nullable=True),
        sa.Column("error_budget", sa.Float(), server_default="0.05", nullable=False),
        sa.Column("override_reason", sa.String(), nullable=True),
        sa.Column("override_by", postgresql.ARRAY(sa.BigInteger()), nullable=True),
        sa.CheckConstraint(
            "state in ('waiting', 'running', 'paused', 'stopped', 'cancelled', 'finished')",
            name=op.f("ck_campaign_run_known_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_run")),
    )
    op.create_index(
        "ix_campaign_run_open",
        "campaign_run",
        ["id"],
        postgresql_where=sa.text("state in ('running', 'paused', 'stopped')"),
    )
    op.create_table(
        "run_message",
        sa.Column("campaign_run_id", sa.BigInteger(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), server_default="", nullable=False),
        sa.Column("message", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_run_id"],
            ["campaign_run.id"],
            name=op.f("fk_run_message_campaign_run_id_campaign_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign_run_id", "variant", "channel", name=op.f("pk_run_message")),
    )


def _widen_the_ledger() -> None:
    op.alter_column("delivery", "message", nullable=True)
    for column in (
        sa.Column("not_before", _TIME, nullable=True),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("campaign_run_id", sa.BigInteger(), nullable=True),
        sa.Column("recipient", sa.String(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("variant", sa.String(), nullable=True),
        sa.Column("filled", postgresql.JSONB(), nullable=True),
        sa.Column("tried_channels", postgresql.ARRAY(sa.String()), nullable=True),
        sa.Column("counted_at", _TIME, nullable=True),
        sa.Column("error_class", sa.String(), nullable=True),
    ):
        op.add_column("delivery", column)
    op.create_foreign_key(
        op.f("fk_delivery_campaign_run_id_campaign_run"),
        "delivery",
        "campaign_run",
        ["campaign_run_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_check_constraint(
        op.f("ck_delivery_words"),
        "delivery",
        "message is not null or (campaign_run_id is not null and variant is not null)",
    )
    op.create_check_constraint(
        op.f("ck_delivery_recipient_of_run"),
        "delivery",
        "campaign_run_id is null or (recipient is not null and not_before is not null)",
    )
    op.drop_index("ix_delivery_open", table_name="delivery")
    _index("ix_delivery_open", ["priority", "id"], "state = 'queued' and campaign_run_id is null")
    _index(
        "ix_delivery_bulk", ["campaign_run_id", "not_before", "id"], "state = 'queued' and campaign_run_id is not null"
    )
    op.create_index(
        "uq_delivery_campaign_run_id_recipient",
        "delivery",
        ["campaign_run_id", "recipient"],
        unique=True,
        postgresql_where=sa.text("campaign_run_id is not null"),
    )
    _index(
        "ix_delivery_provider_message_id",
        ["channel", "provider_message_id"],
        "provider_message_id is not null and state in ('sent', 'delivered', 'unknown')",
    )
    _index("ix_delivery_unknown", ["settled_at"], "state = 'unknown'")


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "delivery", columns, postgresql_where=sa.text(where))


def _make_limits() -> None:
    op.create_table(
        "sending_account",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("per_window", sa.BigInteger(), nullable=True),
        sa.Column("window_seconds", sa.Double(), server_default="1", nullable=False),
        sa.Column("reserve", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("daily_quota", sa.BigInteger(), nullable=True),
        sa.Column("monthly_quota", sa.BigInteger(), nullable=True),
        sa.Column("quota_reserve", sa.Double(), server_default="0.1", nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("used_today", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("used_this_month", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("paced_until", _TIME, nullable=True),
        sa.Column("blocked_until", _TIME, nullable=True),
        sa.Column("pace", sa.Double(), server_default="1", nullable=False),
        sa.Column("paused_reason", sa.String(), nullable=True),
        sa.Column("paused_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_sending_account")),
    )
    op.create_table(
        "sending_grant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("free_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_grant")),
    )
    op.create_index("ix_sending_grant_channel_free_at", "sending_grant", ["channel", "free_at"])
    op.create_table(
        "chat_pace",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("arrives_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_chat_pace")),
    )
    op.create_table(
        "bulk_reach",
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("reached_at", postgresql.ARRAY(_TIME), nullable=False),
        sa.PrimaryKeyConstraint("recipient", name=op.f("pk_bulk_reach")),
    )


def downgrade() -> None:
    op.drop_table("bulk_reach")
    op.drop_table("chat_pace")
    op.drop_table("sending_grant")
    op.drop_table("sending_account")
    for name in (
        "ix_delivery_unknown",
        "ix_delivery_provider_message_id",
        "uq_delivery_campaign_run_id_recipient",
        "ix_delivery_bulk",
        "ix_delivery_open",
    ):
        op.drop_index(name, table_name="delivery")
    op.execute("delete from delivery where campaign_run_id is not null")
    op.drop_constraint(op.f("ck_delivery_recipient_of_run"), "delivery")
    op.drop_constraint(op.f("ck_delivery_words"), "delivery")
    op.drop_constraint(op.f("fk_delivery_campaign_run_id_campaign_run"), "delivery")
    for column in (
        "error_class",
        "counted_at",
        "tried_channels",
        "filled",
        "variant",
        "person_id",
        "recipient",
        "campaign_run_id",
        "attempts",
        "not_before",
    ):
        op.drop_column("delivery", column)
    op.alter_column("delivery", "message", nullable=False)
    _index("ix_delivery_open", ["priority", "id"], "state = 'queued'")
    op.drop_table("run_message")
    op.drop_table("campaign_run")
