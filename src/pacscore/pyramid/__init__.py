"""Tiles and levels: one interface over codestreams, whole slide instances and ordinary images."""
