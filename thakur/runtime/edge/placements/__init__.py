"""Placements: on their way in, routed to, on their way out; and the edge's own record of them."""
