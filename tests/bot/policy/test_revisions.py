"""Changing the content: two people, nothing unsound, told from the day on that it holds, and back into files."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.policy.edits import Basis, read_again, with_new_value, with_new_version
from bot.policy.revisions import LiveContent, PolicyRefused, approve, current_content, propose, refuse, withdraw
from content.eligibility import assess
from content.household import parse_household
from content.library import Library, load_library
from content.revisions import (
    Revision,
    RevisionKind,
    as_yaml,
    effects_of,
    export_revisions,
    fingerprint_of,
    from_yaml,
    put_in_force,
    shipped_data,
    with_revisions,
    zipped_revisions,
)
from content.yaml_files import CONTENT_DIR
from store.clock import SetClock, local_date
from store.database import Database
from store.queries.audit import audit_entries
from store.queries.staff import Staff
from store.staff_roles import Role
from tests.bot.helpdesk.desk import officer

LOAN = "credit.poor.max"
WORDS = "credit_loan.how_much.poor"
BASIS = Basis("nd-351-2025", "Điều 3", "V2", "S05")
FROM = date(2027, 3, 1)


@pytest.fixture
def library() -> Iterator[Library]:
    """The shipped library, which tests change in place."""
    shipped = load_library()
    yield shipped
    put_in_force(shipped, [])


async def owner(database: Database, clock: SetClock) -> Staff:
    return await officer(database, clock, role=Role.POLICY_OWNER)


def raised(library: Library, today: date, value: float = 123_000_000) -> dict[str, Any]:
    data = shipped_data(library, RevisionKind.PARAMETER, LOAN)
    return with_new_value(data, valid_from=FROM, value=value, basis=BASIS, today=today)


def told(library: Library, on: date) -> str:
    found = library.answer("credit_loan", aspect="how_much", group="poor", on=on)
    assert found is not None
    return found.text("vi")


async def proposed(
    database: Database, library: Library, clock: SetClock, by: Staff, data: dict[str, Any], name: str = LOAN
) -> int:
    kind = RevisionKind.PARAMETER if name == LOAN else RevisionKind.STATEMENT
    async with database.transaction() as connection:
        base = (await current_content(connection, library, kind, name)).fingerprint
        return await propose(connection, library, kind, name, data, base=base, reason="thử", by=by.id, now=clock.now())


async def test_a_number_changes_on_its_day_in_every_answer_once_a_second_person_approved(
    database: Database, clock: SetClock, library: Library
) -> None:
    mai, lan = await owner(database, clock), await owner(database, clock)
    live = LiveContent(database, library)
    number = await proposed(database, library, clock, mai, raised(library, local_date(clock.now())))
    await live.read()
    assert "123.000.000" not in told(library, FROM), "a proposal says nothing yet"
    async with database.transaction() as connection:
        with pytest.raises(PolicyRefused, match="own_proposal"):
            await approve(connection, library, number, by=mai.id, now=clock.now())
        await approve(connection, library, number, by=lan.id, now=clock.now())
    await live.read()
    assert "123.000.000 đồng" in told(library, FROM)
    assert "123.000.000" not in told(library, date(2027, 2, 28)), "what held before is told as before"
    soon = library.answer("credit_loan", aspect="how_much", group="poor", on=date(2026, 11, 23))
    assert soon is not None and soon.upcoming is not None and soon.upcoming.from_date == FROM
    async with database.single() as connection:
        entries = await audit_entries(connection, kind="content")
    assert [one.action for one in entries] == ["content.approved", "content.proposed"]


async def test_the_guided_check_counts_with_the_new_number(
    database: Database, clock: SetClock, library: Library
) -> None:
    household = parse_household({"area": "rural", "income_per_person": 1_600_000, "deprivations": 3})
    on = date(2026, 12, 1)
    assert assess(household, on).classification != "poor"
    name = "poverty.line.rural.near_max"
    data = shipped_data(library, RevisionKind.PARAMETER, name)
    basis = Basis("nd-351-2025", "", "V", "S05")
    new = with_new_value(data, valid_from=date(2026, 12, 1), value=1_700_000, basis=basis, today=on)
    put_in_force(library, [Revision(RevisionKind.PARAMETER, name, new)])
    assert assess(household, on).classification == "poor"
    put_in_force(library, [])
    assert assess(household, on).classification != "poor"


async def test_what_the_content_check_refuses_is_not_taken(
    database: Database, clock: SetClock, library: Library
) -> None:
    mai, today = await owner(database, clock), local_date(clock.now())
    data = shipped_data(library, RevisionKind.STATEMENT, WORDS)

    def words(vi: str, basis: Basis = BASIS) -> dict[str, Any]:
        return with_new_version(data, valid_from=FROM, vi=vi, en="Words.", announcement=None, basis=basis, today=today)

    for wrong, said in (
        (words("Bác được vay 100 triệu đồng."), "100"),
        (words("Nhà bác không đủ điều kiện."), "không đủ điều kiện"),
        (words("Lời.", Basis("no-such-law", "", "V", "S01")), "no-such-law"),
        ({**words("Lời."), "topic": "legal_aid"}, "topic"),
    ):
        with pytest.raises(PolicyRefused, match="not_sound") as refused:
            await proposed(database, library, clock, mai, wrong, WORDS)
        assert said in str(refused.value.values["complaints"])


async def test_new_words_end_the_old_ones_the_day_before(database: Database, clock: SetClock, library: Library) -> None:
    today = local_date(clock.now())
    data = shipped_data(library, RevisionKind.STATEMENT, WORDS)
    new = with_new_version(
        data, valid_from=FROM, vi="Lời mới.", en="New words.", announcement=None, basis=BASIS, today=today
    )
    assert [one["valid_to"] for one in new["versions"]][-2:] == ["2027-02-28", None]
    with pytest.raises(PolicyRefused, match="version_begins_then"):
        with_new_version(new, valid_from=FROM, vi="x", en="x", announcement=None, basis=BASIS, today=today)
    effects = effects_of(library, Revision(RevisionKind.STATEMENT, WORDS, new), [], "vi")
    assert [(one.statement, one.valid_from, one.after) for one in effects] == [(WORDS, FROM, "Lời mới.")]
    assert effects[0].before is not None and "Vay vốn hộ nghèo" in effects[0].before


async def test_two_proposals_do_not_stand_side_by_side_and_nothing_is_overwritten(
    database: Database, clock: SetClock, library: Library
) -> None:
    mai, lan = await owner(database, clock), await owner(database, clock)
    today = local_date(clock.now())
    base = fingerprint_of(shipped_data(library, RevisionKind.PARAMETER, LOAN))
    number = await proposed(database, library, clock, mai, raised(library, today))
    with pytest.raises(PolicyRefused, match="already_proposed"):
        await proposed(database, library, clock, lan, raised(library, today, 5_000_000))
    async with database.transaction() as connection:
        with pytest.raises(PolicyRefused, match="not_own_proposal"):
            await withdraw(connection, number, by=lan.id, now=clock.now())
        await approve(connection, library, number, by=lan.id, now=clock.now())
        with pytest.raises(PolicyRefused, match="decided"):
            await refuse(connection, number, by=lan.id, reason="muộn", now=clock.now())
        with pytest.raises(PolicyRefused, match="changed_meanwhile"):
            await propose(
                connection,
                library,
                RevisionKind.PARAMETER,
                LOAN,
                raised(library, today, 5_000_000),
                base=base,
                reason="từ trang mở trước",
                by=lan.id,
                now=clock.now(),
            )


async def test_a_refused_or_withdrawn_proposal_leaves_room_for_another(
    database: Database, clock: SetClock, library: Library
) -> None:
    mai, lan = await owner(database, clock), await owner(database, clock)
    today = local_date(clock.now())
    first = await proposed(database, library, clock, mai, raised(library, today))
    async with database.transaction() as connection:
        with pytest.raises(PolicyRefused, match="reason_missing"):
            await refuse(connection, first, by=lan.id, reason=" ", now=clock.now())
        await refuse(connection, first, by=lan.id, reason="sai số", now=clock.now())
    second = await proposed(database, library, clock, mai, raised(library, today))
    async with database.transaction() as connection:
        await withdraw(connection, second, by=mai.id, now=clock.now())
    await proposed(database, library, clock, lan, raised(library, today))


def test_what_is_exported_reads_as_what_was_approved(library: Library, tmp_path: Path) -> None:
    today = date(2026, 11, 30)
    number = Revision(RevisionKind.PARAMETER, LOAN, raised(library, today))
    stamp = read_again(shipped_data(library, RevisionKind.STATEMENT, WORDS), today=today)
    words = Revision(RevisionKind.STATEMENT, WORDS, stamp)
    root = tmp_path / "content"
    shutil.copytree(CONTENT_DIR, root, ignore=shutil.ignore_patterns("*.py", "__pycache__", "translations"))
    files = export_revisions(library, [number, words], root)
    assert [file.relative_to(root).parts[0] for file in files] == ["legislation", "statements"]
    with zipfile.ZipFile(io.BytesIO(zipped_revisions(library, [number, words]))) as archive:
        unpacked = {root / name: archive.read(name).decode() for name in archive.namelist()}
    assert unpacked == {file: file.read_text(encoding="utf-8") for file in files}
    changed, wanted = load_library(root), with_revisions(library, [number, words])
    assert changed.statements[WORDS] == wanted.statements[WORDS]
    assert changed.parameters[LOAN].values == wanted.parameters[LOAN].values
    for kind, names in (
        (RevisionKind.PARAMETER, library.parameters),
        (RevisionKind.STATEMENT, library.statements),
    ):
        for name in names:
            data = shipped_data(library, kind, name)
            assert fingerprint_of(from_yaml(as_yaml(data))) == fingerprint_of(data), name
