"""Builds: a *source* (a folder's upload) becomes an *artifact* by a *plan*, in *steps*: unpack, install, build, package.

A build is one such attempt; it is claimed by a worker, writes one log stream, and ends in an artifact or in a failure
that says what happened, why, and what to do next.
"""

from thakur.builds.interface import (
    BUILD_MOVES,
    UNPACKED_BYTES,
    UNPACKED_ENTRIES,
    UPLOAD_BYTES,
    Artifact,
    ArtifactConsumer,
    ArtifactNotFound,
    ArtifactReady,
    ArtifactStore,
    Build,
    BuildNotFound,
    Builds,
    BuildStatus,
    DiskNearlyFull,
    Failure,
    Plan,
    Source,
    Step,
    Upload,
    UploadInvalid,
    UploadTooLarge,
)

__all__ = [
    "BUILD_MOVES",
    "UNPACKED_BYTES",
    "UNPACKED_ENTRIES",
    "UPLOAD_BYTES",
    "Artifact",
    "ArtifactConsumer",
    "ArtifactNotFound",
    "ArtifactReady",
    "ArtifactStore",
    "Build",
    "BuildNotFound",
    "BuildStatus",
    "Builds",
    "DiskNearlyFull",
    "Failure",
    "Plan",
    "Source",
    "Step",
    "Upload",
    "UploadInvalid",
    "UploadTooLarge",
]
