"""One made-up account for each duty, and one that holds it in a single commune where that makes a difference."""

import secrets
from dataclasses import dataclass

from console.access.passwords import hash_password
from store.clock import Clock
from store.database import Database
from store.queries.staff import (
    Duty,
    Staff,
    add_staff,
    all_staff,
    disable_staff,
    enable_staff,
    staff_member,
    staff_of_login,
)
from store.queries.staff_sign_in import set_password_hash
from store.staff_roles import Role


@dataclass(frozen=True)
class DemoAccount:
    """A made-up account. Its name says that it is made up."""

    login: str
    name: str
    organisation: str
    duties: tuple[Duty, ...]


#: Đăk Hà commune, a place in all examples of the project.
_COMMUNE = "23500"

DEMO_ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount("mau-quantri", "Quản trị (mẫu)", "ubnd", (Duty(Role.ADMINISTRATOR),)),
    DemoAccount("mau-chinhsach", "Phụ trách chính sách (mẫu)", "ubnd", (Duty(Role.POLICY_OWNER),)),
    DemoAccount("mau-duyetchinhsach", "Duyệt chính sách (mẫu)", "ubnd", (Duty(Role.POLICY_OWNER),)),
    DemoAccount("mau-soantin", "Người soạn tin (mẫu)", "phu_nu", (Duty(Role.CAMPAIGN_AUTHOR),)),
    DemoAccount("mau-duyettin", "Người duyệt tin (mẫu)", "phu_nu", (Duty(Role.CAMPAIGN_APPROVER),)),
    DemoAccount("mau-traloi", "Người trả lời (mẫu)", "mttq", (Duty(Role.HELP_DESK_OFFICER),)),
    DemoAccount("mau-traloixa", "Người trả lời ở xã (mẫu)", "ubnd", (Duty(Role.HELP_DESK_OFFICER, _COMMUNE),)),
    DemoAccount("mau-ghiquy", "Người ghi quỹ (mẫu)", "mttq", (Duty(Role.FUND_RECORDER),)),
    DemoAccount("mau-duyetquy", "Người duyệt quỹ (mẫu)", "mttq", (Duty(Role.FUND_APPROVER),)),
    DemoAccount("mau-giamsat", "Người giám sát (mẫu)", "mttq", (Duty(Role.AUDITOR),)),
)


def demo_logins() -> list[str]:
    """Return the logins of all made-up accounts."""
    return [one.login for one in DEMO_ACCOUNTS]


async def make_demo_staff(database: Database, clock: Clock) -> str:
    """Add the made-up accounts, or open them again, all with one new password; return it."""
    password = "-".join(secrets.choice(_WORDS) for _ in range(3)) + f"-{secrets.randbelow(900) + 100}"
    hashed = await hash_password(password)
    async with database.transaction() as connection:
        for account in DEMO_ACCOUNTS:
            number = await staff_of_login(connection, login=account.login)
            if number is None:
                number = await add_staff(
                    connection,
                    login=account.login,
                    name=account.name,
                    organisation=account.organisation,
                    duties=account.duties,
                    now=clock.now(),
                    demo=True,
                )
            await enable_staff(connection, staff_id=number)
            await set_password_hash(connection, staff_id=number, password_hash=hashed)
    return password


async def hide_demo_staff(database: Database, clock: Clock) -> int:
    """Shut the made-up accounts: a system that is not tried out has none that can sign in. Returns how many."""
    async with database.transaction() as connection:
        shut = [
            await disable_staff(connection, staff_id=one.id, now=clock.now())
            for one in await all_staff(connection)
            if one.demo and not one.disabled
        ]
    return len(shut)


async def demo_staff_by_role(database: Database) -> dict[Role, Staff]:
    """Return the first made-up account of each duty."""
    found: dict[Role, Staff] = {}
    async with database.transaction() as connection:
        for account in DEMO_ACCOUNTS:
            number = await staff_of_login(connection, login=account.login)
            staff = None if number is None else await staff_member(connection, staff_id=number)
            if staff is not None:
                found.setdefault(account.duties[0].role, staff)
    return found


#: Short words without diacritics: easy to read from a terminal and to type. The password changes at every start.
_WORDS = """
    suoi nui rung lua ngo khoai trau voi chim nai ong mat troi trang sao gio mua nang hoa la cay que nha cau duong
    xe thuyen chieng trong sao khen gui soi gom tre may thoc gao muoi tieu che ca
""".split()  # noqa: SIM905 – a list of forty words in quotes is no better to read
