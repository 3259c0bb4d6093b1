"""What can be wrong with a key or with what a key has sealed."""

from thakur.errors import ThakurError


class KeyUnusable(ThakurError):
    """The key file is open to others, cut off, or not a key file."""

    code = "key_unusable"


class SecretUnreadable(ThakurError):
    """What was sealed cannot be opened: its key is gone, it was changed, or it was sealed for another place."""

    code = "secret_unreadable"
