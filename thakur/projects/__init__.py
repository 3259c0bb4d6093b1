"""Projects: what a team owns, by name; each with its environments and the counter that numbers its builds."""

from thakur.projects.interface import (
    PRODUCTION,
    DeletionConsumer,
    Environment,
    Project,
    ProjectNameInvalid,
    ProjectNameTaken,
    ProjectNotFound,
    Projects,
    ProjectStatus,
)

__all__ = [
    "PRODUCTION",
    "DeletionConsumer",
    "Environment",
    "Project",
    "ProjectNameInvalid",
    "ProjectNameTaken",
    "ProjectNotFound",
    "ProjectStatus",
    "Projects",
]
