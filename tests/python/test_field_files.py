# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Field files by xarray, netCDF4 and h5py, read by `marea simulate`: applied or refused, never passed over."""

import h5py
import netCDF4
import numpy as np
import pytest
import xarray as xr

from program import MAREA, error_lines, failure, marea, write_case

pytestmark = pytest.mark.skipif(not MAREA, reason="MAREA_BIN does not name the program")

NX, NY = 24, 16
X = np.arange(NX) * 1e3 + 500
Y = np.arange(NY) * 1e3 + 500
BED = -100 - X[None, :] / 400 - Y[:, None] / 800  # a plane: bilinear interpolation is exact


def bathymetry(**coordinates):
    return xr.Dataset({"bathymetry": (("y", "x"), BED.copy(), {"units": "m"})}, coords={"y": Y, "x": X, **coordinates})


def simulated(folder, path, *arguments, key="solver.bathymetry", options=""):
    """The bathymetry (or the first state) of a run that takes it from `path`."""
    done = marea("simulate", write_case(folder), "-o", f"{key}={{file = \"{path}\"{options}}}", *arguments)
    assert done.returncode == 0, done.stderr
    with h5py.File(folder / "run" / "run.h5") as file:
        return file["bathymetry"][()].reshape(NY, NX), done.stderr


def refused(folder, path, *arguments, options=""):
    code, line = failure(write_case(folder), "-o", f"solver.bathymetry={{file = \"{path}\"{options}}}", *arguments)
    assert code == 3, line
    return line


def test_packed_integers_with_gaps_come_out_as_their_values(tmp_path):
    path = tmp_path / "packed.nc"
    bathymetry().to_netcdf(path, encoding={"bathymetry": {"dtype": "i2", "scale_factor": 0.01, "add_offset": -150.0,
                                                          "_FillValue": -32768}})
    assert np.abs(simulated(tmp_path, path)[0] - BED).max() <= 0.00501


@pytest.mark.parametrize("dtype", ["i1", ">u2", "f2"])
def test_numbers_of_every_type_are_read(tmp_path, dtype):
    values = (np.arange(NY * NX).reshape(NY, NX) % 100).astype(dtype)
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["bathymetry"] = values
    bed, _ = simulated(tmp_path, tmp_path / "b.h5")
    assert np.array_equal(bed, values.astype("f8"))


def test_booleans_are_zero_and_one(tmp_path):
    values = BED < -110
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["bathymetry"] = values
    assert np.array_equal(simulated(tmp_path, tmp_path / "b.h5")[0], values.astype("f8"))


def test_gaps_are_counted_and_placed_or_filled_as_the_case_says(tmp_path):
    data = bathymetry()
    data["bathymetry"][3, 17] = np.nan
    data["bathymetry"][4, 2] = np.nan
    path = tmp_path / "gaps.nc"
    data.to_netcdf(path, encoding={"bathymetry": {"dtype": "f4", "_FillValue": -9999.0}})
    line = refused(tmp_path, path)
    assert "2 of the 384 values" in line and "[3, 17]" in line and "y = 3500, x = 17500" in line
    assert "_FillValue = -9999" in line and "missing = NUMBER" in line
    bed, _ = simulated(tmp_path, path, options=", missing = -50.0")
    assert bed[3, 17] == -50 and bed[4, 2] == -50


def test_gaps_outside_the_grid_do_no_harm(tmp_path):
    wide = xr.Dataset({"bathymetry": (("y", "x"), np.full((NY + 6, NX), -100.0))},
                      coords={"y": np.arange(NY + 6) * 1e3 + 500, "x": X})
    wide["bathymetry"][-2:, :] = np.nan
    wide.to_netcdf(tmp_path / "wide.nc")
    assert (simulated(tmp_path, tmp_path / "wide.nc")[0] == -100).all()


def test_what_netcdf_never_wrote_is_a_gap(tmp_path):
    with netCDF4.Dataset(tmp_path / "part.nc", "w") as file:
        file.createDimension("y", NY)
        file.createDimension("x", NX)
        values = file.createVariable("bathymetry", "f4", ("y", "x"))
        values[:-1] = BED[:-1]
    assert "24 of the 384 values" in refused(tmp_path, tmp_path / "part.nc")


