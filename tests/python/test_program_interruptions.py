# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Runs that are stopped, killed, diverge or fill the disk: nothing lost, and the same bits after going on."""

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from program import ENVIRONMENT, MAREA, events, failure, marea, start, write_case

pytestmark = pytest.mark.skipif(not MAREA, reason="MAREA_BIN does not name the program")

LONG = {"every": 5.0, "end_time": 2000.0, "checkpoint_every": 50.0}


@pytest.fixture(scope="module")
def uninterrupted_file(tmp_path_factory):
    """A long run that nobody disturbed."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    assert marea("simulate", write_case(folder, **LONG), "--quiet").returncode == 0
    return folder / "run" / "run.h5"


@pytest.fixture(scope="module")
def uninterrupted(uninterrupted_file):
    return content(uninterrupted_file)


def content(path):
    """The bytes of every dataset of a snapshot file; its configuration names the folder and stays out."""
    found = {}
    with h5py.File(path) as file:
        def visit(name, item):
            if isinstance(item, h5py.Dataset):
                found[name] = (item.dtype.str, item.shape, np.asarray(item[()]).tobytes())
        file.visititems(visit)
        found["complete"] = bool(file.attrs["complete"])
    return found


def wait_for_snapshots(process, path, size=30000):
    """Until the file of the run has so many bytes, at most twenty seconds."""
    for _ in range(10000):
        if process.poll() is not None or (path.exists() and path.stat().st_size > size):
            return
        time.sleep(0.002)


def test_sigterm_writes_a_checkpoint_exits_75_and_resumes_to_the_same_bits(tmp_path, uninterrupted):
    case = write_case(tmp_path, **LONG)
    process = start("simulate", case, "--quiet")
    wait_for_snapshots(process, tmp_path / "run" / "run.h5")
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 75
    assert list((tmp_path / "run" / "run.checkpoints").iterdir())
    assert marea("inspect", tmp_path / "run" / "run.h5").returncode == 3
    done = marea("simulate", case, "--json")
    assert done.returncode == 0, done.stderr
    assert "resumed" in [event["event"] for event in events(done)]
    assert content(tmp_path / "run" / "run.h5") == uninterrupted


def test_the_process_keeps_the_programs_name(tmp_path):
    """It starts itself again to set OpenMP's environment; ps and pkill must find it."""
    case = write_case(tmp_path, **LONG)
    bare = {name: value for name, value in ENVIRONMENT.items() if not name.startswith(("OMP_", "GOMP_"))}
    process = subprocess.Popen([MAREA, "simulate", case, "--quiet"], env={**bare, "OMP_NUM_THREADS": "1"})
    wait_for_snapshots(process, tmp_path / "run" / "run.h5")
    name = Path(f"/proc/{process.pid}/comm").read_text().strip()
    process.terminate()
    assert process.wait(60) == 75
    assert name == Path(MAREA).name


def test_the_wall_limit_stops_with_75_and_the_next_run_ends_in_the_same_bits(tmp_path, uninterrupted):
    case = write_case(tmp_path, **LONG)
    assert marea("simulate", case, "--quiet", "-o", "run.wall_limit=0.1s").returncode == 75
    assert marea("simulate", case, "--quiet").returncode == 0
    assert content(tmp_path / "run" / "run.h5") == uninterrupted


@pytest.mark.parametrize("seed", range(3))
def test_sigkill_at_a_random_moment_loses_nothing_that_was_written(tmp_path, uninterrupted, uninterrupted_file, seed):
    case = write_case(tmp_path, **LONG)
    path = tmp_path / "run" / "run.h5"
    process = start("simulate", case, "--json")
    # A share of the file, not of the time: machines differ in speed.
    wait_for_snapshots(process, path, random.Random(seed).uniform(0.1, 0.6) * uninterrupted_file.stat().st_size)
    process.kill()
    assert process.wait(60) == -signal.SIGKILL, "the run was over before it was killed"
    written = [line for line in process.stdout.read().splitlines() if '"snapshot"' in line and line.endswith("}")]
    marea("repair", path)
    with h5py.File(path) as file:
        assert file["time"].shape[0] >= len(written)
    done = marea("simulate", case, "--quiet")
    assert done.returncode == 0, done.stderr
    assert content(path) == uninterrupted


