# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""What `prepare` takes from the compiled half of marea: errors and the version. It works without that half too."""

try:
    from .._core import ConfigError, DataError, IoError, NotBuilt, __version__
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


__all__ = ["ConfigError", "DataError", "IoError", "NotBuilt", "__version__"]
