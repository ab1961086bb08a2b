"""Judging what translators sent back: every fault of every row at once, and nothing is saved unless all is right."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from content.check_statements import LONGEST_TEXT
from content.human_translations import HumanTranslation
from content.library import Library
from content.placeholders import PLACEHOLDER, without_placeholders
from content.translation_sheets import Row
from content.units import Unit, UnitKind, former_unit

_DIGITS = re.compile(r"[\d²³½¼]+")


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with one row, and what to do."""

    place: str
    id: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.id or '(không có mã)'}: {self.message}"


@dataclass(frozen=True, slots=True)
class People:
    """Who answers for a delivery of translations."""

    translator: str
    reviewer: str
    reviewed_on: date


def judge_rows(
    library: Library,
    units: Sequence[Unit],
    rows: Sequence[Row],
    people: People,
    *,
    today: date,
    leave_out_empty: bool = False,
) -> tuple[list[HumanTranslation], list[RowFault]]:
    """Return the translations of `rows`, and every fault found. With a fault, nothing may be saved.

    Args:
        units: all texts told today or known to come.
        leave_out_empty: rows without a translation are not done yet rather than wrong.
    """
    by_version: Mapping[tuple[str, str], Unit] = {(unit.id, unit.fingerprint): unit for unit in units}
    ids = {unit.id for unit in units}
    faults: list[RowFault] = []
    found: dict[tuple[str, str], HumanTranslation] = {}
    for row in rows:
        text = unicodedata.normalize("NFC", row.text).replace("\r\n", "\n").strip()
        if not text and leave_out_empty:
            continue
        version = (row.id, row.fingerprint)
        unit = by_version.get(version)
        if unit is None:
            complaints = [_no_such_text(library, row, ids, today)]
        elif version in found:
            complaints = ["đã có ở một dòng trên. Giữ lại một dòng."]
        else:
            complaints = list(_complaints(unit, row, text))
        faults += (RowFault(row.place, row.id, complaint) for complaint in complaints)
        if not complaints:
            found[version] = HumanTranslation(
                id=row.id,
                fingerprint=row.fingerprint,
                translator=people.translator,
                reviewer=people.reviewer,
                reviewed_on=people.reviewed_on,
                text=text,
            )
    return list(found.values()), faults


def text_version(library: Library, units: Sequence[Unit], identifier: str, mark: str, today: date) -> Unit | str:
    """Return the text with that id and fingerprint, or why there is none that may be translated or recorded."""
    unit = next((unit for unit in units if (unit.id, unit.fingerprint) == (identifier, mark)), None)
    row = Row("", identifier, mark, "")
    return unit if unit is not None else _no_such_text(library, row, {unit.id for unit in units}, today)


def _no_such_text(library: Library, row: Row, ids: set[str], today: date) -> str:
    if not row.id:
        return "không có mã. Giữ nguyên cột mã (msgctxt) của bản xuất."
    former = former_unit(library, row.id, row.fingerprint, today)
    if former is not None and former.ends is not None:
        return f"là bản chữ chỉ dùng đến hết {former.ends:%d/%m/%Y}. Xuất lại rồi dịch bản mới."
    if row.id in ids:
        return f"nội dung tiếng Việt đã đổi từ khi xuất (dấu {row.fingerprint or 'trống'} không còn). Xuất lại."
    return "không có nội dung nào mang mã này. Kiểm tra mã, hoặc xuất lại."


def _complaints(unit: Unit, row: Row, text: str) -> Iterator[str]:
    if not text:
        yield "chưa có bản dịch. Dịch nốt, xóa dòng này, hoặc thêm --partial."
        return
    if row.uncertain:
        yield "đang đánh dấu chưa chắc (fuzzy). Soát lại rồi bỏ dấu."
    given = frozenset(match.group(1) for match in PLACEHOLDER.finditer(text))
    if missing := sorted(unit.placeholders - given):
        yield f"thiếu {', '.join(f'{{{name}}}' for name in missing)}. Số và tên văn bản do máy điền vào đó."
    if extra := sorted(given - unit.placeholders):
        yield f"thừa {', '.join(f'{{{name}}}' for name in extra)}, tiếng Việt không có."
    prose = without_placeholders(text)
    if "{" in prose or "}" in prose:
        yield "có dấu ngoặc nhọn lẻ."
    if (digits := _DIGITS.findall(prose)) and not _DIGITS.search(without_placeholders(unit.template)):
        yield f"có số “{digits[0]}” viết trong lời. Số chỉ đứng ở chỗ {{…}}, vì số thay đổi theo ngày."
    if len(text) > LONGEST_TEXT:
        yield f"dài {len(text)} ký tự, nhiều nhất {LONGEST_TEXT}. Viết gọn lại."
    if unit.kind is not UnitKind.MESSAGE and text == unicodedata.normalize("NFC", unit.template):
        yield "vẫn là tiếng Việt. Để trống nếu chưa dịch."
    if any(unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs") and char != "\n" for char in text):
        yield "có ký tự không nhìn thấy. Gõ lại đoạn đó."
