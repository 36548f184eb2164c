# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""A model called with fields by name: no order of components or axes is assumed."""

import marea
import numpy as np
import pytest
import xarray as xr
from conftest import SEA
from marea import _core

pytestmark = pytest.mark.skipif(not _core.torch_version, reason="built without LibTorch")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A small network of eta, velocity and the bed, persistence of eta and velocity, and one of their runs."""
    folder = tmp_path_factory.mktemp("named")
    runs = marea.simulate(
        {**SEA, "initial": {**SEA["initial"], "centre": [9e3, 6e3]},
         "output": {"folder": str(folder / "run"), "every": 20.0, "fields": ["eta", "velocity"]},
         "run": {"end_time": 60.0},
         "ensemble": {"members": 4, "seed": 1, "sampling": "sobol", "vary": {"initial.height": [0.5, 1.0]},
                      "split": {"train": 0.5, "valid": 0.25, "test": 0.25}}},
        progress=False)
    fields = {"folder": str(folder / "run"), "outputs": ["velocity", "eta"]}

    def train(output, data, **model):
        return marea.train({"data": {**fields, **data}, "model": model,
                            "train": {"output": str(folder / output), **({"epochs": 1, "batch": 2, "threads": 1}
                                                                       if model["name"] == "fno" else {})}},
                           progress=False).load()

    network = train("fno.h5", {"inputs": ["eta", "velocity", "bathymetry"]}, name="fno", width=4, modes=[4, 4],
                    layers=1)
    same = train("same.h5", {"inputs": ["eta", "velocity"]}, name="persistence")
    recent = train("recent.h5", {"inputs": ["eta", "velocity"], "history": 2}, name="persistence")
    return {"network": network, "persistence": same, "history": recent, "run": runs[0].snapshot_file}


@pytest.fixture
def run(trained):
    with marea.open(trained["run"]) as data:
        yield data.load()


def by_hand(run):
    """(time, channels, y, x) in the order of the network's inputs."""
    velocity = run.velocity.sel(component=["x", "y"]).values
    bed = np.broadcast_to(run.bathymetry.values, run.eta.shape)
    return np.stack([run.eta.values, velocity[..., 0], velocity[..., 1], bed], axis=1).astype("f4")


def test_a_dataset_gives_what_channels_in_order_give_one_interval_later(trained, run):
    model = trained["network"]
    assert model.inputs == ["eta", "velocity_x", "velocity_y", "bathymetry"]
    answer, expected = model(run), model(by_hand(run))
    assert answer.eta.dims == ("time", "y", "x") and answer.velocity.dims == ("time", "y", "x", "component")
    for name, values in {"velocity_x": answer.velocity.sel(component="x"),
                         "velocity_y": answer.velocity.sel(component="y"), "eta": answer.eta}.items():
        assert np.array_equal(values, expected[:, model.outputs.index(name)]), name
    assert np.array_equal(answer.time, run.time + 20.0) and answer.time.attrs["units"] == run.time.attrs["units"]
    assert answer.eta.attrs["units"] == "m" and np.array_equal(answer.x, run.x)


def test_the_order_of_components_and_axes_does_not_matter(trained, run):
    model = trained["network"]
    expected = model(run)
    turned = run.transpose("x", "component", "time", "y").isel(component=[1, 0])
    answer = model(turned)
    xr.testing.assert_equal(answer.transpose(*expected.dims), expected)
    apart = run.drop_vars("velocity").assign(velocity_y=run.velocity.sel(component="y", drop=True),
                                             velocity_x=run.velocity.sel(component="x", drop=True))
    xr.testing.assert_equal(model(apart.drop_vars("component")), expected)


def test_one_state_is_one_state_and_what_a_solver_holds_is_a_dataset_too(trained, run, sea):
    answer = trained["network"](run.isel(time=1))
    assert answer.eta.dims == ("y", "x") and float(answer.time) == 40.0
    solver = marea.Solver.from_case(sea)
    solver.advance(30.0)
    data = solver.to_xarray()
    answer = trained["persistence"](data)
    assert np.array_equal(answer.velocity, data.velocity) and float(answer.time) == 50.0


def test_a_dict_of_channels_gives_one_back(trained, run):
    expected = trained["network"](by_hand(run))
    fields = {"bathymetry": run.bathymetry.values, "velocity_y": run.velocity.sel(component="y").values,
              "velocity_x": run.velocity.sel(component="x"), "eta": run.eta.values}
    answer = trained["network"](fields)
    assert list(answer) == ["velocity_x", "velocity_y", "eta"]
    assert all(np.array_equal(values, expected[:, c]) for c, values in enumerate(answer.values()))


