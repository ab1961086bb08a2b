"""The files that travel to translators and back: gettext `.po` for their tools, `.xlsx` for everybody else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zipfile import BadZipFile

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import InvalidFileException

from content.aspect_names import aspect_name
from content.translations import LANGUAGES, catalogue_for
from content.units import Unit, UnitKind
from content.yaml_files import ContentError

FORMATS = (".po", ".xlsx")
#: Headings of the sheet, in its order. The first two and the last one are read back.
COLUMNS = ("Mã", "Dấu bản chữ", "Ngữ cảnh", "Tiếng Việt", "Đọc lên hôm nay", "Bản dịch trước", "Bản dịch")
_WIDTHS = (30, 15, 34, 60, 60, 40, 60)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file that came back. `place` is how to find it: "dòng 7", or the id in a `.po`."""

    place: str
    id: str
    fingerprint: str
    text: str
    uncertain: bool = False


def context_of(unit: Unit) -> str:
    """Return what a translator should know about a text, in Vietnamese."""
    vietnamese = catalogue_for("vi")
    if unit.kind is UnitKind.MESSAGE:
        return "Lời của máy" if unit.group == "bot" else "Tên gọi, nhãn"
    topic = vietnamese.text(f"topic.{unit.group}")
    aspect = aspect_name(unit.group, unit.id.removesuffix(":announcement").split(".")[1], vietnamese)
    told = "Báo trước khi thay đổi" if unit.kind is UnitKind.ANNOUNCEMENT else "Câu trả lời"
    days = f"áp dụng từ {vietnamese.date(unit.begins)}" if unit.begins else ""
    if unit.ends:
        days += f" đến hết {vietnamese.date(unit.ends)}"
    return f"{told}: {topic} – {aspect}; {days}"


def write_sheet(
    file: Path,
    language: str,
    units: Iterable[Unit],
    *,
    current: Mapping[tuple[str, str], str],
    before: Mapping[str, str],
    on: date,
) -> None:
    """Write what is to be translated.

    Args:
        current: translations by id and fingerprint that still fit; they come back as they are.
        before: by id, what fitted the text before it changed: shown, but never taken for a translation of the new one.
    """
    if file.suffix == ".po":
        _write_po(file, language, units, current, before, on)
    else:
        _write_xlsx(file, language, units, current, before)


def _write_po(
    file: Path,
    language: str,
    units: Iterable[Unit],
    current: Mapping[tuple[str, str], str],
    before: Mapping[str, str],
    on: date,
) -> None:
    catalog = Catalog(
        project="Chung Tay",
        version=on.isoformat(),
        fuzzy=False,
        msgid_bugs_address="",
        last_translator="",
        language_team=LANGUAGES[language].name,
    )
    catalog.header_comment = f"# {LANGUAGES[language].name} ({language}). Giữ nguyên phần trong ngoặc nhọn {{…}}."
    for unit in units:
        words = current.get((unit.id, unit.fingerprint))
        former = before.get(unit.id, "") if words is None else ""
        catalog.add(
            unit.template,
            words or former,
            context=f"{unit.id}#{unit.fingerprint}",
            auto_comments=[context_of(unit), *unit.aloud.splitlines()],
            # A translator's tool shows it for another look, and import refuses it until somebody had that look.
            flags=["fuzzy"] if former else [],
        )
    with file.open("wb") as stream:
        write_po(stream, catalog, width=0)


def _write_xlsx(
    file: Path,
    language: str,
    units: Iterable[Unit],
    current: Mapping[tuple[str, str], str],
    before: Mapping[str, str],
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = language
    sheet.append(COLUMNS)
    for unit in units:
        words = current.get((unit.id, unit.fingerprint))
        former = before.get(unit.id, "") if words is None else ""
        sheet.append([unit.id, unit.fingerprint, context_of(unit), unit.template, unit.aloud, former, words or ""])
    for row in sheet.iter_rows():
        for cell in row:
            # As text, also where a sentence begins with "=" or looks like a number.
            cell.data_type = "s"
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDEFG", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    book.save(file)


def read_sheet(file: Path) -> list[Row]:
    """Return the rows of a file that came back.

    Raises:
        ContentError: it is none of `FORMATS`, cannot be read, or lacks a column.
    """
    if file.suffix not in FORMATS:
        raise ContentError(file, f"is neither {' nor '.join(FORMATS)}.", "Export again and translate that file.")
    try:
        return _read_po(file) if file.suffix == ".po" else _read_xlsx(file)
    except FileNotFoundError as error:
        raise ContentError(file, "is not there.", "Check the name.") from error
    except OSError as error:
        raise ContentError(file, f"cannot be read ({error.strerror}).") from error


def _read_po(file: Path) -> list[Row]:
    with file.open("rb") as stream:
        try:
            catalog = read_po(stream, abort_invalid=True)
        except (PoFileError, ValueError) as error:
            raise ContentError(
                file, f"is not a valid .po file: {error}.", "Save it as UTF-8 from the editor."
            ) from error
    rows = []
    for message in catalog:
        if not message.id:
            continue
        identifier, _, mark = (message.context or "").partition("#")
        text = message.string if isinstance(message.string, str) else "".join(message.string or ())
        place = f"dòng {message.lineno}" if message.lineno else identifier
        rows.append(Row(place, identifier, mark, text, uncertain=message.fuzzy))
    return rows


def _read_xlsx(file: Path) -> list[Row]:
    try:
        book = load_workbook(file, read_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise ContentError(file, "is not an Excel workbook.", "Save it as .xlsx.") from error
    lines = list(book.worksheets[0].iter_rows(values_only=True))
    book.close()
    headings = [str(cell or "").strip() for cell in (lines[0] if lines else ())]
    missing = [name for name in (COLUMNS[0], COLUMNS[1], COLUMNS[-1]) if name not in headings]
    if missing:
        raise ContentError(
            file, f"has no column “{'”, “'.join(missing)}” in its first line.", "Keep the headings of the export."
        )
    at = {name: headings.index(name) for name in COLUMNS if name in headings}

    def cell(line: tuple[object, ...], name: str) -> str:
        value = line[at[name]] if at[name] < len(line) else None
        return "" if value is None else str(value)

    return [
        Row(f"dòng {number}", cell(line, COLUMNS[0]).strip(), cell(line, COLUMNS[1]).strip(), cell(line, COLUMNS[-1]))
        for number, line in enumerate(lines[1:], 2)
        if any(value not in (None, "") for value in line)
    ]
