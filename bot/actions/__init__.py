"""Rasa's custom actions: each asks content or store and returns a message key with data, never prose."""
