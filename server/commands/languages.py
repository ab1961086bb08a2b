"""`languages …`: what goes to translators and speakers, what comes back, and how far each language is."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from content.human_languages import HumanLanguages, Standing
from content.human_translations import human_translations, save_translations
from content.language_report import language_report
from content.library import Library, load_library
from content.recordings import Recordings, read_sound
from content.translation_import import People, judge_rows, text_version
from content.translation_sheets import FORMATS, read_sheet, write_sheet
from content.translations import COMPLETE_LANGUAGES, LANGUAGES, TRANSLATIONS_DIR
from content.units import Unit
from content.yaml_files import ContentError
from server.commands.common import fail, out, parse_day, print_json, read_settings
from server.settings import Settings
from store.clock import SystemClock, local_date

languages = typer.Typer(help="Translations and recordings made by people.", no_args_is_help=True)

LanguageCode = Annotated[str, typer.Argument(metavar="LANG", help=f"Language: {', '.join(LANGUAGES)}.")]
TranslationsDir = Annotated[
    Path, typer.Option("--translations", help="Folder with a folder per language; a try-out may take another one.")
]
AudioDir = Annotated[Path | None, typer.Option("--audio-dir", help="Where recordings lie, instead of the setting.")]


@languages.command("export")
def export(
    language: LanguageCode,
    file: Annotated[Path, typer.Option("--out", help="File to write, .po or .xlsx.")],
    topic: Annotated[
        list[str] | None, typer.Option("--topic", help="Only this topic, or `bot` for the bot's own words; repeatable.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is translated and current.")] = False,
    on: Annotated[str | None, typer.Option(help="Texts told on this day and later (year-month-day).")] = None,
    translations: TranslationsDir = TRANSLATIONS_DIR,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Write what is still to be translated, or read aloud: id, fingerprint, context, Vietnamese, how it reads today."""
    _require_registered(language)
    if file.suffix not in FORMATS:
        fail(f"“{file.name}” is neither {' nor '.join(FORMATS)}. Name the file so.")
    day = parse_day(on) or _today()
    library = _library()
    human = _read(lambda: HumanLanguages(library, translations=translations))
    units = human.units(day)
    groups = {unit.group for unit in units}
    if topic and (unknown := sorted(set(topic) - groups)):
        fail(f"nothing to translate under “{unknown[0]}”. There is: {', '.join(sorted(groups))}.")
    chosen = [unit for unit in units if not topic or unit.group in topic]
    if not everything:
        chosen = [unit for unit in chosen if human.work_on(language, unit).translation is None]
    known = _read(lambda: human_translations(language, translations))
    before = {identifier: several[-1].text for identifier, several in known.items()}
    current = {(one.id, one.fingerprint): one.text for several in known.values() for one in several}
    try:
        write_sheet(file, language, chosen, current=current, before=before, on=day)
    except OSError as error:
        fail(f"{file}: cannot be written ({error.strerror}).", code=1)
    if as_json:
        print_json({"file": str(file), "texts": len(chosen), "language": language, "on": day.isoformat()})
    else:
        out.print(f"{file}: {len(chosen)} texts to translate into {LANGUAGES[language].name}", markup=False)


