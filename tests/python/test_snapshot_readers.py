# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""marea's snapshot files as other programs read them: The Well, xarray, netCDF, ncdump, h5py."""

import math
import os
import shutil
import subprocess
from pathlib import Path

import pytest

h5py = pytest.importorskip("h5py")
np = pytest.importorskip("numpy")

WRITER = Path(os.environ.get("MAREA_BIN", "")).parent / "write_sample_run"
pytestmark = pytest.mark.skipif(not WRITER.is_file(), reason="write_sample_run is not built beside MAREA_BIN")

STEPS, NY, NX = 4, 6, 7
RANKS_ENVIRONMENT = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_hwloc_base_binding_policy": "none",
    "OMPI_MCA_mpi_yield_when_idle": "1",
}


def value(component, step, j, i):
    """The function that tests/support/sample_run.hpp fills its fields with."""
    return np.float32(math.sin(0.7 * step + 0.3 * j + 0.11 * i + component) + 10.0 * component)


@pytest.fixture(scope="module", params=[1, 3])
def run_file(request, tmp_path_factory):
    """A whole run, written by one rank and by three."""
    path = tmp_path_factory.mktemp("well") / "run.h5"
    command = [WRITER, path, str(STEPS)]
    if request.param > 1:
        mpirun = shutil.which("mpirun")
        if mpirun is None:
            pytest.skip("no mpirun")
        command = [mpirun, "-n", str(request.param), *command]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **RANKS_ENVIRONMENT}, timeout=60)
    return path


@pytest.fixture(scope="module")
def member_file(tmp_path_factory):
    """A whole run of five members without space."""
    path = tmp_path_factory.mktemp("members") / "run.h5"
    subprocess.run([WRITER, path, str(STEPS), "--members"], check=True, capture_output=True, timeout=60)
    return path


def test_h5py_reads_every_value(run_file):
    with h5py.File(run_file) as f:
        assert f["t0_fields/eta"].shape == (1, STEPS, NY, NX)
        assert f["eta"][0, 2, 3, 4] == value(0, 2, 3, 4)
        assert list(f["component"].asstr()) == ["y", "x"]
        assert f["velocity"][0, 1, 5, 6, 1] == value(1, 1, 5, 6)  # x
        assert f["velocity"][0, 1, 5, 6, 0] == value(2, 1, 5, 6)  # y
        assert f["eta"].id == f["t0_fields/eta"].id or f["eta"] == f["t0_fields/eta"]
        assert f["max_eta"][1, 2] == value(4, 0, 1, 2)
        assert f["eta"].fletcher32 and f["eta"].shuffle and f["eta"].compression == "gzip"
        assert f["tables/gauge_a"][1, 1] == 0.25
        assert f.attrs["split"] == "train" and f.attrs["complete"] == True  # noqa: E712
        assert "cfl" in f.attrs["config_toml"]


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
def test_xarray_names_dimensions_and_coordinates(run_file, engine):
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("netCDF4" if engine == "netcdf4" else engine)
    with xarray.open_dataset(run_file, engine=engine) as data:
        assert data.eta.dims == ("sample", "time", "y", "x")
        assert data.max_eta.dims == ("y", "x")
        np.testing.assert_array_equal(data.time, 60.0 * np.arange(STEPS))
        np.testing.assert_array_equal(data.x, 100.0 * (np.arange(NX) + 0.5))
        assert data.eta.units == "m" and data.time.units == "s"
        methods = {name: data[name].attrs["cell_methods"] for name in ("eta", "velocity", "max_eta")}
        assert methods == {"eta": "y: x: mean", "velocity": "y: x: point", "max_eta": "y: x: point"}
        assert "comment" not in data.velocity.attrs and "series" in data.max_eta.comment
        assert data.velocity.sel(component="x")[0, 3, 2, 1] == value(1, 3, 2, 1)
        assert data.velocity.sel(component="y")[0, 3, 2, 1] == value(2, 3, 2, 1)
        assert data.eta.sel(x=320.0, y=80.0, method="nearest")[0, 1] == value(0, 1, 1, 3)


def test_ncdump_shows_the_header(run_file):
    ncdump = shutil.which("ncdump")
    if ncdump is None:
        pytest.skip("no ncdump")
    header = subprocess.run([ncdump, "-h", run_file], check=True, capture_output=True, text=True).stdout
    for line in ("time = UNLIMITED ; // (4 currently)", "float eta(sample, time, y, x) ;",
                 "float velocity(sample, time, y, x, component) ;", 'string eta:units = "m" ;',
                 'string eta:cell_methods = "y: x: mean" ;',
                 'string :Conventions = "CF-1.10" ;'):
        assert line in header


