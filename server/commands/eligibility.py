"""`eligibility`: what one household may get, or many; and what another day or another number would change."""

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from content.translations import COMPLETE_LANGUAGES, catalogue_for
from server.commands.common import fail, notes, out, parse_day, print_json, read_settings
from store.clock import SystemClock, local_date

if TYPE_CHECKING:
    from content.batch_results import BatchResults, Step

#: Rows with errors that are printed one by one.
SHOWN_ERRORS = 20


def eligibility(
    file: Annotated[
        str | None, typer.Argument(help="One household as JSON; “-” or nothing reads it from input.")
    ] = None,
    batch: Annotated[
        Path | None, typer.Option(help="Many households as CSV: a column a key, a row a household.")
    ] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Where the results of --batch go, as CSV.")] = None,
    on: Annotated[str | None, typer.Option(help="The day of the rules (year-month-day); today by default.")] = None,
    compare: Annotated[str | None, typer.Option(help="Compare --batch with another day (year-month-day).")] = None,
    change: Annotated[
        list[str] | None, typer.Option("--set", help="Compare --batch with another number: PARAMETER=VALUE.")
    ] = None,
    language: Annotated[str, typer.Option(help=f"Language of the words: {', '.join(COMPLETE_LANGUAGES)}.")] = "vi",
    edited: Annotated[
        bool, typer.Option("--edited", help="With the numbers that staff approved in the console, from the database.")
    ] = False,
    data_dir: Annotated[Path | None, typer.Option(help="Where the embedded database of --edited lives.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """What a household may get on a day, with reasons; or many households, or two states of the law side by side.

    The numbers are those of the shipped files, unless --edited adds what the console's policy owners changed.
    """
    day = parse_day(on) or local_date(SystemClock().now())
    if language not in COMPLETE_LANGUAGES:
        fail(f"unknown language “{language}”. Languages are {', '.join(COMPLETE_LANGUAGES)}.")
    if edited:
        _tell_edited_numbers(data_dir)
    if batch is None:
        if out_file or compare or change:
            fail("--out, --compare and --set go with --batch.")
        _one(file, day, language, as_json=as_json)
        return
    if file is not None:
        fail("give either one household or --batch, not both.")
    if out_file is None and not compare and not change:
        fail("say where the results go with --out, or what to compare with by --compare or --set.")
    _many(batch, out_file, day, _Change(parse_day(compare), tuple(change or ())), as_json=as_json)


def _tell_edited_numbers(data_dir: Path | None) -> None:
    from content.library import load_library
    from content.revisions import put_in_force
    from server.commands.content import approved_revisions

    library = load_library()
    put_in_force(library, approved_revisions(read_settings(data_dir=data_dir), library))


def _one(file: str | None, day: date, language: str, *, as_json: bool) -> None:
    # OpenFisca takes a second to load, which other commands should not pay for.
    from content.eligibility import assess
    from content.household import HouseholdError, parse_household

    name = "standard input" if file in (None, "-") else str(file)
    try:
        text = sys.stdin.read() if file is None or file == "-" else Path(file).read_text(encoding="utf-8")
        household = parse_household(json.loads(text))
        assessment = assess(household, day)
    except OSError as error:
        fail(f"{name} cannot be read: {error.strerror or error}.")
    except UnicodeDecodeError:
        fail(f"{name} is not UTF-8 text.")
    except (json.JSONDecodeError, RecursionError) as error:
        fail(f"{name} is not JSON: {error}.")
    except HouseholdError as error:
        fail(f"{name}: {error}")
    result = assessment.as_json(language)
    if as_json:
        print_json(result)
    else:
        _print_one(result, day, language)


def _print_one(result: dict[str, Any], day: date, language: str) -> None:
    catalogue = catalogue_for(language)

    def words(key: str) -> str:
        return catalogue.text(f"eligibility.{key}")

    out.print(f"{catalogue.date(day)} – {words('class_name.' + result['classification'])}", markup=False)
    for reason in result["why"]:
        out.print(f"  {reason}", markup=False)
    for kind in ("possible", "more_information", "ask_commune"):
        found = [programme for programme in result["programmes"] if programme["result"] == kind]
        if not found:
            continue
        out.print(f"\n{words('result.' + kind)}", markup=False)
        for programme in found:
            out.print(f"• {programme['name']}", markup=False)
            for reason in programme["why"]:
                out.print(f"    {reason}", markup=False)
            places = "; ".join(
                s["document"] + (f", {s['article']}" if s["article"] else "") for s in programme["sources"]
            )
            out.print(f"    {words('heading.sources')}: {places}", markup=False)
            out.print(f"    {words('heading.papers')}: {'; '.join(programme['documents'])}", markup=False)
            out.print(f"    {words('heading.office')}: {programme['office']}", markup=False)
    if result["next_question"]:
        out.print(f"\n{words('heading.next_question')}: {result['next_question']['text']}", markup=False)


@dataclass(frozen=True, slots=True)
class _Change:
    """What the second state of the law is: another day, other numbers, or both."""

    day: date | None
    numbers: tuple[str, ...]


def _many(file: Path, out_file: Path | None, day: date, change: _Change, *, as_json: bool) -> None:
    from content.batch_input import BatchError, read_batch
    from content.batch_results import Comparison, compare, evaluate_batch, steps_of
    from content.eligibility import current_rules
    from content.what_if import UnknownNumber, parse_change, with_numbers

    rules = current_rules()
    try:
        changes = dict(parse_change(text, rules.parameters) for text in change.numbers)
    except UnknownNumber as error:
        fail(str(error))
    other_rules, other_day = with_numbers(rules, changes), change.day or day
    compares = bool(changes) or change.day is not None
    comparison: Comparison | None = None
    try:
        batch = read_batch(file, day, rules.system)
        later = batch if other_day == day else read_batch(file, other_day, other_rules.system)
    except BatchError as error:
        fail(str(error))
    if later.ids != batch.ids:
        fail("a row can be used on one of the two days only: see the errors of each day alone.", code=1)
    with _progress(steps_of(rules) * (2 if compares else 1) + 1) as step:
        results = evaluate_batch(rules, batch, day, step)
        if compares:
            changed = evaluate_batch(other_rules, later, other_day, step)
            comparison = compare(results, changed)
        failure = None if out_file is None else _write(results, out_file)
        step("writing")
    if failure is not None:
        fail(failure, code=1)
    summary: dict[str, Any] = {
        "on": day.isoformat(),
        "households": len(batch),
        "classifications": results.classifications(),
        "possible": results.possible(),
        "errors": [{"row": e.row, "column": e.column, "cause": e.cause} for e in batch.errors],
    }
    if comparison is not None:
        summary["comparison"] = {
            "on": other_day.isoformat(),
            "set": changes,
            "changed": comparison.changed,
            "changes": [
                {"from": before.value, "to": after.value, "households": number}
                for (before, after), number in sorted(comparison.changes.items(), key=lambda item: -item[1])
            ],
            "possible": {name: {"before": b, "after": a} for name, (b, a) in comparison.possible.items()},
        }
    if as_json:
        print_json(summary)
    else:
        _print_many(summary)
    for each in batch.errors[:SHOWN_ERRORS]:
        notes.print(str(each), markup=False)
    if batch.errors:
        bad = len({error.row for error in batch.errors})
        rest = (
            f" The first {SHOWN_ERRORS} errors are above; --json lists all." if len(batch.errors) > SHOWN_ERRORS else ""
        )
        fail(f"{bad} rows of {file} could not be used and were left out; {len(batch)} were evaluated.{rest}", code=1)


@contextlib.contextmanager
def _progress(steps: int) -> "Iterator[Step]":
    """A bar on a terminal, to be called with each step that is done; elsewhere it would only leave empty lines."""
    if not notes.is_terminal:
        yield lambda _: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=notes, transient=True) as progress:
        task = progress.add_task("Evaluating", total=steps)
        yield lambda _: progress.advance(task)


def _write(results: "BatchResults", file: Path) -> str | None:
    """Writes the results; gives the error where that fails."""
    from content.batch_results import write_results

    try:
        write_results(results, file)
    except OSError as error:
        return f"{file} cannot be written: {error.strerror or error}."
    return None


def _print_many(summary: dict[str, Any]) -> None:
    from rich.table import Table

    compared = summary.get("comparison")
    if compared is None:
        table = Table("classification", "households", title=f"{summary['households']} households on {summary['on']}")
        for name, number in summary["classifications"].items():
            table.add_row(name, f"{number:,}")
        out.print(table)
        return
    changed = ", ".join(f"{name} = {value:g}" for name, value in compared["set"].items())
    title = f"{summary['on']} → {compared['on']}" + (f", {changed}" if changed else "")
    table = Table("from", "to", "households", title=f"By income, deprivations and scores: {title}")
    for row in compared["changes"]:
        table.add_row(
            row["from"], row["to"], f"{row['households']:,}", style="bold" if row["from"] != row["to"] else None
        )
    out.print(table)
    programmes = Table("programme", "possible before", "after", "difference")
    for name, both in compared["possible"].items():
        if both["before"] != both["after"]:
            difference = both["after"] - both["before"]
            programmes.add_row(name, f"{both['before']:,}", f"{both['after']:,}", f"{difference:+,}")
    if programmes.row_count:
        out.print(programmes)
    out.print(f"{compared['changed']:,} of {summary['households']:,} households change their class.")
