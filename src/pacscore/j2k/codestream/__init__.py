"""T.800 Annex A: marker segments as named tuples, their reader and writer."""
