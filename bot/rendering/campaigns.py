"""Words about campaigns: questions of polls are the campaign's own, the rest is ours."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from content.topics import Topic
from content.translations import Catalogue

Data = Mapping[str, Any]


class CampaignMakers:
    """Makes the messages of polls, and the answer to a campaign's code."""

    def by_key(self) -> dict[str, Callable[[Data, Catalogue], OutgoingMessage]]:
        """Return the makers by message key."""
        return {
            "poll_next": self.following,
            "poll_thanks": self.plain,
            "poll_over": self.plain,
            "campaign_genuine": self.genuine,
        }

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

    def genuine(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """Return who really sent a message with this code, about what and when."""
        english = catalogue.language.catalogue == "en"
        text = catalogue.text(
            "campaign.genuine",
            organisation=data["organisation_en" if english else "organisation"],
            title=data["title"],
            day=catalogue.date(date.fromisoformat(data["day"])),
        )
        return OutgoingMessage(text=text, topic=Topic.CAMPAIGN_INFORMATION.value, intent=data.get("intent"))

    def plain(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """Return thanks, or that it is over."""
        return OutgoingMessage(
            text=catalogue.text(f"campaign.{data['key']}"),
            topic=Topic.CAMPAIGN_INFORMATION.value,
            intent=data.get("intent"),
        )
