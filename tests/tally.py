# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Counts test cases in JUnit reports of ctest and pytest and prints `N passed, N failed[, N skipped]`.

A ctest entry that is a doctest program counts with each of its test cases; any other entry counts as one test.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

DOCTEST = re.compile(r"\[doctest\] test cases: *(\d+) \| *(\d+) passed \| *(\d+) failed \| *(\d+) skipped")


def tally(path):
    """Passed, failed, skipped, and the names of what failed, of one report."""
    passed = failed = skipped = 0
    names = []
    for case in ElementTree.parse(path).iter("testcase"):
        bad = case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail"
        if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            skipped += 1
        elif match := DOCTEST.search(re.sub(r"\x1b\[[0-9;]*m", "", case.findtext("system-out") or "")):
            passed += int(match[2])
            failed += max(int(match[3]), int(bad))
        else:
            passed += not bad
            failed += bad
        if bad:
            names.append(".".join(filter(None, (case.get("classname"), case.get("name")))))
    return passed, failed, skipped, names


def main(paths):
    passed = failed = skipped = 0
    for path in paths:
        try:
            more_passed, more_failed, more_skipped, names = tally(path)
        except (OSError, ElementTree.ParseError) as error:
            more_passed, more_failed, more_skipped, names = 0, 1, 0, [f"no report: {error}"]
        passed, failed, skipped = passed + more_passed, failed + more_failed, skipped + more_skipped
        for name in names:
            print("failed:", name)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
