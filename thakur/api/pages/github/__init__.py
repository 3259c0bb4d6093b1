"""The pages of what is between here and GitHub: Apps and where they are installed, the way there and back, deliveries."""

from thakur.api.pages.github import connecting, deliveries, existing, installations

HANDLERS = [*installations.HANDLERS, *connecting.HANDLERS, *existing.HANDLERS, *deliveries.HANDLERS]
