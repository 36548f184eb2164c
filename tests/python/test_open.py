# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Opening runs: while they are written, before they are resumed, of other people, and to write them out again."""

import os
import subprocess
import sys
import time

import h5py
import marea
import numpy as np
import pytest
import xarray as xr
from marea import _core
from test_data_files import write_well


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
def test_a_run_goes_to_netcdf_and_back(case, tmp_path, engine):
    case["solver"]["gauges"] = {"harbour": [12e3, 8e3]}
    run = marea.simulate(case, progress=False)
    with run.open() as data:
        data.to_netcdf(tmp_path / "x.nc", engine=engine)
        with xr.open_dataset(tmp_path / "x.nc", decode_times=False) as back:
            xr.testing.assert_equal(back, data)
            assert back.eta.dtype == data.eta.dtype and back.eta.attrs["units"] == "m"
            assert back.attrs["config_toml"] == data.attrs["config_toml"]


@pytest.fixture
def partial(case):
    """A run that was stopped at once, and what goes on with it in another process."""
    stopped = marea.simulate(case, progress=False, **{"run.wall_limit": "0s"})
    assert stopped.status == "stopped"

    def resume():
        code = f"import marea; print(marea.simulate({case!r}, progress=False).status)"
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    return stopped.snapshot_file, resume


def test_a_partial_run_that_is_open_here_can_be_resumed(partial):
    path, resume = partial
    with marea.open(path) as data:
        before = data.sizes["time"]
        assert before < 4
        done = resume()
        assert done.stdout == "finished\n", done.stderr
        assert data.eta.shape[0] == before and np.isfinite(data.eta.values).all()
    with marea.open(path) as data:
        assert data.sizes["time"] == 4


@pytest.mark.parametrize("keep", [lambda path: h5py.File(path, "r"),
                                  lambda path: xr.open_dataset(path, engine="netcdf4")])
def test_a_run_that_another_program_keeps_locked_names_it_and_how_to_go_on(partial, keep):
    path, resume = partial
    with keep(path), marea.open(path) as data:
        assert data.sizes["time"] < 4
        done = resume()
        assert f"is in use by process {os.getpid()} (" in done.stderr and "close it there" in done.stderr, done.stderr
    assert resume().stdout == "finished\n"


def test_a_run_that_is_being_written_names_its_writer(case, tmp_path):
    case["run"]["end_time"] = 1e6
    writer = subprocess.Popen([sys.executable, "-c", f"import marea; marea.simulate({case!r}, progress=False)"])
    path = tmp_path / "run" / "run.h5"
    try:
        while not path.exists() or path.stat().st_size == 0:
            assert writer.poll() is None
            time.sleep(0.05)
        for _ in range(5):  # whatever it is doing
            with pytest.raises(marea.IoError, match=f"is being written by process {writer.pid} on ") as error:
                marea.open(path)
            assert "killed" not in str(error.value) and "\n" not in str(error.value)
            time.sleep(0.1)
    finally:
        writer.kill()
        writer.wait()


@pytest.mark.parametrize("spatial_dims", [("x", "y"), ("y", "x")])
def test_files_of_the_well_open_with_their_axes(tmp_path, spatial_dims):
    arrays = write_well(tmp_path / "well.hdf5", spatial_dims=spatial_dims)
    with marea.open(tmp_path / "well.hdf5") as data:
        assert data.density.dims == ("sample", "time", *spatial_dims)
        assert data.velocity.dims == (*data.density.dims, "component")
        assert data.stress.dims == (*data.velocity.dims, "component_2")
        assert data.source.dims == ("sample", *spatial_dims) and data.floor.dims == spatial_dims
        assert data.profile.dims == spatial_dims[1:]
        assert tuple(data.component.values) == spatial_dims
        assert np.array_equal(data.x, np.arange(8) + 0.5) and np.allclose(data.time, 0.1 * np.arange(4))
        for name, values in arrays.items():
            assert np.array_equal(data[name], values), name
        some = data.velocity.isel(sample=2, x=[5, 1], y=slice(None, None, -2)).sel(component="y")
        assert np.array_equal(some, data.velocity.load()[2].sel(component="y").isel(x=[5, 1], y=slice(None, None, -2)))
        assert float(data.viscosity) == np.float32(0.1)
        data.to_netcdf(tmp_path / "well.nc")


def test_packed_values_and_gaps_of_such_a_file_are_applied(tmp_path):
    write_well(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        stored = np.arange(3 * 4 * 8 * 6, dtype="i2").reshape(3, 4, 8, 6)
        attributes = dict(file["t0_fields/density"].attrs)
        del file["t0_fields/density"]
        packed = file["t0_fields"].create_dataset("density", data=stored)
        packed.attrs.update(attributes)
        packed.attrs.update(scale_factor=0.5, add_offset=-3.0, _FillValue=np.int16(7), valid_max=np.int16(500),
                            units="kg m-3")
    with marea.open(tmp_path / "a.h5") as data:
        expected = np.where((stored == 7) | (stored > 500), np.nan, 0.5 * stored - 3.0)
        np.testing.assert_array_equal(data.density, expected)
        assert data.density.attrs["units"] == "kg m-3"
        assert np.isnan(data.density).sum() == 1 + (stored > 500).sum()


def test_a_file_of_the_well_that_contradicts_itself_is_refused(tmp_path):
    write_well(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        file["t0_fields/density"].attrs["time_varying"] = False
    with pytest.raises(marea.DataError, match="t0_fields/density has 4 axes, its attributes .* say sample, x, y"):
        marea.open(tmp_path / "a.h5")


@pytest.mark.skipif(not _core.torch_version, reason="built without LibTorch")
def test_a_hybrid_says_what_it_did_in_its_run_and_its_file(case, tmp_path):
    ensemble = {"members": 4, "seed": 1, "sampling": "sobol", "vary": {"initial.height": [0.5, 1.0]},
                "split": {"train": 0.5, "valid": 0.25, "test": 0.25}}
    plain = marea.simulate({**case, "ensemble": ensemble}, progress=False)
    assert all(run.hybrid is None for run in plain)
    training = marea.train({"data": {"folder": case["output"]["folder"], "inputs": ["eta", "velocity"],
                                     "outputs": ["eta", "velocity"]},
                            "model": {"name": "persistence"}, "train": {"output": str(tmp_path / "model.h5")}},
                           progress=False)
    run = marea.simulate(case, progress=False, surrogate={"model": training.model_file}, hybrid={"tolerance": 0.1},
                         output={"folder": str(tmp_path / "hybrid")})
    with run.open() as data:
        ledger = data.ledger.load()
    assert run.hybrid["intervals"] == 3 == ledger.sizes["ledger_row"]
    assert list(ledger.sel(ledger_column="end")) == [20.0, 40.0, 60.0]
    assert run.hybrid["accepted"] == ledger.sel(ledger_column="accepted").sum()
    assert ledger.attrs["tolerance"] == 0.1
    assert str(data.ledger_units.sel(ledger_column="seconds_solver").values) == "s"
