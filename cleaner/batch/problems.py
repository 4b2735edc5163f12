"""What can go wrong in a batch run, as sentences for the person who started it."""

from __future__ import annotations

import errno


class BatchError(Exception):
    """The run can't go on. ``status`` is the exit status: 1 a failure, 2 wrong usage, 130 interrupted."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


class UsageError(BatchError):
    """The run can't begin as it was asked for."""

    def __init__(self, message: str) -> None:
        super().__init__(message, 2)


class ShardError(Exception):
    """One input can't be read to its end; the others can."""


class BadRecord(Exception):
    """One record can't be cleaned. The message says why, ``kind`` in one word."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def need(module: str, extra: str, what: str) -> BatchError:
    """The error for a library that is not installed."""
    return UsageError(f"{what} needs {module}, which is not installed: pip install 'boilerplate-cleaner[{extra}]'")


def explain_os_error(error: OSError) -> str:
    """A sentence for an error of the file system."""
    where = f" ({error.filename})" if error.filename else ""
    known = {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "the disk quota is used up",
        errno.EFBIG: "a file would grow past the largest size that is allowed",
        errno.EROFS: "the folder is on a read-only file system",
        errno.EACCES: "writing or reading is not permitted",
        errno.EPERM: "writing or reading is not permitted",
        errno.EPIPE: "the reader of the output has gone",
    }
    return known.get(error.errno or 0, (error.strerror or str(error)).lower()) + where
