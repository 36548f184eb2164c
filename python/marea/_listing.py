# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""What is built in."""

from __future__ import annotations

from typing import Any

from . import _core


def listing(what: str = "solvers") -> dict[str, str] | list[dict[str, Any]]:
    """What is built in, as ``marea list``.

    Parameters
    ----------
    what : {"solvers", "models", "profiles"} or the name of a solver, model or profile

    Returns
    -------
    dict or list
        name -> summary; for "profiles", solver -> names of its initial states and beds. For a name, one dict an option with the keys
        key, type, default, units, range, help.

    Raises
    ------
    ConfigError
        for a name that is not known; it suggests the nearest
    """
    solvers = _core.list_solvers()
    models = _core.list_models() if hasattr(_core, "list_models") else {}
    if what == "solvers":
        return {name: entry["summary"] for name, entry in solvers.items()}
    if what == "models":
        return {name: entry["summary"] for name, entry in models.items()}
    if what == "profiles":
        return {name: list(entry["profiles"]) for name, entry in solvers.items()}
    known = {name: entry["options"] for name, entry in {**solvers, **models}.items()}
    for entry in solvers.values():
        known.update(entry["profiles"])
    if what not in known:
        near = _core.nearest_name(what, list(known))
        hint = f", did you mean '{near}'?" if near else ""
        raise _core.ConfigError(f"list: unknown name '{what}'{hint} known: solvers, models, profiles, {', '.join(known)}")
    return known[what]
