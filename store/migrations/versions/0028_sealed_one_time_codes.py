"""Secrets of one-time codes are sealed

What lies in the clear is sealed by the system when it starts: the key is not in the database.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff_account", sa.Column("totp_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    # Without the key nothing can be unsealed: whoever had set up their codes sets them up anew.
    op.execute(
        "update staff_account set totp_last_step = null, recovery_digests = '{}' "
        "where totp_sealed is not null and totp_secret is null"
    )
    op.drop_column("staff_account", "totp_sealed")
