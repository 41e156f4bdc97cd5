"""Forms inside forms: a browser drops the inner tag and ends the outer form at the inner one's end."""

import re

TAG = re.compile(r"<(/?)form\b[^>]*>", re.IGNORECASE)


def find_nested_forms(html: str) -> list[str]:
    """The tags of forms that begin inside another."""
    depth, nested = 0, []
    for tag in TAG.finditer(html):
        if tag[1]:
            depth = max(depth - 1, 0)
            continue
        if depth:
            nested.append(tag[0])
        depth += 1
    return nested
