"""Pictures and recordings that a channel cannot show are told by their addresses, each with a word for what it is."""

from content.translations import catalogue_for


def picture_line(where: str, language: str | None) -> str:
    """Return the line that tells where a picture is. `language`: of the message; None: Vietnamese."""
    return catalogue_for(language or "vi").text("bot.picture_line", where=where)


def recording_line(where: str, language: str | None) -> str:
    """Return the line that tells where a recording is. `language`: of the message; None: Vietnamese."""
    return catalogue_for(language or "vi").text("bot.recording_line", where=where)
