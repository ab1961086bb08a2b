"""What a question asks about and of whom, as the word lists find it in Rasa's environment."""

import json
import subprocess

from server.training import NLU, RASA_PYTHON, rasa_environment

_FIND = """
import json, sys
from components.gazetteer_extractor import GAZETTEERS, GazetteerExtractor, read_gazetteers

extractor = GazetteerExtractor(read_gazetteers(GAZETTEERS))
found = {}
for question in json.loads(sys.argv[1]):
    entities = extractor.find(question)
    found[question] = [entity["value"] for entity in entities if entity["entity"] == sys.argv[2]]
print(json.dumps(found))
"""


def found(entity: str, questions: list[str]) -> dict[str, list[str]]:
    done = subprocess.run(
        [str(RASA_PYTHON), "-c", _FIND, json.dumps(questions), entity],
        cwd=NLU,
        env=rasa_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    values: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return values


def test_matters_of_their_own_are_found_under_the_words_people_use() -> None:
    asked = {
        "con tôi học bán trú được mấy ký gạo": ["pupil_rice"],
        "hoc sinh co duoc cap gao khong": ["pupil_rice"],
        "con bị tật nhẹ có được gì không": ["mild_disability"],
        "khuyet tat muc nhe thi sao": ["mild_disability"],
        "khuyết tật nặng được bao nhiêu": [],
    }
    assert found("matter", list(asked)) == asked


def test_what_is_mentioned_in_passing_is_not_what_is_asked() -> None:
    asked = {
        "nộp hồ sơ vay vốn ở đâu": ["where"],
        "Nop ho so o dau": ["where"],
        "thủ tục mất bao lâu": ["deadline"],
        "muốn xin hỗ trợ tiền điện được bao nhiêu": ["how_much"],
        "hồ sơ gồm những gì": ["documents"],
        "hồ sơ gồm những gì, nộp ở đâu": ["documents", "where"],
        "thủ tục xin vay": ["how_to_apply"],
    }
    assert found("aspect", list(asked)) == asked


def test_short_forms_that_are_half_a_place_are_read_as_words_too() -> None:
    assert found("aspect", ["di kham can mang giay j", "con em học cấp 2 đc hỗ trợ j ko"]) == {
        "di kham can mang giay j": ["documents"],
        "con em học cấp 2 đc hỗ trợ j ko": ["what"],
    }
    people = {
        "ba ngoai k co luong huu": ["elderly"],
        "ông 80t": ["elderly"],
        "the bhyt cua tre duoi 6t": ["children_under_6"],
        "mua bhyt ho gd": ["household"],
        "cha bo di, chau o vs ba ngoai": ["social_assistance_recipient"] * 2,
    }
    assert found("household_group", list(people)) == people
    assert found("check_reply", ["gop 20 k", "k co"]) == {"gop 20 k": [], "k co": ["no"]}
    assert found("place", ["ubnd xã Đăk Kroong ở đâu k", "dak k rong"]) == {
        "ubnd xã Đăk Kroong ở đâu k": ["Đăk Kroong"],
        "dak k rong": ["Đăk Kroong"],
    }
