"""What can go wrong between a person, a folder and a server."""

from typing import Any

from thakur.errors import Conflict, Forbidden, Invalid, ThakurError, Unauthenticated, Unavailable


class WrongUsage(Invalid):
    """The command line asks for what cannot be done; the exit status is 2."""

    code = "wrong_usage"


class ServerAbsent(Unavailable):
    """No server answers where this command looks for one."""

    code = "server_absent"


class ConnectionBroke(ServerAbsent):
    """The server was there and went away before its answer had come."""

    code = "connection_broke"


class SocketClosed(Forbidden):
    """The local socket belongs to somebody else."""

    code = "socket_closed"


class NotLetIn(Unauthenticated):
    """Nobody confirmed the login in time."""

    code = "not_let_in"


class AnswerUnreadable(Unavailable):
    """What answered is no Thakur, or something between changed its words."""

    code = "answer_unreadable"


class Refused(ThakurError):
    """The server said no; `problem` is its own account of why."""

    code = "refused"

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(str(problem.get("detail", "")), hint=str(problem.get("hint", "")))
        self.problem = problem

    @property
    def is_missing(self) -> bool:
        return self.problem.get("status") == 404


class FolderUnreadable(Invalid):
    """The folder cannot be sent as it is."""

    code = "folder_unreadable"


class FileUnreadable(Invalid):
    """A file that was named cannot be read, or holds no text."""

    code = "file_unreadable"


class DeployFailed(Conflict):
    """The build or its deployment ended otherwise than live."""

    code = "deploy_failed"


class NothingToRollBackTo(Conflict):
    """No deployment is standby."""

    code = "nothing_to_roll_back_to"


class NothingWaits(Conflict):
    """The preview has no commit that waits for approval."""

    code = "nothing_waits"


class NothingLive(Conflict):
    """The project has nothing that could be restarted or deployed again."""

    code = "nothing_live"


class RolloutFailed(Conflict):
    """A deployment did not come back, or kept its old replicas."""

    code = "rollout_failed"


class NothingUnderWay(Conflict):
    """The build has ended, and no deployment was made of it."""

    code = "nothing_under_way"
