"""The settings of one process: read once from `THAKUR_*`, checked, frozen. The only reader of the environment."""

from thakur.settings.client import ClientSettings, has_screen, wants_color
from thakur.settings.server import PORTS, Settings
from thakur.settings.values import Address, Network, SettingInvalid

__all__ = [
    "PORTS",
    "Address",
    "ClientSettings",
    "Network",
    "SettingInvalid",
    "Settings",
    "has_screen",
    "wants_color",
]
