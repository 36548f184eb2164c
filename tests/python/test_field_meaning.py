# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Field files by xarray, netCDF4 and h5py that mean something else than they seem to: refused, not computed."""

import h5py
import netCDF4
import numpy as np
import pytest
import xarray as xr

from program import MAREA, failure, marea, write_case
from test_field_files import BED, NX, NY, X, Y, bathymetry, refused, simulated, start_case

pytestmark = pytest.mark.skipif(not MAREA, reason="MAREA_BIN does not name the program")


def start(**fields):
    return xr.Dataset({name: (("y", "x"), values, *attributes) for name, (values, *attributes) in fields.items()},
                      coords={"y": Y, "x": X})


def refused_start(folder, data, *arguments):
    data.to_netcdf(folder / "start.nc")
    code, line = failure(start_case(folder, folder / "start.nc"), *arguments)
    assert code == 3, line
    return line


def write_wave(path, times=(0.0, 30.0, 60.0), **more):
    with h5py.File(path, "w") as file:
        file["time"], file["eta"] = np.array(times), np.linspace(0, 0.1, len(times))
        for name, values in more.items():
            file[name] = values


def inflow(folder, path, *arguments, boundary="inflow", run=failure):
    return run(write_case(folder), "-o", f"grid.boundary_x=[\"{boundary}\", \"wall\"]", "-o",
               f"solver.inflow={{file = \"{path}\"}}", *arguments)


@pytest.mark.parametrize("names", [("x", "y"), ("lon", "lat"), ("XLONG", "nav_lat")])
def test_two_dimensional_coordinates_beside_a_field_are_refused(tmp_path, names):
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["bathymetry"] = BED
        for name, values in zip(names, np.meshgrid(X + 5e6, Y[::-1]), strict=True):
            file[name] = values
    line = refused(tmp_path, tmp_path / "b.h5")
    assert "stands on a curvilinear grid: its coordinates " in line and f"are {NY} x {NX}" in line
    assert "x[0, :]" in line and "python -m marea.prepare" in line


@pytest.mark.parametrize("index", [False, True])
def test_dimensions_that_only_count_do_not_hide_a_curvilinear_grid(tmp_path, index):
    data = xr.Dataset({"bathymetry": (("y", "x"), BED)})
    if index:
        data = data.assign_coords(x=np.arange(NX), y=np.arange(NY))
    for name, values in zip(("nav_lon", "nav_lat"), np.meshgrid(X, Y), strict=True):
        data[name] = (("y", "x"), values)
    data.to_netcdf(tmp_path / "b.nc")
    line = refused(tmp_path, tmp_path / "b.nc", options=", regrid = \"none\"")
    assert "stands on a curvilinear grid: its coordinates nav_l" in line


def test_a_projected_grid_may_say_where_its_cells_are_on_earth(tmp_path):
    data = bathymetry()
    for name, values in zip(("lon", "lat"), np.meshgrid(X / 1e5, Y / 1e5), strict=True):
        data[name] = (("y", "x"), values)
    data.to_netcdf(tmp_path / "b.nc")
    assert np.array_equal(simulated(tmp_path, tmp_path / "b.nc")[0], BED)


def test_lists_along_dimensions_of_other_names_are_refused_without_the_attribute_too(tmp_path):
    with netCDF4.Dataset(tmp_path / "b.nc", "w") as file:
        file.createDimension("ny", NY)
        file.createDimension("nx", NX)
        file.createVariable("bathymetry", "f8", ("ny", "nx"))[:] = BED[::-1]
        file.createVariable("y", "f8", ("ny",))[:] = Y[::-1]
        file.createVariable("x", "f8", ("nx",))[:] = X
    line = refused(tmp_path, tmp_path / "b.nc")
    assert "along a dimension of another name" in line and "swap_dims" in line


