"""Sending is granted a little ahead, so that the way to it costs nothing; bulk leaves the reserve free at any time"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# As before (revision 0014), but:
# - `in_now` may lie a little ahead of the clock of others who ask: what is not free before then still counts for them,
#   so it is looked over and not deleted;
# - bulk leaves the whole reserve free beside the answers that were sent already. Before, answers that came faster than
#   the reserve waited for what bulk had just taken.
_GRANT = """
create or replace function grant_sending(
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
        delete from sending_grant where channel = in_channel and free_at <= in_now - interval '1 second';
        select coalesce(sum(number), 0), coalesce(sum(number) filter (where bulk), 0)
            into all_used, bulk_used from sending_grant where channel = in_channel and free_at > in_now;
        room := account.per_window - all_used;
        if in_bulk then
            bulk_limit := greatest(1, (account.per_window - account.reserve) * least(1, account.pace
                + coalesce(extract(epoch from in_now - account.blocked_until) * 0.01, 1)));
            room := floor(bulk_limit)::bigint - all_used;
        elsif account.blocked_until > in_now then
            room := least(room, greatest(1, account.reserve / 2) - (all_used - bulk_used));
        end if;
        if room <= 0 then
            return query select 0::bigint, null::bigint,
                (select min(free_at) from sending_grant where channel = in_channel and free_at > in_now);
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
end $$"""
_BEFORE = """
create or replace function grant_sending(
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
end $$"""


def upgrade() -> None:
    op.execute(_GRANT)


def downgrade() -> None:
    op.execute(_BEFORE)
