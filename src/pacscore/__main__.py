"""``python -m pacscore`` is the pacscore command."""

import sys

from pacscore.cli import main

if __name__ == "__main__":
    sys.exit(main())
