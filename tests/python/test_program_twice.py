# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Two programs that want to write the same output."""

import os
import signal
import time

import pytest

from program import MAREA, failure, marea, start, write_case

pytestmark = pytest.mark.skipif(not MAREA, reason="MAREA_BIN does not name the program")


@pytest.fixture
def running(tmp_path):
    """A case whose run is under way, and its process."""
    case = write_case(tmp_path, every=5.0, end_time=2000.0)
    process = start("simulate", case, "--quiet")
    for _ in range(10000):
        if process.poll() is not None or (tmp_path / "run" / "run.h5").exists():
            break
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGSTOP)  # it cannot end before the second one looks
    yield case, process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("restart", ["auto", "never"])
def test_a_second_program_leaves_a_run_alone(tmp_path, running, restart):
    case, process = running
    code, line = failure(case, "--restart", restart)
    assert code == 5
    assert f"run.lock: what it guards is in use by process {process.pid} on " in line
    os.kill(process.pid, signal.SIGCONT)
    assert process.wait(120) == 0
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["run.h5"]


def test_a_second_ensemble_does_not_touch_the_member_under_way(tmp_path):
    case = write_case(tmp_path, '[ensemble]\nmembers = 3\n[ensemble.vary]\n"initial.height" = [0.5, 1.5]\n',
                      every=5.0, end_time=1000.0)
    process = start("simulate", case, "--quiet")
    while process.poll() is None and not (tmp_path / "run" / "run_0001.h5").exists():
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGSTOP)
    code, line = failure(case, "--quiet")
    os.kill(process.pid, signal.SIGCONT)
    assert (code, "run_0001.lock" in line) == (5, True)
    assert process.wait(120) == 0
    process.communicate()
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [f"run_000{n}.h5" for n in range(3)]
    assert marea("simulate", case, "--quiet").returncode == 0
