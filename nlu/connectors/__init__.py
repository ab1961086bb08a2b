"""How Rasa meets the rest of the system: its REST channel and its tracker table in PostgreSQL."""
