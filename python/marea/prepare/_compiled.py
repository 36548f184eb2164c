# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""What `prepare` takes from the compiled half of marea: errors, units, the version. Without it no units are
converted."""

try:
    from .._core import ConfigError, DataError, IoError, NotBuilt, __version__, units_factor
except ImportError:  # imported by itself, where only the program was built
    __version__ = "from source"

    class ConfigError(ValueError):
        """A wrong argument."""

    class IoError(OSError):
        """A file that is not there, or cannot be written."""

    class DataError(IoError):
        """What a file holds or lacks."""

    class NotBuilt(Exception):
        """A package that is not installed."""

    def units_factor(from_: str, to: str) -> float | None:
        """The factor between two units; only the same text is known here."""
        if from_ == to:
            return 1.0
        raise NotBuilt(f"marea.prepare: units {from_!r} are converted by the package marea, of which only the "
                       "program is here; install the package, or bring the values to m and m s-1")


__all__ = ["ConfigError", "DataError", "IoError", "NotBuilt", "__version__", "units_factor"]
