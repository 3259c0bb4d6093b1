"""The crowd: how many visitors of each address are here, so that one address cannot take every place."""

_SHARE = 4
_AT_LEAST = 64


class Crowd:
    """Counts connections by address; those of one IPv6 network of 64 bits are one, for its owner has all of them."""

    __slots__ = ("_counts", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._counts: dict[bytes, int] = {}

    def is_too_many(self, address: bytes) -> bool:
        """Whether the address has all the places that it may have."""
        return self._counts.get(_owner(address), 0) >= self.limit

    def enter(self, address: bytes) -> None:
        """One more is here."""
        owner = _owner(address)
        self._counts[owner] = self._counts.get(owner, 0) + 1

    def leave(self, address: bytes) -> None:
        """One has left."""
        owner = _owner(address)
        count = self._counts.pop(owner) - 1
        if count:
            self._counts[owner] = count

    def __len__(self) -> int:
        return len(self._counts)


def limit_of(connections: int) -> int:
    """What one address may have of so many."""
    return max(connections // _SHARE, _AT_LEAST)


def _owner(address: bytes) -> bytes:
    if b":" not in address:
        return address
    # As the kernel writes it: `::` stands once for groups of zeros.
    front, gap, back = address.partition(b"::")
    groups = front.split(b":") if front else []
    if gap:
        behind = back.split(b":") if back else []
        groups += [b"0"] * (8 - len(groups) - len(behind)) + behind
    return b":".join(groups[:4])
