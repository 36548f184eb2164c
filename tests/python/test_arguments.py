# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""What callers pass: taken as it is meant, or refused in one line that says what to pass."""

import os
import pathlib
import subprocess
import warnings

import marea
import numpy as np
import pytest
from marea import _core

needs_surrogate = pytest.mark.skipif(not _core.torch_version, reason="built without LibTorch")


def one_line(error):
    return "\n" not in str(error.value) and len(str(error.value)) < 700


@pytest.fixture
def solver(sea):
    return marea.Solver.from_case(sea)


@pytest.fixture
def model(case, tmp_path):
    """Persistence of eta and velocity."""
    if not _core.torch_version:
        pytest.skip("built without LibTorch")
    case["ensemble"] = {"members": 4, "seed": 1, "sampling": "sobol", "vary": {"initial.height": [0.5, 1.0]},
                        "split": {"train": 0.5, "valid": 0.25, "test": 0.25}}
    marea.simulate(case, progress=False)
    return marea.train({"data": {"folder": case["output"]["folder"], "inputs": ["eta", "velocity"],
                                 "outputs": ["eta", "velocity"]},
                        "model": {"name": "persistence"}, "train": {"output": str(tmp_path / "model.h5")}},
                       progress=False).load()


def test_masked_values_are_refused_with_their_count(model, solver):
    state = np.ma.zeros((3, 16, 24), "f4")
    assert np.array_equal(model(state), state.data), "nothing is masked"
    state[0, 3, 4:6] = np.ma.masked
    masked = r"input: 2 of 1152 values are masked; pass array\.filled\(value\)"
    with pytest.raises(marea.ShapeError, match=masked) as error:
        model(state)
    assert one_line(error)
    with pytest.raises(marea.ShapeError, match="2 of 1152 values are masked"):
        model.rollout(state, 2)
    with pytest.raises(marea.ShapeError, match="2 of 1152 values are masked"):
        model(list(state))
    with pytest.raises(marea.ShapeError, match="eta: 2 of 384 values are masked"):
        solver.write(eta=state[0])
    assert np.isnan(model(state.filled(np.nan))).sum() == 2


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_solver_is_not_written_what_is_no_number(solver, value):
    before, eta = solver.field("eta"), np.zeros((16, 24))
    eta[2, 5] = eta[7, 7] = value
    infinite = r"eta: 2 of 384 values are NaN or infinite, the first at \[2, 5\]"
    with pytest.raises(marea.DataError, match=infinite) as error:
        solver.write(eta=eta)
    assert one_line(error)
    assert np.array_equal(before, solver.field("eta"))


@needs_surrogate
@pytest.mark.parametrize(
    "make, remedy",
    [
        (lambda torch: torch.zeros(3, 16, 24, requires_grad=True),
         r"needs gradients; pass tensor\.detach\(\)\.numpy\(\)"),
        (lambda torch: torch.zeros(3, 16, 24, dtype=torch.bfloat16), r"is bfloat16; pass tensor\.float\(\)\.numpy\(\)"),
        (lambda torch: torch.zeros(3, 16, 24).to_sparse(), r"is sparse; pass tensor\.to_dense\(\)\.numpy\(\)"),
        (lambda torch: torch.zeros(3, 16, 24, dtype=torch.bfloat16, requires_grad=True),
         r"tensor\.detach\(\)\.float\(\)"),
        (lambda torch: "model.h5", "input is text, 'model.h5'; pass an array of numbers"),
        (lambda torch: pathlib.Path("run.h5"), "input is text"),
        (lambda torch: [[1.0, 2.0], [3.0]], "no array can be made of it"),
        (lambda torch: np.zeros((3, 16, 24), complex), "input has dtype complex128; pass real numbers"),
        (lambda torch: np.array(["a"]), "input has dtype <U1; pass real numbers"),
        (lambda torch: None, "input has dtype object; pass real numbers"),
    ],
)
def test_what_is_no_array_is_refused_with_what_to_pass(model, make, remedy):
    torch = pytest.importorskip("torch")
    with pytest.raises(marea.ShapeError, match=remedy) as error:
        model(make(torch))
    assert one_line(error)
    assert np.array_equal(model(torch.ones(3, 16, 24)), np.ones((3, 16, 24), "f4")), "a plain tensor is an array"


@pytest.mark.parametrize(
    "keywords, message",
    [
        ({"end_time": 120.0}, r"end_time is an option of the table run; pass run=\{'end_time': …\}"),
        ({"hybird": {}}, "unknown keyword 'hybird', did you mean 'hybrid'"),
        ({"progres": False}, "unknown keyword 'progres', did you mean 'progress'"),
        ({"runn.end_time": 120.0}, "unknown keyword 'runn', did you mean 'run'"),
        ({"run": 120.0}, "run is a table; pass a dict of its options"),
        ({"run.end_tim": 120.0}, "did you mean 'end_time'"),
    ],
)
def test_a_keyword_that_is_no_table_is_refused(case, keywords, message):
    own = "progres" in keywords or "run.end_tim" in keywords  # a solver has no progress and does not read [run]
    for call in (marea.simulate,) if own else (marea.simulate, marea.Solver.from_case):
        with pytest.raises(marea.ConfigError, match=message) as error:
            call(case, **keywords)
        assert one_line(error)
    assert not pathlib.Path(case["output"]["folder"]).exists()


@needs_surrogate
def test_a_keyword_of_an_evaluation_or_a_training_is_refused_too():
    with pytest.raises(marea.ConfigError, match="unknown option 'rouns', did you mean 'runs'"):
        marea.evaluate("model.h5", "runs", rouns=3)
    with pytest.raises(marea.ConfigError, match=r"epochs is an option of the table train; pass train=\{'epochs': …\}"):
        marea.train({}, epochs=3)


