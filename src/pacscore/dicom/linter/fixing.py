"""From an object and its findings to a corrected copy, proven to show the same pixels."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydicom.dataset import Dataset

from pacscore.dicom.attributes import AttributeEditor, identify, report_signatures
from pacscore.dicom.frame_coding import whole
from pacscore.dicom.frames import FrameSource
from pacscore.dicom.linter.draft import Draft, spool_encapsulated, spool_native
from pacscore.dicom.linter.finding import Finding
from pacscore.dicom.linter.fix_report import FixReport
from pacscore.dicom.linter.linting import findings_of
from pacscore.dicom.linter.mends import MENDS
from pacscore.dicom.linter.subject import Subject, subject_of
from pacscore.dicom.opening import open as open_frames
from pacscore.dicom.own_dataset import own_dataset
from pacscore.dicom.parser_warnings import noted_warnings
from pacscore.dicom.part10 import IMPLICIT, NATIVE, write_part10
from pacscore.dicom.pixel_data_writer import FrameSpool, Sink, write_encapsulated, write_native
from pacscore.dicom.pixel_hash import pixel_sha256
from pacscore.dicom.replacing import replacing
from pacscore.errors import DicomError, PacscoreError, VerificationError
from pacscore.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from pacscore.codecs.isolation import Isolation

__all__ = ["fix"]

_META = 0x0002


def fix(  # noqa: PLR0913 - the choices, all by keyword
    source: Any,
    destination: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    ignore: Collection[str] = (),
    limits: Limits | None = None,
    isolate: bool | Isolation = False,
) -> FixReport:
    """Write a copy of an object in which everything is mended that can be mended without guessing.

    Labels are made to tell the truth about the frames; the coded data of each frame stays as it is, byte for byte, and
    so does the SOP Instance UID, since the pixels do. Only bits of native pixels that mean nothing are changed. The
    copy is linted, and its frames compared with the source's, before it gets its name; it appears whole or not at all.

    An object that is cut short, or whose frames cannot be told apart, is left alone, as are video and Explicit VR Big
    Endian.

    Source: as `lint`; PS3.10 7.1; PS3.5 A.4; PS3.3 C.7.6.1.1.5.

    Parameters
    ----------
    source : path, bytes-like, binary file object, pydicom Dataset, or reader
        As `pacscore.open` takes it; it is not changed.
    destination : path
        May be the source's own path, with ``overwrite``.
    overwrite : bool
        Whether an existing file may be replaced.
    ignore : collection of str
        Rules that are not mended, unless writing the copy mends them by itself.
    limits : Limits, optional
        Sizes beyond which frames are not decoded to be compared.
    isolate : bool or Isolation
        Whether codecs of other libraries, which decode frames to compare them, run in a child process.

    Returns
    -------
    FixReport
        What was mended, what is left, and what was changed for it. Nothing is written where nothing can be mended.

    Raises
    ------
    FileExistsError
        If the destination exists, and ``overwrite`` is false.
    VerificationError
        If the copy shows other pixels, or has an error that the source does not have; it is thrown away.
    DataError
        If the data set cannot be written: it does not say of which SOP Class it is, say.
    OSError
        What the operating system says.
    """
    target, limits = Path(destination), limits or DEFAULT_LIMITS
    if target.exists() and not overwrite:
        raise FileExistsError(f"{target} exists; pass overwrite=True to replace it")
    with noted_warnings(), subject_of(source, limits) as subject:
        found = findings_of(subject)
        mendable = [finding for finding in found if finding.fixable and finding.rule not in ignore]
        before = subject.transfer_syntax
        if not mendable or not subject.has_pixels:
            return FixReport(None, (), tuple(found), (), (), subject.frame_count, 0, before, before)
        with _foreign_errors():
            draft = _drafted(subject, mendable)
        with FrameSpool(target.parent) as spool, replacing(target, overwrite=overwrite) as (stream, temporary):
            with _foreign_errors():
                _write(draft, spool, stream, partial(open_frames, source, limits=limits))
            stream.flush()
            left = _lint_copy(temporary, found, limits)
            opened = partial(open_frames, limits=limits, isolate=isolate)
            compared = _compare(lambda: opened(source), lambda: opened(temporary), draft.editor.warnings)
        still = {finding.rule for finding in left}
        return FixReport(
            destination=str(target),
            mended=tuple(finding for finding in found if finding.fixable and finding.rule not in still),
            left=tuple(left),
            changes=tuple(draft.editor.changes),
            warnings=tuple(draft.editor.warnings),
            frames=subject.frame_count,
            frames_compared=compared,
            transfer_syntax_before=before,
            transfer_syntax_after=draft.transfer_syntax,
        )


@contextmanager
def _foreign_errors() -> Iterator[None]:
    """Let what pydicom raises over elements that it cannot take be a DicomError."""
    try:
        yield
    except (PacscoreError, OSError):
        raise
    except Exception as error:
        raise DicomError(f"the data set cannot be written: {error or type(error).__name__}") from error


def _drafted(subject: Subject, mendable: Iterable[Finding]) -> Draft:
    """Return what the copy shall be."""
    editor = AttributeEditor(own_dataset(subject.header.dataset, _trailing(subject), subject.transfer_syntax))
    for tag in [tag for tag in editor.dataset.keys() if tag.group <= _META]:  # noqa: SIM118 - keys, not elements
        del editor.dataset[tag]  # where a file has lost its prefix, its File Meta Information is read as data
    identify(editor, subject.header.dataset)
    draft = Draft(subject, editor, subject.transfer_syntax)
    for finding in mendable:
        MENDS[finding.rule](draft)
    if draft.transfer_syntax != subject.transfer_syntax:
        change = f"(0002,0010) Transfer Syntax UID: {subject.transfer_syntax} -> {draft.transfer_syntax}"
        editor.changes.append(change)
    report_signatures(editor)
    return draft


def _trailing(subject: Subject) -> Dataset:
    try:
        return subject.trailing
    except DicomError:  # bytes that are no elements: a rule of its own tells of them
        return Dataset()


def _write(draft: Draft, spool: FrameSpool, stream: Sink, opened: Callable[[], FrameSource]) -> None:
    subject, syntax = draft.subject, draft.transfer_syntax
    if subject.encapsulated:
        spool_encapsulated(draft, spool)
        write_part10(stream, draft.editor.dataset, syntax, lambda sink: write_encapsulated(sink, spool, None))
        return
    if draft.clean_cells:
        with opened() as frames:
            spool_native(draft, spool, frames)
    else:
        spool_native(draft, spool, None)
    stored, implicit = subject.stored, syntax == IMPLICIT
    if stored is None or syntax not in NATIVE:
        raise DicomError(f"native pixel data cannot be written under {syntax}", tag="(0002,0010)")
    write_part10(
        stream, draft.editor.dataset, syntax, lambda sink: write_native(sink, spool, stored, implicit=implicit)
    )


def _lint_copy(path: Path, before: list[Finding], limits: Limits) -> list[Finding]:
    """Return what is found in the copy; an error that is new there must not be."""
    with subject_of(path, limits) as subject:
        left = findings_of(subject)
    known = {finding.rule for finding in before}
    new = [finding for finding in left if finding.severity == "error" and finding.rule not in known]
    if new:
        raise VerificationError(f"the copy would have a new error: {new[0].rule}: {new[0].what}")
    return left


def _compare(before: Callable[[], FrameSource], after: Callable[[], FrameSource], warnings: list[str]) -> int:
    """Return how many frames show the same in both; those that the source does not show cannot be compared."""
    compared, failed = 0, None
    try:
        with before() as old, after() as new:
            for index in range(len(old)):
                try:
                    sha256 = pixel_sha256(whole(old.frame(index)))
                except PacscoreError as error:
                    failed = failed or f"frame {index} of the source does not decode, and was not compared: {error}"
                    continue
                if index >= len(new) or pixel_sha256(whole(new.frame(index))) != sha256:
                    raise VerificationError(f"frame {index} of the copy would show other pixels than the source")
                compared += 1
    except VerificationError:
        raise
    except PacscoreError as error:
        failed = failed or f"the frames could not be compared: {error}"
    if failed:
        warnings.append(failed)
    return compared
