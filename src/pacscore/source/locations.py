"""Sources named by a URL: who reads from there."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pacscore.errors import OptionError, UnsupportedError
from pacscore.source.fsspec_reader import FsspecReader
from pacscore.source.obstore_reader import ObstoreReader
from pacscore.source.remote import RemoteReader

__all__ = ["is_url", "reader_of_url"]

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_WEB = frozenset({"http", "https"})
_OF_OBSTORE = _WEB | {"s3", "s3a", "gs", "az", "adl", "azure", "abfs", "abfss"}


def is_url(source: object) -> bool:
    """Say whether this is a string that names a scheme, as ``s3://``."""
    return isinstance(source, str) and _URL.match(source) is not None


def reader_of_url(url: str, storage: Mapping[str, Any] | None = None) -> RemoteReader:
    """Return a reader of what a URL names: by obstore where it is installed and knows the scheme, else by fsspec.

    Parameters
    ----------
    url : str
    storage : mapping, optional
        What obstore's ``from_url`` takes, or the file system of fsspec: credentials, endpoint, region, time limits. Its
        entry ``"library"`` says which of the two reads; ``"attempts"``, how often a request is tried.

    Raises
    ------
    UnsupportedError
        If neither library is installed, or knows the scheme.
    OptionError
        If the library does not know an option.
    FileNotFoundError, PermissionError, ConnectionError
        As of `RemoteReader`.
    """
    options = dict(storage or {})
    attempts = options.pop("attempts", 4)
    scheme = urlsplit(url).scheme.lower()
    library = options.pop("library", None) or _library(scheme)
    if library not in ("obstore", "fsspec"):
        raise OptionError(f"library={library!r} is neither obstore nor fsspec")
    if not _installed(library):
        raise UnsupportedError(
            f"reading {scheme}:// needs {library}: pip install 'pacscore[cloud]'", feature=f"{scheme}:// sources"
        )
    naming = {"name": url.split("?", 1)[0], "location": _location(url, options), "attempts": attempts}
    return _by_obstore(url, options, naming) if library == "obstore" else _by_fsspec(url, options, naming)


def _location(url: str, options: Mapping[str, Any]) -> str:
    """Return what names the object: the URL, and at which endpoint it is asked for."""
    where = sorted((key, str(told)) for key, told in options.items() if re.search("endpoint|config|client_kwargs", key))
    return f"{url}\n{where}" if where else url


def _library(scheme: str) -> str:
    return "obstore" if scheme in _OF_OBSTORE and (_installed("obstore") or not _installed("fsspec")) else "fsspec"


def _installed(library: str) -> bool:
    return importlib.util.find_spec(library) is not None


def _by_obstore(url: str, options: dict[str, Any], naming: dict[str, Any]) -> RemoteReader:
    from obstore.exceptions import BaseError  # noqa: PLC0415 - an extra
    from obstore.store import from_url  # noqa: PLC0415

    parts = urlsplit(url)
    # of the web the whole URL is the store, with its query; elsewhere the store is the bucket
    root, path = (url, "") if parts.scheme in _WEB else (f"{parts.scheme}://{parts.netloc}", parts.path.lstrip("/"))
    options.setdefault("retry_config", {"max_retries": 0})  # RemoteReader tries again, and can be cancelled
    try:
        store: Any = from_url(root, **options)
    except (BaseError, TypeError, ValueError) as error:
        raise OptionError(f"{naming['name']}: {str(error).splitlines()[0]}") from error
    return ObstoreReader(store, path, **naming)


def _by_fsspec(url: str, options: dict[str, Any], naming: dict[str, Any]) -> RemoteReader:
    from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra

    try:
        filesystem, path = url_to_fs(url, **options)
    except (ImportError, ValueError) as error:
        raise UnsupportedError(f"{naming['name']}: {error}", feature=f"{urlsplit(url).scheme}:// sources") from error
    except TypeError as error:
        raise OptionError(f"{naming['name']}: {error}") from error
    return FsspecReader(filesystem, path, **naming)
