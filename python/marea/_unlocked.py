# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""HDF5 files read without a lock: a run may go on while one looks at them."""

from __future__ import annotations

import os

import h5py


def open_unlocked(path: str | os.PathLike[str]) -> h5py.File:
    """Open for reading without a lock, or with one where this process has it open so: HDF5 wants the same of both."""
    try:
        return h5py.File(path, "r", locking=False)
    except OSError as error:
        if "locking flag" not in str(error):
            raise
        return h5py.File(path, "r")
