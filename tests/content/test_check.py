"""Every mistake in broken/ is found, by its file and its cause; the shipped content holds none."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from content.check import Severity, check_content, versions_to_confirm
from content.check_catalogues import catalogue_complaints
from content.library import load_library
from content.topics import Certainty
from content.translations import TRANSLATIONS_DIR
from content.yaml_files import ContentError, read_yaml

HERE = Path(__file__).parent
TODAY = date(2026, 11, 24)
BROKEN = sorted((HERE / "broken").glob("*.yaml"))


def test_the_shipped_content_has_no_problem() -> None:
    problems = check_content(load_library(), TODAY)
    assert [str(problem) for problem in problems if problem.severity is Severity.ERROR] == []


def test_the_small_content_that_mistakes_are_made_in_has_no_problem() -> None:
    assert check_content(load_library(HERE / "small"), TODAY) == []


@pytest.mark.parametrize("case", BROKEN, ids=[file.stem for file in BROKEN])
def test_a_mistake_is_reported_with_its_file_and_cause(case: Path, tmp_path: Path) -> None:
    mistake = read_yaml(case)
    root = tmp_path / "content"
    shutil.copytree(HERE / "small", root)
    broken_file = root / mistake["file"]
    before = broken_file.read_text(encoding="utf-8")
    assert mistake["replace"] in before, "the case no longer fits the files in small/"
    broken_file.write_text(before.replace(mistake["replace"], mistake["with"]), encoding="utf-8")

    if mistake["found"] == "on_loading":
        with pytest.raises(ContentError) as caught:
            load_library(root)
        reports = [str(caught.value)]
    else:
        reports = [str(problem) for problem in check_content(load_library(root), TODAY)]

    assert any(mistake["says"] in report and mistake["reported_in"] in report for report in reports), reports


def test_a_gap_with_a_reason_is_allowed(tmp_path: Path) -> None:
    root = tmp_path / "content"
    shutil.copytree(HERE / "small", root)
    file = root / "statements" / "poverty_standard" / "how_much.yaml"
    text = file.read_text(encoding="utf-8").replace("valid_to: 2021-12-31", "valid_to: 2021-11-30")
    file.write_text(
        text.replace("  - valid_from: 2022-01-01\n", "  - valid_from: 2022-01-01\n    gap: no rule in December\n"),
        encoding="utf-8",
    )

    library = load_library(root)

    assert check_content(library, TODAY) == []
    assert library.answer("poverty_standard", aspect="how_much", on=date(2021, 12, 15)) is None


def test_a_document_that_nothing_rests_on_is_a_warning_unless_it_says_why_it_is_kept(tmp_path: Path) -> None:
    root = tmp_path / "content"
    shutil.copytree(HERE / "small", root)
    lonely = (root / "documents" / "new-decree.yaml").read_text(encoding="utf-8")
    lonely = (
        lonely.replace("new-decree", "lonely").replace("02/2021", "03/2021").replace("replaces: [old-decree]\n", "")
    )
    (root / "documents" / "lonely.yaml").write_text(lonely, encoding="utf-8")
    (root / "documents" / "kept.yaml").write_text(
        lonely.replace("lonely", "kept").replace("03/2021", "04/2021") + "kept_for: an example\n", encoding="utf-8"
    )

    problems = check_content(load_library(root), TODAY)

    assert [(problem.file, problem.severity) for problem in problems] == [("documents/lonely.yaml", Severity.WARNING)]


def test_what_a_rule_names_counts_as_used_and_has_to_be_described(tmp_path: Path) -> None:
    root = tmp_path / "content"
    shutil.copytree(HERE / "small", root)
    number = (root / "legislation" / "parameters" / "limit" / "rural.yaml").read_text(encoding="utf-8")
    (root / "legislation" / "parameters" / "limit" / "urban.yaml").write_text(number, encoding="utf-8")
    programmes = root / "legislation" / "programmes"
    programmes.mkdir()
    rule = "when: [income <= limit.urban]\nsources: [{document: new-decree, article: null}]\n"
    (programmes / "help.yaml").write_text(rule, encoding="utf-8")

    assert check_content(load_library(root), TODAY) == []

    (programmes / "help.yaml").write_text(rule.replace("new-decree", "no-such-decree"), encoding="utf-8")
    problems = check_content(load_library(root), TODAY)
    assert [(problem.file, "no-such-decree" in problem.message) for problem in problems] == [
        ("legislation/programmes/help.yaml", True)
    ]


def test_a_review_stamp_that_runs_out_within_a_month_is_a_warning() -> None:
    problems = check_content(load_library(HERE / "small"), date(2027, 5, 1))
    assert {problem.severity for problem in problems} == {Severity.WARNING}
    assert "2027-05-23" in problems[0].message


def test_a_key_in_one_language_only_is_a_problem_of_the_other(tmp_path: Path) -> None:
    shutil.copytree(TRANSLATIONS_DIR, tmp_path / "translations")
    bot = tmp_path / "translations" / "vi" / "LC_MESSAGES" / "greetings.po"
    bot.write_text('msgid "greetings.test"\nmsgstr "Xin chào"\n', encoding="utf-8")

    found = list(catalogue_complaints(tmp_path / "translations", load_library().offices))

    assert [(file.parts[-3:], "greetings.test" in message) for file, message in found] == [
        (("en", "LC_MESSAGES", "greetings.po"), True)
    ]


def test_two_languages_that_ask_for_different_values_are_a_problem(tmp_path: Path) -> None:
    shutil.copytree(TRANSLATIONS_DIR, tmp_path / "translations")
    for language, words in (("vi", "Chào {name}"), ("en", "Hello {person}")):
        file = tmp_path / "translations" / language / "LC_MESSAGES" / "greetings.po"
        file.write_text(f'msgid "greetings.test"\nmsgstr "{words}"\n', encoding="utf-8")

    found = list(catalogue_complaints(tmp_path / "translations", load_library().offices))

    assert len(found) == 1
    assert "different values" in found[0][1]


def test_what_the_policy_owner_has_to_confirm_is_listed() -> None:
    waiting = versions_to_confirm(load_library(), TODAY)
    by_id = {entry.statement_id: entry for entry in waiting}

    assert by_id["health_insurance.how_much.poor"].certainty is Certainty.MH
    assert by_id["health_insurance.how_much.poor"].owner == "health-insurance"
    assert "poverty_standard.how_much" not in by_id
