"""Why something that is asked of a deployment cannot be, now or ever."""

from thakur.errors import Conflict, Invalid


class NeverActive(Conflict):
    """Only what was live once can be brought back; this deployment ended before it was, or is still on its way."""

    code = "never_active"


class AlreadyActive(Conflict):
    """The deployment that should come back is the one that is live."""

    code = "already_active"


class ArtifactGone(Conflict):
    """The deployment's artifact is not kept any more."""

    code = "artifact_gone"


class NotActive(Conflict):
    """Only what is live can be restarted."""

    code = "not_active"


class NothingToRestart(Conflict):
    """The deployment is a directory of files: no process of it runs."""

    code = "nothing_to_restart"


class NothingToCancel(Conflict):
    """The deployment's rollout has ended."""

    code = "nothing_to_cancel"


class EnvironmentUnknown(Invalid):
    """The project has no such environment to deploy to."""

    code = "environment_unknown"


class ForkStays(Conflict):
    """What was built from a fork is not put into production; it is merged, and built from there."""

    code = "fork_stays"
