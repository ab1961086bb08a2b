"""Rasa graph components and connectors of Chung Tay; imported by Rasa through `config.yml` and `endpoints.yml`."""
