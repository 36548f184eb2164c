# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""simulate and open, as the program does them."""

import os
import subprocess
from pathlib import Path

import marea
import numpy as np
import pytest


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
def test_a_simulation_opens_as_an_xarray_dataset(case, engine):
    run = marea.simulate(case, progress=False)
    assert run.status == "finished" and run.time == 60.0 and run.steps > 0
    with run.open(engine=engine) as data:
        assert data.eta.dims == ("time", "y", "x")
        assert data.time.values.tolist() == [0.0, 20.0, 40.0, 60.0]
        assert data.eta.attrs["units"] == "m" and data.x.attrs["units"] == "m"
        assert data.velocity.dims[-1] == "component"
        solver = marea.Solver.from_case(case)
        for time in (20.0, 40.0, 60.0):  # a run meets its output times exactly
            solver.advance(time)
        assert np.array_equal(data.eta[-1].values, solver.field("eta").astype(data.eta.dtype))
        assert data.max_eta.dims == ("y", "x")
        assert (data.max_eta.values >= data.eta.max("time").values).all()


def test_a_toml_file_and_overrides_are_a_case(case, tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(marea._core.OptionTree(case).to_toml())
    run = marea.simulate(path, progress=False, run={"end_time": 20.0}, **{"output.folder": str(tmp_path / "other")})
    assert run.time == 20.0
    assert run.snapshot_file.startswith(str(tmp_path / "other"))
    with pytest.raises(marea.ConfigError, match="end_tim"):
        marea.simulate(path, progress=False, run={"end_tim": 20.0})


def test_an_ensemble_gives_one_run_a_member(case):
    case["ensemble"] = {"members": 3, "seed": 1, "sampling": "sobol", "vary": {"initial.height": [0.5, 1.0]},
                        "split": {"train": 0.5, "valid": 0.25, "test": 0.25}}
    runs = marea.simulate(case, progress=False, ensemble={"vary": {"initial.height": [2.0, 2.5]}})
    assert len(runs) == 3 and len({run.snapshot_file for run in runs}) == 3
    with runs[0].open() as data:
        assert data.attrs["split"] in ("train", "valid", "test")
        assert data.eta[0].max() > 1.5  # the override's heights, not the case's
    h5py = pytest.importorskip("h5py")
    with h5py.File(runs[0].snapshot_file) as file:
        assert {name: item.attrs["units"] for name, item in file["scalars"].items()} == {"initial.height": "m"}


def test_progress_goes_to_a_bar(case, capsys):
    marea.simulate(case, progress=True)
    assert "100%" in capsys.readouterr().err


def test_files_that_are_none_of_ours_are_typed_errors(tmp_path):
    with pytest.raises(marea.IoError, match="does not exist"):
        marea.open(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("no HDF5")
    with pytest.raises(marea.DataError, match="cannot be read"):
        marea.open(tmp_path / "text.h5")
    xarray = pytest.importorskip("xarray")
    xarray.Dataset({"a": ("x", [1.0])}).to_netcdf(tmp_path / "foreign.h5", engine="h5netcdf")
    with pytest.raises(marea.DataError, match="marea_schema"):
        marea.open(tmp_path / "foreign.h5")
    with pytest.raises(marea.IoError, match="folder"):
        marea.open(tmp_path)


def test_a_file_with_a_left_journal_is_refused_until_it_is_repaired(case):
    run = marea.simulate(case, progress=False)
    path = Path(run.snapshot_file)
    journal = path.with_name(path.name + ".journal")
    journal.write_bytes(b"what a killed run left")
    with pytest.raises(marea.DataError, match=f"run marea repair {path} first"):
        marea.open(path)
    subprocess.run([os.environ["MAREA_BIN"], "repair", path], check=True, capture_output=True)
    assert not journal.exists()
    assert marea.open(path).sizes["time"] > 1
