# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Models and solvers called by several threads, and processes that a fork made."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import marea
import numpy as np
import pytest
from conftest import SEA
from marea import _core

THREADS, CALLS = 4, 50


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A small network, and the folder of the runs that it learnt from."""
    if not _core.torch_version:
        pytest.skip("built without LibTorch")
    folder = tmp_path_factory.mktemp("threads")
    marea.simulate(
        {**SEA, "output": {"folder": str(folder / "run"), "every": 20.0, "fields": ["eta", "velocity"]},
         "run": {"end_time": 60.0},
         "ensemble": {"members": 4, "seed": 1, "sampling": "sobol", "vary": {"initial.height": [0.5, 1.0]},
                      "split": {"train": 0.5, "valid": 0.25, "test": 0.25}}},
        progress=False)
    return marea.train(
        {"data": {"folder": str(folder / "run"), "inputs": ["eta", "velocity"], "outputs": ["eta", "velocity"]},
         "model": {"name": "fno", "width": 4, "modes": [4, 4], "layers": 1},
         "train": {"output": str(folder / "model.h5"), "epochs": 1, "batch": 2, "threads": 1}},
        progress=False).model_file


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_threads_that_share_a_model_get_the_answers_that_each_gets_alone(model, dtype):
    states = np.random.default_rng(1).normal(size=(THREADS, 3, 16, 24)).astype(dtype)
    alone = marea.Surrogate.load(model)
    answers, leads = [alone(state) for state in states], [alone.rollout(state, 3) for state in states]
    shared = marea.Surrogate.load(model)

    def wrong(thread):
        calls = sum(not np.array_equal(shared(states[thread]), answers[thread]) for _ in range(CALLS))
        return calls + sum(not np.array_equal(shared.rollout(states[thread], 3), leads[thread]) for _ in range(CALLS))

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(wrong, range(THREADS))) == [0] * THREADS


def test_a_solver_refuses_a_call_while_another_thread_is_in_one(sea):
    solver = marea.Solver.from_case(sea)
    thread = threading.Thread(target=solver.advance, args=(20_000.0,))
    thread.start()
    refused = 0
    for call in (solver.step, lambda: solver.field("eta"), lambda: solver.time, lambda: solver.state,
                 lambda: solver.write(eta=np.zeros((16, 24)))):
        with pytest.raises(marea.Error, match="another thread is in a call of this object; let calls take turns"):
            while thread.is_alive():
                call()
                time.sleep(0)  # the thread may not have begun
        refused += 1
    assert solver.name == "shallow_water" and "at work in another thread" in repr(solver)
    thread.join()
    assert refused == 5 and solver.time == 20_000.0
    solver.step()


def test_a_solver_made_in_another_thread_works_here_and_there(sea):
    expected = marea.Solver.from_case(sea)
    expected.advance(100.0)
    made = []
    thread = threading.Thread(target=lambda: made.append(marea.Solver.from_case(sea)))
    thread.start()
    thread.join()
    made[0].advance(50.0)
    thread = threading.Thread(target=made[0].advance, args=(100.0,))
    thread.start()
    thread.join()
    expected_too = marea.Solver.from_case(sea)
    expected_too.advance(50.0)
    expected_too.advance(100.0)
    assert np.array_equal(made[0].state, expected_too.state)


def test_solvers_in_several_threads_give_the_bits_of_one(sea):
    def end(_):
        solver = marea.Solver.from_case(sea)
        solver.advance(500.0)
        return solver.field("eta")

    with ThreadPoolExecutor(THREADS) as pool:
        fields = list(pool.map(end, range(2 * THREADS)))
    assert all(np.array_equal(field, end(0)) for field in fields)


def test_runs_in_several_threads_give_the_files_of_one(case, tmp_path):
    def run(name):
        return marea.simulate(case, output={"folder": str(tmp_path / name)}).open()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(run, ["one", "other"])
    assert one.equals(other) and one.sizes["time"] == 4


FORK = """
import multiprocessing, os, sys
import marea, numpy

def work(kind):
    return getattr(sys.modules["__main__"], kind)()

def solver():
    marea.Solver.from_case({sea!r}).advance(50.0)
    return "worked"

def model():
    marea.Surrogate.load({model!r})(numpy.zeros((3, 16, 24), "f4"))
    return "worked"

def attempt(kind):
    try:
        return work(kind)
    except marea.Error as error:
        return str(error)

if __name__ == "__main__":
    if "{parent}":
        work("{parent}")
    with multiprocessing.get_context("{method}").Pool(1) as pool:
        print(pool.map(attempt, ["{child}"])[0])
"""


@pytest.mark.parametrize(
    "parent, method, child, answer",
    [
        ("solver", "fork", "solver", "multiprocessing.get_context('spawn')"),
        ("model", "fork", "model", "multiprocessing.get_context('spawn')"),
        ("model", "fork", "solver", "multiprocessing.get_context('spawn')"),
        ("solver", "spawn", "solver", "worked"),
        ("", "fork", "solver", "worked"),
    ],
)
def test_a_forked_process_works_or_names_spawn_and_never_hangs(model, tmp_path, parent, method, child, answer):
    script = tmp_path / "fork.py"
    script.write_text(FORK.format(sea=SEA, model=model, parent=parent, method=method, child=child))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0 and answer in done.stdout, done.stdout + done.stderr


def test_a_fork_that_ends_leaves_its_parents_solver_alone():
    code = f"""
import os, sys, marea
solver = marea.Solver.from_case({SEA!r})
state = solver.state
child = os.fork()
if child == 0:
    del solver, state
    sys.exit(0)  # with all that an interpreter does at its end
_, status = os.waitpid(child, 0)
solver.advance(50.0)
print(status, solver.time)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "0 50.0\n", done.stderr
