"""Sending is granted by one function under the lock of the account; caps count people, canaries their own messages"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Statements of a function see what was committed before each of them began: whoever waited for the lock of the account
# counts what was granted meanwhile.
#
# A grant counts until `free_at`: a window after the answers, as `release_grants` sets it, or after the end of
# the claims of a sender that died. What the provider counts lies between asking and answering, so no window of its own
# can hold more than `per_window`.
#
# Bulk leaves `reserve` for replies and is evened out: a grant is made when a batch of `in_batch_seconds` is due. After
# "slow down" bulk waits until `blocked_until` and then begins at `pace`, a hundredth of the limit more each second;
# replies go on with half of the reserve. A paused account is tried with one message a minute.
_GRANT = """
create function grant_sending(
    in_channel text, in_want bigint, in_bulk boolean, in_now timestamptz, in_free_at timestamptz, in_day date,
    in_batch_seconds double precision
) returns table (granted bigint, grant_id bigint, retry_at timestamptz)
language plpgsql as $$
declare
    account sending_account%rowtype;
    all_used bigint;
    bulk_used bigint;
    room bigint;
    bulk_limit double precision;
    spacing interval;
    due_from timestamptz;
    due bigint;
    enough bigint;
    quota bigint;
    number_given bigint := in_want;
    id_given bigint;
begin
    perform set_config('synchronous_commit', 'off', true);
    select * into account from sending_account where channel = in_channel for update;
    if not found then
        return query select in_want, null::bigint, null::timestamptz;
        return;
    end if;
    if account.paused_reason is not null then
        if account.paused_at > in_now - interval '1 minute' then
            return query select 0::bigint, null::bigint, account.paused_at + interval '1 minute';
            return;
        end if;
        number_given := 1;
        update sending_account set paused_at = in_now where channel = in_channel;
    end if;
    if account.day is distinct from in_day then
        account.used_this_month := case when date_trunc('month', account.day) = date_trunc('month', in_day)
            then account.used_this_month else 0 end;
        account.used_today := 0;
    end if;
    quota := least(
        account.daily_quota - account.used_today
            - case when in_bulk then ceil(account.daily_quota * account.quota_reserve) else 0 end,
        account.monthly_quota - account.used_this_month
            - case when in_bulk then ceil(account.monthly_quota * account.quota_reserve) else 0 end);
    if quota <= 0 then
        return query select 0::bigint, null::bigint, in_now + interval '5 minutes';
        return;
    end if;
    number_given := least(number_given, quota);
    if in_bulk and account.blocked_until > in_now then
        return query select 0::bigint, null::bigint, account.blocked_until;
        return;
    end if;
    if account.per_window is not null then
        delete from sending_grant where channel = in_channel and free_at <= in_now;
        select coalesce(sum(number), 0), coalesce(sum(number) filter (where bulk), 0)
            into all_used, bulk_used from sending_grant where channel = in_channel;
        room := account.per_window - all_used;
        if in_bulk then
            bulk_limit := greatest(1, (account.per_window - account.reserve) * least(1, account.pace
                + coalesce(extract(epoch from in_now - account.blocked_until) * 0.01, 1)));
            room := least(room, floor(bulk_limit)::bigint - bulk_used);
        elsif account.blocked_until > in_now then
            room := least(room, greatest(1, account.reserve / 2) - (all_used - bulk_used));
        end if;
        if room <= 0 then
            return query select 0::bigint, null::bigint,
                (select min(free_at) from sending_grant where channel = in_channel);
            return;
        end if;
        number_given := least(number_given, room);
        if in_bulk then
            spacing := make_interval(secs => account.window_seconds / bulk_limit);
            -- What was missed less than a tenth of a second ago is made up for; the window still holds.
            due_from := greatest(account.paced_until, in_now - interval '100 milliseconds');
            due_from := coalesce(due_from, in_now);
            due := floor(extract(epoch from in_now - due_from) / extract(epoch from spacing))::bigint + 1;
            enough := least(in_want, greatest(1, floor(in_batch_seconds / extract(epoch from spacing))::bigint));
            if due < enough then
                return query select 0::bigint, null::bigint, due_from + (enough - 1) * spacing;
                return;
            end if;
            number_given := least(number_given, due);
            account.paced_until := due_from + number_given * spacing;
        end if;
        insert into sending_grant (channel, number, bulk, free_at)
            values (in_channel, number_given, in_bulk, in_free_at) returning id into id_given;
    end if;
    update sending_account set paced_until = account.paced_until, day = in_day,
        used_today = account.used_today + number_given, used_this_month = account.used_this_month + number_given
        where channel = in_channel;
    return query select number_given, id_given, null::timestamptz;
end $$
"""


def upgrade() -> None:
    op.add_column("sending_grant", sa.Column("bulk", sa.Boolean(), nullable=False))
    op.add_column("campaign_run", sa.Column("canary_left", sa.BigInteger(), server_default="0", nullable=False))
    op.drop_index("ix_delivery_bulk", table_name="delivery")
    op.create_index(
        "ix_delivery_bulk",
        "delivery",
        ["campaign_run_id", "channel", "not_before", "id"],
        postgresql_where=sa.text("state = 'queued' and campaign_run_id is not null"),
    )
    op.drop_table("bulk_reach")
    op.create_table(
        "bulk_reach",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reached_at", postgresql.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_bulk_reach")),
    )
    op.execute(_GRANT)


def downgrade() -> None:
    op.execute("drop function grant_sending")
    op.drop_table("bulk_reach")
    op.create_table(
        "bulk_reach",
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("reached_at", postgresql.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.PrimaryKeyConstraint("recipient", name=op.f("pk_bulk_reach")),
    )
    op.drop_index("ix_delivery_bulk", table_name="delivery")
    op.create_index(
        "ix_delivery_bulk",
        "delivery",
        ["campaign_run_id", "not_before", "id"],
        postgresql_where=sa.text("state = 'queued' and campaign_run_id is not null"),
    )
    op.drop_column("campaign_run", "canary_left")
    op.drop_column("sending_grant", "bulk")
