"""T.800 Annex G: component transforms, level shift, clamping."""

from pacscore.j2k.components._components import forward, inverse, load, load_rgb8, store, store_rgb8

__all__ = ["forward", "inverse", "load", "load_rgb8", "store", "store_rgb8"]
