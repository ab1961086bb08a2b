"""`docs/channel-capabilities.md`: what each channel can show, from the figures that the code goes by."""

from collections.abc import Callable
from datetime import timedelta

from bot.channels.capabilities import CAPABILITIES, Capabilities

_NOTE = "<!-- Made by `uv run chungtay docs`; a test fails when it lags behind bot/channels/capabilities.py. -->"


def _yes(value: bool) -> str:
    return "yes" if value else "–"


def _number(value: float | None, unit: str = "") -> str:
    return "–" if value is None else f"{value:,.0f}{unit}"


def _time(value: timedelta | None) -> str:
    if value is None:
        return "always"
    if not value:
        return "in answer only"
    return f"{value.days} days" if value.days >= 3 else f"{value.total_seconds() / 3600:.0f} hours"


def _menus(one: Capabilities) -> str:
    return f"up to {one.max_buttons} buttons, more are numbers" if one.max_buttons else "numbers to type"


_ROWS: tuple[tuple[str, Callable[[Capabilities], str]], ...] = (
    ("menus and choices", _menus),
    ("code points of one message", lambda one: _number(one.max_text_length)),
    ("longer text is split at", lambda one: _number(one.split_at)),
    ("code points on a button", lambda one: _number(one.max_button_title)),
    ("bytes that a button carries", lambda one: _number(one.max_payload_bytes)),
    ("pictures", lambda one: _yes(one.image)),
    ("largest picture", lambda one: _number(one.max_image_bytes and one.max_image_bytes / 1024, " KB")),
    ("files", lambda one: _yes(one.file)),
    ("recordings", lambda one: one.audio.value if one.audio.value != "none" else "–"),
    ("legal sources", lambda one: "folded" if one.folds_sources else "under the text"),
    ("takes voice notes", lambda one: _yes(one.inbound_voice)),
    ("one's own number by a button", lambda one: _yes(one.phone_button)),
    ("works in groups", lambda one: _yes(one.groups)),
    ("tells what was", lambda one: ", ".join(sorted(one.receipts)) or "–"),
    ("free text, free of charge", lambda one: _time(one.free_window)),
    ("free text at all", lambda one: _time(one.text_window)),
    ("approved templates", lambda one: _yes(one.templates)),
    ("messages a second", lambda one: _number(one.per_second)),
    ("requests a minute", lambda one: _number(one.per_minute)),
    ("a second to one chat", lambda one: _number(one.per_chat_per_second)),
    ("a minute to one group", lambda one: _number(one.per_group_per_minute)),
    ("left to answers by bulk", lambda one: f"{one.reply_reserve:.0%}"),
    ("sending twice shows once", lambda one: _yes(one.repeatable)),
)


def capability_page() -> str:
    """Return the text of the page."""
    names = list(CAPABILITIES)
    lines = [
        "# What each channel can show",
        "",
        _NOTE,
        "",
        "Rendering, limits and routes go by these figures; how the messengers are set up is told in "
        "[channels](channels.md). Every flow (menu, question, guided check, course, language) works on each of them: a "
        "test fits all of them to each (`tests/bot/channels/test_flows_on_each_channel.py`).",
        "",
        f"| | {' | '.join(f'`{name}`' for name in names)} |",
        f"| --- |{' --- |' * len(names)}",
    ]
    for title, show in _ROWS:
        lines.append(f"| {title} | {' | '.join(show(CAPABILITIES[name]) for name in names)} |")
    lines += ["", "Free text windows count from what the person did last."]
    return "\n".join(lines) + "\n"
