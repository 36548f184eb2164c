# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Case files from paths and dicts."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping
from typing import Any, Union

from . import _core
from ._arguments import path_of, unknown

Case = Union[str, "os.PathLike[str]", Mapping[str, Any]]


def _assign(tree: _core.OptionTree, path: str, value: Any) -> None:
    """Sets a value, a table key by key; a key of a table is quoted since it may hold dots ("initial.height")."""
    if isinstance(value, Mapping):
        for key, child in value.items():
            _assign(tree, f'{path}."{key}"', child)
    else:
        tree.set_path(path, value)


def _require_table(what: str, keyword: str, value: Any, keywords: Iterable[str]) -> None:
    """Raises ConfigError for a keyword that is neither a table of a case file nor a dotted name in one."""
    tables = _core.case_file_tables()
    first, dot, _ = keyword.partition(".")
    if first in tables and (dot or isinstance(value, Mapping)):
        return
    if first in tables:
        raise _core.ConfigError(f"{what}: {keyword} is a table; pass a dict of its options")
    for table, entry in _core.list_tables().items():
        if any(option["key"] == keyword for option in entry["options"]):
            raise _core.ConfigError(
                f"{what}: {keyword} is an option of the table {table}; pass {table}={{'{keyword}': …}}"
            )
    raise unknown(f"{what}: unknown keyword", first, [*keywords, *tables])


def refuse_fields(path: str, value: Any) -> None:
    """Raises ConfigError for a whole field in the place of an option."""
    if path.count(".") > 32:
        raise _core.ConfigError(f"{path[:60]}… nests deeper than 32 tables; does a dict hold itself?")
    if isinstance(value, Mapping):
        for key, child in value.items():
            refuse_fields(f"{path}.{key}" if path else str(key), child)
    elif getattr(value, "size", 0) > 100:
        raise _core.ConfigError(
            f"{path} is an array of {value.size} values; an option takes a number, a name or a file: write the field "
            "to a file and pass {'file': …}, or set the state by Solver.write"
        )


def read_case(what: str, case: Case, overrides: Mapping[str, Any], keywords: Iterable[str] = ()) -> _core.OptionTree:
    """Options of a TOML file or a dict of tables; `overrides` are tables or dotted names with their new values.

    Parameters
    ----------
    what : the function that was called, for messages
    keywords : what that function takes besides tables, for messages

    Raises
    ------
    ConfigError
        for a case that is neither, a table that case files do not have, a keyword that is no table
    """
    for keyword, value in overrides.items():
        _require_table(what, keyword, value, keywords)
    refuse_fields("", overrides)
    if isinstance(case, Mapping):
        refuse_fields("", case)
        tree = _core.OptionTree(dict(case))
    elif isinstance(case, (str, os.PathLike)):
        tree = _core.read_case_file(path_of(case, "case"))
    else:
        raise _core.ConfigError(
            f"{what}: case is of type {type(case).__name__}; pass the path of a case file or a dict of its tables"
        )
    for path, value in overrides.items():
        _assign(tree, path, value)
    _core.check_case_tables(tree)
    return tree


def say_rest(tree: _core.OptionTree) -> None:
    """Warns of a case without the table initial: whoever forgot it sees a sea at rest."""
    if "initial" not in tree:
        warnings.warn("the case has no table [initial]: the solver starts from its first profile",
                      stacklevel=3)
