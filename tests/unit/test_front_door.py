"""The front door: what it names is there, what it names means one thing, and every error travels."""

from __future__ import annotations

import importlib
import inspect
import pickle
import pkgutil
import re
import subprocess
import sys
from types import ModuleType

import pytest

import pacscore
from pacscore import errors


def modules() -> list[str]:
    """Return the dotted name of every module of the package."""
    return [found.name for found in pkgutil.walk_packages(pacscore.__path__, "pacscore.")]


PACKAGES = [name for name in ["pacscore", *modules()] if hasattr(importlib.import_module(name), "__path__")]


@pytest.mark.parametrize("name", pacscore.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(pacscore, name) is not None
    assert name in dir(pacscore)
    assert not isinstance(getattr(pacscore, name), ModuleType)


def test_the_list_of_names_is_sorted_and_complete() -> None:
    assert sorted(pacscore.__all__) == list(pacscore.__all__)
    assert set(pacscore.__all__) == set(pacscore._HOME)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = pacscore.no_such_name


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_bears_the_name_of_a_public_callable(package: str) -> None:
    module = importlib.import_module(package)
    inside = {found.name for found in pkgutil.iter_modules(module.__path__)}
    assert inside.isdisjoint(getattr(module, "__all__", ()))


@pytest.mark.parametrize("name", modules())
def test_a_module_exports_what_it_has(name: str) -> None:
    module = importlib.import_module(name)
    assert all(hasattr(module, public) for public in getattr(module, "__all__", ()))


def test_names_do_not_depend_on_the_order_of_imports() -> None:
    script = f"""
import importlib
for name in {modules()!r}:
    if not name.endswith("__main__"):
        importlib.import_module(name)
import pacscore
print([name for name in pacscore.__all__ if type(getattr(pacscore, name)).__name__ == "module"])
"""
    ran = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "common", "helpers", "helper", "misc", "manager"}
    assert [name for name in modules() if set(name.split(".")) & empty] == []


@pytest.mark.parametrize("name", pacscore.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    value = getattr(pacscore, name)
    documentation = inspect.getdoc(value) or ""
    assert len(documentation.splitlines()[0]) > 10
    if inspect.isfunction(value) and len(inspect.signature(value).parameters):
        assert "Parameters\n---" in documentation
        assert "Raises\n---" in documentation


WITHOUT_A_STANDARD: set[str] = set()
"""Public functions that no clause of a standard defines."""


@pytest.mark.parametrize("name", [n for n in pacscore.__all__ if inspect.isfunction(getattr(pacscore, n))])
def test_a_public_function_names_its_source(name: str) -> None:
    documentation = inspect.getdoc(getattr(pacscore, name)) or ""
    named = re.search(r"^Source: .*(T\.8\d\d|PS3\.\d+)", documentation, re.MULTILINE)
    assert (named is not None) != (name in WITHOUT_A_STANDARD)


EXAMPLES = [
    errors.PacscoreError("what"),
    errors.DataError("what", offset=3, marker="SIZ", clause="T.800 A.5.1"),
    errors.CodestreamError("what", offset=3, marker="COD", clause="T.800 A.6.1"),
    errors.TruncatedError("what", offset=18204, marker="SOT", clause="T.800 A.4.2"),
    errors.CodecCrashedError("what", offset=3),
    errors.DicomError("what", tag="(0028,0010)", offset=7, clause="PS3.5 A.4"),
    errors.UnsupportedError("what", feature="ROI", clause="T.800 H"),
    errors.NoCodecError("what", transfer_syntax="1.2.3", hint="install it", feature="1.2.3", clause="PS3.5"),
    errors.OptionError("what"),
    errors.LimitError("what"),
    errors.RecipeError("what", offset=3),
    errors.SourceChangedError("what"),
    errors.VerificationError("what"),
]


def test_the_examples_cover_every_error() -> None:
    assert {type(error).__name__ for error in EXAMPLES} >= set(errors.__all__)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_pickles_with_its_attributes(error: Exception) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert str(back) == "what"
    assert vars(back) == vars(error)


@pytest.mark.parametrize(
    ("child", "parent"),
    [
        (errors.DataError, ValueError),
        (errors.CodestreamError, errors.DataError),
        (errors.TruncatedError, errors.CodestreamError),
        (errors.DicomError, errors.DataError),
        (errors.NoCodecError, errors.UnsupportedError),
        (errors.OptionError, ValueError),
        (errors.LimitError, errors.PacscoreError),
    ],
)
def test_the_tree_of_errors(child: type, parent: type) -> None:
    assert issubclass(child, parent)
    assert issubclass(child, errors.PacscoreError)