def test_lists_of_places_along_other_dimensions_do_no_harm(tmp_path):
    with netCDF4.Dataset(tmp_path / "b.nc", "w") as file:
        for name, size in {"y": NY, "x": NX, "station": NX}.items():
            file.createDimension(name, size)
        file.createVariable("bathymetry", "f8", ("y", "x"))[:] = BED
        file.createVariable("lon", "f8", ("station",))[:] = np.zeros(NX)
    assert np.array_equal(simulated(tmp_path, tmp_path / "b.nc")[0], BED)


def test_coordinates_in_a_group_are_refused_by_name(tmp_path):
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["bathymetry"] = BED[::-1]
        file["grid/y"], file["grid/x"] = Y[::-1], X
    line = refused(tmp_path, tmp_path / "b.h5")
    assert "grid/x in a group of the file would be passed over; move it to the root" in line


@pytest.mark.parametrize("axis, units", [("lon", "radians"), ("x", "degrees"), ("lon", "Degree"), ("lon", "rad")])
def test_angles_on_an_axis_are_sent_to_prepare_whatever_they_are_called(tmp_path, axis, units):
    other = "lat" if axis == "lon" else "y"
    data = bathymetry().rename(x=axis, y=other)
    data = data.assign_coords({axis: (axis, X / 1e6, {"units": units}), other: (other, Y / 1e6, {"units": units})})
    data.to_netcdf(tmp_path / "b.nc")
    line = refused(tmp_path, tmp_path / "b.nc")
    assert "stands on longitude and latitude" in line and "python -m marea.prepare" in line


@pytest.mark.parametrize("times, said", [
    ((-60.0, -30.0, 0.0), "= -60 … 0 s does not meet the run, 0 … 60 s"),
    ((60.0, 90.0), "= 60 … 90 s does not meet the run, 0 … 60 s"),
    ((1.3e9, 1.3e9 + 30), "does not meet the run"),
])
def test_a_wave_that_never_meets_the_run_is_refused_with_both_spans(tmp_path, times, said):
    write_wave(tmp_path / "wave.h5", times)
    code, line = inflow(tmp_path, tmp_path / "wave.h5")
    assert code == 3 and said in line and "wave.h5:/time" in line and "count from the start of the run" in line


def test_a_wave_that_no_boundary_takes_in_is_refused(tmp_path):
    write_wave(tmp_path / "wave.h5")
    code, line = inflow(tmp_path, tmp_path / "wave.h5", boundary="open")
    assert code == 3 and "no boundary takes in the wave" in line and "boundary_x" in line


@pytest.mark.parametrize("name", ["u", "group/eta"])
def test_what_an_inflow_does_not_take_is_refused_by_name(tmp_path, name):
    write_wave(tmp_path / "wave.h5", **{name: np.zeros(3)})
    code, line = inflow(tmp_path, tmp_path / "wave.h5")
    assert code == 3 and f"/{name}: is not used: [solver.inflow] takes time, eta" in line


def test_one_file_may_give_bed_and_inflow_and_more(tmp_path):
    path = tmp_path / "both.h5"
    write_wave(path, bathymetry=BED, x=X, y=Y, gauges=np.zeros((3, 2)))
    done = inflow(tmp_path, path, "-o", f"solver.bathymetry={{file = \"{path}\"}}",
                  run=lambda *arguments: marea("simulate", *arguments))
    assert done.returncode == 0, done.stderr


def test_less_than_no_water_is_counted_and_placed(tmp_path):
    h = np.full((NY, NX), 2.0)
    h[3, 17], h[3, 18], h[9, 0] = -0.5, -2.5, -1e-3
    line = refused_start(tmp_path, start(h=(h,)))
    assert "start.nc:/h: the water's depth must be 0 or more, but is less in 3 of 384 cells, down to -2.5 m" in line
    assert "cell j = 3, i = 17 at y = 3500, x = 17500" in line and "eta" in line


def test_what_rounding_leaves_of_no_water_is_none(tmp_path):
    h = np.full((NY, NX), 1000.0)
    h[3, 17] = -1e-4  # half a unit in the last place of 1000 in single precision is 3e-5
    start(h=(h,)).to_netcdf(tmp_path / "start.nc")
    done = marea("simulate", start_case(tmp_path, tmp_path / "start.nc"), "-o", "output.fields=[\"h\"]")
    assert done.returncode == 0, done.stderr
    with h5py.File(tmp_path / "run" / "run.h5") as file:
        assert file["h"][0, 0, 3, 17] == 0


