"""Filling the `{placeholders}` of a frozen campaign text for one recipient. Other braces (of payloads) stay."""

import re
from collections.abc import Mapping
from typing import Any

PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def filled_text(template: Any, values: Mapping[str, Any]) -> Any:
    """Return plain data with every placeholder that has a value replaced by it."""
    if isinstance(template, str):
        return PLACE.sub(lambda found: str(values.get(found[1], found[0])), template)
    if isinstance(template, Mapping):
        return {key: filled_text(one, values) for key, one in template.items()}
    return [filled_text(one, values) for one in template] if isinstance(template, list) else template
