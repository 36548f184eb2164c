# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Prints the rows that tests have verified, from JUnit reports, and fails where docs/verification.md lacks one.

A row is a line `verified: WHAT | found | published | tolerance` in a test's output (tests/support/verification.hpp);
WHAT is the first column of its row in docs/verification.md.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROW = re.compile(r"verified: ([^|\n]+) \| (\S+) \| (\S+) \| (\S+)")
PAGE = Path(__file__).resolve().parents[1] / "docs/verification.md"


def rows(path):
    """WHAT, found, published, tolerance of every row in a report."""
    for case in ElementTree.parse(path).iter("testcase"):
        for where in ("system-out", "failure"):
            yield from ROW.findall(re.sub(r"\x1b\[[0-9;]*m", "", case.findtext(where) or ""))


def documented(page):
    """First columns of the tables of a page."""
    return {line.split("|")[1].strip() for line in page.splitlines() if line.startswith("|")}


def main(paths):
    found = [row for path in paths if Path(path).exists() for row in rows(path)]
    width = max((len(row[0]) for row in found), default=4)
    for row in [("case", "marea", "published", "tolerance"), *found]:
        print(f"{row[0]:{width}}  {row[1]:>13}  {row[2]:>13}  {row[3]:>13}")
    missing = sorted({row[0] for row in found} - documented(PAGE.read_text(encoding="utf-8")))
    for what in missing:
        print(f"failed: docs/verification.md has no row '{what}'")
    return 1 if missing or not found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
