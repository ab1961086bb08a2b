"""The person's side of a chat, as a page: what arrived, its buttons, and a line to write in."""

from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import quote

_STYLE = """
body{margin:0;background:#dfe4ea;font:16px/1.4 system-ui,sans-serif}
main{max-width:26rem;margin:0 auto;background:#eef2f5;
min-height:100vh;display:flex;flex-direction:column}header{background:var(--tint);color:#fff;padding:.8rem 1rem;
font-weight:600}ol{list-style:none;margin:0;padding:1rem;flex:1;display:flex;flex-direction:column;gap:.5rem}
li{max-width:85%;padding:.55rem .8rem;border-radius:1rem;background:#fff;white-space:pre-wrap;overflow-wrap:anywhere}
li.me{align-self:flex-end;background:#cfe6ff}li small{display:block;color:#667;font-size:.75rem}li img{max-width:100%}
.buttons{display:flex;flex-direction:column;gap:.3rem;margin-top:.5rem}button{font:inherit;padding:.45rem .8rem;
border:1px solid var(--tint);border-radius:.6rem;background:#fff;color:var(--tint);text-align:left}
form.react{display:flex;gap:.2rem;margin-top:.4rem}.react button{border:0;padding:.1rem .4rem;opacity:.45}
.react button.on{opacity:1;background:#e3eefb}
form.say{display:flex;gap:.5rem;padding:.8rem;background:#fff}input{flex:1;font:inherit;padding:.5rem}
a{color:inherit}.buttons a{padding:.45rem .8rem;border:1px solid var(--tint);border-radius:.6rem;color:var(--tint);
text-decoration:none}"""


#: What a message is besides words, by the platforms' own names as notes have them -> as the small print says it.
_KINDS = {
    "photo": "▣ ảnh",
    "image": "▣ ảnh",
    "gif": "▣ ảnh động",
    "voice": "♪ ghi âm",
    "audio": "♪ ghi âm",
    "video": "▶ video",
    "document": "▤ tệp",
    "file": "▤ tệp",
    "sticker": "☺ nhãn dán",
    "location": "⌖ vị trí",
    "contact": "☎ danh thiếp",
    "template": "✓ mẫu tin đã duyệt",
    "request": "☎ xin số điện thoại",
    "info": "☎ đã gửi số điện thoại",
}


@dataclass
class PhoneButton:
    """A button as the person sees it; pressing it posts `press` to the stand-in, or opens `url`."""

    title: str
    press: str = ""
    url: str = ""


@dataclass
class PhoneLine:
    """One line of a chat. `note` is small print, in parts with commas: a kind of media, a price, a state."""

    text: str
    mine: bool = False
    buttons: list[PhoneButton] = field(default_factory=list)
    image: str = ""
    note: str = ""
    #: What may be put under it; pressing one posts `react` to the stand-in.
    reactions: list[PhoneButton] = field(default_factory=list)
    #: What stands under it.
    reaction: str = ""


def phone_page(name: str, person: str, lines: list[PhoneLine], *, tint: str, refresh: int = 3) -> str:
    """Return the page of one person's chat. It loads itself again every `refresh` seconds while nothing is typed."""
    items = "".join(_item(line) for line in lines)
    reload = (
        f"setInterval(()=>document.activeElement.tagName!=='INPUT'&&location.reload(),{refresh * 1000});"
        "scrollTo(0,document.body.scrollHeight)"
    )
    return (
        f"<!doctype html><html lang=vi><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(name)} – {escape(person)}</title><style>:root{{--tint:{tint}}}{_STYLE}</style>"
        f"<main><header>{escape(name)} · {escape(person)}</header><ol>{items}</ol>"
        "<form class=say method=post><input name=text autocomplete=off placeholder='Nhắn tin' autofocus>"
        f"<button>Gửi</button></form></main><script>{reload}</script></html>"
    )


def people_page(name: str, people: dict[str, Any], *, tint: str) -> str:
    """Return the page that lists everybody's phone."""
    rows = "".join(
        f"<li><a href='/phone/{quote(key, safe='')}'>{escape(str(label))}</a><small>{escape(key)}</small></li>"
        for key, label in people.items()
    )
    return (
        f"<!doctype html><html lang=vi><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(name)}</title><style>:root{{--tint:{tint}}}{_STYLE}</style>"
        f"<main><header>{escape(name)}</header><ol>{rows}</ol></main></html>"
    )


def _item(line: PhoneLine) -> str:
    picture = f"<img src='{escape(line.image)}' alt=''>" if line.image else ""
    buttons = "".join(_button(button) for button in line.buttons)
    note = ", ".join(_KINDS.get(part, part) for part in line.note.split(", "))
    small = f"<small>{escape(note)}</small>" if note else ""
    return (
        f"<li class='{'me' if line.mine else 'bot'}'>{picture}{escape(line.text)}"
        + (f"<form class=buttons method=post>{buttons}</form>" if buttons else "")
        + f"{small}{_reactions(line)}</li>"
    )


def _reactions(line: PhoneLine) -> str:
    if not line.reactions:
        return ""
    icons = "".join(
        f"<button name=react value='{escape(one.press)}'{' class=on' if one.title in line.reaction.split() else ''}"
        f" aria-label='Thả {escape(one.title)}'>{escape(one.title)}</button>"
        for one in line.reactions
    )
    return f"<form class=react method=post>{icons}</form>"


def _button(button: PhoneButton) -> str:
    if button.url:
        return f"<a href='{escape(button.url)}'>{escape(button.title)} ↗</a>"
    return f"<button name=press value='{escape(button.press)}'>{escape(button.title)}</button>"
