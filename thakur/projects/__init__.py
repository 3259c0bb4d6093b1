"""Projects: what a team owns, by name; each with its environments and the counter that numbers its builds."""

from thakur.projects.interface import (
    PRODUCTION,
    DeletionConsumer,
    Environment,
    Place,
    Project,
    ProjectNameInvalid,
    ProjectNameTaken,
    ProjectNotFound,
    Projects,
    ProjectStatus,
)
from thakur.projects.names import host_label, hostname, suggested_name

__all__ = [
    "PRODUCTION",
    "DeletionConsumer",
    "Environment",
    "Place",
    "Project",
    "ProjectNameInvalid",
    "ProjectNameTaken",
    "ProjectNotFound",
    "ProjectStatus",
    "Projects",
    "host_label",
    "hostname",
    "suggested_name",
]