def test_a_rollout_by_name_is_a_rollout(trained, run):
    model, first = trained["persistence"], run.isel(time=1)
    answer = model.rollout(first, 3)
    assert list(answer.time) == [40.0, 60.0, 80.0]
    assert all(np.array_equal(answer.velocity[lead].sel(component=first.component), first.velocity)
               for lead in range(3))
    assert model.rollout({"eta": first.eta, "velocity_x": first.velocity[..., 0], "velocity_y": first.velocity[..., 1]},
                         3)["eta"].shape == (3, 16, 24)
    with pytest.raises(marea.ShapeError, match="a rollout starts from one state; choose one along time"):
        model.rollout(run, 3)


def test_a_history_is_the_states_along_time(trained, run):
    model = trained["history"]
    answer = model(run.isel(time=[1, 2]))
    assert np.array_equal(answer.eta, run.eta[2]) and float(answer.time) == 60.0
    fields = {"eta": run.eta[1:3], "velocity_x": run.velocity[1:3, ..., 0], "velocity_y": run.velocity[1:3, ..., 1]}
    assert np.array_equal(model(fields)["eta"], run.eta[2])
    with pytest.raises(marea.ShapeError, match="needs an axis time of 2 states, the oldest first"):
        model(run)
    with pytest.raises(marea.ShapeError, match=r"'eta' has shape \(4, 16, 24\); pass \(…, 2 states, y, x\)"):
        model({**fields, "eta": run.eta})


def in_other_units(run):
    """The same sea in cm and km h-1, on axes in km and minutes."""
    other = run.assign(eta=100 * run.eta, velocity=3.6 * run.velocity).assign_coords(time=run.time / 60, x=run.x / 1000)
    for name, units in {"eta": "cm", "velocity": "km/h", "time": "min", "x": "km"}.items():
        other[name].attrs["units"] = units
    return other


def test_other_units_of_the_same_kind_are_converted(trained, run):
    answer, expected = trained["network"](in_other_units(run)), trained["network"](run)
    for name in ("eta", "velocity"):
        np.testing.assert_allclose(answer[name], expected[name], rtol=0, atol=1e-5 * float(abs(expected[name]).max()))
        assert answer[name].attrs["units"] == expected[name].attrs["units"]
    np.testing.assert_allclose(answer.time, (run.time + 20) / 60)
    assert answer.time.attrs["units"] == "min"


def degrees(run):
    run.eta.attrs["units"] = "degree"
    return run


def without_names(run):
    return run.drop_vars("component")


@pytest.mark.parametrize(
    "spoil, message",
    [
        (degrees, "the field 'eta' is in 'degree', and nothing is known to turn that into 'm', the model's units"),
        (without_names, "needs 1 axis of components with a coordinate that names them x, y"),
        (lambda run: run.assign_coords(x=run.x / 1000),
         "the cells of axis x reach from 0 to 24, those of the model from 0"),
        (lambda run: run.assign_coords(x=run.x + 5e3),
         "the cells of axis x reach from 5000 to 29000, those of the model"),
        (lambda run: run.isel(y=slice(None, None, -1)), r"the axis y must rise; pass data\.sortby\('y'\)"),
        (lambda run: run.rename(y="north"), "has no axis y"),
        (lambda run: run.drop_vars("eta"), "no field 'eta'"),
        (lambda run: run.rename(eta="etta"), "no field 'eta', did you mean 'etta'"),
        (lambda run: run.isel(x=slice(0, 12)), "the cells of axis x reach from 0 to 12000"),
    ],
)
def test_other_units_axes_and_names_are_refused(trained, run, spoil, message):
    with pytest.raises(marea.Error, match=message) as error:
        trained["persistence"](spoil(run))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "fields, message",
    [
        ({"eta": 0, "velocity": 0},
         "'velocity' is a vector: an array alone does not say which component is which; pass velocity_x, velocity_y"),
        ({"eta": 0, "velocity_x": 0}, "the field 'velocity_y' is missing"),
        ({"eta": 0, "velocity_x": 0, "velocity_y": 0, "velocity_z": 0}, "unknown field 'velocity_z', did you mean"),
        ({"eta": np.zeros(24), "velocity_x": 0, "velocity_y": 0}, r"'eta' has shape \(24,\); pass \(…, y, x\)"),
        ({"eta": np.zeros((2, 16, 24)), "velocity_x": np.zeros((3, 16, 24)), "velocity_y": 0}, "do not fit together"),
    ],
)
def test_a_dict_that_does_not_say_what_is_what_is_refused(trained, fields, message):
    plane = np.zeros((16, 24))
    with pytest.raises(marea.Error, match=message):
        trained["persistence"]({name: plane if isinstance(value, int) else value for name, value in fields.items()})


