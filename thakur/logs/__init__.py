"""Logs: a *stream* is the ordered lines of one build with its deployment, or of one environment's replicas.

Lines come in from builds, rollouts and edges, get a number and a level once, and go out as pages and as live tails.
"""

from thakur.logs.cutting import LineCutter
from thakur.logs.interface import (
    BUILD_BYTES,
    BUILD_LINES,
    DAY_BYTES,
    DAY_LINES,
    LINE_BYTES,
    Cleared,
    Entry,
    Extent,
    Found,
    Level,
    Line,
    Logs,
    LogSink,
    Search,
    SourceBatch,
    StreamNotFound,
    StreamWriter,
)

__all__ = [
    "BUILD_BYTES",
    "BUILD_LINES",
    "DAY_BYTES",
    "DAY_LINES",
    "LINE_BYTES",
    "Cleared",
    "Entry",
    "Extent",
    "Found",
    "Level",
    "Line",
    "LineCutter",
    "LogSink",
    "Logs",
    "Search",
    "SourceBatch",
    "StreamNotFound",
    "StreamWriter",
]
