# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""What is built in."""

from __future__ import annotations

from typing import Any

from . import _core


def listing(what: str = "solvers") -> dict[str, str] | dict[str, list[str]] | list[dict[str, Any]]:
    """What is built in, as ``marea list``.

    Parameters
    ----------
    what : {"solvers", "models", "profiles", "tables"} or the name of a solver, model, profile or table of a case file

    Returns
    -------
    dict or list
        name -> summary; for "profiles", solver -> names of its initial states and beds. For a name, one dict an option
        with the keys key, type, default, units, range, help.

    Raises
    ------
    ConfigError
        for a name that is not known; it suggests the nearest
    """
    kinds = {
        "solvers": _core.list_solvers(),
        "models": _core.list_models() if hasattr(_core, "list_models") else {},
        "tables": _core.list_tables(),
    }
    solvers = kinds["solvers"]
    if what in kinds:
        return {name: entry["summary"] for name, entry in kinds[what].items()}
    if what == "profiles":
        return {name: list(entry["profiles"]) for name, entry in solvers.items()}
    known = {name: entry["options"] for kind in kinds.values() for name, entry in kind.items()}
    for entry in solvers.values():
        known.update(entry["profiles"])
    if what not in known:
        near = _core.nearest_name(what, list(known))
        hint = f", did you mean '{near}'?" if near else ";"
        names = ", ".join(["solvers", "models", "profiles", "tables", *known])
        raise _core.ConfigError(f"list: unknown name '{what}'{hint} known: {names}")
    return known[what]