def test_the_well_dataset_gives_samples(run_file):
    datasets = pytest.importorskip("the_well.data.datasets")
    data = datasets.WellDataset(path=str(run_file.parent), n_steps_input=1, n_steps_output=2)
    assert data.metadata.field_names == {0: ["eta"], 1: ["velocity_y", "velocity_x"], 2: []}
    assert data.metadata.constant_field_names[0] == ["bathymetry", "max_eta"]
    assert data.metadata.spatial_resolution == (NY, NX)
    assert len(data) == STEPS - 2
    sample = data[1]
    assert tuple(sample["output_fields"].shape) == (2, NY, NX, 3)
    assert sample["input_fields"][0, 2, 3, 0] == value(0, 1, 2, 3)
    assert sample["output_fields"][1, 2, 3, 2] == value(1, 3, 2, 3)  # velocity_x
    assert sample["output_fields"][1, 2, 3, 1] == value(2, 3, 2, 3)  # velocity_y
    # y: wall, open; x: periodic both (the codes of the_well.data.datasets.BoundaryCondition)
    assert sample["boundary_conditions"].tolist() == [[0, 1], [2, 2]]
    assert sample["constant_scalars"].tolist() == [1.5, 2.0e4]


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
def test_members_without_space_have_a_dimension_of_their_own(member_file, engine):
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("netCDF4" if engine == "netcdf4" else engine)
    with xarray.open_dataset(member_file, engine=engine) as data:
        assert data.u.dims == ("sample", "time", "member")
        np.testing.assert_array_equal(data.member, np.arange(5.0))
        assert data.member.standard_name == "realization" and data.member.units == "1"
        assert data.u.sel(member=3, sample=0)[2] == 32


def test_the_well_takes_members_for_one_axis(member_file):
    datasets = pytest.importorskip("the_well.data.datasets")
    data = datasets.WellDataset(path=str(member_file.parent), n_steps_input=1, n_steps_output=1)
    assert data.metadata.n_spatial_dims == 1 and data.metadata.spatial_resolution == (5,)
    assert data[1]["output_fields"][0, 3, 0] == 32


def check_rules(run_file):
    """The rules of The Well's format checker (scripts/check_thewell_formatting.py of its repository), one by one."""

    def flag(item, name):
        assert isinstance(item.attrs[name], (bool, np.bool_)), f"{item.name}@{name}"
        return bool(item.attrs[name])

    with h5py.File(run_file) as f:
        assert isinstance(f.attrs["n_trajectories"], (int, np.integer))
        assert isinstance(f.attrs["dataset_name"], str) and isinstance(f.attrs["grid_type"], str)
        for parameter in f.attrs["simulation_parameters"]:
            assert parameter in f.attrs
        dimensions = f["dimensions"]
        axes = dimensions.attrs["spatial_dims"]
        assert isinstance(axes, np.ndarray) and isinstance(axes[0], str) and len(axes) == f.attrs["n_spatial_dims"]
        flag(dimensions["time"], "sample_varying")
        for axis in axes:
            flag(dimensions[axis], "sample_varying"), flag(dimensions[axis], "time_varying")
        for order in range(3):
            fields = f[f"t{order}_fields"]
            names = fields.attrs["field_names"]
            assert isinstance(names, np.ndarray) and all(isinstance(name, str) for name in names)
            for name in names:
                shape = list(fields[name].shape)
                if flag(fields[name], "sample_varying"):
                    assert shape.pop(0) == f.attrs["n_trajectories"]
                if flag(fields[name], "time_varying"):
                    assert shape.pop(0) == dimensions["time"].shape[-1]
                varying = fields[name].attrs["dim_varying"]
                assert isinstance(varying, np.ndarray) and len(varying) == len(axes)
                assert all(isinstance(v, (bool, np.bool_)) for v in varying)
                assert shape == [dimensions[axis].shape[-1] for axis in axes] + [len(axes)] * order
        scalars = f["scalars"]
        for name in scalars.attrs["field_names"]:
            varying = flag(scalars[name], "sample_varying") + flag(scalars[name], "time_varying")
            assert len(scalars[name].shape) == varying
        for condition in f["boundary_conditions"].values():
            assert condition.attrs["bc_type"] in ("WALL", "OPEN", "PERIODIC") and "associated_fields" in condition.attrs
            assert not flag(condition, "sample_varying") and not flag(condition, "time_varying")
            dims = condition.attrs["associated_dims"]
            lengths = tuple(dimensions[d].shape[-1] for d in dims)
            assert isinstance(dims, np.ndarray) and condition["mask"].shape == lengths
            assert condition["mask"].dtype == bool


def test_the_well_rules_of_the_format_hold(run_file):
    check_rules(run_file)


def test_the_well_rules_of_the_format_hold_for_members(member_file):
    check_rules(member_file)
