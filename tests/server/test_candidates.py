"""A candidate is trained beside the running model, judged by the frozen questions, and only then published."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.candidates import compare, spellings, train_candidate, understood_by
from server.evaluation import LabelledQuestion
from server.training import RasaProject, go_back, model_path, publish, published_model, train

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
#: Understood by the tiny candidate as well as by the shipped model.
EASY = [LabelledQuestion("Vay vốn hộ nghèo ở đâu?", ("credit_loan",))]
#: Of a topic that the tiny candidate was never taught.
HARD = [LabelledQuestion("Nhà nước hỗ trợ hộ nghèo tiền điện bao nhiêu?", ("electricity_support",))]

CONFIG = """
assistant_id: tiny
recipe: default.v1
language: vi
pipeline: [{name: components.intent_classifier.FoldedNgramClassifier}]
policies: [{name: RulePolicy}]
"""
DOMAIN = """
version: "3.1"
intents: [credit_loan, health_insurance, legal_aid]
actions: [action_answer]
"""
RULES = """
version: "3.1"
rules:
  - rule: any
    steps: [{intent: credit_loan}, {action: action_answer}]
"""
LEARNED = 'version: "3.1"\nnlu:\n  - intent: credit_loan\n    examples: |\n      - vay vốn hộ nghèo chỗ nào\n'


def tiny_project(folder: Path) -> RasaProject:
    """A project of three topics; what is taught about one of them comes with the candidate."""
    data = folder / "data"
    data.mkdir()
    examples = {
        "credit_loan": ("vay vốn ở ngân hàng", "muốn vay tiền nuôi bò", "lãi vay bao nhiêu", "vay ở đâu", "hộ vay vốn"),
        "health_insurance": ("thẻ bảo hiểm y tế", "mất thẻ khám bệnh", "bảo hiểm hộ cận nghèo", "thẻ bhyt", "đổi thẻ"),
        "legal_aid": ("luật sư miễn phí", "trợ giúp pháp lý", "hỏi về luật", "cần luật sư", "tư vấn pháp luật"),
    }
    nlu = [f"  - intent: {name}\n    examples: |\n" + "".join(f"      - {one}\n" for one in lines)
           for name, lines in examples.items()]  # fmt: skip
    (data / "nlu.yml").write_text('version: "3.1"\nnlu:\n' + "".join(nlu), encoding="utf-8")
    for name, text in (("data/rules.yml", RULES), ("config.yml", CONFIG), ("domain.yml", DOMAIN)):
        (folder / name).write_text(text, encoding="utf-8")
    return RasaProject(folder / "config.yml", folder / "domain.yml", (data,))


def test_a_worse_candidate_is_seen_and_an_equal_one_may_be_published(model: Path, tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    candidate = train_candidate(tmp_path, LEARNED, NOW, tiny_project(tmp_path / "project"))
    assert candidate.parent.parent == tmp_path / "candidates" and (candidate.parent / "learned.yml").exists()
    frozen = EASY + HARD
    before, after = understood_by([model, candidate], spellings(frozen))
    both = compare(frozen, before, after)
    assert both.worse
    figures = both.to_json()["without_diacritics"]
    assert (figures["before"], figures["after"]) == (1.0, 0.5)
    assert figures["topics"]["credit_loan"] == {"questions": 1, "before": 1.0, "after": 1.0}
    assert figures["topics"]["electricity_support"]["after"] == 0.0
    # The answers to the first question alone, in both spellings.
    assert not compare(EASY, before[::2], after[::2]).worse


def test_what_is_worse_only_without_diacritics_is_worse() -> None:
    assert compare(EASY, ["credit_loan", "credit_loan"], ["credit_loan", "legal_aid"]).worse
    assert not compare(EASY, ["legal_aid", "credit_loan"], ["credit_loan", "credit_loan"]).worse


def test_the_published_model_runs_until_its_inputs_change_and_one_can_go_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = model_path(tmp_path)
    for file in (shipped, tmp_path / "candidates/1/model.tar.gz", tmp_path / "candidates/2/model.tar.gz"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    first, second = sorted(tmp_path.glob("candidates/*/model.tar.gz"))
    assert train(tmp_path) == (shipped, False)
    publish(tmp_path, first)
    publish(tmp_path, second)
    assert train(tmp_path) == (second, False)
    with monkeypatch.context() as newer:
        newer.setattr("server.training.fingerprint", lambda: "inputs-of-another-version")
        assert published_model(tmp_path) is None
    assert go_back(tmp_path) == first and train(tmp_path) == (first, False)
    assert go_back(tmp_path) == shipped and train(tmp_path) == (shipped, False)
    with pytest.raises(LookupError):
        go_back(tmp_path)


def test_a_broken_note_of_what_is_published_is_no_reason_not_to_start(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    for broken in ("", "[]", '{"model": 5}', "null"):
        (tmp_path / "models" / "published.json").write_text(broken, encoding="utf-8")
        assert published_model(tmp_path) is None
