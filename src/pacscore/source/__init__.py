"""Who gives bytes by range: memory, files, readers of the caller."""
