"""T.800 Annex I and T.814 Annex D: the boxes of JP2 and JPH files."""