def test_depths_positive_down_are_turned(tmp_path):
    data = bathymetry()
    data["bathymetry"] = -data["bathymetry"] / 1e3
    data["bathymetry"].attrs = {"units": "km", "positive": "down"}
    data.to_netcdf(tmp_path / "depth.nc")
    assert np.allclose(simulated(tmp_path, tmp_path / "depth.nc")[0], BED, atol=1e-12)


@pytest.mark.parametrize("regrid", ["linear", "mean", "none"])
def test_a_north_first_bed_stands_as_a_south_first_one(tmp_path, regrid):
    bathymetry().isel(y=slice(None, None, -1)).to_netcdf(tmp_path / "north.nc")
    bed, _ = simulated(tmp_path, tmp_path / "north.nc", options=f", regrid = \"{regrid}\"")
    assert np.allclose(bed[1:-1, 1:-1], BED[1:-1, 1:-1], atol=1e-12)


@pytest.mark.parametrize("engine", ["netcdf4", "h5netcdf"])
def test_an_x_y_array_whose_dimensions_say_so_is_transposed(tmp_path, engine):
    square = bathymetry().isel(x=slice(0, NY)).transpose("x", "y").expand_dims(time=1)
    square.to_netcdf(tmp_path / "xy.nc", engine=engine)
    case = write_case(tmp_path, nx=NY)
    done = marea("simulate", case, "-o", "grid.x=[0.0, 16e3]",
                 "-o", f"solver.bathymetry={{file = \"{tmp_path / 'xy.nc'}\"}}")
    assert done.returncode == 0, done.stderr
    with h5py.File(tmp_path / "run" / "run.h5") as file:
        assert np.allclose(file["bathymetry"][()].reshape(NY, NY), BED[:, :NY], atol=1e-12)


def test_dimensions_without_coordinates_are_no_axes_but_their_names_count(tmp_path):
    bathymetry().drop_vars(["x", "y"]).transpose("x", "y").to_netcdf(tmp_path / "bare.nc")
    assert np.array_equal(simulated(tmp_path, tmp_path / "bare.nc")[0], BED)


def test_kilometres_on_the_axes_are_converted_and_unknown_units_refused(tmp_path):
    data = bathymetry()
    data = data.assign_coords(x=("x", X / 1e3, {"units": "km"}), y=("y", Y * 100, {"units": "cm"}))
    data.to_netcdf(tmp_path / "km.nc")
    assert np.allclose(simulated(tmp_path, tmp_path / "km.nc")[0], BED, atol=1e-9)
    data["bathymetry"].attrs["units"] = "furlong"
    data.to_netcdf(tmp_path / "odd.nc")
    assert "units = \"furlong\" cannot be turned into \"m\"" in refused(tmp_path, tmp_path / "odd.nc")


def test_longitudes_and_latitudes_are_refused_with_the_remedy(tmp_path):
    data = bathymetry().rename(x="lon", y="lat")
    data = data.assign_coords(lon=np.linspace(-130, -118, NX), lat=np.linspace(40, 48, NY))
    data.to_netcdf(tmp_path / "geo.nc")
    assert "python -m marea.prepare" in refused(tmp_path, tmp_path / "geo.nc")
    assert "python -m marea.prepare" in refused(tmp_path, tmp_path / "geo.nc", options=", regrid = \"none\"")


def test_a_file_elsewhere_is_refused_with_both_ranges_unless_the_case_allows_it(tmp_path):
    bathymetry(x=X + 1e6).to_netcdf(tmp_path / "far.nc")
    line = refused(tmp_path, tmp_path / "far.nc")
    assert "x = 1.0005e+06 … 1.0235e+06" in line and "x = 500 … 23500" in line and "extrapolate = \"nearest\"" in line
    bed, _ = simulated(tmp_path, tmp_path / "far.nc", options=", extrapolate = \"nearest\"")
    assert np.allclose(bed, BED[:, :1], atol=1e-12)