@languages.command("import")
def import_translations(
    language: LanguageCode,
    file: Annotated[Path, typer.Argument(help="The exported file, translated.")],
    translator: Annotated[str, typer.Option(help="Who translated.")],
    reviewer: Annotated[str, typer.Option(help="Who else read the translations against the Vietnamese.")],
    reviewed_on: Annotated[str | None, typer.Option(help="Day of the review; today by default.")] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Rows without a translation are not done yet.")] = False,
    translations: TranslationsDir = TRANSLATIONS_DIR,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Take translations in, all or none: every faulty row is named, and nothing is saved while there is one."""
    _require_minority(language)
    today = _today()
    people = People(translator.strip(), reviewer.strip(), parse_day(reviewed_on) or today)
    if not people.translator or not people.reviewer:
        fail("name the translator and the reviewer; people answer for what is told.")
    if people.translator.casefold() == people.reviewer.casefold():
        fail("translator and reviewer are one person. Somebody else has to read it against the Vietnamese.")
    if people.reviewed_on > today:
        fail(f"the review is dated {people.reviewed_on}, which is still to come.")
    library = _library()
    human = _read(lambda: HumanLanguages(library, translations=translations))
    units = human.units(today)
    rows = _read(lambda: read_sheet(file))
    new, faults = judge_rows(library, units, rows, people, today=today, leave_out_empty=partial)
    if faults:
        if as_json:
            print_json({"saved": 0, "faults": [{"place": f.place, "id": f.id, "message": f.message} for f in faults]})
        else:
            for fault in faults:
                out.print(str(fault), markup=False)
        fail(f"{file}: {len(faults)} faults in {len(rows)} rows; nothing was saved.", code=1)
    if not new:
        fail(f"{file}: holds no translation.", code=1)
    still_told = frozenset(unit.fingerprint for unit in units)
    written = _read(lambda: save_translations(language, translations, new, still_told=still_told))
    if as_json:
        print_json({"saved": len(new), "files": [str(path) for path in written], "faults": []})
    else:
        out.print(f"{len(new)} translations saved in {', '.join(str(path) for path in written)}", markup=False)


@languages.command("import-audio")
def import_audio(
    language: LanguageCode,
    statement: Annotated[str, typer.Argument(help="Id of the text: of a statement, or a message key like bot.menu.")],
    file: Annotated[Path, typer.Argument(help="The recording, .ogg (Opus, Vorbis) or .mp3.")],
    speaker: Annotated[str, typer.Option(help="Who speaks, and agreed that the recording is played to everybody.")],
    text_fingerprint: Annotated[str, typer.Option(help="Fingerprint of the text that was read, from the export.")],
    recorded_on: Annotated[str | None, typer.Option(help="Day of the recording; today by default.")] = None,
    audio_dir: AudioDir = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where the database, models and logs live.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Keep a recording of a text, in any registered language, for as long as that text stays as it is."""
    _require_registered(language)
    if not speaker.strip():
        fail("name the speaker.")
    today = _today()
    day = parse_day(recorded_on) or today
    if day > today:
        fail(f"the recording is dated {day}, which is still to come.")
    library = _library()
    unit = text_version(library, HumanLanguages(library).units(today), statement, text_fingerprint.strip(), today)
    if not isinstance(unit, Unit):
        fail(f"{statement}: {unit}", code=1)
    if not unit.can_be_recorded:
        fail(f"{statement}: has places that are filled anew for each person, so it cannot be recorded.", code=1)
    sound = _read(lambda: read_sound(file))
    recordings = Recordings(_recordings_dir(audio_dir, data_dir))
    try:
        kept = recordings.add(
            language, sound, identifier=unit.id, fingerprint=unit.fingerprint, speaker=speaker, on=day
        )
    except OSError as error:
        fail(f"{recordings.folder}: cannot be written ({error.strerror}).", code=1)
    if as_json:
        print_json(kept.model_dump(mode="json"))
    else:
        out.print(f"{unit.id} ({LANGUAGES[language].name}): {kept.file}, {kept.seconds} s", markup=False)


@languages.command("report")
def report(
    language: Annotated[
        str | None, typer.Argument(metavar="[LANG]", help="Only this language, with its lists.")
    ] = None,
    on: Annotated[str | None, typer.Option(help="Texts told on this day and later (year-month-day).")] = None,
    translations: TranslationsDir = TRANSLATIONS_DIR,
    audio_dir: AudioDir = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where the database, models and logs live.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Tell what is translated and recorded in each language, what is outdated and what is missing."""
    if language is not None:
        _require_registered(language)
    recordings = Recordings(_recordings_dir(audio_dir, data_dir))
    human = _read(lambda: HumanLanguages(_library(), recordings, translations))
    codes = (language,) if language else tuple(LANGUAGES)
    result = _read(lambda: language_report(human, parse_day(on) or _today(), codes))
    if as_json:
        print_json(result)
        return
    out.print("texts translated / outdated / missing, then recorded / outdated / missing")
    table = Table("language", "name", "texts", "recordings")
    for code, one in result["languages"].items():
        counts = [
            " / ".join(str(one[kind][str(standing)]) for standing in Standing)
            for kind in ("translations", "recordings")
        ]
        table.add_row(code, one["name"], *counts)
    out.print(table)
    if language is not None:
        for kind in ("translations", "recordings"):
            for standing in (Standing.OUTDATED, Standing.MISSING):
                for text in result["languages"][language][kind][f"{standing}_texts"]:
                    out.print(f"{kind}: {standing}: {text['id']} {text['fingerprint']}", markup=False)


def _today() -> date:
    return local_date(SystemClock().now())


def _library() -> Library:
    return _read(load_library)


def _read[Result](reading: Callable[[], Result]) -> Result:
    """Return what `reading` reads, or end the command with the one line that says what is wrong with the file."""
    try:
        return reading()
    except ContentError as error:
        fail(str(error), code=1)


def _recordings_dir(given: Path | None, data_dir: Path | None) -> Path:
    settings: Settings = read_settings(data_dir=data_dir)
    return given or settings.recordings_dir


def _require_registered(language: str) -> None:
    if language not in LANGUAGES:
        fail(f"unknown language “{language}”. Registered are {', '.join(LANGUAGES)}.")


def _require_minority(language: str) -> None:
    _require_registered(language)
    if language in COMPLETE_LANGUAGES:
        fail(f"“{language}” is kept in the content itself (statements and .po files), not translated from it.")
