"""Libraries that only some need: the error where one is not installed."""

from __future__ import annotations


class MissingExtra(ImportError):
    """A library is not installed; the message names the extra that has it."""
