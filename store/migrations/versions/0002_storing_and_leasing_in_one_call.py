"""Storing a message and leasing conversations are one call each: `store_incoming`, `lease_conversations`."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Statements of a function see what was committed before each of them began: a redelivery that waited for the lock of
# the conversation finds the message that was stored meanwhile.
_STORE_INCOMING = """
create function store_incoming(
    in_channel text, in_address text, in_provider_message_id text, in_text text, in_payload text, in_wishes jsonb,
    in_language text, in_now timestamptz, in_most_waiting bigint
) returns table (incoming_id bigint, conversation_id bigint, is_new boolean, waiting bigint)
language plpgsql as $$
#variable_conflict use_column
declare
    talk record;
    known record;
    number bigint;
begin
    select id, conversation.waiting into talk from conversation
        where channel = in_channel and address = in_address for update;
    if not found then
        insert into conversation (channel, address, language, created_at, last_message_at)
            values (in_channel, in_address, coalesce(in_language, 'vi'), in_now, in_now)
            on conflict (channel, address) do nothing;
        select id, conversation.waiting into talk from conversation
            where channel = in_channel and address = in_address for update;
    end if;
    select id, incoming.conversation_id into known from incoming
        where channel = in_channel and provider_message_id = in_provider_message_id;
    if found then
        return query select known.id, known.conversation_id, false, 0::bigint;
        return;
    end if;
    if talk.waiting >= in_most_waiting then
        return query select null::bigint, talk.id, false, talk.waiting;
        return;
    end if;
    insert into incoming (conversation_id, channel, provider_message_id, text, payload, wishes, received_at)
        values (talk.id, in_channel, in_provider_message_id, in_text, in_payload, in_wishes, in_now)
        on conflict (channel, provider_message_id) do nothing
        returning id into number;
    if number is null then
        -- The same message under another address, stored by somebody else at this moment.
        return query select id, incoming.conversation_id, false, 0::bigint from incoming
            where channel = in_channel and provider_message_id = in_provider_message_id;
        return;
    end if;
    update conversation set last_message_at = in_now, waiting = conversation.waiting + 1,
            oldest_waiting_at = coalesce(oldest_waiting_at, in_now)
        where id = talk.id;
    perform pg_notify('to_answer', '');
    return query select number, talk.id, true, talk.waiting + 1;
end $$
"""

# The messages are read by a statement of their own: within the one that leases, a message that was answered a moment
# ago could still look unanswered. Nobody waits until a lease is on disk: one that a crash of PostgreSQL forgets was
# never held by anybody, since what its worker wrote later is forgotten with it.
_LEASE_CONVERSATIONS = """
create function lease_conversations(in_lease text, in_limit bigint, in_now timestamptz, in_until timestamptz)
returns table (
    conversation_id bigint, channel text, address text, language text, taken_over boolean, introduced boolean,
    incoming_id bigint, text text, payload text, wishes jsonb, received_at timestamptz, failed_attempts bigint
)
language plpgsql as $$
#variable_conflict use_column
declare
    leased bigint[];
    interrupted bigint[];
begin
    perform set_config('synchronous_commit', 'off', true);
    with free as (
        select id, lease is not null as taken_over from conversation
        where waiting > 0
          and (leased_until is null or leased_until <= in_now)
          and (answer_not_before is null or answer_not_before <= in_now)
        order by oldest_waiting_at
        limit in_limit
        for update skip locked
    ),
    taken as (
        update conversation set lease = in_lease, leased_until = in_until
        from free where conversation.id = free.id
        returning conversation.id, free.taken_over
    )
    select array_agg(id), array_agg(id) filter (where taken.taken_over) into leased, interrupted from taken;
    if leased is null then
        return;
    end if;
    return query
        select talk.id, talk.channel::text, talk.address::text, talk.language::text,
               talk.id = any(coalesce(interrupted, '{}')), talk.introduced_at is not null,
               first.id, first.text::text, first.payload::text, first.wishes, first.received_at, first.failed_attempts
        from conversation as talk left join lateral (
            select * from incoming where incoming.conversation_id = talk.id and answered_at is null
            order by incoming.id limit 1
        ) as first on true
        where talk.id = any(leased);
end $$
"""


def upgrade() -> None:
    op.execute(_STORE_INCOMING)
    op.execute(_LEASE_CONVERSATIONS)


def downgrade() -> None:
    op.execute("drop function lease_conversations")
    op.execute("drop function store_incoming")
