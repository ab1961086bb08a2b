"""Which side of a topic a question asks about, where it names more than one; found in Rasa's environment."""

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
    found[question] = [entity["value"] for entity in entities if entity["entity"] == "aspect"]
print(json.dumps(found))
"""


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
    done = subprocess.run(
        [str(RASA_PYTHON), "-c", _FIND, json.dumps(list(asked))],
        cwd=NLU,
        env=rasa_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == asked
