"""The sending engine: answers first, receipts and reminders next, campaigns behind, all from the one ledger."""

from bot.delivery.sender import CLAIM_LASTS, Sender

__all__ = ["CLAIM_LASTS", "Sender"]
