"""What an aspect is called under a topic: "Ai được hưởng" for a loan is "Ai phát động" for a campaign."""

from content.topics import Aspect, Topic
from content.translations import Catalogue


def aspect_name(topic: Topic | str, aspect: Aspect | str, catalogue: Catalogue) -> str:
    """The words of `aspect.<aspect>.<topic>` where the topic has its own, else of `aspect.<aspect>`."""
    own = f"aspect.{aspect}.{topic}"
    return catalogue.text(own if own in catalogue else f"aspect.{aspect}")
