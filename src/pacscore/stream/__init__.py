"""Frames in order, fetched and decoded ahead of whoever looks at them."""
