"""What `chungtay evaluate` reckons and draws, on questions counted by hand."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.calibration import calibration
from server.cli import command_line
from server.confusion_picture import confusion_picture
from server.evaluation import LabelledQuestion, answered_topic, confidence_of, read_questions, report
from server.typing_habits import in_teencode, with_typos


def parsed(intent: str, confidence: float = 0.9, *others: str) -> dict[str, object]:
    ranking = [{"name": name, "confidence": confidence} for name in (intent, *others)]
    return {"intent": ranking[0], "intent_ranking": ranking}


def test_what_a_parse_would_be_answered_with() -> None:
    assert answered_topic(parsed("credit_loan")) == "credit_loan"
    assert answered_topic(parsed("greet")) == "chitchat"
    assert answered_topic(parsed("nlu_fallback")) == "out_of_scope"
    assert answered_topic(
        {"intent": {"name": "follow_up"}, "intent_ranking": parsed("legal_aid")["intent_ranking"]}
    ) == ("legal_aid")
    several = {"intent": {"name": "several_questions"}, "parts": [{"intent": "housing_support"}]}
    assert answered_topic(several) == "housing_support"


def test_figures_are_those_counted_by_hand() -> None:
    asked = [
        LabelledQuestion("một", ("credit_loan",)),
        LabelledQuestion("hai", ("credit_loan",)),
        LabelledQuestion("ba", ("legal_aid", "contact_office")),
        LabelledQuestion("bốn", ("legal_aid",)),
    ]
    found = report(asked, ["credit_loan", "legal_aid", "contact_office", "legal_aid"])
    assert found["accuracy"] == 0.75
    assert found["topics"]["credit_loan"] == pytest.approx(
        {"questions": 2, "precision": 1.0, "recall": 0.5, "f1": 2 / 3}
    )
    assert found["topics"]["legal_aid"] == pytest.approx({"questions": 1, "precision": 0.5, "recall": 1.0, "f1": 2 / 3})
    assert found["macro_f1"] == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    assert found["confusions"] == [{"topic": "credit_loan", "answered": "legal_aid", "number": 1, "examples": ["hai"]}]


def test_the_confidence_is_that_of_the_likeliest_topic_also_where_the_bot_asks_back() -> None:
    unsure = {
        "intent": {"name": "nlu_fallback", "confidence": 0.6},
        "intent_ranking": [
            {"name": "nlu_fallback", "confidence": 0.6},
            {"name": "legal_aid", "confidence": 0.3},
        ],
    }
    assert confidence_of(unsure, LabelledQuestion("?", ("legal_aid",))) == (0.3, True)
    assert confidence_of(unsure, LabelledQuestion("?", ("credit_loan",))) == (0.3, False)


def test_the_calibration_error_weighs_each_tenth_by_its_questions() -> None:
    found = calibration([(0.95, True), (0.95, False), (1.0, True), (0.15, False)])
    sure, unsure = found["bins"][1], found["bins"][0]
    assert (unsure["from"], unsure["questions"], unsure["right"]) == (0.1, 1, 0.0)
    assert (sure["to"], sure["questions"]) == (1.0, 3)
    assert found["expected_error"] == pytest.approx(abs(2.9 / 3 - 2 / 3) * 3 / 4 + 0.15 / 4)


def test_the_picture_is_svg_and_shows_each_confusion_once() -> None:
    asked = [LabelledQuestion(str(number), ("credit_loan",)) for number in range(3)]
    svg = ElementTree.fromstring(confusion_picture(report(asked, ["credit_loan", "credit_loan", "legal_aid"])))
    words = [(element.text or "") for element in svg.iter() if element.tag.endswith("text")]
    assert "credit_loan (3)" in words and "legal_aid (0)" in words
    assert sorted(word for word in words if word.isdigit()) == ["1", "2"]


def test_habits_of_typing_are_the_same_each_time_and_change_letters_only() -> None:
    text = "Hộ nghèo không có bảo hiểm y tế thì được hỗ trợ bao nhiêu?"
    assert in_teencode(text, 3) == in_teencode(text, 3) != text
    assert "bao nhiêu" not in in_teencode(text, 3) and in_teencode(text, 3).endswith("?")
    assert with_typos(text, 0.0, 3) == text
    assert with_typos(text, 0.2, 3) == with_typos(text, 0.2, 3) != with_typos(text, 0.2, 4)


def test_a_question_file_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "questions.tsv"
    file.write_text("question\ttopic\tnote\nhỏi\tcredit_loan\talso:legal_aid\nhỏi\tloan\t\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 3: unknown topic"):
        read_questions(file)
    file.write_text("question\ttopic\nhỏi\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2: no topic"):
        read_questions(file)
    file.write_text("question\ttopic\n \tcredit_loan\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2: no question"):
        read_questions(file)
    file.write_text("question\nhỏi\n", encoding="utf-8")
    with pytest.raises(ValueError, match="columns question and topic"):
        read_questions(file)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["none.tsv"], "No such file or directory. Give a tab-separated file"),
        (["utf16.tsv"], "not UTF-8 text. Save it as UTF-8"),
        (["right.tsv", "--typos", "2"], "no share of letters"),
        (["right.tsv", "--picture", "confusions.png"], "ends in .svg"),
        (["right.tsv", "--picture", "nowhere/confusions.svg"], "no such folder"),
    ],
)
def test_what_cannot_be_evaluated_is_said_in_one_line_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("right.tsv").write_text("question\ttopic\nhỏi\tcredit_loan\n", encoding="utf-8")
    Path("utf16.tsv").write_text("question\ttopic\nhỏi\tcredit_loan\n", encoding="utf-16")
    result = CliRunner().invoke(command_line("evaluate"), ["evaluate", *options])
    assert result.exit_code == 2
    assert said in result.output.replace("\n", " ")
