"""Allowing: the list of a team, of who may come in by signing in with GitHub."""

from thakur.identities.allowing.interface import (
    Allowance,
    AllowanceKind,
    AllowanceNotFound,
    AllowanceRefused,
    Allowances,
)

__all__ = ["Allowance", "AllowanceKind", "AllowanceNotFound", "AllowanceRefused", "Allowances"]
