"""`questions`: what was not answered well, for staff to read, label and teach."""

import csv
from collections import Counter
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.learning.export import Export, export
from bot.learning.grouping import grouped
from bot.learning.redaction import holds_personal_data
from content.topics import Topic
from server.candidates import SPELLINGS, Comparison, compare, spellings, train_candidate, understood_by
from server.commands.common import fail, notes, out, parse_day, print_json, read_settings
from server.commands.on_database import with_database
from server.evaluation import LabelledQuestion, read_questions
from server.settings import Settings
from server.training import TrainingFailed, go_back, publish, train
from store.clock import SystemClock, local_date
from store.database import Database
from store.queries.open_questions import OpenQuestionRow, label_question, open_questions
from store.queries.ratings import ratings

questions = typer.Typer(
    help="Questions that were not answered well: read, label, export, retrain.", no_args_is_help=True
)

_DataDir = Annotated[Path | None, typer.Option(help="Where the database, models and logs live.")]
_Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
_Frozen = Annotated[
    Path | None, typer.Option(help="Labelled questions (question, topic) that judge models and are never taught.")
]


def _topic(name: str) -> str:
    if name not in set(Topic):
        fail(f"unknown topic “{name}”. Topics are {', '.join(Topic)}.")
    return name


def _frozen(settings: Settings, file: Path | None) -> list[LabelledQuestion]:
    chosen = file or settings.frozen_questions
    if chosen is None:
        return []
    try:
        return read_questions(chosen)
    except (OSError, ValueError, csv.Error) as error:
        fail(f"{chosen}: {error}")


async def _read(database: Database, since: date | None, topic: str | None, *states: str) -> list[OpenQuestionRow]:
    async with database.single() as connection:
        return await open_questions(connection, states=states, since=since, topic=topic)


@questions.command("list")
def list_questions(
    since: Annotated[str | None, typer.Option(help="Asked on this day (year-month-day) or later.")] = None,
    topic: Annotated[str | None, typer.Option(help="Label, or guess where there is none.")] = None,
    labelled: Annotated[bool, typer.Option(help="Also those that have a label.")] = False,
    data_dir: _DataDir = None,
    as_json: _Json = False,
) -> None:
    """List open questions in groups alike, most asked first, and answers that were found wrong."""
    settings, day = read_settings(data_dir=data_dir), parse_day(since)
    wanted = _topic(topic) if topic else None
    states = ("open", "labelled") if labelled else ("open",)

    async def read(database: Database) -> tuple[list[OpenQuestionRow], list[tuple[str, int, int]]]:
        found = await _read(database, day, wanted, *states)
        async with database.single() as connection:
            return found, await ratings(connection, since=day)

    found, rated = with_database(settings, read)
    groups = grouped(found)
    if as_json:
        print_json(
            {
                "groups": [
                    {"topic": group.topic, "times": group.times, "questions": [asdict(q) for q in group.questions]}
                    for group in groups
                ],
                "ratings": [{"statement": name, "helpful": up, "wrong": down} for name, up, down in rated],
            }
        )
        return
    table = Table("id", "times", "topic", "reason", "question", "last asked")
    for group in groups:
        for number, question in enumerate(group.questions):
            shown = question.text if number == 0 else f"  ↳ {question.text}"
            about = question.label or (f"{question.topic_guess}?" if question.topic_guess else "–")
            asked = question.last_asked_on.isoformat()
            table.add_row(str(question.id), str(question.times), about, question.reason, shown, asked)
    out.print(table)
    for name, up, down in rated:
        if down:
            out.print(f"{name}: found wrong {down} ×, helpful {up} ×", markup=False)


@questions.command()
def label(
    number: Annotated[int, typer.Argument(metavar="ID", help="Number of the question in `questions list`.")],
    topic: Annotated[str | None, typer.Argument(help="The topic that it is about.")] = None,
    ignore: Annotated[bool, typer.Option("--ignore", help="Put it aside: nothing to be learned from it.")] = False,
    text: Annotated[str | None, typer.Option(help="Write it anew, for example without what was masked.")] = None,
    data_dir: _DataDir = None,
    as_json: _Json = False,
) -> None:
    """Label a question with its topic, or put it aside."""
    if (topic is None) == (not ignore):
        fail("give a topic, or --ignore.")
    if text is not None and (not text.strip() or holds_personal_data(text)):
        fail("the new words are empty or look like a name, a number or an address. Write them without.")
    settings, chosen = read_settings(data_dir=data_dir), None if topic is None else _topic(topic)
    today = local_date(SystemClock().now())

    async def write(database: Database) -> str | None:
        async with database.transaction() as connection:
            return await label_question(connection, number=number, label=chosen, today=today, text=text)

    words = with_database(settings, write)
    if words is None:
        fail(f"there is no question {number}. `chungtay questions list` shows them.", code=1)
    if as_json:
        print_json({"id": number, "label": chosen, "text": words})
    else:
        out.print(f"{number} → {chosen or 'put aside'}: {words}", markup=False)


