"""The words of a campaign as they leave: for each version, language and channel one message with placeholders left.

What is the same for everybody (numbers of the day, documents, the code) is filled in here and so belongs to what is
approved. What differs by recipient stays a `{placeholder}` for the ledger's row to fill.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.channel_names import channel_name
from bot.channels.capabilities import CAPABILITIES, LEAST, ZALO, ZALO_ANONYMOUS, ZALO_PHONE, Capabilities
from bot.channels.fitting import fitted
from bot.channels.zalo.bodies import parts_of
from bot.messages import Button, OutgoingMessage, SourceReference, TemplateMessage
from bot.payloads import UnknownPayload, check_payload, make_payload
from bot.rendering.first_lines import neutral_topic
from content.campaign_complaints import Complaint
from content.campaign_parts import KNOWN_FIELDS, CampaignField, FieldKind
from content.campaigns import CampaignContent, content_complaints, fingerprint
from content.library import Library
from content.placeholders import PLACEHOLDER, document_name, find_placeholders, format_quantity
from content.translations import Catalogue, catalogue_for
from store.filled_texts import filled_text
from store.run_states import COUNTS_AS_ADVERTISING, Purpose

#: Channels that take words of ours; by telephone number only templates go out that Zalo approved before.
#: Visitors without a name get no campaign at all.
TEXT_CHANNELS = tuple(channel for channel in CAPABILITIES if channel not in (ZALO_PHONE, ZALO_ANONYMOUS))
#: For any channel that has no message of its own.
ANY_CHANNEL = ""
#: Marks a recipient's placeholder until everything else is filled in (private use area).
_MARK = "\ue000{name}\ue001"
_MARKED = re.compile("\ue000([a-z0-9_]+)\ue001")


@dataclass(frozen=True)
class Stamp:
    """What is put into every message of a campaign."""

    code: str
    #: Language of words -> name of the organisation.
    organisation: Callable[[str], str]
    public_address: str = ""
    #: Written before everything, such as that this is a test.
    note: str = ""


@dataclass(frozen=True)
class Rendering:
    """Every message of a campaign on a day.

    Attributes:
        messages: (variant, channel) to message, in the shape of `store.queries.campaign_runs.put_run_message`.
            A variant is version and language: "A.vi".
        complaints: what keeps it from being sent.
        fields: placeholders that recipients fill, by variant.
        zalo_messages: messages to one person on Zalo, by variant: a picture above buttons is one of its own.
    """

    messages: Mapping[tuple[str, str], Mapping[str, Any]]
    complaints: tuple[Complaint, ...]
    fields: Mapping[str, frozenset[str]]
    zalo_messages: Mapping[str, int]

    @property
    def fingerprint(self) -> str:
        """Fingerprint of every word that anybody would see."""
        return fingerprint({f"{variant}|{channel}": message for (variant, channel), message in self.messages.items()})


def render_campaign(
    content: CampaignContent,
    stamp: Stamp,
    *,
    on: date,
    library: Library,
    channels: Collection[str] = TEXT_CHANNELS,
) -> Rendering:
    """Render a campaign as it would leave on a day. Complaints name what is wrong; nothing is raised for it."""
    complaints = list(content_complaints(content, library))
    payloads = []
    for button in content.buttons:
        try:
            payloads.append(check_payload(button.payload))
        except UnknownPayload:
            complaints.append(Complaint.of("buttons", "leads_nowhere", payload=button.payload))
            payloads.append("/menu")
    by_template = (ZALO_PHONE,) if content.template is not None else ()
    messages: dict[tuple[str, str], Mapping[str, Any]] = {}
    fields: dict[str, frozenset[str]] = {}
    zalo_messages: dict[str, int] = {}
    for version in content.texts:
        for language in content.languages:
            variant = f"{version}.{language}"
            fields[variant] = frozenset()
            for channel in (ANY_CHANNEL, *sorted({*channels, *by_template})):
                capabilities = CAPABILITIES.get(channel, LEAST)
                try:
                    message = _message(content, stamp, version, language, channel, payloads, on, library)
                except _Unfilled as error:
                    complaints.append(Complaint.of(f"texts.{version}.words.{language}", error.key, **error.values))
                    continue
                shown = fitted(message, capabilities, catalogue_for(language))
                if channel not in by_template:
                    where = f"texts.{version}.words.{language}"
                    complaints += _too_long(shown.text, content.fields, capabilities, where, channel)
                values = shown.template.values.values() if shown.template is not None else ()
                fields[variant] |= frozenset(_MARKED.findall(" ".join((shown.text, *values))))
                messages[variant, channel] = _open_places(shown.to_json())
                if channel == ZALO:
                    zalo_messages[variant] = len(parts_of(shown))
    return Rendering(messages, tuple(dict.fromkeys(complaints)), fields, zalo_messages)


class _Unfilled(ValueError):
    """A place that nothing fills, or a number that has no value on the day; key and values as in `Complaint`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def _message(
    content: CampaignContent,
    stamp: Stamp,
    version: str,
    language: str,
    channel: str,
    payloads: list[str],
    on: date,
    library: Library,
) -> OutgoingMessage:
    catalogue = catalogue_for(language)
    text = content.texts[version]
    by_language = {**text.words, **text.by_channel.get(channel, {})}

    def fill(words: str) -> str:
        return _filled(words, content, on, library, catalogue)

    paragraphs = [_first_line(content, stamp, catalogue), fill(by_language.get(language, by_language["vi"]).strip())]
    buttons = [
        Button(title=button.title.get(language, button.title["vi"]), payload=payload)
        for button, payload in zip(content.buttons, payloads, strict=True)
    ]
    if content.poll:
        question = content.poll[0]
        paragraphs.append(fill(question.words.get(language, question.words["vi"]).strip()))
        buttons = poll_buttons(content, stamp.code, 1, language)
    paragraphs.append(_last_lines(content, stamp, catalogue))
    template = None
    if content.template is not None and channel in (ZALO, ZALO_PHONE):
        values = {name: fill(words) for name, words in content.template.values.items()}
        template = TemplateMessage(id=content.template.id, values=values)
    return OutgoingMessage(
        text="\n\n".join(paragraphs),
        template=template,
        buttons=tuple(buttons),
        image=text.image,
        audio=text.audio.get(language),
        topic=content.topic.value,
        language=language,
        sources=tuple(_source(library, name, catalogue) for name in content.sources if name in library.documents),
    )


