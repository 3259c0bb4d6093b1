"""Described: what the API can be asked, as a document for programs (OpenAPI 3.1).

The framework finds the *operations* and their parameters, msgspec the schemas of what goes in and out; what only people
know stands here: *examples*, what a parameter means, and which *problems* an answer may be.
"""

from thakur.api.described.document import Description

__all__ = ["Description"]
