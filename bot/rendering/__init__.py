"""Words from message keys: the one place where what the bot says becomes text in a language. A file per noun."""
