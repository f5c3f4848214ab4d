"""pacscore moves medical pixels: JPEG 2000, HTJ2K, lossless transcoding and the pixel pipeline of a PACS.

The public names are loaded when first used, so that importing pacscore costs little more than importing numpy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pacscore.codecs.deflate import DeflateOptions
    from pacscore.codecs.isolation import Isolation
    from pacscore.codecs.jpeg import JPEGOptions
    from pacscore.codecs.jpegls import JPEGLSOptions
    from pacscore.codecs.jpegxl import JPEGXLOptions
    from pacscore.dicom.concatenation import Concatenation, open_concatenation
    from pacscore.dicom.display import pipeline
    from pacscore.dicom.frames import FrameSource
    from pacscore.dicom.frames_report import FrameCondition, FramesReport
    from pacscore.dicom.opening import open
    from pacscore.dicom.presentation_state import PresentationState
    from pacscore.dicom.transcode_report import TranscodeReport
    from pacscore.dicom.transcoding import transcode
    from pacscore.errors import (
        CodecCrashedError,
        CodestreamError,
        DataError,
        DicomError,
        LimitError,
        NoCodecError,
        OptionError,
        PacscoreError,
        RecipeError,
        SourceChangedError,
        TruncatedError,
        UnsupportedError,
        VerificationError,
    )
    from pacscore.j2k.completeness import Completeness
    from pacscore.j2k.decoding import decode
    from pacscore.j2k.encoding import encode
    from pacscore.j2k.indexing import CodestreamIndex, index
    from pacscore.j2k.inspecting import CodestreamInfo, inspect
    from pacscore.j2k.options import J2KOptions, ProgressionChange
    from pacscore.j2k.progressive import ProgressiveDecoder
    from pacscore.j2k.recode_report import Recoded, RecodeReport
    from pacscore.j2k.recoding import recode
    from pacscore.j2k.repack_options import RepackOptions
    from pacscore.j2k.repacking import repack
    from pacscore.j2k.restoring import restore
    from pacscore.limits import Limits
    from pacscore.pixel_format import PixelFormat
    from pacscore.pixels.automatic_windows import automatic_window
    from pacscore.pixels.pipeline import Pipeline
    from pacscore.pixels.rendering import render
    from pacscore.pixels.voi import Window
    from pacscore.pyramid.building import BuildReport, build_pyramid
    from pacscore.pyramid.levels import Pyramid, PyramidLevel
    from pacscore.pyramid.opening import open_pyramid
    from pacscore.pyramid.row_sources import RowSource
    from pacscore.pyramid.slide_layout import SlideLayout
    from pacscore.pyramid.static_folders import DeepZoomLayout, IIIFLayout
    from pacscore.region import Region
    from pacscore.report import Damage, DecodeReport, Partial
    from pacscore.source.fsspec_reader import FsspecReader
    from pacscore.source.obstore_reader import ObstoreReader
    from pacscore.stream.makers import FrameView
    from pacscore.stream.scheduler import Scheduler
    from pacscore.stream.streaming import FrameStream, stream_frames

_ROOMS = {
    "codecs.deflate": ("DeflateOptions",),
    "codecs.isolation": ("Isolation",),
    "codecs.jpeg": ("JPEGOptions",),
    "codecs.jpegls": ("JPEGLSOptions",),
    "codecs.jpegxl": ("JPEGXLOptions",),
    "dicom.concatenation": ("Concatenation", "open_concatenation"),
    "dicom.display": ("pipeline",),
    "dicom.frames": ("FrameSource",),
    "dicom.frames_report": ("FrameCondition", "FramesReport"),
    "dicom.opening": ("open",),
    "dicom.presentation_state": ("PresentationState",),
    "dicom.transcode_report": ("TranscodeReport",),
    "dicom.transcoding": ("transcode",),
    "errors": (
        "CodecCrashedError",
        "CodestreamError",
        "DataError",
        "DicomError",
        "LimitError",
        "NoCodecError",
        "OptionError",
        "PacscoreError",
        "RecipeError",
        "SourceChangedError",
        "TruncatedError",
        "UnsupportedError",
        "VerificationError",
    ),
    "j2k.completeness": ("Completeness",),
    "j2k.decoding": ("decode",),
    "j2k.encoding": ("encode",),
    "j2k.indexing": ("CodestreamIndex", "index"),
    "j2k.inspecting": ("CodestreamInfo", "inspect"),
    "j2k.options": ("J2KOptions", "ProgressionChange"),
    "j2k.progressive": ("ProgressiveDecoder",),
    "j2k.recode_report": ("RecodeReport", "Recoded"),
    "j2k.recoding": ("recode",),
    "j2k.repack_options": ("RepackOptions",),
    "j2k.repacking": ("repack",),
    "j2k.restoring": ("restore",),
    "limits": ("Limits",),
    "pixel_format": ("PixelFormat",),
    "pixels.automatic_windows": ("automatic_window",),
    "pixels.pipeline": ("Pipeline",),
    "pixels.rendering": ("render",),
    "pixels.voi": ("Window",),
    "pyramid.building": ("BuildReport", "build_pyramid"),
    "pyramid.levels": ("Pyramid", "PyramidLevel"),
    "pyramid.opening": ("open_pyramid",),
    "pyramid.row_sources": ("RowSource",),
    "pyramid.slide_layout": ("SlideLayout",),
    "pyramid.static_folders": ("DeepZoomLayout", "IIIFLayout"),
    "region": ("Region",),
    "report": ("Damage", "DecodeReport", "Partial"),
    "source.fsspec_reader": ("FsspecReader",),
    "source.obstore_reader": ("ObstoreReader",),
    "stream.makers": ("FrameView",),
    "stream.scheduler": ("Scheduler",),
    "stream.streaming": ("FrameStream", "stream_frames"),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__version__ = "0.1.0"

__all__ = [
    "BuildReport",
    "CodecCrashedError",
    "CodestreamError",
    "CodestreamIndex",
    "CodestreamInfo",
    "Completeness",
    "Concatenation",
    "Damage",
    "DataError",
    "DecodeReport",
    "DeepZoomLayout",
    "DeflateOptions",
    "DicomError",
    "FrameCondition",
    "FrameSource",
    "FrameStream",
    "FrameView",
    "FramesReport",
    "FsspecReader",
    "IIIFLayout",
    "Isolation",
    "J2KOptions",
    "JPEGLSOptions",
    "JPEGOptions",
    "JPEGXLOptions",
    "LimitError",
    "Limits",
    "NoCodecError",
    "ObstoreReader",
    "OptionError",
    "PacscoreError",
    "Partial",
    "Pipeline",
    "PixelFormat",
    "PresentationState",
    "ProgressionChange",
    "ProgressiveDecoder",
    "Pyramid",
    "PyramidLevel",
    "RecipeError",
    "RecodeReport",
    "Recoded",
    "Region",
    "RepackOptions",
    "RowSource",
    "Scheduler",
    "SlideLayout",
    "SourceChangedError",
    "TranscodeReport",
    "TruncatedError",
    "UnsupportedError",
    "VerificationError",
    "Window",
    "automatic_window",
    "build_pyramid",
    "decode",
    "encode",
    "index",
    "inspect",
    "open",
    "open_concatenation",
    "open_pyramid",
    "pipeline",
    "recode",
    "render",
    "repack",
    "restore",
    "stream_frames",
    "transcode",
]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'pacscore' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"pacscore.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
