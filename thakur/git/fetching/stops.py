"""Why a fetch stops: a code and the facts of it; what is said to a person of them is decided outside."""


class Stopped(Exception):
    """Nothing more can be fetched. `facts` hold no secret."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
