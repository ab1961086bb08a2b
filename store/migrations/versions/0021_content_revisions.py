"""Statements and numbers are changed by two members of staff; others ask them for what is missing"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_STATES = "'proposed', 'approved', 'refused', 'withdrawn'"


def upgrade() -> None:
    op.create_table(
        "content_revision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="proposed", nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", _MOMENT, nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decision", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint("kind in ('statement', 'parameter')", name=op.f("ck_content_revision_known_kind")),
        sa.CheckConstraint(f"state in ({_STATES})", name=op.f("ck_content_revision_known_state")),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at is null)", name=op.f("ck_content_revision_decided_with_time")
        ),
        sa.CheckConstraint(
            "state <> 'approved' or decided_by <> proposed_by", name=op.f("ck_content_revision_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["staff_account.id"], name=op.f("fk_content_revision_proposed_by_staff_account")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff_account.id"], name=op.f("fk_content_revision_decided_by_staff_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_revision")),
    )
    op.create_index("ix_content_revision_name", "content_revision", ["kind", "name", "id"])
    op.create_index(
        "uq_content_revision_open",
        "content_revision",
        ["kind", "name"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "policy_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["staff_account.id"], name=op.f("fk_policy_request_asked_by_staff_account")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["staff_account.id"], name=op.f("fk_policy_request_closed_by_staff_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_request")),
    )


def downgrade() -> None:
    op.drop_table("policy_request")
    op.drop_table("content_revision")
