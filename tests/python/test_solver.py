# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Stepping a solver from Python."""

import gc
import subprocess
import sys
import threading

import marea
import numpy as np
import pytest


@pytest.fixture
def solver(sea):
    return marea.Solver.from_case(sea)


def test_keywords_and_case_tables_make_the_same_solver(sea):
    options = {key: value for key, value in sea["solver"].items() if key != "name"}
    by_keywords = marea.Solver("shallow_water", grid=sea["grid"], initial=sea["initial"], **options)
    from_case = marea.Solver.from_case(sea)
    by_keywords.step(3.0)
    from_case.step(3.0)
    assert np.array_equal(by_keywords.state, from_case.state)


def test_state_is_a_view_of_the_solver(solver):
    state = solver.state
    assert state.shape == (3, 16, 24) and state.dtype == np.float64
    assert [field.name for field in solver.fields] == ["h", "hu", "hv"]
    assert np.shares_memory(state, solver.state)
    before = state.copy()
    solver.step()
    assert not np.array_equal(before, state), "the view follows the solver"
    state[0] += 1.0
    assert np.array_equal(solver.field("h"), state[0]), "writing through the view changes the solver"


def test_a_view_keeps_its_solver_alive(sea):
    state = marea.Solver.from_case(sea).state
    expected = marea.Solver.from_case(sea).state.copy()
    gc.collect()
    assert np.array_equal(state, expected)


def test_dlpack_shares_memory_in_both_forms(solver):
    assert np.shares_memory(np.from_dlpack(solver), solver.state)
    torch = pytest.importorskip("torch")
    tensor = torch.from_dlpack(solver)
    tensor[0, 3, 4] = 123.0
    assert solver.state[0, 3, 4] == 123.0
    assert "dltensor_versioned" in repr(solver.__dlpack__(max_version=(1, 0)))
    assert '"dltensor"' in repr(solver.__dlpack__())
    assert solver.__dlpack_device__() == (1, 0)


def test_dlpack_refuses_what_it_cannot_share(solver):
    assert solver.__dlpack__(stream=None, dl_device=(1, 0), copy=False)
    with pytest.raises(BufferError, match="stream must be None for memory of the CPU"):
        solver.__dlpack__(stream=1)
    with pytest.raises(BufferError, match="dl_device must be the array's own device"):
        solver.__dlpack__(dl_device=(2, 0))
    with pytest.raises(BufferError, match="copy = True: the solver shares its memory"):
        solver.__dlpack__(copy=True)


def test_steps_return_their_length_and_advance_ends_exactly(solver):
    dt = solver.step()
    assert dt == solver.time > 0 and solver.steps == 1
    solver.advance(100.0)
    assert solver.time == 100.0
    with pytest.raises(marea.ConfigError, match="until = 50 must be >= the present time 100"):
        solver.advance(50.0)
    with pytest.raises(marea.ConfigError, match="dt = -1 must be > 0"):
        solver.step(-1.0)


@pytest.mark.parametrize("precision, huge", [("double", 1.7e308), ("single", 3.3e38)])
def test_an_advance_that_makes_nan_says_so_when_it_returns(precision, huge):
    solver = marea.Solver(
        "advection",
        grid={"nx": 8, "ny": 6, "x": [0.0, 8.0], "y": [0.0, 6.0]},
        initial={"profile": "sine"},
        precision=precision,
    )
    q = np.zeros((6, 8))
    q[2, 3:5] = huge, -huge  # their difference overflows in the first step
    solver.write(q=q)
    with pytest.raises(marea.NumericalError, match=r"advection: q is not finite at y index \d, x index \d, time 0.01"):
        solver.advance(0.01)
    assert solver.steps == 1
    solver.write(q=np.zeros((6, 8)))
    solver.advance(0.02)


def test_methods_are_documented_once_where_users_see_them():
    for name in ("field", "write", "step", "advance"):
        assert getattr(marea.Solver, name).__doc__.count("\n") >= 1
        assert "Parameters" not in (getattr(marea.Solver.__mro__[1], name).__doc__ or "")


def test_mass_is_conserved_to_round_off(solver):
    (name, before, _), *_ = solver.invariants
    solver.advance(200.0)
    after = solver.invariants[0][1]
    # One rounding of each cell a stage and step bounds the drift.
    assert abs(after - before) <= before * np.finfo(float).eps * 4 * solver.steps, name


def test_fields_come_with_units_and_coordinates(solver):
    data = solver.to_xarray("eta", "velocity")
    assert data.eta.dims == ("y", "x") and data.velocity.dims == ("y", "x", "component")
    assert data.eta.attrs["units"] == "m"
    assert float(data.x[0]) == 500.0 and data.x.attrs["units"] == "m"
    # The hump's centre lies on a corner of four cells: the largest value is that of the formula half a cell off.
    assert float(data.eta.max()) == pytest.approx(1.0, abs=0.1)
    with pytest.raises(marea.ConfigError, match="did you mean 'eta'"):
        solver.field("etta")