def test_a_table_that_case_files_do_not_have_is_refused_in_a_dict(case):
    with pytest.raises(marea.ConfigError, match="'hybird', did you mean 'hybrid'"):
        marea.simulate({**case, "hybird": {}})
    with pytest.raises(marea.ConfigError, match="'gird', did you mean 'grid'"):
        marea.Solver.from_case({**case, "gird": {}})


def test_a_case_without_initial_says_that_it_starts_from_rest(case, sea):
    del case["initial"], sea["initial"]
    for start in (lambda: marea.simulate(case, progress=False), lambda: marea.Solver.from_case(sea),
                  lambda: marea.Solver("shallow_water", grid=sea["grid"], bathymetry=-100.0)):
        rest = r"no table \[initial\]: the solver starts from its first profile"
        with pytest.warns(UserWarning, match=rest):
            start()


@pytest.mark.skipif("MAREA_BIN" not in os.environ, reason="the program is not built")
def test_the_program_says_that_it_starts_from_rest(case, tmp_path):
    del case["initial"]
    (tmp_path / "case.toml").write_text(_core.OptionTree(case).to_toml())
    done = subprocess.run([os.environ["MAREA_BIN"], "simulate", tmp_path / "case.toml"], capture_output=True, text=True,
                          check=False)
    rest = "no table [initial]: the solver starts from its first profile"
    assert done.returncode == 0 and rest in done.stdout, done.stdout


def test_a_step_beyond_the_stable_one_warns(solver):
    with pytest.warns(UserWarning, match=r"dt = 1e\+06 is longer than the stable step"):
        try:
            solver.step(1e6)
        except marea.NumericalError:
            pass


def test_a_stable_step_does_not_warn(solver):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        solver.step()
        solver.step(solver.stable_dt)


def test_paths_and_the_home_folder_work_wherever_a_file_is_named(case, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    case["output"]["folder"] = "~/home"
    run = marea.simulate(case, progress=False)
    assert run.snapshot_file == str(tmp_path / "home" / "run.h5")
    again = marea.simulate(case, progress=False, restart=pathlib.Path("auto"),
                           output={"folder": pathlib.Path("~/home")})
    assert again.steps == 0, "the same run, already complete"
    for path in ("~/home/run.h5", pathlib.Path("~/home/run.h5"), tmp_path / "home/run.h5"):
        with marea.open(path) as data:
            assert data.sizes["time"] == 4
    (tmp_path / "case.toml").write_text(_core.OptionTree(case).to_toml().replace("~", str(tmp_path)))
    assert marea.simulate("~/case.toml", progress=False).steps == 0


@needs_surrogate
def test_a_training_takes_paths_too(model, case, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    training = marea.train({"data": {"folder": pathlib.Path("~/run"), "inputs": ["eta"], "outputs": ["eta"]},
                            "model": {"name": "persistence"}, "train": {"output": pathlib.Path("~/other.h5")}},
                           progress=False)
    assert training.model_file == str(tmp_path / "other.h5")
    assert marea.Surrogate.load("~/other.h5").inputs == marea.Surrogate.load(tmp_path / "other.h5").inputs == ["eta"]


def test_an_array_in_place_of_a_name_is_one_line(solver, sea):
    array = np.zeros((200, 200))
    calls = [lambda: solver.field(array), lambda: marea.open(array), lambda: marea.simulate(array),
             lambda: marea.Solver(array, grid=sea["grid"]), lambda: marea.Surrogate.load(array),
             lambda: marea.simulate(sea, restart=array)]
    for call in calls:
        with pytest.raises(marea.Error, match="is of type ndarray; pass") as error:
            call()
        assert one_line(error)


def test_an_unknown_field_of_a_dataset_is_refused(solver):
    with pytest.raises(marea.ConfigError, match="did you mean 'eta'"):
        solver.to_xarray("etta")


def test_what_is_no_number_is_told_so_in_one_line(sea):
    solver = marea.Solver.from_case(sea)
    with pytest.raises(marea.ConfigError, match="until = '1 h' must be a number"):
        solver.advance("1 h")
    taken = "solver.bathymetry is an array of 90000 values; an option takes"
    with pytest.raises(marea.ConfigError, match=taken) as caught:
        marea.Solver("shallow_water", grid=sea["grid"], bathymetry=np.zeros((300, 300)))
    assert len(str(caught.value)) < 300


def holds_itself(case):
    case["grid"]["more"] = case


def beyond(case):
    case["grid"]["nx"] = 2**63


def no_text(case):
    case["output"]["folder"] = "a\udc80b"


@pytest.mark.parametrize("spoil, message", [(holds_itself, "does a dict hold itself"), (beyond, "must fit into 64 bits"),
                                            (no_text, "a text be UTF-8")])
def test_what_no_option_can_hold_is_an_error_of_marea(case, spoil, message):
    spoil(case)
    with pytest.raises(marea.ConfigError, match=message):
        marea.simulate(case, progress=False)


def test_a_table_that_is_none_is_refused_by_name(sea):
    with pytest.raises(marea.ConfigError, match="Solver: grid is of type str; pass a dict"):
        marea.Solver("shallow_water", grid="x")


def test_a_grid_that_no_memory_holds_is_an_error_of_marea(sea):
    sea["grid"].update(nx=10**6, ny=10**6)
    with pytest.raises(marea.ConfigError, match="memory: there is not enough for this case"):
        marea.Solver.from_case(sea)
