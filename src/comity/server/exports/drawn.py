"""A drawing that stands alone: with the rules of the style sheet that it needs, as a file of its own."""

import re
from functools import cache
from pathlib import Path

__all__ = ["alone"]

_SHEET = Path(__file__).parent.parent / "static" / "comity.css"
_CLASS = re.compile(r'^<svg class="([a-z-]+)"')
_VARIABLE = re.compile(r"(--[a-z-]+)\s*:\s*([^;}]+)")
_USED = re.compile(r"var\((--[a-z-]+)\)")
# What a page says of the place that a drawing has in it, and a file has not.
_PLACED = re.compile(r"(?<![-\w])(?:display|width|max-width|height|direction)\s*:[^;}]*;?")


def alone(drawing: str) -> bytes:
    """The drawing as an SVG file: its name space, a white ground, and its own style, colours as on a light page."""
    found = _CLASS.match(drawing)
    style = _rules(found[1]) if found else ""
    head, _, rest = drawing.partition(">")
    head = head.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    style = f"<style>text{{font-family:sans-serif}}{style}</style>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}>{style}{ground}{rest}'.encode()


@cache
def _rules(name: str) -> str:
    """The rules about a class of drawings, every variable replaced by its value."""
    sheet = _SHEET.read_text(encoding="utf-8")
    values = dict(_VARIABLE.findall(sheet.partition("}")[0]))
    kept = []
    for selectors, body in re.findall(r"^([^@{}\n]+)\{([^{}]*)\}", sheet, re.MULTILINE):
        own = [one.strip() for one in selectors.split(",") if re.match(rf"\.{name}\b(?!-)", one.strip())]
        rules = _USED.sub(lambda match: values.get(match[1], "#000"), _PLACED.sub("", body)).strip()
        if own and rules:
            kept.append(f"{','.join(own)}{{{rules}}}")
    return "".join(kept)
