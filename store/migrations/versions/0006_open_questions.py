"""Open questions for staff, and ratings of answers"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_question",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("topic_guess", sa.String(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("statement", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("times", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("first_asked_on", sa.Date(), nullable=False),
        sa.Column("last_asked_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("labelled_on", sa.Date(), nullable=True),
        sa.CheckConstraint("state in ('open', 'labelled', 'ignored')", name=op.f("ck_open_question_known_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_question")),
        sa.UniqueConstraint("folded", "reason", name=op.f("uq_open_question_folded_reason")),
    )
    op.create_index("ix_open_question_last_asked_on", "open_question", ["last_asked_on"])
    op.create_table(
        "answer_rating",
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("helpful", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("wrong", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("statement", "day", name=op.f("pk_answer_rating")),
    )


def downgrade() -> None:
    op.drop_table("answer_rating")
    op.drop_table("open_question")
