"""Say what this machine lacks to build pacscore, and the command that installs it.

Kept to words that older interpreters know too, so that they can say that they are too old.
"""

import importlib.util
import os
import shutil
import sys
import sysconfig
from pathlib import Path


def missing() -> "list[str]":
    """Return a sentence for each thing that is missing."""
    problems = []
    if sys.version_info[:2] < (3, 11):  # noqa: UP036 - this file runs before anything is installed
        problems.append("Python 3.11 or newer is needed, as in: make PYTHON=python3.12 demo")
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        problems.append("the venv module is missing: apt-get install python3-venv")
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        problems.append("Python.h is missing: apt-get install python3-dev")
    if not shutil.which(os.environ.get("CC", "cc").split()[0]):
        problems.append("a C compiler is missing: apt-get install gcc libc6-dev")
    return problems


if __name__ == "__main__":
    found = missing()
    for problem in found:
        print(problem)
    sys.exit(1 if found else 0)
