"""Zalo Official Account: webhook, tokens, consultation messages, templates.

| file | what |
| --- | --- |
| `account.py` | what an installation says about its account |
| `signature.py`, `webhook.py` | raw bytes in, checked, stored, acknowledged |
| `events.py`, `reading.py` | what an event says, and what follows from it |
| `tokens.py` | the one place where tokens are refreshed |
| `client.py`, `errors.py` | calls of Zalo's API, and what its error codes mean for a message |
| `bodies.py`, `channel.py` | messages in Zalo's shape, sent part by part |

Facts and figures: `docs/channels.md`.
"""
