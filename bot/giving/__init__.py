"""Promising gifts in the chat: what was answered so far, how replies are read, and gifts as they are shown."""