@pytest.mark.parametrize("attributes", [{"positive": "down"}, {"standard_name": "sea_floor_depth_below_sea_surface"}])
def test_the_depth_of_water_counts_downwards_by_itself(tmp_path, attributes):
    start(h=(np.full((NY, NX), 2.0), attributes)).to_netcdf(tmp_path / "start.nc")
    done = marea("simulate", start_case(tmp_path, tmp_path / "start.nc"), "-o", "output.fields=[\"h\"]")
    assert done.returncode == 0, done.stderr
    with h5py.File(tmp_path / "run" / "run.h5") as file:
        assert (file["h"][0, 0] == 2).all()


@pytest.mark.parametrize("field, standard_name", [
    ("u", "northward_sea_water_velocity"), ("v", "sea_water_x_velocity"), ("u", "upward_sea_water_velocity"),
    ("u", "sea_water_speed"), ("eta", "sea_surface_temperature"), ("eta", "sea_floor_depth_below_geoid"),
])
def test_a_standard_name_of_another_quantity_is_refused(tmp_path, field, standard_name):
    fields = {"eta": (0 * BED,), "u": (0 * BED,), "v": (0 * BED,)}
    fields[field] = (0 * BED, {"standard_name": standard_name})
    line = refused_start(tmp_path, start(**fields))
    assert f"/{field}@standard_name" in line and f"= \"{standard_name}\", but {field} must be " in line


def test_a_bed_that_is_a_sea_surface_is_refused_and_one_of_any_usual_name_taken(tmp_path):
    for name, taken in {"sea_surface_height_above_geoid": False, "height_above_mean_sea_level": True, "altitude": True,
                        "surface_altitude": True, "bedrock_altitude": True, "height_above_reference_ellipsoid": True,
                        "sea_floor_depth_below_mean_sea_level": True}.items():
        data = bathymetry()
        data["bathymetry"].attrs["standard_name"] = name
        if "depth" in name:
            data["bathymetry"] = -data["bathymetry"].assign_attrs(data["bathymetry"].attrs)
            data["bathymetry"].attrs["standard_name"] = name
        data.to_netcdf(tmp_path / "b.nc")
        folder = tmp_path / name
        folder.mkdir()
        if taken:
            assert np.array_equal(simulated(folder, tmp_path / "b.nc")[0], BED)
        else:
            assert "but bathymetry must be the bed's elevation" in refused(folder, tmp_path / "b.nc")


def test_directions_that_fit_are_taken(tmp_path):
    start(eta=(0 * BED, {"standard_name": "sea_surface_height_above_mean_sea_level"}),
          u=(0 * BED + 0.1, {"standard_name": "barotropic_eastward_sea_water_velocity"}),
          v=(0 * BED, {"standard_name": "sea_water_y_velocity"})).to_netcdf(tmp_path / "start.nc")
    assert marea("simulate", start_case(tmp_path, tmp_path / "start.nc")).returncode == 0


def test_what_stands_in_a_group_is_refused_by_name(tmp_path):
    with h5py.File(tmp_path / "start.h5", "w") as file:
        file["eta"] = 0 * BED
        file["flow/u"] = 0 * BED + 1
    code, line = failure(start_case(tmp_path, tmp_path / "start.h5"))
    assert code == 3 and "/flow/u: is not used" in line and "at the root" in line
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["topography/bathymetry"] = BED
    line = refused(tmp_path, tmp_path / "b.h5")
    assert "has no dataset bathymetry; it holds none, and in groups, where no field is looked for, topo" in line


