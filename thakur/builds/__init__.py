"""Builds: a *source* (a folder's upload, or a commit) becomes an *artifact* by a *plan*, in *steps*: unpack or clone, install, build, package.

A build is one such attempt; it is claimed by a worker, writes one log stream, and ends in an artifact or in a failure
that says what happened, why, and what to do next.
"""

from thakur.builds.asked import GitSource, Source, Upload
from thakur.builds.caches.interface import Caches
from thakur.builds.detection.describe import describe
from thakur.builds.detection.overriding import with_settings
from thakur.builds.interface import (
    UNPACKED_BYTES,
    UNPACKED_ENTRIES,
    UPLOAD_BYTES,
    Artifact,
    ArtifactConsumer,
    ArtifactNeeds,
    ArtifactNotFound,
    ArtifactReady,
    ArtifactStore,
    Build,
    BuildEnded,
    BuildFailed,
    BuildNotFound,
    Builds,
    BuildsRunning,
    BuildsSought,
    BunMissing,
    DiskNearlyFull,
    Failure,
    LooksTaken,
    Planned,
    Plans,
    Step,
    Toolchain,
    UploadInvalid,
    UploadTooLarge,
)
from thakur.builds.plan import Copy, Plan, ReplicaLimits
from thakur.builds.statuses import BUILD_MOVES, BuildStatus

__all__ = [
    "BUILD_MOVES",
    "UNPACKED_BYTES",
    "UNPACKED_ENTRIES",
    "UPLOAD_BYTES",
    "Artifact",
    "ArtifactConsumer",
    "ArtifactNeeds",
    "ArtifactNotFound",
    "ArtifactReady",
    "ArtifactStore",
    "Build",
    "BuildEnded",
    "BuildFailed",
    "BuildNotFound",
    "BuildStatus",
    "Builds",
    "BuildsRunning",
    "BuildsSought",
    "BunMissing",
    "Caches",
    "Copy",
    "DiskNearlyFull",
    "Failure",
    "GitSource",
    "LooksTaken",
    "Plan",
    "Planned",
    "Plans",
    "ReplicaLimits",
    "Source",
    "Step",
    "Toolchain",
    "Upload",
    "UploadInvalid",
    "UploadTooLarge",
    "describe",
    "with_settings",
]
