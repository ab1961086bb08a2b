"""The request for a telephone number by a channel's own button, beside a question that asks for it in words."""

from bot.messages import PhoneRequest
from content.translations import Catalogue


def phone_request(catalogue: Catalogue) -> PhoneRequest:
    """Return the request. What the number is for stands in the question above it, which is what people agree to."""
    return PhoneRequest(
        title=catalogue.text("bot.phone_request.title"), words=catalogue.text("bot.phone_request.words")
    )
