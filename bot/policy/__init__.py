"""What the bot tells as policy, and how staff change it."""