@pytest.mark.parametrize("fill", [-9999.0, 1e20])
def test_a_fill_value_of_hdf5_that_stands_in_the_data_is_a_gap(tmp_path, fill):
    values = BED.copy()
    values[3, 17] = fill
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file.create_dataset("bathymetry", data=values, fillvalue=fill)
    line = refused(tmp_path, tmp_path / "b.h5")
    assert "1 of the 384 values" in line and "[3, 17]" in line and "HDF5's fill value = " in line
    bed, _ = simulated(tmp_path, tmp_path / "b.h5", options=", missing = -1.0")
    assert bed[3, 17] == -1


def test_zero_is_a_value_even_where_hdf5_fills_with_it(tmp_path):
    values = np.zeros((NY, NX)) - 5
    values[3, 17] = 0
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file.create_dataset("bathymetry", data=values, fillvalue=0.0)
    assert simulated(tmp_path, tmp_path / "b.h5")[0][3, 17] == 0


@pytest.mark.parametrize("spelled, value, cf", [
    ("Scale_Factor", 0.01, "scale_factor"), ("SCALE_FACTOR", 0.01, "scale_factor"), ("scale", 0.01, "scale_factor"),
    ("add_Offset", 5.0, "add_offset"), ("nodata", -9999, "_FillValue"), ("NODATA_value", -9999, "_FillValue"),
    ("fill_value", -9999, "_FillValue"), ("FillValue", -9999, "_FillValue"), ("MissingValue", -9999, "missing_value"),
    ("Units", "km", "units"), ("unit", "km", "units"), ("Positive", "down", "positive"), ("Valid_Min", -5, "valid_min"),
])
def test_other_spellings_of_what_cf_names_are_refused(tmp_path, spelled, value, cf):
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["bathymetry"] = BED
        file["bathymetry"].attrs[spelled] = value
    line = refused(tmp_path, tmp_path / "b.h5")
    assert f"/bathymetry@{spelled}: is not a name that CF knows" in line and f"rename it to {cf} if" in line


def test_a_spelling_that_only_repeats_what_cf_says_does_no_harm(tmp_path):
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["bathymetry"] = BED
        file["bathymetry"].attrs.update(_FillValue=-9999.0, nodata=-9999.0, units="m", Units="m")
    assert np.array_equal(simulated(tmp_path, tmp_path / "b.h5")[0], BED)


@pytest.mark.parametrize("names", [np.array([b"y", b"x"]), np.array([b"y ", b"x "]), np.array([[b"y"], [b"x"]], "S1")])
def test_components_named_by_strings_of_fixed_length_are_known(tmp_path, names):
    u, v = np.full((NY, NX), 0.25), np.full((NY, NX), -0.5)
    with h5py.File(tmp_path / "start.h5", "w") as file:
        file["eta"] = 0 * BED
        file["velocity"] = np.stack([v, u], -1)
        file["component"] = names
        file["component"].make_scale("component")
        file["velocity"].dims[2].attach_scale(file["component"])
    done = marea("simulate", start_case(tmp_path, tmp_path / "start.h5"))
    assert done.returncode == 0, done.stderr
    assert "does not say which component" not in done.stderr
    with h5py.File(tmp_path / "run" / "run.h5") as file:
        order = [n.decode() if isinstance(n, bytes) else n for n in file["component"][()]]
        first = file["velocity"][0, 0]
        assert (first[..., order.index("x")] == 0.25).all() and (first[..., order.index("y")] == -0.5).all()


@pytest.mark.parametrize("place", ["attribute", "list", "one text"])
def test_components_are_known_by_whatever_names_them(tmp_path, place):
    u, v = np.full((NY, NX), 0.25), np.full((NY, NX), -0.5)
    data = xr.Dataset({"eta": (("y", "x"), 0 * BED), "velocity": (("y", "x", "vec"), np.stack([v, u], -1))},
                      coords={"y": Y, "x": X})
    if place == "list":
        data = data.assign_coords(component=("vec", ["y", "x"]))
    else:
        data["velocity"].attrs["components"] = ["y", "x"] if place == "attribute" else "y x"
    data.to_netcdf(tmp_path / "start.nc", engine="h5netcdf", invalid_netcdf=True)
    done = marea("simulate", start_case(tmp_path, tmp_path / "start.nc"))
    assert done.returncode == 0, done.stderr
    assert "does not say which component" not in done.stderr
    with h5py.File(tmp_path / "run" / "run.h5") as file:
        order = [n.decode() if isinstance(n, bytes) else n for n in file["component"][()]]
        first = file["velocity"][0, 0]
        assert (first[..., order.index("x")] == 0.25).all() and (first[..., order.index("y")] == -0.5).all()


