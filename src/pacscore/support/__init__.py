"""C that knows no image format: CPU targets, status codes, bit readers; and the target that this process uses."""
