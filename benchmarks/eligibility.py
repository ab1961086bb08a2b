"""Eligibility: one household in-process, and 100,000 from CSV to CSV, beside the same rules one household at a time.

    .venv/bin/python benchmarks/eligibility.py [--households 100000] [--repeat 30]

The peer of the batch is OpenFisca as it is used for one household: a simulation for each, which is also what a plain
loop over `assess` costs. It is timed on a sample and scaled. The peer of one household is a hand-written dict of the
poverty line alone: the floor, with neither dates nor reasons.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from content.batch_input import read_batch
from content.batch_results import evaluate_batch, write_results
from content.eligibility import assess, current_rules
from content.household import parse_household

ON = date(2026, 3, 1)
SAMPLE = 200
HOUSEHOLDS: dict[str, dict[str, Any]] = {
    "nothing said": {},
    "three facts": {"area": "rural", "income_per_person": 1_400_000, "deprivations": 3},
    "five members": {
        "area": "rural",
        "income_per_person": 1_400_000,
        "deprivations": 3,
        "difficult_area": "extremely_difficult",
        "members": [{"age": age, "ethnicity": "Ba Na", "disability": "none"} for age in (4, 12, 35, 36, 72)],
    },
}


def write_table(file: Path, households: int, members: int) -> None:
    """Made-up households with a fixed seed."""
    made_up = random.Random(1)
    names = ["id", "area", "income_per_person", "deprivations", "status", "difficult_area"]
    names += [f"member_{n}_{key}" for n in range(1, members + 1) for key in ("age", "ethnicity")]
    with file.open("w", encoding="utf-8") as stream:
        stream.write(",".join(names) + "\n")
        for number in range(households):
            row = [
                str(number),
                made_up.choice(["rural", "urban"]),
                str(made_up.randint(300_000, 4_000_000)),
                str(made_up.randint(0, 12)),
                made_up.choice(["", "", "", "poor", "near_poor", "none"]),
                made_up.choice(["none", "difficult", "extremely_difficult", ""]),
            ]
            for _ in range(members):
                row += [str(made_up.randint(0, 90)), made_up.choice(["Kinh", "Ba Na", "Xơ Đăng"])]
            stream.write(",".join(row) + "\n")


def by_hand(household: dict[str, Any]) -> str:
    """The poverty line of one day, written down: the least that an answer can cost."""
    line = {"rural": 1_500_000, "urban": 2_000_000}.get(household.get("area", ""))
    income, lacks = household.get("income_per_person"), household.get("deprivations")
    if line is None or income is None or lacks is None:
        return "unknown"
    return "none" if income > line else "poor" if lacks >= 3 else "near_poor"


def milliseconds(work: Any, repeat: int) -> dict[str, float]:
    """Median and best of wall and processor time."""
    wall, processor = [], []
    for _ in range(repeat):
        start, used = time.perf_counter(), time.process_time()
        work()
        wall.append((time.perf_counter() - start) * 1000)
        processor.append((time.process_time() - used) * 1000)
    return {
        "wall_median": statistics.median(wall),
        "wall_best": min(wall),
        "cpu_median": statistics.median(processor),
        "cpu_best": min(processor),
    }


def one_household(repeat: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, data in HOUSEHOLDS.items():
        household = parse_household(data)
        assess(household, ON)
        found[name] = {
            "assess": milliseconds(lambda household=household: assess(household, ON), repeat),
            "with the next question": milliseconds(lambda household=household: assess(household, ON).questions, repeat),
            "by hand, class only": milliseconds(lambda data=data: by_hand(data), repeat),
        }
    return found


def many(households: int, members: int, folder: Path) -> dict[str, Any]:
    rules, table, out = current_rules(), folder / "in.csv", folder / "out.csv"
    write_table(table, households, members)

    def whole() -> None:
        write_results(evaluate_batch(rules, read_batch(table, ON, rules.system), ON), out)

    whole()
    in_process = milliseconds(whole, 5)
    command = [str(Path(sys.executable).parent / "chungtay"), "eligibility", "--batch", str(table), "--out", str(out)]
    start = time.perf_counter()
    subprocess.run([*command, "--on", ON.isoformat(), "--json"], check=True, capture_output=True)
    whole_command = (time.perf_counter() - start) * 1000
    one = parse_household({"area": "rural", "income_per_person": 1_400_000, "deprivations": 3})

    def one_by_one() -> None:
        for _ in range(SAMPLE):
            assess(one, ON)

    loop = milliseconds(one_by_one, 3)
    scaled = {name: value * households / SAMPLE for name, value in loop.items()}
    return {
        "in process, CSV to CSV": in_process,
        "command with its start": whole_command,
        "one simulation each (scaled)": scaled,
        "ratio of processor time": scaled["cpu_best"] / in_process["cpu_best"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=30)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = {
            "one household, ms": one_household(arguments.repeat),
            f"{arguments.households} households, ms": many(arguments.households, 0, Path(folder)),
            f"{arguments.households} households of two listed members, ms": many(arguments.households, 2, Path(folder)),
        }
    print(json.dumps(report, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
