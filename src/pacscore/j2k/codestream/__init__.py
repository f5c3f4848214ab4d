"""T.800 Annex A: marker segments as frozen dataclasses, their reader and writer."""
