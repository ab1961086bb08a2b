"""Templates that people refused"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("zalo_request", sa.Column("refused_by_person", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("zalo_request", "refused_by_person")
