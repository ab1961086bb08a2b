"""Messages and answers of the last days are counted without reading older ones"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # BRIN: rows lie in the order of their times, so a few kilobytes tell where the last days begin.
    op.create_index("ix_incoming_received_at", "incoming", ["received_at"], postgresql_using="brin")
    op.create_index("ix_receipt_said_at", "receipt", ["said_at"], postgresql_using="brin")


def downgrade() -> None:
    op.drop_index("ix_receipt_said_at", table_name="receipt")
    op.drop_index("ix_incoming_received_at", table_name="incoming")
