"""`fund lookup`, `totals`, `seal`, `verify`, `head`: the books as they stand, and that nobody changed them."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from content.translations import catalogue_for
from fund.accounts import kept_accounts
from fund.lookup import GiftStory, look_up_code
from fund.office import seal_days
from fund.paper_pdf import paper_pdf
from fund.papers import NoPaper, Paper, PaperKind, issue_paper
from fund.pledge_codes import typed_pledge_codes
from fund.verifying import Verified, verify_books
from fund.views import seal_json, story_json, totals_json, verified_json
from server.commands.common import fail, out, parse_day, print_json, read_settings
from server.commands.fund_actor import RECORDERS, As, AsJson, DataDir, as_staff, money, with_fund, words
from store.queries.audit import record_audit
from store.queries.fund_ledger import Seal, last_seal
from store.queries.fund_ledger import totals as all_totals
from store.queries.staff import Staff


def lookup(
    code: Annotated[str, typer.Argument(help="Code of a gift, however it is written.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show what came for a pledge and what became of it, as everybody may see it."""
    story: GiftStory | None = with_fund(lambda connection, now: look_up_code(connection, code), data_dir=data_dir)
    if story is None:
        fail(f"“{code}” is the code of no gift. Codes look like XNK7M2Q9XC.", code=1)
    if as_json:
        print_json(story_json(story))
        return
    promised = money(story.pledge.promised) if story.pledge.promised else story.pledge.goods or "–"
    out.print(f"{story.pledge.code}: đăng ký {promised}, đã nhận {money(story.pledge.received)}", markup=False)
    for gift in story.gifts:
        out.print(f"  {gift.received_on:%d/%m/%Y}  {money(gift.amount)}", markup=False)
    for use in story.uses:
        out.print(f"  đã góp {money(use.amount)} vào “{use.title}”", markup=False)


def totals(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show pledged, received, allocated and delivered by month and level."""
    found = totals_json(with_fund(lambda connection, now: all_totals(connection), data_dir=data_dir))
    if as_json:
        print_json({"totals": found})
        return
    for one in found:
        sums = "  ".join(f"{name} {money(one[name])}" for name in ("pledged", "received", "allocated", "delivered"))
        out.print(f"{one['month']}  {one['level']}  {sums}", markup=False)


def seal(
    actor: As,
    up_to: Annotated[str | None, typer.Option(help="Last day to seal, as 2026-11-23; yesterday when left out.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Seal the days that are over. The scheduler does so every night; this is for days on which it did not run."""
    last = parse_day(up_to)

    async def work(connection: AsyncConnection, staff: Staff, now: datetime) -> list[Seal]:
        made = await seal_days(connection, now=now, up_to=last)
        if made:
            details = {"day": f"{made[-1].day:%d/%m/%Y}"}
            await record_audit(
                connection, actor=staff.id, action="fund.sealed", subject="fund", now=now, details=details
            )
        return made

    made = as_staff(actor, RECORDERS, work, data_dir=data_dir)
    if as_json:
        print_json({"seals": [seal_json(one) for one in made]})
        return
    for one in made:
        out.print(f"{one.day:%d/%m/%Y}  {one.entries} bút toán  {one.hash}", markup=False)
    if not made:
        out.print("Không còn ngày nào chưa niêm phong.")


def head(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Print the newest seal, to be published where nobody of the fund can change it: a newspaper, a notice board."""
    newest: Seal | None = with_fund(lambda connection, now: last_seal(connection), data_dir=data_dir)
    if newest is None:
        fail("no day is sealed yet. The first seal comes the night after the first entry.", code=1)
    if as_json:
        print_json(seal_json(newest))
    else:
        out.print(f"{newest.day.isoformat()} {newest.hash}", markup=False)


def verify(
    published: Annotated[
        Path | None,
        typer.Option(help="Seals as they were published: a line each, day and hash, as `chungtay fund head` prints."),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Compute every hash and sum again; name what does not add up, and exit with 1 when there is something."""
    known = _published(published) if published is not None else None

    async def work(connection: AsyncConnection, now: datetime) -> Verified:
        return await verify_books(connection, published=known)

    verified = with_fund(work, data_dir=data_dir)
    if as_json:
        print_json(verified_json(verified))
    else:
        out.print(f"{verified.entries} bút toán, {verified.rows} dòng sao kê, {verified.seals} ngày niêm phong")
        for fault in verified.faults:
            out.print(f"! {fault.text(catalogue_for('vi'))}", markup=False)
        out.print("Sổ nguyên vẹn." if not verified.faults else f"{len(verified.faults)} chỗ không khớp.")
    if verified.faults:
        raise typer.Exit(1)


def _published(file: Path) -> dict[date, str]:
    try:
        lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file}: cannot be read ({error}).")
    found = {}
    for line in lines:
        if len(line) != 2 or len(line[1]) != 64:
            fail(f"{file}: “{' '.join(line)}” is not a day and a hash of 64 characters.")
        day = parse_day(line[0])
        assert day is not None
        found[day] = line[1].lower()
    return found


def receipt(
    code: Annotated[str, typer.Argument(help="Code of the pledge.")],
    actor: As,
    file: Annotated[Path, typer.Option("--out", help="PDF to write.")],
    letter: Annotated[bool, typer.Option("--letter", help="A letter of thanks instead of a receipt.")] = False,
    year: Annotated[int | None, typer.Option(help="The summary of a year of whoever made the pledge.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Issue a paper for a donor as a PDF, with a code by which anybody verifies it."""
    kind: PaperKind = "summary" if year is not None else "letter" if letter else "receipt"
    codes = typed_pledge_codes(code)
    address = (read_settings(data_dir=data_dir).public_address or "").rstrip("/")

    async def work(connection: AsyncConnection, staff: Staff, now: datetime) -> tuple[Paper, bytes]:
        asked = codes[0] if codes else code
        paper = await issue_paper(connection, asked, kind, year=year, staff_id=staff.id, now=now)
        account = (await kept_accounts(connection, retired=True)).for_commune(paper.pledge.commune)
        issuer = account.holder if account is not None else words("fund.page.title")
        catalogue = catalogue_for(paper.pledge.language)
        return paper, paper_pdf(paper, issuer=issuer, public_address=address, catalogue=catalogue)

    try:
        paper, content = as_staff(actor, RECORDERS, work, data_dir=data_dir)
    except NoPaper as refused:
        fail(words(f"fund.paper_refused.{refused.cause}"), code=1)
    try:
        file.write_bytes(content)
    except OSError as error:
        fail(f"{file}: {error.strerror}.", code=1)
    if as_json:
        print_json({"code": paper.code, "amount": paper.amount, "file": str(file)})
    else:
        out.print(f"{words(f'fund.paper.{paper.kind}')} {paper.code}: {money(paper.amount)} -> {file}", markup=False)


def add_book_commands(group: typer.Typer) -> None:
    """Add the commands of this file to `fund`."""
    for command in (lookup, totals, seal, head, verify, receipt):
        group.command(command.__name__)(command)
