"""Every limit and deadline of the data plane under one roof, so that a test can start a worker with smaller ones."""


class Limits:
    """Defaults of the product; `override` changes one by name."""

    def __init__(self) -> None:
        self.head_bytes = 64 * 1024
        self.fields = 100
        self.pipelined_bytes = 64 * 1024
        self.connections = 0  # 0: as many as the open files allow
        self.address_connections = 0  # of one address; 0: a quarter of all

        self.head_seconds = 10.0
        self.idle_seconds = 75.0
        self.request_body_seconds = 60.0
        self.client_write_seconds = 60.0
        self.linger_seconds = 10.0

        self.connect_seconds = 5.0
        self.answer_seconds = 60.0
        self.response_body_seconds = 300.0
        # Below the shortest keep-alive timeout that common servers use (5 s), sweep included: so the side that closes an
        # idle connection is this one, and no request meets a connection that dies.
        self.upstream_idle_seconds = 2.0
        self.upstream_rest_seconds = 1.0  # how long a refused upstream is not the first choice

        self.hello_seconds = 5.0
        self.leave_seconds = 10.0
        self.leave_idle_seconds = 1.0
        self.sweep_seconds = 1.0
        self.memo = 1  # 0 switches the memos off; only a test wants that

    def override(self, assignment: str) -> None:
        """Take `name=number`. Raises ValueError for a name that is none."""
        name, _, number = assignment.partition("=")
        default = self.__dict__.get(name)
        if default is None:
            raise ValueError(f"no limit is called {name!r}")
        self.__dict__[name] = type(default)(number)