def body_words(content: CampaignContent, *, on: date, library: Library, language: str = "vi") -> str:
    """The organisation's own words of version A on a day, without what we put around them; places of people stay."""
    words = content.texts["A"].words
    filled = _filled(words.get(language, words["vi"]), content, on, library, catalogue_for(language))
    return str(_open_places(filled)).strip()


def poll_buttons(content: CampaignContent, code: str, number: int, language: str) -> list[Button]:
    """Buttons with the answers to one question of a poll, numbered from 1."""
    return [
        Button(
            title=option.get(language, option["vi"]), payload=make_payload("poll", answer=f"{code}-{number}-{position}")
        )
        for position, option in enumerate(content.poll[number - 1].options, 1)
    ]


def _source(library: Library, name: str, catalogue: Catalogue) -> SourceReference:
    document = library.documents[name]
    return SourceReference(document=document_name(document, catalogue), url=document.url)


def _first_line(content: CampaignContent, stamp: Stamp, catalogue: Catalogue) -> str:
    """What a locked phone shows: who writes and about what, never what kind of household is written to."""
    line = catalogue.text(
        "campaign.first_line",
        organisation=stamp.organisation(catalogue.language.catalogue),
        topic=neutral_topic(content.topic, catalogue),
    )
    if Purpose(content.purpose) in COUNTS_AS_ADVERTISING:
        # Decree 91/2020, article 14: the label stands at the beginning.
        line = f"[QC] {line}"
    return f"{stamp.note}\n{line}" if stamp.note else line