def test_components_that_are_named_in_two_ways_are_refused(tmp_path):
    data = start(eta=(0 * BED,)).assign(velocity=(("y", "x", "component"), np.zeros((NY, NX, 2))))
    data = data.assign_coords(component=["x", "y"])
    data["velocity"].attrs["components"] = "y x"
    assert "has the components x, y by " in refused_start(tmp_path, data)


@pytest.mark.parametrize("attribute, value", [("positive", -1), ("units", 3.0), ("standard_name", 5), ("axis", 1.0)])
def test_a_text_that_is_a_number_is_refused(tmp_path, attribute, value):
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["bathymetry"], file["x"], file["y"] = BED, X, Y
        file["x" if attribute == "axis" else "bathymetry"].attrs[attribute] = value
    assert f"@{attribute}: must be text, but is none" in refused(tmp_path, tmp_path / "b.h5")


@pytest.mark.parametrize("place", ["field", "grid mapping"])
def test_a_geotransform_without_coordinates_is_refused(tmp_path, place):
    data = bathymetry().drop_vars(["x", "y"])
    words = {"GeoTransform": "0 1000 0 16000 0 -1000"}
    if place == "field":
        data["bathymetry"].attrs.update(words)
    else:
        data["crs"] = ((), 0, {"grid_mapping_name": "transverse_mercator", **words})
        data["bathymetry"].attrs["grid_mapping"] = "crs"
    data.to_netcdf(tmp_path / "b.nc")
    line = refused(tmp_path, tmp_path / "b.nc")
    assert "@GeoTransform: says where the cells of /bathymetry lie" in line and "rioxarray" in line
    with_axes = data.assign_coords(x=X, y=Y)
    with_axes.to_netcdf(tmp_path / "c.nc")
    assert np.array_equal(simulated(tmp_path, tmp_path / "c.nc")[0], BED)


def test_an_inflow_on_times_of_its_own_is_refused(tmp_path):
    with h5py.File(tmp_path / "wave.h5", "w") as file:
        file["time"], file["t"], file["eta"] = [0.0, 30.0, 60.0], [0.0, 60.0, 120.0], [0.0, 0.1, 0.2]
        file["t"].make_scale("t")
        file["eta"].dims[0].attach_scale(file["t"])
    code, line = inflow(tmp_path, tmp_path / "wave.h5")
    assert code == 3 and "stands along its dimension scale t, but time is read with it" in line
    done = inflow(tmp_path, tmp_path / "wave.h5", "-o", "solver.inflow.time=\"t\"",
                  run=lambda *arguments: marea("simulate", *arguments))
    assert "not used" in done.stderr or done.returncode == 0, done.stderr


def test_a_text_that_is_not_utf8_is_named(tmp_path):
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["bathymetry"] = BED
        file["bathymetry"].attrs["units"] = np.bytes_(b"m\xb0")
    assert "/bathymetry@units: is text that is not UTF-8" in refused(tmp_path, tmp_path / "b.h5")
    package = pytest.importorskip("marea")
    with pytest.raises(package.DataError, match="not UTF-8"):
        package.Solver(name="shallow_water", grid={"nx": NX, "ny": NY, "x": [0, 24e3], "y": [0, 16e3]},
                       bathymetry={"file": str(tmp_path / "b.h5")}, initial={"profile": "lake_at_rest"})


def test_a_start_that_links_to_itself_is_named(tmp_path):
    with h5py.File(tmp_path / "start.h5", "w") as file:
        file["eta"] = h5py.SoftLink("/eta")
    code, line = failure(start_case(tmp_path, tmp_path / "start.h5"))
    assert code == 3 and "start.h5:/eta: links to /eta, which is not there" in line
