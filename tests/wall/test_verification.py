# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""The table of verified numbers: rows are read from reports, and one that the page lacks is a failure."""

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
REPORT = """<testsuite><testcase name="a"><system-out>../x.hpp:20: MESSAGE: verified: {} | 0.14061 | 0.1406 | 0.0001
</system-out></testcase></testsuite>"""


def table(folder, what):
    (folder / "report.xml").write_text(REPORT.format(what), encoding="utf-8")
    return subprocess.run([sys.executable, TESTS / "verification.py", folder / "report.xml"], capture_output=True, text=True)


def test_a_verified_number_is_printed_with_what_is_published(tmp_path):
    done = table(tmp_path, "darcy, 1 x 1: torsion constant")
    assert done.stdout.splitlines()[1].split()[-3:] == ["0.14061", "0.1406", "0.0001"]
    assert done.returncode == 0


def test_a_number_without_a_row_on_the_page_fails(tmp_path):
    done = table(tmp_path, "a number of nobody")
    assert "docs/verification.md has no row 'a number of nobody'" in done.stdout
    assert done.returncode == 1
