"""A message can be leased by the call that stores it: the worker of the same process need not look for it."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Statements of a function see what was committed before each of them began: a redelivery that waited for the lock of
# the conversation finds the message that was stored meanwhile. A conversation is leased at once only when nothing of it
# waits and nobody holds it; otherwise the message takes its turn, and the workers are woken.
_STORE_AND_LEASE = """
create function store_and_lease(
    in_channel text, in_address text, in_provider_message_id text, in_text text, in_payload text, in_wishes jsonb,
    in_language text, in_now timestamptz, in_most_waiting bigint, in_lease text, in_until timestamptz
) returns table (
    incoming_id bigint, conversation_id bigint, is_new boolean, waiting bigint, leased boolean, language text,
    introduced boolean
)
language plpgsql as $$
#variable_conflict use_column
declare
    talk record;
    known record;
    number bigint;
    at_once boolean;
begin
    select * into talk from conversation where channel = in_channel and address = in_address for update;
    if not found then
        insert into conversation (channel, address, language, created_at, last_message_at)
            values (in_channel, in_address, coalesce(in_language, 'vi'), in_now, in_now)
            on conflict (channel, address) do nothing;
        select * into talk from conversation where channel = in_channel and address = in_address for update;
    end if;
    select id, incoming.conversation_id into known from incoming
        where channel = in_channel and provider_message_id = in_provider_message_id;
    if found then
        return query select known.id, known.conversation_id, false, 0::bigint, false, null::text, null::boolean;
        return;
    end if;
    if talk.waiting >= in_most_waiting then
        return query select null::bigint, talk.id, false, talk.waiting, false, null::text, null::boolean;
        return;
    end if;
    insert into incoming (conversation_id, channel, provider_message_id, text, payload, wishes, received_at)
        values (talk.id, in_channel, in_provider_message_id, in_text, in_payload, in_wishes, in_now)
        on conflict (channel, provider_message_id) do nothing
        returning id into number;
    if number is null then
        -- The same message under another address, stored by somebody else at this moment.
        return query select id, incoming.conversation_id, false, 0::bigint, false, null::text, null::boolean
            from incoming where channel = in_channel and provider_message_id = in_provider_message_id;
        return;
    end if;
    at_once := in_lease is not null and talk.waiting = 0 and talk.lease is null
        and (talk.answer_not_before is null or talk.answer_not_before <= in_now);
    update conversation set last_message_at = in_now, waiting = conversation.waiting + 1,
            oldest_waiting_at = coalesce(oldest_waiting_at, in_now),
            lease = case when at_once then in_lease else lease end,
            leased_until = case when at_once then in_until else leased_until end
        where id = talk.id;
    if not at_once then
        perform pg_notify('to_answer', '');
    end if;
    return query select number, talk.id, true, talk.waiting + 1, at_once, talk.language::text,
        talk.introduced_at is not null;
end $$
"""


def upgrade() -> None:
    # `store_incoming` stays for processes of the version before, until they are replaced.
    op.execute(_STORE_AND_LEASE)


def downgrade() -> None:
    op.execute("drop function store_and_lease")
