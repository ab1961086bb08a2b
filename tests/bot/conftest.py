"""What the tests of channels and dialogue share."""

from tests.bot.zalo.talk import zalo_talk

__all__ = ["zalo_talk"]
