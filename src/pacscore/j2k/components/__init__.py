"""T.800 Annex G: component transforms, level shift, clamping."""

from pacscore.j2k.components._components import forward, inverse, load, store

__all__ = ["forward", "inverse", "load", "store"]
