# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Runs that are killed or run out of space: no acknowledged snapshot is lost, and the file stays readable."""

import os
import random
import resource
import subprocess
import time
from pathlib import Path

import pytest

h5py = pytest.importorskip("h5py")

WRITER = Path(os.environ.get("MAREA_BIN", "")).parent / "write_sample_run"
pytestmark = pytest.mark.skipif(not WRITER.is_file(), reason="write_sample_run is not built beside MAREA_BIN")


def start(path, *more, **options):
    return subprocess.Popen([WRITER, path, "1000000", *map(str, more)], stdout=subprocess.PIPE, text=True, **options)


def kill_after(process, steps, delay):
    """SIGKILL a moment after the run said that `steps` snapshots are safe. The number it said in the end."""
    said = 0
    while said < steps:
        said = int(process.stdout.readline().split()[1]) + 1
    time.sleep(delay)
    process.kill()
    for line in process.stdout.read().splitlines():
        words = line.split()
        if len(words) == 2 and words[0] == "step":
            said = max(said, int(words[1]) + 1)
    process.wait()
    return said


@pytest.mark.parametrize("seed", range(8))
def test_sigkill_loses_no_acknowledged_snapshot(tmp_path, seed):
    chance = random.Random(seed)
    path = tmp_path / "run.h5"
    said = kill_after(start(path), chance.randint(1, 30), chance.uniform(0, 0.01))
    with h5py.File(path) as f:
        steps = len(f["time"])
        assert said - 1 <= steps  # the last line may have been cut
        assert steps >= int(f["time"][-1] / 60.0) + 1
        f["eta"][0, :steps], f["velocity"][0, :steps]  # every checksum holds
        assert not f.attrs["complete"]


@pytest.mark.parametrize("seed", range(3))
def test_sigkill_leaves_a_whole_checkpoint(tmp_path, seed):
    chance = random.Random(100 + seed)
    folder = tmp_path / "checkpoints"
    said = kill_after(start(tmp_path / "run.h5", folder), chance.randint(2, 8), chance.uniform(0, 0.02))
    whole = sorted(folder.glob("step_*.h5"))
    assert 1 <= len(whole) <= 3  # the oldest goes after the newest is in place
    with h5py.File(whole[-1]) as f:
        assert f.attrs["steps"] >= said - 2
        f["fields/h"][...]


def test_a_limit_of_file_size_ends_the_run_and_leaves_the_file_whole(tmp_path):
    limit = 1_500_000
    path = tmp_path / "run.h5"
    process = start(path, stderr=subprocess.PIPE)
    first = process.stdout.readline()  # MPI has made its own files by now
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (limit, limit))
    said, problem = process.communicate(timeout=120)
    said = first + said
    assert process.returncode == 5
    assert "would grow past the limit" in problem
    with h5py.File(path) as f:
        assert len(f["time"]) == len(said.splitlines())
        f["eta"][...]
