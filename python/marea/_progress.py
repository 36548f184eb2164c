# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Progress of long calls as tqdm bars."""

from __future__ import annotations

from contextlib import contextmanager
from collections.abc import Iterator
from typing import Any

from . import _core

_LAYOUT = "{desc}: {percentage:3.0f}%|{bar}| {n:.6g}/{total:.6g} {unit} [{elapsed}<{remaining}{postfix}]"


@contextmanager
def progress_bars(enabled: bool) -> Iterator[None]:
    """Within the block, each task that the compiled half reports has a bar of its own."""
    if not enabled:
        yield
        return
    from tqdm.auto import tqdm

    bars: dict[str, Any] = {}

    def show(state: dict[str, Any]) -> None:
        task = state["task"]
        if task not in bars:
            known = {"bar_format": _LAYOUT, "total": state["total"]} if state["total"] > 0 else {}
            bars[task] = tqdm(desc=task, unit=state["unit"], **known)
        bar = bars[task]
        bar.set_postfix_str(state["note"], refresh=False)
        bar.update(state["done"] - bar.n)
        if state["finished"]:
            bars.pop(task).close()

    _core.set_progress(show)
    try:
        yield
    finally:
        _core.set_progress(None)
        for bar in bars.values():
            bar.close()