def start_case(folder, path):
    case = write_case(folder)
    text = case.read_text()
    begin, end = text.index("[initial]"), text.index("[output]")
    case.write_text(text[:begin] + f"[initial]\nfile = \"{path}\"\n\n"
                    + text[end:].replace("[output]", "[output]\nfields = [\"eta\", \"velocity\"]"))
    return case


@pytest.mark.parametrize("form", ["u_v", "velocity", "hu_hv"])
def test_an_initial_file_starts_with_its_velocity(tmp_path, form):
    eta = 0.1 * np.exp(-((X[None, :] - 12e3) / 3e3) ** 2) + 0 * Y[:, None]
    u, v = np.full((NY, NX), 0.25), np.full((NY, NX), -0.5)
    data = xr.Dataset({"eta": (("y", "x"), eta)}, coords={"y": Y, "x": X})
    if form == "u_v":
        data["u"], data["v"] = (("y", "x"), u * 100, {"units": "cm/s"}), (("y", "x"), v, {"units": "m s-1"})
    elif form == "hu_hv":
        data["hu"], data["hv"] = (("y", "x"), u * (eta + 100)), (("y", "x"), v * (eta + 100))
    else:
        data["velocity"] = (("y", "x", "component"), np.stack([v, u], -1))
        data = data.assign_coords(component=["y", "x"])
    data.to_netcdf(tmp_path / "start.nc")
    done = marea("simulate", start_case(tmp_path, tmp_path / "start.nc"))
    assert done.returncode == 0, done.stderr
    with h5py.File(tmp_path / "run" / "run.h5") as file:
        order = [n.decode() if isinstance(n, bytes) else n for n in file["component"][()]]
        first = file["velocity"][0, 0]
        assert np.allclose(first[..., order.index("x")], 0.25) and np.allclose(first[..., order.index("y")], -0.5)
        assert np.allclose(file["eta"][0, 0], eta)


def test_a_dataset_that_the_start_does_not_use_is_refused_by_name(tmp_path):
    data = xr.Dataset({"eta": (("y", "x"), 0 * BED), "salinity": (("y", "x"), 0 * BED)}, coords={"y": Y, "x": X})
    data.to_netcdf(tmp_path / "start.nc")
    code, line = failure(start_case(tmp_path, tmp_path / "start.nc"))
    assert code == 3
    assert "/salinity: is not used: this solver starts from eta" in line


def test_a_dry_sea_and_a_start_without_a_wave_are_said_aloud(tmp_path):
    done = marea("simulate", write_case(tmp_path), "-o", "solver.bathymetry=100.0")
    assert done.returncode == 0 and "no cell is wet at the start" in done.stderr
    far = tmp_path / "far"
    far.mkdir()
    done = marea("simulate", write_case(far), "-o", "initial.centre=[1.0e6, 8.0e3]")
    assert done.returncode == 0 and "[initial] leaves the water at rest and flat" in done.stderr
    near = tmp_path / "near"
    near.mkdir()
    assert "warning" not in marea("simulate", write_case(near)).stderr


def test_the_times_of_an_inflow_are_converted_and_its_gaps_refused(tmp_path):
    wave = xr.Dataset({"eta": ("time", [0.0, 50.0, 0.0], {"units": "cm"})},
                      coords={"time": ("time", [0.0, 1.0, 2.0], {"units": "min"})})
    arguments = ["-o", "grid.boundary_x=[\"inflow\", \"wall\"]", "-o", "initial={profile = \"lake_at_rest\"}", "-o",
                 "output.fields=[\"eta\"]"]
    wave.to_netcdf(tmp_path / "wave.nc")
    done = marea("simulate", write_case(tmp_path), *arguments,
                 "-o", f"solver.inflow={{file = \"{tmp_path / 'wave.nc'}\"}}")
    assert done.returncode == 0, done.stderr
    with h5py.File(tmp_path / "run" / "run.h5") as file:
        assert 0.3 < file["eta"][0, -1, :, 0].max() < 0.6  # the crest of 0.5 m after 60 s
    wave["eta"][1] = np.nan
    wave.to_netcdf(tmp_path / "gap.nc")
    code, line = failure(write_case(tmp_path, output="other"), *arguments,
                         "-o", f"solver.inflow={{file = \"{tmp_path / 'gap.nc'}\"}}")
    assert code == 3 and "1 of 3 values are missing" in line