def _last_lines(content: CampaignContent, stamp: Stamp, catalogue: Catalogue) -> str:
    where = f"{stamp.public_address}/kiem-chung/{stamp.code}" if stamp.public_address else ""
    key = "campaign.verify_with_link" if where else "campaign.verify"
    lines = [catalogue.text(key, code=stamp.code, where=where)]
    if Purpose(content.purpose) is not Purpose.SERVICE:
        lines.append(catalogue.text("campaign.how_to_stop"))
    return "\n".join(lines)


def _filled(words: str, content: CampaignContent, on: date, library: Library, catalogue: Catalogue) -> str:
    pieces: list[str] = []
    position = 0
    for match, placeholder in zip(PLACEHOLDER.finditer(words), find_placeholders(words), strict=True):
        pieces.append(words[position : match.start()])
        position = match.end()
        field = content.fields.get(placeholder.raw)
        if field is not None and field.value is not None:
            pieces.append(written(field.kind, field.value, catalogue))
        elif field is not None or placeholder.raw in KNOWN_FIELDS:
            pieces.append(_MARK.format(name=placeholder.raw))
        elif placeholder.kind == "document" and placeholder.name in library.documents:
            pieces.append(document_name(library.documents[placeholder.name], catalogue))
        elif placeholder.kind == "parameter" and placeholder.name in library.parameters:
            pieces.append(_number(library, placeholder.name, placeholder.modifier, on, catalogue))
        else:
            raise _Unfilled("unfilled", place=placeholder.raw)
    pieces.append(words[position:])
    return "".join(pieces)


def _number(library: Library, name: str, modifier: str, on: date, catalogue: Catalogue) -> str:
    parameter = library.parameters[name]
    value = parameter.value_on(on)
    if value is None:
        raise _Unfilled("no_value", place=name, day=catalogue.date(on))
    if modifier == "date":
        return catalogue.date(parameter.starts_on(on))
    if modifier == "number":
        return catalogue.number(value)
    return format_quantity(value, parameter.metadata.unit, catalogue)


def written(kind: FieldKind, value: object, catalogue: Catalogue) -> str:
    """A field's value in words of a language: a date as it is read, money with its unit."""
    if kind is FieldKind.DATE:
        return catalogue.date(value if isinstance(value, date) else date.fromisoformat(str(value)))
    if kind is FieldKind.MONEY:
        return catalogue.money(int(str(value)))
    if kind is FieldKind.NUMBER:
        return catalogue.number(int(str(value)))
    return str(value)


def _too_long(
    text: str, fields: Mapping[str, CampaignField], capabilities: Capabilities, where: str, channel: str
) -> Iterator[Complaint]:
    def longest(match: re.Match[str]) -> str:
        name = match[1]
        return "x" * (KNOWN_FIELDS[name][1] if name in KNOWN_FIELDS else fields[name].longest)

    length = len(_MARKED.sub(longest, text))
    if length > capabilities.max_text_length:
        most = capabilities.max_text_length
        if channel:
            yield Complaint.of(where, "too_long_on", length=length, channel=channel_name(channel), most=most)
        else:
            yield Complaint.of(where, "too_long", length=length, most=most)


def _open_places(value: Any) -> Any:
    """Write the marks as `{name}`: the ledger fills these, and leaves the braces of payloads alone."""
    if isinstance(value, str):
        return _MARKED.sub(r"{\1}", value)
    if isinstance(value, dict):
        return {key: _open_places(one) for key, one in value.items()}
    return [_open_places(one) for one in value] if isinstance(value, list) else value


def filled_message(template: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """A message as one recipient sees it; the sender fills the ledger's rows in the same way."""
    result: dict[str, Any] = filled_text(dict(template), values)
    return result
