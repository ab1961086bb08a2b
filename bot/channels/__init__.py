"""One file per channel: how its messages come in, and how ours go out."""
