"""`evaluate`: how often the bot would answer with the right topic, and what its confidence is worth."""

import asyncio
import csv
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop
from rich.progress import track
from rich.table import Table

from server.calibration import calibration
from server.commands.asking import ASK_SECONDS, answering
from server.commands.common import fail, notes, out, print_json, read_settings
from server.confusion_picture import confusion_picture
from server.evaluation import answered_topic, confidence_of, read_questions, report, strip_diacritics
from server.logging import configure_logging
from server.settings import Settings
from server.typing_habits import in_teencode, with_typos


def evaluate(
    file: Annotated[Path, typer.Argument(help="Tab-separated: question, topic, optional note (also:TOPIC).")],
    strip: Annotated[bool, typer.Option("--strip-diacritics", help="Take the diacritics off first.")] = False,
    teencode: Annotated[bool, typer.Option("--teencode", help="Use the short forms of text messages first.")] = False,
    typos: Annotated[float, typer.Option(help="Mistype this share of the letters first, for example 0.05.")] = 0.0,
    picture: Annotated[Path | None, typer.Option(help="Write what was confused with what into this .svg file.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where the database, models and logs live.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Measure the topic that the bot would answer with, over a file of labelled questions."""
    settings = read_settings(data_dir=data_dir)
    configure_logging("error", settings.log_format)
    if not 0.0 <= typos <= 0.5:
        fail(f"--typos {typos:g} is no share of letters that anybody mistypes. Give one from 0 to 0.5.")
    if picture is not None and picture.suffix.lower() != ".svg":
        fail(f"{picture}: the picture is drawn as SVG. Give a name that ends in .svg.")
    if picture is not None and not picture.absolute().parent.is_dir():
        # Said before the questions are asked, which takes a minute.
        fail(f"{picture}: there is no such folder. Make it first, or give another name.")
    try:
        questions = read_questions(file)
    except OSError as error:
        fail(f"{file}: {error.strerror}. Give a tab-separated file with the columns question and topic.")
    except UnicodeDecodeError:
        fail(f"{file}: not UTF-8 text. Save it as UTF-8, tabs between the columns.")
    except (ValueError, csv.Error) as error:
        fail(f"{file}: {error}")
    for wanted, change in (
        (teencode, in_teencode),
        (strip, lambda text, _: strip_diacritics(text)),
        (typos > 0, lambda text, seed: with_typos(text, typos, seed)),
    ):
        if wanted:
            questions = [question.with_text(change(question.text, seed)) for seed, question in enumerate(questions)]
    parses = uvloop.run(_parse(settings, [question.text for question in questions]))
    result = report(questions, [answered_topic(parsed) for parsed in parses])
    result["calibration"] = calibration(
        [confidence_of(parsed, question) for parsed, question in zip(parses, questions, strict=True)]
    )
    if picture is not None:
        try:
            picture.write_text(confusion_picture(result), encoding="utf-8")
        except OSError as error:
            fail(f"{picture}: {error}")
    if as_json:
        print_json(result)
    else:
        _print_report(result)


async def _parse(settings: Settings, texts: list[str]) -> list[dict[str, Any]]:
    async with answering(settings, need_rasa=True) as runtime:
        assert runtime.pool is not None
        async with asyncio.timeout(ASK_SECONDS):
            await runtime.wait_until_rasa_is_up()
        return [await runtime.pool.parse(text) for text in track(texts, "Asking", console=notes)]


def _print_report(result: dict[str, Any]) -> None:
    table = Table("topic", "questions", "precision", "recall", "F1")
    for topic, figures in result["topics"].items():
        table.add_row(
            topic, str(figures["questions"]), *(f"{figures[name]:.2f}" for name in ("precision", "recall", "f1"))
        )
    out.print(table)
    bins = Table("confidence", "questions", "mean confidence", "right")
    for one in result["calibration"]["bins"]:
        bins.add_row(
            f"{one['from']:.1f}–{one['to']:.1f}",
            str(one["questions"]),
            f"{one['confidence']:.2f}",
            f"{one['right']:.2f}",
        )
    out.print(bins)
    confused = Counter({f"{row['topic']} → {row['answered']}": row["number"] for row in result["confusions"]})
    for pair, number in confused.most_common(15):
        out.print(f"  {number} × {pair}")
    out.print(f"expected calibration error {result['calibration']['expected_error']:.4f}")
    out.print(
        f"accuracy {result['accuracy']:.4f}   macro F1 {result['macro_f1']:.4f}   questions {result['questions']}"
    )
