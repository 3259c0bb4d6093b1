"""Accounts: who is asking, and for which teams they may act.

A *principal* carries the roles of whoever caused a call; the *operator* is the one behind the local socket.
"""

from thakur.accounts.interface import DEFAULT_TEAM, Accounts, Principal, Role

__all__ = ["DEFAULT_TEAM", "Accounts", "Principal", "Role"]
