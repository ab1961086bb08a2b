"""The confusions of an evaluation as a picture: rows are the right topics, columns what the bot would have answered."""

from collections import Counter
from collections.abc import Mapping
from html import escape
from typing import Any

CELL = 26
MARGIN = 210


def confusion_picture(report: Mapping[str, Any]) -> str:
    """Return an SVG of the report's topics; a darker cell is a larger share of its row, a red one is wrong."""
    wrong = Counter({(row["topic"], row["answered"]): row["number"] for row in report["confusions"]})
    answered = {said for _, said in wrong}
    topics = sorted({*report["topics"], *answered})
    asked = {topic: int(figures["questions"]) for topic, figures in report["topics"].items()}
    side = MARGIN + CELL * len(topics) + 10
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" font-family="sans-serif" font-size="12">',
        f'<rect width="{side}" height="{side}" fill="white"/>',
        f"<title>Accuracy {report['accuracy']:.1%} of {report['questions']} questions</title>",
    ]
    for at, topic in enumerate(topics):
        middle = MARGIN + CELL * at + CELL / 2
        name = escape(topic)
        drawn.append(f'<text x="{MARGIN - 8}" y="{middle + 4}" text-anchor="end">{name} ({asked.get(topic, 0)})</text>')
        drawn.append(f'<text transform="translate({middle + 4} {MARGIN - 8}) rotate(-90)">{name}</text>')
    for row, topic in enumerate(topics):
        missed = sum(number for (want, _), number in wrong.items() if want == topic)
        for column, said in enumerate(topics):
            number = asked.get(topic, 0) - missed if topic == said else wrong[topic, said]
            share = number / asked[topic] if asked.get(topic) else 0.0
            x, y = MARGIN + CELL * column, MARGIN + CELL * row
            colour = "#1b7f3b" if topic == said else "#c0392b"
            drawn.append(
                f'<rect x="{x}" y="{y}" width="{CELL}" height="{CELL}" stroke="#ddd" fill="{colour}" '
                f'fill-opacity="{share:.2f}"/>'
            )
            if number:
                shade = "white" if share > 0.5 else "black"
                place = f'x="{x + CELL / 2}" y="{y + CELL / 2 + 4}"'
                drawn.append(f'<text {place} text-anchor="middle" fill="{shade}">{number}</text>')
    return "\n".join([*drawn, "</svg>", ""])
