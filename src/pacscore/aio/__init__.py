"""Frames for asyncio: the same streams, awaited."""

from __future__ import annotations

from pacscore.aio.streaming import AsyncFrameStream, open_frames, stream_frames

__all__ = ["AsyncFrameStream", "open_frames", "stream_frames"]