def test_one_file_may_give_bed_and_start(tmp_path):
    data = bathymetry()
    data["eta"] = (("y", "x"), np.exp(-((X[None, :] - 12e3) / 3e3) ** 2) + 0 * Y[:, None])
    path = tmp_path / "both.nc"
    data.to_netcdf(path)
    done = marea("simulate", start_case(tmp_path, path), "-o", f"solver.bathymetry={{file = \"{path}\"}}")
    assert done.returncode == 0, done.stderr
    code, line = failure(start_case(tmp_path, path))  # the bed is a number: that of the file would be passed over
    assert code == 3 and "/bathymetry: is not used" in line


@pytest.mark.parametrize("libver", ["earliest", ("earliest", "v110"), "v110"])
def test_files_of_every_version_that_the_library_reads_are_read(tmp_path, libver):
    with h5py.File(tmp_path / "b.h5", "w", libver=libver) as file:
        file.create_dataset("bathymetry", data=BED, chunks=(4, 8), compression="gzip")
    assert np.array_equal(simulated(tmp_path, tmp_path / "b.h5")[0], BED)


def test_a_file_for_a_newer_hdf5_is_read_or_named_as_such(tmp_path):
    with h5py.File(tmp_path / "b.h5", "w", libver="latest") as file:
        file["bathymetry"] = BED
    done = marea("simulate", write_case(tmp_path), "-o", f"solver.bathymetry={{file = \"{tmp_path / 'b.h5'}\"}}")
    assert done.returncode == 0 or (done.returncode == 3 and "cannot be opened by HDF5" in done.stderr
                                    and "h5repack --low=0 --high=2" in done.stderr)


def test_a_virtual_dataset_is_followed_and_a_missing_source_named(tmp_path):
    with h5py.File(tmp_path / "south.h5", "w") as file:
        file["b"] = BED[:8]
    with h5py.File(tmp_path / "north.h5", "w") as file:
        file["b"] = BED[8:]
    layout = h5py.VirtualLayout(shape=BED.shape, dtype="f8")
    layout[:8] = h5py.VirtualSource("south.h5", "b", shape=(8, NX))
    layout[8:] = h5py.VirtualSource("north.h5", "b", shape=(8, NX))
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file.create_virtual_dataset("bathymetry", layout)
        file["linked"] = h5py.ExternalLink("north.h5", "/b")
    assert np.array_equal(simulated(tmp_path, tmp_path / "b.h5")[0], BED)
    assert marea("inspect", tmp_path / "b.h5").returncode == 0
    (tmp_path / "north.h5").unlink()
    line = refused(tmp_path, tmp_path / "b.h5")
    assert "source b of" in line and "north.h5" in line and "is not there" in line
    done = marea("inspect", tmp_path / "b.h5")
    assert done.returncode != 0 and "north.h5" in done.stdout + done.stderr


def test_chunks_that_were_never_written_are_refused(tmp_path):
    with h5py.File(tmp_path / "b.h5", "w") as file:
        field = file.create_dataset("bathymetry", shape=BED.shape, chunks=(2, NX), dtype="f8")
        field[:6] = BED[:6]
    assert "along the first axis 6 of 16 were written" in refused(tmp_path, tmp_path / "b.h5")
    assert marea("inspect", tmp_path / "b.h5").returncode != 0


def test_a_filter_that_is_not_there_is_named_with_what_to_do(tmp_path):
    with h5py.File(tmp_path / "b.h5", "w") as file:
        space = h5py.h5s.create_simple((NY, NX))
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk((NY, NX))
        plist.set_filter(32999, h5py.h5z.FLAG_OPTIONAL)
        dataset = h5py.h5d.create(file.id, b"bathymetry", h5py.h5t.IEEE_F64LE, space, plist)
        dataset.write_direct_chunk((0, 0), BED.tobytes())
    line = refused(tmp_path, tmp_path / "b.h5")
    assert "filter 32999" in line and "h5repack" in line


