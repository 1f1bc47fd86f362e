"""Charts and maps as SVG made here, without script or style inside; words and a table always stand beside them."""

from comity.server.drawings.labels import Labels
from comity.server.drawings.tiles import Tile, off_map, on_map, tile_map

__all__ = ["Labels", "Tile", "off_map", "on_map", "tile_map"]
