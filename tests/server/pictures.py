"""Pictures of pages for the documentation: a band of a page, with few colours, so that it is small.

A journey calls `take` wherever a reader would look. It writes nothing, unless `COMITY_PICTURES` names a folder
(`make pictures`); that what is to be seen can be seen is looked at every time.
"""

import os
import struct
import zlib
from base64 import b64decode, b64encode
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page

__all__ = ["MOST_BYTES", "take"]

# Of one picture: a page of the documentation stays light.
MOST_BYTES = 120_000
# Pixels that are left around what is shown.
_MARGIN = 16

# Gives the pixels of a picture as the browser itself reads them.
_PIXELS = """async data => {
    const picture = new Image();
    picture.src = "data:image/png;base64," + data;
    await picture.decode();
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0);
    const {data: pixels} = context.getImageData(0, 0, picture.width, picture.height);
    let text = "";
    for (let at = 0; at < pixels.length; at += 30000) text += String.fromCharCode(...pixels.subarray(at, at + 30000));
    return btoa(text);
}"""


def take(page: Page, name: str, first: Locator | None = None, last: Locator | None = None) -> None:
    """Show a page from the top of `first` (left out: its own) to the foot of `last` (left out: what a screen shows).

    The picture is called `name`.png and is as wide as the window.
    """
    for seen in (first, last):
        assert seen is None or seen.is_visible(), f"{name} would not show what it is for"
    folder = os.environ.get("COMITY_PICTURES")
    if not folder:
        return
    size = page.viewport_size
    assert size is not None
    top = 0.0 if first is None else max(0.0, _edges(first)[0] - _MARGIN)
    foot = top + size["height"] if last is None else _edges(last)[1] + _MARGIN
    clip = {"x": 0, "y": top, "width": size["width"], "height": foot - top}
    shot = page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]  # the four, each by its name
    blank = page.context.browser.new_page()  # type: ignore[union-attr]  # a page of ours stands in a browser
    data = b64decode(blank.evaluate(_PIXELS, b64encode(shot).decode()))
    blank.close()
    width, height = struct.unpack(">II", shot[16:24])
    small = _png(np.frombuffer(data, np.uint8).reshape(height, width, 4)[:, :, :3])
    assert len(small) < MOST_BYTES, f"{name} takes {len(small):,} bytes: show less of the page"
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / f"{name}.png").write_bytes(small)


def _edges(part: Locator) -> tuple[float, float]:
    """Where a part of a page begins and ends, from the top of the page."""
    top, foot = part.evaluate("it => [0, it.offsetHeight].map(y => y + it.getBoundingClientRect().top + scrollY)")
    return float(top), float(foot)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """A picture as PNG with a palette: its 256 commonest colours, and for each other one the nearest of them."""
    height, width, _ = pixels.shape
    colours, place, count = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    chosen = np.argsort(-count)[:256]
    palette = colours[chosen]
    apart = ((colours[:, None, :].astype(int) - palette[None, :, :].astype(int)) ** 2).sum(axis=2)
    indexed = apart.argmin(axis=1).astype(np.uint8)[place.ravel()].reshape(height, width)
    rows = np.hstack([np.zeros((height, 1), np.uint8), indexed])  # each begins with the number of its filter: none
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
