"""People behind conversations, what they agreed to, and codes that link channels"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Each conversation draws the number of its person by default; this adds the row, once in the life of a conversation.
# It costs nothing when the conversation was there already (`on conflict do nothing` inserts nothing).
_PERSON_OF_CONVERSATION = """
create function add_person_of_conversation() returns trigger language plpgsql as $$
begin
    insert into person (id, created_at) values (new.person_id, new.created_at) on conflict do nothing;
    return null;
end $$
"""
_TRIGGER_PERSON = """
create trigger person_of_conversation after insert on conversation
for each row execute function add_person_of_conversation()
"""
_CONSENT_STAYS = """
create function refuse_changed_consent() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and to_jsonb(new) - 'person_id' = to_jsonb(old) - 'person_id' then
        return new;
    end if;
    raise exception 'consents are only ever added: withdraw with a new row';
end $$
"""
_TRIGGER_CONSENT = """
create trigger consent_stays before update or delete on consent for each row execute function refuse_changed_consent()
"""


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("person_number", data_type=sa.BigInteger())))
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), server_default=sa.text("nextval('person_number')"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("commune", sa.String(), nullable=True),
        sa.Column("household_group", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("preferred_channel", sa.String(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("merged_into", sa.BigInteger(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["merged_into"], ["person.id"], name=op.f("fk_person_merged_into_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index("ix_person_commune", "person", ["commune"], postgresql_where=sa.text("commune is not null"))
    op.add_column(
        "conversation",
        sa.Column("person_id", sa.BigInteger(), server_default=sa.text("nextval('person_number')"), nullable=False),
    )
    op.add_column("conversation", sa.Column("unreachable_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversation", sa.Column("unreachable_reason", sa.String(), nullable=True))
    op.execute("insert into person (id, created_at) select person_id, created_at from conversation")
    op.create_foreign_key(
        op.f("fk_conversation_person_id_person"),
        "conversation",
        "person",
        ["person_id"],
        ["id"],
        deferrable=True,
        initially="DEFERRED",
    )
    op.create_index("ix_conversation_person_id", "conversation", ["person_id"])
    op.execute(_PERSON_OF_CONVERSATION)
    op.execute(_TRIGGER_PERSON)
    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), server_default="", nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose in ('news', 'commune', 'household_group', 'phone', 'donation')",
            name=op.f("ck_consent_known_purpose"),
        ),
        sa.CheckConstraint("not given or text <> ''", name=op.f("ck_consent_given_after_words")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_newest", "consent", ["person_id", "purpose", "subject", "id"])
    op.execute(_CONSENT_STAYS)
    op.execute(_TRIGGER_CONSENT)
    op.create_table(
        "link_code",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_link_code_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_link_code")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_link_code_conversation_id")),
    )
    op.create_table(
        "link_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_link_attempt_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_attempt")),
    )
    op.create_index("ix_link_attempt_conversation_id", "link_attempt", ["conversation_id", "at"])


def downgrade() -> None:
    op.drop_table("link_attempt")
    op.drop_table("link_code")
    op.drop_table("consent")
    op.execute("drop function refuse_changed_consent")
    op.execute("drop trigger person_of_conversation on conversation")
    op.execute("drop function add_person_of_conversation")
    op.drop_constraint(op.f("fk_conversation_person_id_person"), "conversation", type_="foreignkey")
    op.drop_index("ix_conversation_person_id", table_name="conversation")
    op.drop_column("conversation", "unreachable_reason")
    op.drop_column("conversation", "unreachable_since")
    op.drop_column("conversation", "person_id")
    op.drop_table("person")
    op.execute(sa.schema.DropSequence(sa.Sequence("person_number")))
