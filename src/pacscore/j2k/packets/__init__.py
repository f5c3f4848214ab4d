"""T.800 Annex B: geometry, progression orders, tag trees, packet headers."""
