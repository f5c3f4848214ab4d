"""T.800 Annex G: component transforms, level shift, clamping."""
