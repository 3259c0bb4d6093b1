"""Wiring: settings become services; the one room that knows which implementation stands behind which Protocol.

One file per part: `core` is what every role with a database shares, `deciding` the api's, `building` the worker's, `placing`
the edge's, `crossing` what goes over the seam between them. Import the part: an edge must not load the others.
"""
