# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""A trained model."""

from __future__ import annotations

from . import _core

if hasattr(_core, "Surrogate"):
    Surrogate = _core.Surrogate
else:

    class Surrogate:  # type: ignore[no-redef]
        """Stands where marea was built without LibTorch."""

        @staticmethod
        def load(path: str, device: str = "cpu", precision: str = "single") -> Surrogate:
            raise _core.NotBuilt("surrogate: marea was built with MAREA_SURROGATE=OFF; build it with LibTorch")
