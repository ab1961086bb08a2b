"""A story is one question with what belongs to it; words that only look like question words cut it nowhere."""

import json
import subprocess

from server.training import NLU, RASA_PYTHON, rasa_environment

_SPLIT = """
import json, sys
from components.question_splitter import split_questions
print(json.dumps([split_questions(text) for text in json.loads(sys.argv[1])]))
"""


def split(texts: list[str]) -> list[list[str]]:
    done = subprocess.run(
        [str(RASA_PYTHON), "-c", _SPLIT, json.dumps(texts)],
        cwd=NLU,
        env=rasa_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    parts: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    return parts


def test_a_story_is_one_question() -> None:
    stories = [
        "Nhà tôi có xe máy. Chồng tôi chữa đau đầu ở thành phố, tốn nhiều tiền. Xin hỏi tôi được hỗ trợ gì?",
        "Nha em can ngheo o Dak To do nam ngoai mat mua. Xin hoi bao hiem tra bao nhieu?",
    ]
    assert split(stories) == [[story] for story in stories]


def test_several_questions_are_cut_apart() -> None:
    assert split(
        ["Vay được bao nhiêu, lãi mấy phần trăm?", "mua the o dau. vay von duoc k", "How much? Can I apply?"]
    ) == [
        ["Vay được bao nhiêu", "lãi mấy phần trăm?"],
        ["mua the o dau.", "vay von duoc k"],
        ["How much?", "Can I apply?"],
    ]
