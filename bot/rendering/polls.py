"""Words of polls: the questions are the campaign's own, the rest is ours."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from content.topics import Topic
from content.translations import Catalogue

Data = Mapping[str, Any]


class PollMakers:
    """Makes the messages of polls."""

    def by_key(self) -> dict[str, Callable[[Data, Catalogue], OutgoingMessage]]:
        """Return the makers by message key."""
        return {"poll_next": self.following, "poll_thanks": self.plain, "poll_over": self.plain}

    def following(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """Return the next question with a button for each answer."""
        language = catalogue.language.code

        def said(words: Mapping[str, str]) -> str:
            return words.get(language, words["vi"])

        text = catalogue.text(
            "campaign.poll_step", number=data["number"], of=data["of"], question=said(data["question"])
        )
        buttons = tuple(
            Button(title=said(option), payload=make_payload("poll", answer=f"{data['code']}-{data['number']}-{number}"))
            for number, option in enumerate(data["options"], 1)
        )
        return OutgoingMessage(
            text=text, buttons=buttons, topic=Topic.CAMPAIGN_INFORMATION.value, intent=data.get("intent")
        )

    def plain(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """Return thanks, or that it is over."""
        return OutgoingMessage(
            text=catalogue.text(f"campaign.{data['key']}"),
            topic=Topic.CAMPAIGN_INFORMATION.value,
            intent=data.get("intent"),
        )
