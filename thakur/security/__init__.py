"""Secrets: a *key ring* is a 0600 file outside the database, and all other keys are derived from it.

A *sealer* makes of a secret what may lie anywhere; a *redactor* takes secrets out of what is shown.
"""

from thakur.security.interface import KeyUnusable, Resealed, SealedRows, SecretUnreadable
from thakur.security.keys import KEY_BYTES, KeyRing, add_key, derive, drop_old_keys, load_or_create_ring
from thakur.security.redaction import MARK, SHORTEST_BYTES, Redactor
from thakur.security.sealing import Sealer

__all__ = [
    "KEY_BYTES",
    "MARK",
    "SHORTEST_BYTES",
    "KeyRing",
    "KeyUnusable",
    "Redactor",
    "Resealed",
    "SealedRows",
    "Sealer",
    "SecretUnreadable",
    "add_key",
    "derive",
    "drop_old_keys",
    "load_or_create_ring",
]
