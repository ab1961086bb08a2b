"""Words about campaigns: questions of polls are the campaign's own, the rest is ours."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from bot.rendering.first_lines import neutral_topic
from content.topics import Topic
from content.translations import Catalogue

Data = Mapping[str, Any]


def news_words(topic: str, catalogue: Catalogue) -> str:
    """The words that somebody agrees to who wants news; an empty topic stands for all of them."""
    about = neutral_topic(topic, catalogue) if topic else catalogue.text("campaign.news_all")
    return catalogue.text("campaign.news_words", topic=about)


class CampaignMakers:
    """Makes the messages of polls, and the answer to a campaign's code."""

    def by_key(self) -> dict[str, Callable[[Data, Catalogue], OutgoingMessage]]:
        """Return the makers by message key."""
        return {
            "poll_next": self.following,
            "poll_thanks": self.plain,
            "poll_over": self.plain,
            "campaign_genuine": self.genuine,
            "news_offered": self.news,
            "news_started": self.news,
            "news_stopped": self.news,
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

    def news(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """Return the question, or the confirmation with the way back."""
        topic = str(data.get("about") or "")
        about = neutral_topic(topic, catalogue) if topic else catalogue.text("campaign.news_all")
        words = news_words(topic, catalogue)
        yes = make_payload("news", value="up", topic=topic or None, sure="yes")
        no = make_payload("news", value="down", topic=topic or None)
        buttons = {
            "news_offered": [("agree", yes)],
            "news_started": [("stop", no)],
            "news_stopped": [("undo", yes), *([("stop_all", make_payload("news", value="down"))] if topic else [])],
        }[str(data["key"])]
        return OutgoingMessage(
            text=catalogue.text(f"campaign.{data['key']}", topic=about, words=words),
            buttons=tuple(Button(title=catalogue.text(f"campaign.news_{name}"), payload=to) for name, to in buttons),
            topic=Topic.CAMPAIGN_INFORMATION.value,
            intent=data.get("intent"),
        )

    def plain(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """Return thanks, or that it is over."""
        return OutgoingMessage(
            text=catalogue.text(f"campaign.{data['key']}"),
            topic=Topic.CAMPAIGN_INFORMATION.value,
            intent=data.get("intent"),
        )
