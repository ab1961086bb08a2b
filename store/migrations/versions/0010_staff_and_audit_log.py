"""Staff accounts, organisations, duties, sessions, API tokens and the audit log"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ROLES = (
    "'administrator', 'policy_owner', 'campaign_author', 'campaign_approver', 'help_desk_officer', 'fund_recorder', "
    "'fund_approver', 'auditor'"
)
_ORGANISATIONS = (
    ("mttq", "Ủy ban Mặt trận Tổ quốc Việt Nam", "Viet Nam Fatherland Front Committee"),
    ("phu_nu", "Hội Liên hiệp Phụ nữ", "Women's Union"),
    ("nong_dan", "Hội Nông dân", "Farmers' Union"),
    ("thanh_nien", "Đoàn Thanh niên Cộng sản Hồ Chí Minh", "Ho Chi Minh Communist Youth Union"),
    ("cuu_chien_binh", "Hội Cựu chiến binh", "Veterans Association"),
    ("ubnd", "Ủy ban nhân dân", "People's Committee"),
)
_AUDIT_STAYS = """
create function refuse_changed_audit_entry() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log is only ever added to';
end $$
"""
_TRIGGER = """
create trigger audit_entry_stays before update or delete or truncate on audit_entry
for each statement execute function refuse_changed_audit_entry()
"""


def upgrade() -> None:
    organisation = op.create_table(
        "organisation",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_in_english", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_organisation")),
    )
    names = ("code", "name", "name_in_english")
    op.bulk_insert(organisation, [dict(zip(names, one, strict=True)) for one in _ORGANISATIONS])
    op.create_table(
        "staff_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("language", sa.String(), server_default="vi", nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("disabled_at", _MOMENT, nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("totp_secret", sa.String(), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        sa.Column("recovery_digests", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("present_at", _MOMENT, nullable=True),
        sa.CheckConstraint("login = lower(login) and login <> ''", name=op.f("ck_staff_account_login_in_lower_case")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_staff_account_organisation_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_account")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_account_login")),
    )
    op.create_table(
        "staff_duty",
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("area", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint(f"role in ({_ROLES})", name=op.f("ck_staff_duty_known_role")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_account.id"], name=op.f("fk_staff_duty_staff_id_staff_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", "role", "area", name=op.f("pk_staff_duty")),
    )
    op.create_table(
        "staff_invitation",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_account.id"],
            name=op.f("fk_staff_invitation_staff_id_staff_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_invitation")),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("last_seen_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_account.id"], name=op.f("fk_staff_session_staff_id_staff_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_session_digest")),
    )
    op.create_index("ix_staff_session_staff_id", "staff_session", ["staff_id", "last_seen_at"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("whom", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_whom", "sign_in_attempt", ["whom", "at"])
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.Column("last_used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_account.id"], name=op.f("fk_api_token_staff_id_staff_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["staff_account.id"], name=op.f("fk_audit_entry_actor_id_staff_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_actor_id", "audit_entry", ["actor_id", "id"])
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject", "id"])
    op.create_index("ix_audit_entry_action", "audit_entry", ["action", "id"])
    op.execute(_AUDIT_STAYS)
    op.execute(_TRIGGER)


def downgrade() -> None:
    op.drop_table("audit_entry")
    op.execute("drop function refuse_changed_audit_entry()")
    for table in (
        "api_token",
        "sign_in_attempt",
        "staff_session",
        "staff_invitation",
        "staff_duty",
        "staff_account",
        "organisation",
    ):
        op.drop_table(table)
