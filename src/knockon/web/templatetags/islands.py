"""What islands are given: JSON in a template element, which a swap leaves in place."""

import json
from typing import Any

from django import template

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """Return the value as JSON text, to be escaped as any text of a page.

    A ``script`` element would be taken out of every fragment that is swapped in.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
