"""What donors do in the chat: promising a gift, paying, looking it up, changing and cancelling it."""
