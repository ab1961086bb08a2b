"""Staff accounts, the duties they hold, and the log of what they do."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from store.api_scopes import ROLES_OF_SCOPE, Scope
from store.clock import SetClock
from store.database import Database
from store.queries.audit import audit_entries, audit_kinds, record_audit
from store.queries.staff import (
    Duty,
    LoginTaken,
    Staff,
    add_staff,
    all_staff,
    disable_staff,
    organisations,
    set_duties,
    staff_member,
    staff_of_login,
)
from store.queries.staff_invitations import INVITATION_LASTS, invite, invited, use_invitation
from store.staff_roles import Role


async def somebody(database: Database, clock: SetClock, login: str = "mai", *duties: Duty) -> Staff:
    async with database.transaction() as connection:
        number = await add_staff(
            connection,
            login=login,
            name=f"Cán bộ {login}",
            organisation="phu_nu",
            duties=duties or [Duty(Role.HELP_DESK_OFFICER, "23284")],
            now=clock.now(),
        )
        found = await staff_member(connection, staff_id=number)
    assert found is not None
    return found


async def test_a_login_belongs_to_one_account_however_it_is_written(database: Database, clock: SetClock) -> None:
    mai = await somebody(database, clock, "Mai")
    assert mai.login == "mai"
    with pytest.raises(LoginTaken):
        await somebody(database, clock, "MAI")
    async with database.transaction() as connection:
        assert await staff_of_login(connection, login=" Mai ") == mai.id
        assert await staff_of_login(connection, login="lan") is None


async def test_a_duty_for_one_commune_gives_nothing_elsewhere(database: Database, clock: SetClock) -> None:
    officer = await somebody(database, clock)
    assert officer.may(Role.HELP_DESK_OFFICER, "23284")
    assert not officer.may(Role.HELP_DESK_OFFICER, "23293") and not officer.may(Role.HELP_DESK_OFFICER)
    assert officer.areas_of(Role.HELP_DESK_OFFICER) == {"23284"}
    assert officer.areas_of(Role.AUDITOR) == frozenset()
    everywhere = await somebody(database, clock, "lan", Duty(Role.HELP_DESK_OFFICER), Duty(Role.AUDITOR, "23284"))
    assert everywhere.areas_of(Role.HELP_DESK_OFFICER) is None
    assert everywhere.may(Role.HELP_DESK_OFFICER, "23293") and not everywhere.may(Role.AUDITOR, "23293")


async def test_duties_are_replaced_as_a_whole(database: Database, clock: SetClock) -> None:
    officer = await somebody(database, clock)
    async with database.transaction() as connection:
        await set_duties(connection, staff_id=officer.id, duties=[Duty(Role.FUND_RECORDER)])
        changed = await staff_member(connection, staff_id=officer.id)
        assert [one.id for one in await all_staff(connection)] == [officer.id]
    assert changed is not None and changed.duties == {Duty(Role.FUND_RECORDER)}


async def test_the_organisations_are_there_from_the_beginning(database: Database) -> None:
    async with database.transaction() as connection:
        codes = {one.code for one in await organisations(connection)}
    assert {"mttq", "phu_nu", "nong_dan", "thanh_nien", "cuu_chien_binh"} <= codes


async def test_an_invitation_works_once_for_a_week_and_only_the_newest(database: Database, clock: SetClock) -> None:
    officer = await somebody(database, clock)
    async with database.transaction() as connection:
        old = await invite(connection, staff_id=officer.id, now=clock.now())
        new = await invite(connection, staff_id=officer.id, now=clock.now())
        assert await invited(connection, code=old, now=clock.now()) is None
        assert await invited(connection, code=new, now=clock.now()) == officer.id
        assert await invited(connection, code=new, now=clock.now() + INVITATION_LASTS) is None
        assert await use_invitation(connection, code=new, now=clock.now())
        assert not await use_invitation(connection, code=new, now=clock.now())
        assert await invited(connection, code=new, now=clock.now()) is None


async def test_the_log_names_the_actor_and_finds_by_kind_subject_and_area(database: Database, clock: SetClock) -> None:
    officer = await somebody(database, clock)
    async with database.transaction() as connection:
        for action, subject, area in (
            ("ticket.taken", "ticket:1", "23284"),
            ("campaign.approved", "campaign:7", ""),
            ("ticket.resolved", "ticket:1", "23284"),
        ):
            await record_audit(connection, actor=officer.id, action=action, subject=subject, area=area, now=clock.now())
        await record_audit(connection, actor=None, action="staff.added", subject="staff:1", now=clock.now())
        everything = await audit_entries(connection)
        assert [entry.action for entry in everything] == [
            *("staff.added", "ticket.resolved", "campaign.approved", "ticket.taken"),
        ]
        assert (everything[0].actor_name, everything[0].organisation) == (None, None)
        assert (everything[1].actor_name, everything[1].organisation) == (officer.name, "phu_nu")
        assert len(await audit_entries(connection, kind="ticket")) == 2
        assert len(await audit_entries(connection, subject="campaign:7")) == 1
        assert len(await audit_entries(connection, areas=["23284"])) == 2
        assert len(await audit_entries(connection, before=everything[0].id, limit=1)) == 1
        assert await audit_kinds(connection) == ["campaign", "staff", "ticket"]


@pytest.mark.parametrize("change", ["update audit_entry set actor_id = null", "delete from audit_entry"])
async def test_the_log_can_only_be_added_to(database: Database, clock: SetClock, change: str) -> None:
    async with database.transaction() as connection:
        await record_audit(connection, actor=None, action="staff.added", subject="staff:1", now=clock.now())
    with pytest.raises(DBAPIError, match="only ever added to"):
        async with database.transaction() as connection:
            await connection.execute(text(change))


async def test_an_account_is_shut_once(database: Database, clock: SetClock) -> None:
    officer = await somebody(database, clock)
    async with database.transaction() as connection:
        assert await disable_staff(connection, staff_id=officer.id, now=clock.now())
        assert not await disable_staff(connection, staff_id=officer.id, now=clock.now())
        shut = await staff_member(connection, staff_id=officer.id)
    assert shut is not None and shut.disabled


def test_every_scope_needs_a_duty() -> None:
    assert set(ROLES_OF_SCOPE) == set(Scope) and all(ROLES_OF_SCOPE.values())
