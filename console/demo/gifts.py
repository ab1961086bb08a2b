"""Made-up gifts: paid, paid in part, without a code, set aside, handed over; on a level of their own in the books."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from console.demo.registry import Demo, demo_maker
from fund.accounts import DEMO_ACCOUNT, kept_accounts
from fund.importing import import_feed
from fund.office import approve, record
from fund.pledging import NameShown, NewPledge, make_pledge
from fund.statement_lines import StatementLine
from store.clock import local_date
from store.ledger_chain import DEMO_LEVEL
from store.queries.fund_ledger import totals
from store.staff_roles import Role

#: Name, amount, how the name is shown, what came of it in percent, how many days ago.
_GIFTS: tuple[tuple[str, int, NameShown, int, int], ...] = (
    ("Nguyễn Thị Mẫu", 500_000, "name", 100, 2),
    ("Trần Văn Giả Định", 200_000, "masked", 100, 5),
    ("Công ty TNHH Mẫu", 20_000_000, "name", 100, 9),
    ("A Mẫu", 100_000, "hidden", 100, 12),
    ("Y Giả Lập", 300_000, "masked", 50, 16),
    ("Nhóm thiện nguyện Mẫu", 5_000_000, "name", 100, 24),
    ("Lê Giả Định", 1_000_000, "masked", 100, 33),
    ("Hội đồng hương Mẫu", 10_000_000, "name", 0, 0),
)


@demo_maker("gifts", position=25)
async def gifts(connection: AsyncConnection, demo: Demo) -> None:
    """Make them once, and only where the only account is the made-up one."""
    accounts = (await kept_accounts(connection)).all
    if not accounts or any(not one.demo for one in accounts):
        return
    if any(one.level == DEMO_LEVEL for one in await totals(connection)):
        return
    now = demo.desk.clock.now()
    lines = []
    for number, (name, amount, shown, percent, days) in enumerate(_GIFTS):
        made = await make_pledge(
            connection, NewPledge(amount=amount, donor_name=f"{name} (mẫu)", name_shown=shown, demo=True), now=now
        )
        if percent:
            day = local_date(now) - timedelta(days=days)
            memo = f"{made.code} ung ho (mau)"
            came = amount * percent // 100
            lines.append(StatementLine(DEMO_ACCOUNT.number, day, came, memo, reference=f"MAU{number}"))
    for number, memo in enumerate(("NGUYEN THI MAU chuyen tien (mau)", "LAI TIEN GUI (mau)"), len(lines)):
        day = local_date(now) - timedelta(days=number)
        lines.append(StatementLine(DEMO_ACCOUNT.number, day, 70_000, memo, reference=f"MAU{number + 20}"))
    await import_feed(connection, lines, feed="demo", account=DEMO_ACCOUNT, now=now)
    await _uses(connection, demo)


async def _uses(connection: AsyncConnection, demo: Demo) -> None:
    now, day = demo.desk.clock.now(), local_date(demo.desk.clock.now()).isoformat()
    recorder, approver = demo.staff[Role.FUND_RECORDER].id, demo.staff[Role.FUND_APPROVER].id

    async def decided(kind: str, **body: object) -> int | None:
        number = await record(connection, kind, body, staff_id=recorder, now=now)
        return (await approve(connection, number, staff_id=approver, now=now)).decided.made

    houses = {"title": "Sửa nhà cho hộ nghèo, đợt 1 (mẫu)", "programme": "nha-o", "level": DEMO_LEVEL}
    first = await decided("allocate", **houses, amount=15_000_000)
    await decided("deliver", allocation=first, amount=15_000_000, day=day, document="Biên bản 01 (mẫu)")
    scholarships = {"title": "Học bổng cho con hộ nghèo (mẫu)", "programme": "hoc-bong", "level": DEMO_LEVEL}
    await decided("allocate", **scholarships, amount=6_000_000)
    rice = NewPledge(
        kind="in_kind", goods="20 bao gạo 10 kg (mẫu)", donor_name="Chợ Mẫu (mẫu)", name_shown="name", demo=True
    )
    await decided("goods_in", code=(await make_pledge(connection, rice, now=now)).code, day=day)
    await decided("goods_out", what="12 bao gạo 10 kg (mẫu)", day=day, level=DEMO_LEVEL)
    waiting = {"title": "Tết vì người nghèo (mẫu)", "programme": "tet", "level": DEMO_LEVEL, "amount": 3_000_000}
    await record(connection, "allocate", waiting, note="(mẫu)", staff_id=recorder, now=now)
