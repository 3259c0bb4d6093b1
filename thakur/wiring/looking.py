"""What `thakur doctor` asks of the rooms: the programs that serving would find."""

from thakur.builds.tools.node import Node, find_node

__all__ = ["Node", "find_node"]
