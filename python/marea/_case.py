# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Case files from paths and dicts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Union

from . import _core

Case = Union[str, "os.PathLike[str]", Mapping[str, Any]]


def _assign(tree: _core.OptionTree, path: str, value: Any) -> None:
    """Sets a value, a table key by key; a key of a table is quoted since it may hold dots ("initial.height")."""
    if isinstance(value, Mapping):
        for key, child in value.items():
            _assign(tree, f'{path}."{key}"', child)
    else:
        tree.set_path(path, value)


def read_case(case: Case, overrides: Mapping[str, Any]) -> _core.OptionTree:
    """Options of a TOML file or a dict of tables; `overrides` are tables or dotted names with their new values."""
    if isinstance(case, Mapping):
        tree = _core.OptionTree(dict(case))
    else:
        tree = _core.read_case_file(os.fspath(case))
    for path, value in overrides.items():
        _assign(tree, path, value)
    return tree