@pytest.mark.parametrize("units", ["m/s", "m s-1", "m*s**-1", "m s^-1", "s-1 m"])
def test_units_may_be_spelt_differently(trained, run, units):
    run.velocity.attrs["units"] = units
    assert np.array_equal(trained["persistence"](run).velocity.sel(component=run.component), run.velocity)


def test_a_wrong_array_is_told_the_channels_in_order(trained):
    with pytest.raises(marea.ShapeError, match="its channels in order are eta, velocity_x, velocity_y"):
        trained["persistence"](np.zeros((2, 16, 24)))


def test_what_a_dataset_says_of_its_values_is_not_passed_over(trained, run):
    model, data = trained["persistence"], run.isel(time=0)
    for attribute in ("scale_factor", "Scale_Factor", "nodata"):
        with pytest.raises(marea.ShapeError, match=f"{attribute}, which is not applied yet"):
            model(data.assign(eta=data.eta.assign_attrs({attribute: 0.01})))
    with pytest.raises(marea.ShapeError, match="positive = 'down'"):
        model(data.assign(eta=data.eta.assign_attrs(positive="down")))
    x = data.x.values.copy()
    x[5] += 0.4 * (x[1] - x[0])
    with pytest.raises(marea.ShapeError, match="must be equally wide"):
        model(data.assign_coords(x=("x", x, data.x.attrs)))
    fields = {"eta": data.eta, **{f"velocity_{c}": data.velocity.sel(component=c) for c in "xy"}}
    expected = model(fields)["eta"]
    centimetres = (100 * data.eta).assign_attrs(units="cm")
    np.testing.assert_allclose(model({**fields, "eta": centimetres})["eta"], expected, rtol=1e-6)
    with pytest.raises(marea.ShapeError, match=r"pass value.transpose\(..., y, x\)"):
        model({**fields, "eta": data.eta.transpose("x", "y")})
    with pytest.raises(marea.ShapeError, match="not applied yet"):
        model({**fields, "eta": data.eta.assign_attrs(missing_value=-1.0)})


@pytest.mark.parametrize("as_dict", [False, True])
@pytest.mark.parametrize("spoil, message", [
    (lambda eta: eta[::-1], r"the axis y must rise; pass data\.sortby\('y'\)"),
    (lambda eta: eta.assign_coords(x=eta.x + 1e6), "a model answers on its own domain"),
    (lambda eta: eta.assign_coords(x=("x", eta.x.values, {"units": "km"})), "a model answers on its own domain"),
    (lambda eta: eta.assign_attrs(standard_name="sea_floor_depth_below_geoid"), "but must be 'sea_surface_height_"),
])
def test_the_axes_and_meaning_of_arrays_count_in_a_dict_as_in_a_dataset(trained, run, spoil, message, as_dict):
    data = run.isel(time=0)
    fields = {"eta": data.eta, **{f"velocity_{c}": data.velocity.sel(component=c, drop=True) for c in "xy"}}
    fields = {name: spoil(value) if name == "eta" or "axis" in message or "domain" in message else value
              for name, value in fields.items()}
    values = fields if as_dict else xr.Dataset(fields)
    with pytest.raises(marea.ShapeError, match=message):
        trained["persistence"](values)


def test_the_states_of_a_history_are_an_interval_apart(trained, run):
    model = trained["history"]
    model(run.isel(time=[0, 1]))
    for times in ([0, 2], [1, 0]):
        with pytest.raises(marea.ShapeError, match="apart, those of the model"):
            model(run.isel(time=times))


def test_a_time_of_the_calendar_moves_by_the_interval(trained, run):
    start = np.datetime64("2020-01-01T00:00:00", "ns")
    answer = trained["persistence"](run.isel(time=0).assign_coords(time=start))
    assert answer.time.values - start == np.timedelta64(20, "s")


def test_a_rollout_takes_a_whole_number_of_intervals(trained, run):
    for leads in (2.5, 0, "3"):
        with pytest.raises(marea.ConfigError, match="must be a whole number >= 1"):
            trained["persistence"].rollout(run.isel(time=0), leads)
