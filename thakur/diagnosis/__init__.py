"""Diagnosis: what a command's own words say about why it failed, in three sentences for a person."""

from thakur.diagnosis.causes import find_cause
from thakur.diagnosis.interface import Cause, Command, Failure, Phase
from thakur.diagnosis.output import last_error_line

__all__ = ["Cause", "Command", "Failure", "Phase", "find_cause", "last_error_line"]
