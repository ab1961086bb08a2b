"""A campaign while it is being written: plain data that may be unfinished, with ways in and out by name."""

from typing import Any

from content.campaigns import CampaignContent
from scheduler.campaigns import content_of, parse_content
from store.queries.campaigns import StoredCampaign


class Draft:
    """What stands on somebody's screen. `version` is the one that they began with."""

    def __init__(self, title: str, data: dict[str, Any], version: int) -> None:
        self.title = title
        self.data = data
        self.version = version

    @classmethod
    def of(cls, campaign: StoredCampaign) -> "Draft":
        """Begin with the newest version of a campaign."""
        return cls(campaign.title, content_of(campaign).model_dump(mode="json"), campaign.version)

    def content(self) -> CampaignContent:
        """Return it as a model.

        Raises:
            scheduler.actors.Refused: names the first faulty place.
        """
        return parse_content(_without_empty(self.data))

    def get(self, *path: str, default: Any = None) -> Any:
        """Return the value at a path, `default` where there is none."""
        here: Any = self.data
        for part in path:
            if not isinstance(here, dict) or part not in here:
                return default
            here = here[part]
        return default if here is None else here

    def put(self, value: Any, *path: str) -> None:
        """Set the value at a path; what lies on the way is made."""
        here = self.data
        for part in path[:-1]:
            if here.get(part) is None:
                here[part] = {}
            here = here[part]
        here[path[-1]] = value

    def drop(self, *path: str) -> None:
        """Take the value at a path out."""
        here: Any = self.get(*path[:-1]) if len(path) > 1 else self.data
        if isinstance(here, dict):
            here.pop(path[-1], None)


def _without_empty(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out words that nobody has written yet: an empty English text means that there is none."""
    kept = {key: value for key, value in data.items() if key not in ("texts", "buttons")}
    kept["texts"] = {name: _text(text) for name, text in data.get("texts", {}).items()}
    kept["buttons"] = [
        {**button, "title": _words(button["title"])}
        for button in data.get("buttons", [])
        if any(button["title"].values())
    ]
    return kept


def _text(text: dict[str, Any]) -> dict[str, Any]:
    by_channel = {channel: _words(words) for channel, words in (text.get("by_channel") or {}).items()}
    return {
        **text,
        "words": _words(text["words"]) or {"vi": ""},
        "by_channel": {channel: words for channel, words in by_channel.items() if words},
    }


def _words(words: dict[str, str]) -> dict[str, str]:
    return {language: text for language, text in words.items() if text and text.strip()}


def blank() -> dict[str, Any]:
    """Return the content of a campaign in which nothing is written yet."""
    return {
        "purpose": "policy_news",
        "topic": "campaign_information",
        "texts": {"A": {"words": {"vi": "…"}}},
        "buttons": [],
        "audience": {},
        "schedule": {"kind": "once", "at": None},
    }