def test_classic_netcdf_is_named_as_such(tmp_path):
    bathymetry().to_netcdf(tmp_path / "classic.nc", format="NETCDF3_64BIT", engine="scipy")
    assert "classic netCDF (CDF-2); turn it into netCDF-4: nccopy" in refused(tmp_path, tmp_path / "classic.nc")


def test_inspect_reads_what_it_calls_whole(tmp_path):
    path = tmp_path / "b.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("group/bathymetry", data=BED, chunks=(4, NX), fletcher32=True)
    assert marea("inspect", path).returncode == 0
    raw = bytearray(path.read_bytes())
    at = raw.index(BED[8:12].tobytes()[:64])
    raw[at + 3] ^= 1
    path.write_bytes(bytes(raw))
    done = marea("inspect", path)
    assert done.returncode != 0 and "group/bathymetry" in done.stdout + done.stderr


def test_one_dimensional_solvers_read_their_files_alike(tmp_path):
    case = tmp_path / "case.toml"
    values = np.sin(2 * np.pi * (np.arange(32) + 0.5) / 32)
    x = (np.arange(32) + 0.5) / 32
    data = xr.Dataset({"u": ("x", values[::-1])}, coords={"x": ("x", x[::-1] / 1e3, {"units": "km"})})
    data.to_netcdf(tmp_path / "u.nc")
    case.write_text("[grid]\nnx = 32\nx = [0.0, 1.0]\n[solver]\nname = \"burgers\"\n"
                    f"[initial]\nfile = \"{tmp_path}/u.nc\"\n"
                    f"[output]\nfolder = \"{tmp_path}/run\"\nevery = 0.01\n[run]\nend_time = 0.01\n")
    done = marea("simulate", case)
    assert done.returncode == 0, done.stderr
    with h5py.File(tmp_path / "run" / "run.h5") as file:
        assert np.allclose(file["u"][0, 0], values, atol=1e-9)
    assert not error_lines(done)


@pytest.mark.parametrize("names, transposed", [
    (("x_coord", "y_coord"), True), (("eastings", "northings"), True), (("j", "i"), False), (("i", "j"), True),
])
def test_axes_of_less_usual_names_are_known(tmp_path, names, transposed):
    values = np.arange(64.0).reshape(8, 8) - 100
    centres = np.arange(50.0, 800.0, 100.0)
    data = xr.Dataset({"bathymetry": (names, values.T if transposed else values, {"units": "m"})},
                          coords={name: centres for name in names})
    data.to_netcdf(tmp_path / "bed.nc")
    package = pytest.importorskip("marea")
    solver = package.Solver(name="shallow_water", grid={"nx": 8, "ny": 8, "x": [0, 800], "y": [0, 800]},
                            bathymetry={"file": str(tmp_path / "bed.nc"), "regrid": "none"},
                            initial={"profile": "lake_at_rest"})
    np.testing.assert_array_equal(solver.field("bathymetry"), values)


@pytest.mark.parametrize("dims, coordinates, message", [
    (("a", "b"), {"a": None, "b": None}, "which axis that is cannot be known"),
    (("p", "q"), {"x": "p", "y": "q"}, "along a dimension of another name"),
    (("p", "q"), {"lat": "p", "lon": "q"}, "along a dimension of another name"),
])
def test_axes_that_only_the_author_knows_are_refused(tmp_path, dims, coordinates, message):
    centres = np.arange(50.0, 800.0, 100.0)
    data = xr.Dataset({"bathymetry": (dims, np.zeros((8, 8)) - 100, {"units": "m"})},
                          coords={name: (dim or name, centres) for name, dim in coordinates.items()})
    data.to_netcdf(tmp_path / "bed.nc")
    package = pytest.importorskip("marea")
    with pytest.raises(package.DataError, match=message):
        package.Solver(name="shallow_water", grid={"nx": 8, "ny": 8, "x": [0, 800], "y": [0, 800]},
                       bathymetry={"file": str(tmp_path / "bed.nc"), "regrid": "none"},
                       initial={"profile": "lake_at_rest"})