def _exported(settings: Settings, frozen: list[LabelledQuestion], topic: str | None = None) -> Export:
    found = with_database(settings, lambda database: _read(database, None, topic, "open", "labelled"))
    return export(found, [question.text for question in frozen])


def _refusals(made: Export) -> dict[str, int]:
    return dict(Counter(refusal.value for _, refusal in made.refused))


@questions.command("export")
def export_questions(
    file: Annotated[Path, typer.Option("--out", help="Where the Rasa training data is written.")],
    topic: Annotated[str | None, typer.Option(help="Only questions labelled with this topic.")] = None,
    frozen: _Frozen = None,
    data_dir: _DataDir = None,
    as_json: _Json = False,
) -> None:
    """Write labelled questions as Rasa training data; those with personal data or in the frozen set are left out."""
    settings = read_settings(data_dir=data_dir)
    made = _exported(settings, _frozen(settings, frozen), _topic(topic) if topic else None)
    if not made.examples:
        fail(f"nothing may be exported; left out: {_refusals(made) or 'nothing, there are no questions'}.", code=1)
    try:
        file.write_text(made.text(), encoding="utf-8")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.")
    if as_json:
        left_out = [{"id": question.id, "reason": refusal} for question, refusal in made.refused]
        print_json({"file": str(file), "examples": len(made.examples), "left_out": left_out})
        return
    out.print(f"{file}: {len(made.examples)} examples", markup=False)
    for question, refusal in made.refused:
        out.print(f"  left out ({refusal}): {question.id} {question.text}", markup=False)


@questions.command()
def retrain(
    frozen: _Frozen = None,
    publish_it: Annotated[bool, typer.Option("--publish", help="Run the new model from the next start on.")] = False,
    data_dir: _DataDir = None,
    as_json: _Json = False,
) -> None:
    """Train a candidate with the labelled questions and compare it on the frozen set; a worse one is refused."""
    settings = read_settings(data_dir=data_dir)
    judging = _frozen(settings, frozen)
    if not judging:
        fail("a frozen set of questions is needed: give --frozen FILE.tsv or set CHUNGTAY_FROZEN_QUESTIONS.")
    made = _exported(settings, judging)
    if not made.examples:
        fail(f"there is nothing to teach; left out: {_refusals(made)}. Label questions first.", code=1)
    try:
        with notes.status("Training a candidate and asking both models"):
            running, _ = train(settings.data_dir)
            candidate = train_candidate(settings.data_dir, made.text(), SystemClock().now())
            before, after = understood_by([running, candidate], spellings(judging))
    except TrainingFailed as error:
        fail(str(error), code=1)
    compared = compare(judging, before, after)
    if publish_it and not compared.worse:
        publish(settings.data_dir, candidate)
    result: dict[str, Any] = {
        "candidate": str(candidate),
        "running": str(running),
        "taught": len(made.examples),
        "left_out": _refusals(made),
        "worse": compared.worse,
        "published": publish_it and not compared.worse,
        **compared.to_json(),
    }
    if as_json:
        print_json(result)
    else:
        _print_comparison(compared, result)
    if compared.worse:
        fail("the candidate answers fewer of the frozen questions rightly; nothing was switched.", code=1)


def _print_comparison(compared: Comparison, result: dict[str, Any]) -> None:
    table = Table("topic", "questions", *(f"{name.replace('_', ' ')}: {when}" for name in SPELLINGS for when in _WHEN))
    figures = compared.to_json()
    for topic in figures[SPELLINGS[0]]["topics"]:
        rows = [figures[name]["topics"].get(topic, {}) for name in SPELLINGS]
        shown = [f"{row.get(when, 0.0):.2f}" for row in rows for when in _WHEN]
        table.add_row(topic, str(rows[0]["questions"]), *shown)
    table.add_row("all", "", *(f"{figures[name][when]:.4f}" for name in SPELLINGS for when in _WHEN))
    out.print(table)
    out.print(f"{result['taught']} questions taught; candidate {result['candidate']}", markup=False)
    if result["published"]:
        out.print("Published: the next start runs it. `chungtay questions back` returns to the model before.")


_WHEN = ("before", "after")


@questions.command()
def back(data_dir: _DataDir = None, as_json: _Json = False) -> None:
    """Run the model before the published one from the next start on."""
    settings = read_settings(data_dir=data_dir)
    try:
        model = go_back(settings.data_dir)
    except LookupError as error:
        fail(f"{error}.", code=1)
    if as_json:
        print_json({"model": str(model)})
    else:
        out.print(f"The next start runs {model}", markup=False)