def test_fields_can_be_written(solver):
    eta = np.full((16, 24), 0.25)
    solver.write(eta=eta, hu=np.zeros_like(eta), hv=np.zeros_like(eta))
    assert np.allclose(solver.field("eta"), 0.25, atol=1e-13)
    solver.write(eta=eta, hu=np.ones_like(eta), hv=np.zeros_like(eta))
    velocity = solver.to_xarray("velocity").velocity
    assert (velocity.sel(component="x") > 0).all() and (velocity.sel(component="y") == 0).all()
    with pytest.raises(marea.Error):
        solver.write(eta=np.zeros((3, 3)), hu=np.zeros((3, 3)), hv=np.zeros((3, 3)))


@pytest.mark.parametrize(
    "change, message",
    [
        ({"solver": {"gravty": 9.8}}, "did you mean 'gravity'"),
        ({"solver": {"cfl": 1.5}}, "cfl = 1.5"),
        ({"solver": {"name": "shallow_watr"}}, "shallow_water"),
        ({"grid": {"nx": -3}}, "nx"),
    ],
)
def test_bad_options_are_refused_with_their_name(sea, change, message):
    with pytest.raises(marea.ConfigError, match=message):
        marea.Solver.from_case(sea, **change)


def test_other_python_threads_run_during_a_step(solver):
    ticks = []
    done = threading.Event()

    def tick():
        while not done.wait(0.001):
            ticks.append(1)

    thread = threading.Thread(target=tick)
    thread.start()
    solver.advance(20_000.0)
    done.set()
    thread.join()
    assert ticks


def test_control_c_stops_between_steps_and_leaves_the_solver_usable(sea):
    code = f"""
import os, signal, threading
import marea
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job of a shell starts with SIGINT ignored
solver = marea.Solver.from_case({sea!r})
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    solver.advance(1e9)
except KeyboardInterrupt:
    before = solver.time
    solver.step()
    print("stopped", solver.time > before > 0)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert result.stdout == "stopped True\n", result.stderr
    assert result.returncode == 0, "the interpreter ends cleanly with a live solver"


def test_write_takes_what_an_xarray_array_says_of_itself(sea):
    xarray = pytest.importorskip("xarray")
    solver = marea.Solver.from_case(sea)
    solver.advance(30.0)
    state = solver.to_xarray("eta", "velocity")
    expected = {name: solver.field(name) for name in ("eta", "velocity")}
    other = marea.Solver.from_case(sea)

    def written(**fields):
        other.write(**fields)
        return {name: other.field(name) for name in expected}

    exchanged = state.velocity.isel(component=[1, 0])  # as files have it
    turned = state.eta.transpose("x", "y")
    centimetres = (100 * state.eta).assign_attrs(units="cm")
    for eta in (state.eta, turned, centimetres):
        for velocity in (state.velocity, exchanged, exchanged.transpose("component", "y", "x")):
            for name, values in written(eta=eta, velocity=velocity).items():
                np.testing.assert_allclose(values, expected[name], rtol=0, atol=1e-12)
    unnamed = xarray.DataArray(state.velocity.values, dims=("y", "x", "component"))
    for eta, velocity, message in [
        (state.eta.isel(y=slice(None, None, -1)), state.velocity, "lies elsewhere along y"),
        (state.eta.assign_coords(x=1000 * state.x), state.velocity, "lies elsewhere along x"),
        (state.eta.assign_attrs(units="K"), state.velocity, "nothing is known to turn that into 'm'"),
        (state.eta.assign_attrs(scale_factor=0.1), state.velocity, "decode_cf"),
        (state.eta.assign_attrs(positive="down"), state.velocity, "not applied yet"),
        (state.eta.rename(x="a"), state.velocity, "needed are"),
        (state.eta, unnamed, "needs a coordinate that names the components"),
    ]:
        with pytest.raises(marea.ShapeError, match=message):
            other.write(eta=eta, velocity=velocity)


def test_water_of_less_than_no_depth_is_refused(sea):
    solver = marea.Solver.from_case(sea)
    h = solver.field("h")
    h[3, 5] = -5.0
    with pytest.raises(marea.DataError, match=r"h must be 0 or more, but 1 values are less, the first -5 m at \[3, 5\]"):
        solver.write(h=h, velocity=solver.field("velocity"))
    h[3, 5] = -1e-9
    solver.write(h=h, velocity=solver.field("velocity"))
    assert solver.field("h")[3, 5] == 0


def test_an_array_that_says_to_be_something_else_is_refused(sea):
    solver = marea.Solver.from_case(sea)
    data = solver.to_xarray()
    with pytest.raises(marea.ShapeError, match="but must be 'sea_surface_height_above_geoid'"):
        solver.write(eta=data.eta.assign_attrs(standard_name="sea_floor_depth_below_geoid"), velocity=data.velocity)
