"""What a subcommand says: results to standard output, failures to standard error, progress to a terminal only."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from pacscore.errors import OptionError, PacscoreError

__all__ = ["Console"]


class Console:
    """Collects what a subcommand found and what failed, and knows the exit status.

    Parameters
    ----------
    command : str
        Name of the subcommand.
    as_json : bool
        Print one JSON document at the end instead of text on the way.
    """

    def __init__(self, command: str, *, as_json: bool = False) -> None:
        self.command = command
        self.as_json = as_json
        self._results: list[dict[str, Any]] = []
        self._failures: list[dict[str, str]] = []
        self._status = 0

    def result(self, facts: dict[str, Any], text: str) -> None:
        """Tell one result: ``facts`` for machines, ``text`` for readers, who are spared where it is empty."""
        self._results.append(facts)
        if text and not self.as_json:
            sys.stdout.write(text.rstrip("\n") + "\n")

    def bad_news(self) -> None:
        """Let the exit status be 1: a result is what nobody hopes for, though nothing failed."""
        self._status = 1

    @contextlib.contextmanager
    def input(self, name: object) -> Iterator[None]:
        """Name the input, and go on with the next one, where the block raises what data, files or options may raise."""
        try:
            yield
        except BrokenPipeError:
            raise
        except (PacscoreError, OSError) as error:
            wrong_use = isinstance(error, OptionError)
            # Wrong use is the verdict only where nothing else failed.
            self._status = 1 if self._status == 1 or not wrong_use else 2
            self._failures.append({"input": str(name), "error": type(error).__name__, "message": str(error)})
            sys.stderr.write(f"pacscore {self.command}: {name}: {type(error).__name__}: {error}\n")

    @contextlib.contextmanager
    def progress(self, total: int, what: str) -> Iterator[Callable[[], None]]:
        """Show a bar while several inputs are worked through; the value given is to be called after each."""
        if self.as_json or total < 2 or not sys.stderr.isatty():
            yield lambda: None
            return
        from rich.console import Console as RichConsole  # noqa: PLC0415 - only a terminal needs it
        from rich.progress import Progress  # noqa: PLC0415

        bar = Progress(console=RichConsole(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty())
        with bar:
            task = bar.add_task(what, total=total)
            yield lambda: bar.advance(task)

    def finish(self) -> int:
        """Print the JSON document if there is one to print, and return the exit status."""
        if self.as_json:
            document = {
                "schema": 1,
                "command": self.command,
                "results": self._results,
                "failures": self._failures,
            }
            json.dump(document, sys.stdout, indent=2, default=str)
            sys.stdout.write("\n")
        return self._status
