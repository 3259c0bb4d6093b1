"""What goes over the seam between the roles of one host: who listens where, and with which key."""

from pathlib import Path

from thakur.builds import ArtifactStore
from thakur.logs import LogSink
from thakur.runtime import Assignments, Edge
from thakur.seam import Key, Peer, SeamApp, client, mount
from thakur.security import derive, load_or_create_ring

EDGE = "edge"


def api_socket(data_dir: Path) -> Path:
    """Where the api answers edges."""
    return data_dir / "run" / "api.sock"


def edge_socket(data_dir: Path) -> Path:
    """Where the edge takes orders."""
    return data_dir / "run" / "edge.sock"


def seam_key(data_dir: Path) -> Key:
    """The key between the api and the edge of this host; not the master key, which no edge opens."""
    ring = load_or_create_ring(data_dir / "keys" / "seam.key")
    return Key(EDGE, derive(ring.keys[ring.current], "seam"))


def api_app(data_dir: Path, assignments: Assignments, sink: LogSink, artifacts: ArtifactStore) -> SeamApp:
    """What an edge may ask of the api."""
    key = seam_key(data_dir)
    return SeamApp(
        mount(Assignments, assignments, key),
        mount(LogSink, sink, key),
        mount(ArtifactStore, artifacts, key),
    )


def edge_app(data_dir: Path, edge: Edge) -> SeamApp:
    """What the api may order an edge."""
    return SeamApp(mount(Edge, edge, seam_key(data_dir)))


def api_peer(data_dir: Path) -> Peer:
    """The api, as an edge reaches it."""
    return Peer(api_socket(data_dir), seam_key(data_dir))


def edge_peer(data_dir: Path) -> Peer:
    """The edge of this host, as the api reaches it."""
    return Peer(edge_socket(data_dir), seam_key(data_dir))


def remote_edge(peer: Peer) -> Edge:
    return client(Edge, peer)


def remote_api(peer: Peer) -> tuple[Assignments, LogSink, ArtifactStore]:
    return client(Assignments, peer), client(LogSink, peer), client(ArtifactStore, peer)