def ranks_of(launcher):
    """The processes that mpiexec started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:  # gone by now
            continue
        if parent == launcher.pid:
            found.append(int(stat.parent.name))
    return found


@pytest.mark.parametrize("ranks, writer, ranks_after", [(2, "gather", 2), (2, "collective", 2), (4, "collective", 1)])
def test_sigkill_of_several_ranks_loses_nothing_that_was_written(tmp_path, uninterrupted, uninterrupted_file, ranks,
                                                                 writer, ranks_after):
    case = write_case(tmp_path, **LONG)
    path = tmp_path / "run" / "run.h5"
    process = start("simulate", case, "--json", "-o", f"output.writer={writer}", ranks=ranks)
    wait_for_snapshots(process, path, random.Random(ranks).uniform(0.2, 0.6) * uninterrupted_file.stat().st_size)
    killed = ranks_of(process)
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    assert process.wait(60) != 0
    assert len(killed) == ranks, "the run was over before it was killed"
    written = [line for line in process.stdout.read().splitlines() if '"snapshot"' in line and line.endswith("}")]
    marea("repair", path)
    with h5py.File(path) as file:
        assert file["time"].shape[0] >= len(written) > 0
    done = marea("simulate", case, "--quiet", "-o", f"output.writer={writer}", ranks=ranks_after)
    assert done.returncode == 0, done.stderr
    assert content(path) == uninterrupted


@pytest.mark.parametrize("ranks, writer", [(1, "gather"), (2, "gather"), (2, "collective")])
def test_the_same_run_twice_gives_the_same_bytes(tmp_path, ranks, writer):
    case = write_case(tmp_path)
    files = []
    for _ in range(2):
        done = marea("simulate", case, "--quiet", "--restart", "never", "-o", f"output.writer={writer}", ranks=ranks)
        assert done.returncode == 0, done.stderr
        path = tmp_path / "run" / "run.h5"
        with h5py.File(path, "r+") as file:  # what a run took is the one thing that differs
            for name in ("wall_seconds", "cpu_seconds"):
                assert file.attrs[name] > 0
                file.attrs.modify(name, 0.0)
        files.append(path.read_bytes())
    assert files[0] == files[1]


def test_restart_never_starts_again_and_a_checkpoint_can_be_named(tmp_path, uninterrupted):
    case = write_case(tmp_path, **LONG)
    assert marea("simulate", case, "--quiet", "-o", "run.wall_limit=0.1s").returncode == 75
    assert marea("simulate", case, "--quiet", "--restart", "never").returncode == 0
    assert content(tmp_path / "run" / "run.h5") == uninterrupted
    code, line = failure(case, "--restart", tmp_path / "none.h5")
    assert code == 3
    assert "--restart" in line


def test_a_full_disk_is_exit_code_5_and_what_was_written_stays(tmp_path, mount):
    disk = mount("disk", "size=1600k")
    code, line = failure(write_case(tmp_path, every=1.0, end_time=400.0, output="disk/run"))
    assert code == 5
    assert "are free on the disk" in line
    assert marea("repair", disk / "run" / "run.h5").returncode == 0
    with h5py.File(disk / "run" / "run.h5") as file:
        steps = file["time"].shape[0]
        assert steps > 1
        assert np.isfinite(file["h"][0, steps - 1]).all()


def next_event(process, name):
    """Reads events until one of that name."""
    for line in process.stdout:
        if f'"{name}"' in line:
            return
    raise AssertionError(f"the run was over before '{name}': {process.stderr.read()}")


def test_a_disk_that_fills_up_keeps_the_checkpoints_and_the_run_goes_on_to_the_same_bits(tmp_path, mount):
    options = {"every": 0.0, "end_time": 20000.0, "checkpoint_every": 20.0}
    disk = mount("disk", "size=8m")
    case = write_case(tmp_path, output="disk/run", **options)
    process = start("simulate", case, "--json")
    for _ in range(3):
        next_event(process, "checkpoint")
    filler = disk / "filler"
    process.send_signal(signal.SIGSTOP)  # takes no room while it is measured
    with open(filler, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free)
    process.send_signal(signal.SIGCONT)
    _, problem = process.communicate(timeout=60)
    assert process.returncode == 5
    # Found before the checkpoint is begun, or by the write itself where the disk filled up in between.
    assert ".checkpoints" in problem and ("are free on the disk" in problem or "No space left on device" in problem)
    kept = list((disk / "run" / "run.checkpoints").iterdir())
    assert len(kept) == 2  # the one that failed left nothing behind
    assert all(marea("inspect", path).returncode == 0 for path in kept)
    filler.unlink()
    done = marea("simulate", case, "--json")
    assert done.returncode == 0, done.stderr
    assert "resumed" in [event["event"] for event in events(done)]
    calm = tmp_path / "calm"
    calm.mkdir()
    assert marea("simulate", write_case(calm, **{**options, "checkpoint_every": 0.0}), "--quiet").returncode == 0
    assert content(disk / "run" / "run.h5") == content(calm / "run" / "run.h5")


def test_a_folder_that_vanishes_is_exit_code_5(tmp_path):
    process = start("simulate", write_case(tmp_path, every=5.0, end_time=20000.0), "--json")
    for _ in range(3):
        next_event(process, "snapshot")
    shutil.rmtree(tmp_path / "run")
    _, problem = process.communicate(timeout=60)
    assert process.returncode == 5
    assert [line for line in problem.splitlines() if line.startswith("marea: ") and str(tmp_path / "run") in line]


def test_a_diverging_run_is_exit_code_4_and_names_its_last_good_checkpoint(tmp_path):
    wave = tmp_path / "wave.h5"
    with h5py.File(wave, "w", libver=("earliest", "v110")) as file:
        file["time"] = [0.0, 500.0, 501.0, 5000.0]
        file["eta"] = [0.0, 0.0, 1e200, 1e200]  # its square overflows
    case = write_case(tmp_path, every=100.0, end_time=2000.0, checkpoint_every=100.0)
    code, line = failure(case, "-o", "grid.boundary_x=[\"inflow\", \"wall\"]",
                         "-o", f"solver.inflow={{file = \"{wave}\"}}")
    assert code == 4
    good = Path(line.partition("the last good checkpoint is ")[2])
    assert good.parent == tmp_path / "run" / "run.checkpoints"
    assert marea("inspect", good).returncode == 0
    with h5py.File(good) as file:
        assert file.attrs["time"] > 300
        assert all(np.isfinite(field[()]).all() for field in file["fields"].values())
    with h5py.File(tmp_path / "run" / "run.h5") as file:
        assert np.isfinite(file["h"][0, :file["time"].shape[0]]).all()
