"""Data sets, encapsulation, offset tables, frames and transcoding."""
