# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""The LibTorch at run time must be the one marea was built with: another release breaks the binary interface."""

from importlib.metadata import PackageNotFoundError, version

from ._build_info import TORCH_VERSION


def check(found: str | None = None) -> None:
    """Raise ImportError when the installed torch is another release than the one marea was built with."""
    if not TORCH_VERSION:
        return  # built without surrogates
    if found is None:
        try:
            found = version("torch")
        except PackageNotFoundError:
            return  # a LibTorch without Python's torch
    if found.split("+")[0] != TORCH_VERSION.split("+")[0]:
        raise ImportError(
            f"marea was built with torch {TORCH_VERSION}, but torch {found} is installed: their compiled code does not "
            f"fit together. Install torch=={TORCH_VERSION}, or build marea again in this environment (pip install .)"
        )
