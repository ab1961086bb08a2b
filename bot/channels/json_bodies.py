"""Reading what providers post, whatever it is."""

import json
from typing import Any

import orjson


def read_json(body: bytes) -> Any:
    """Return what the body holds, None where it is no JSON. Half characters ("\\ud83d") are JSON too, if not text."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            return None
