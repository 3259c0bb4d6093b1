"""What can be wrong with a database, in words for the operator."""

from thakur.errors import Invalid, ThakurError, Unavailable


class DatabaseUnavailable(Unavailable):
    """PostgreSQL cannot be reached, is starting or stopping, or has no connection to give."""

    code = "database_unavailable"


class ValueRefused(Invalid):
    """No row can hold that: a number is too large, or a text holds a NUL."""

    code = "value_refused"


class DatabaseTooOld(ThakurError):
    """The server's version is below the oldest that the queries are written for."""

    code = "database_too_old"


class DatabaseTooNew(ThakurError):
    """A newer Thakur has migrated this database; this one does not know its tables."""

    code = "database_too_new"
