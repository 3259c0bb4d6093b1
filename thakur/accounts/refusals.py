"""Why accounts say no."""

from thakur.errors import Conflict, Invalid, NotFound, TooMany, Unauthenticated


class LinkUnusable(NotFound):
    """There is no such link, or not any more."""

    code = "link_unusable"


class OwnerExists(Conflict):
    """The server has its owner already."""

    code = "owner_exists"


class UserNotFound(NotFound):
    """There is no such user, or not in this team."""

    code = "user_not_found"


class UserNameRefused(Invalid):
    """The name is no name for a user."""

    code = "user_name_refused"


class UserNameTaken(Conflict):
    """Another user has the name."""

    code = "user_name_taken"


class TeamNotFound(NotFound):
    """The asker is in no team of that name."""

    code = "team_not_found"


class TeamNameRefused(Invalid):
    """The name is no name for a team."""

    code = "team_name_refused"


class TeamNameTaken(Conflict):
    """Another team has the name."""

    code = "team_name_taken"


class LastOwner(Conflict):
    """The team would be left without an owner."""

    code = "last_owner"


class SessionNotFound(NotFound):
    """The asker has no such session."""

    code = "session_not_found"


class TokenNotFound(NotFound):
    """The asker sees no token of that name."""

    code = "token_not_found"


class TokenNameRefused(Invalid):
    """The name is no name for a token."""

    code = "token_name_refused"


class TokenNameTaken(Conflict):
    """The team has a token of that name."""

    code = "token_name_taken"


class TokenRefused(Unauthenticated):
    """The token is unknown, revoked or expired."""

    code = "token_refused"


class InvitationNotFound(NotFound):
    """The team has no such open invitation."""

    code = "invitation_not_found"


class DeviceNotFound(NotFound):
    """No command waits with that code, or not any more."""

    code = "device_not_found"


class DeviceRefused(Unauthenticated):
    """The person said no."""

    code = "device_refused"


class AttemptsExhausted(TooMany):
    """Too many wrong secrets from one place, or from everywhere."""

    code = "attempts_exhausted"


class IdempotencyKeyTaken(Invalid):
    """The key came with another request before."""

    code = "idempotency_key_taken"


def key_taken() -> IdempotencyKeyTaken:
    """What is said to whoever sends another request with a key that was used."""
    return IdempotencyKeyTaken(
        "Another request was sent with this Idempotency-Key",
        hint="Use a new key for each request, and the same one only to repeat it as it was.",
        field="Idempotency-Key",
    )


class RequestUnderWay(Conflict):
    """The request that came with the key is not answered yet."""

    code = "request_under_way"


class AnswerNotKept(Conflict):
    """The request was done, and its answer held a secret."""

    code = "answer_not_kept"
