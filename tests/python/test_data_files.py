# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Data files of others read by marea, and marea's read by others: h5py, The Well, safetensors."""

import json
import os
import subprocess
from pathlib import Path

import h5py
import numpy as np
import pytest

PROBE = Path(os.environ.get("MAREA_BIN", "")).parent / "io_probe"
pytestmark = pytest.mark.skipif(not PROBE.is_file(), reason="io_probe is not built beside MAREA_BIN")

TRAJECTORIES, STEPS, NY, NX = 3, 4, 6, 8


def probe(command, argument):
    return subprocess.run([PROBE, command, argument], capture_output=True, text=True)


def samples(folder, **request):
    done = probe("samples", json.dumps({"folder": str(folder), **request}))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def write_well(path, seed=0, dtype="f4", spatial_dims=("x", "y"), **storage):
    """A file as The Well publishes them, with every kind of field. Returns its arrays."""
    rng = np.random.default_rng(seed)
    grid = tuple({"x": NX, "y": NY}[name] for name in spatial_dims)
    arrays = {
        "density": rng.normal(3, 2, (TRAJECTORIES, STEPS, *grid)),
        "velocity": rng.normal((0, 5), 1, (TRAJECTORIES, STEPS, *grid, 2)),
        "stress": rng.normal(0, 1, (TRAJECTORIES, STEPS, *grid, 2, 2)),
        "source": rng.normal(0, 1, (TRAJECTORIES, *grid)),
        "floor": rng.normal(0, 1, grid),
        "profile": rng.normal(0, 1, grid[1:]),  # does not vary along the first axis
    }
    arrays = {name: values.astype(dtype) for name, values in arrays.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w", libver=("earliest", "v110")) as f:
        f.attrs.update(dataset_name="foreign", grid_type="cartesian", n_spatial_dims=2, n_trajectories=TRAJECTORIES)
        f.attrs["simulation_parameters"] = ["viscosity"]
        f.attrs["viscosity"] = 0.1
        dims = f.create_group("dimensions")
        dims.attrs["spatial_dims"] = list(spatial_dims)
        axes = {"time": 0.1 * np.arange(STEPS), "x": np.arange(NX) + 0.5, "y": np.arange(NY) + 0.5}
        for name, values in axes.items():
            d = dims.create_dataset(name, data=values.astype("f4"))
            d.attrs.update(sample_varying=False, time_varying=False)
        conditions = f.create_group("boundary_conditions")
        for name in ("x", "y"):
            c = conditions.create_group(f"{name}_periodic")
            c.attrs.update(bc_type="PERIODIC", associated_dims=[name], associated_fields=[], sample_varying=False,
                           time_varying=False)
            c.create_dataset("mask", data=np.array([True] + [False] * (len(dims[name]) - 2) + [True]))
        scalars = f.create_group("scalars")
        scalars.attrs["field_names"] = ["viscosity"]
        s = scalars.create_dataset("viscosity", data=np.float32(0.1))
        s.attrs.update(sample_varying=False, time_varying=False)
        kinds = {"density": (1, 1), "velocity": (1, 1), "stress": (1, 1), "source": (1, 0), "floor": (0, 0),
                 "profile": (0, 0)}
        for rank, names in enumerate([["density", "source", "floor", "profile"], ["velocity"], ["stress"]]):
            group = f.create_group(f"t{rank}_fields")
            group.attrs["field_names"] = names
            for name in names:
                d = group.create_dataset(name, data=arrays[name], **(storage if arrays[name].ndim > 3 else {}))
                d.attrs["dim_varying"] = [name != "profile", True]
                d.attrs["sample_varying"], d.attrs["time_varying"] = map(bool, kinds[name])
                d.attrs["symmetric"] = False
    return arrays


@pytest.mark.parametrize("dtype, storage", [("f4", {}), ("f8", {}),
                                            ("f4", dict(chunks=True, compression="gzip", shuffle=True))])
def test_a_step_sample_of_a_file_by_h5py_holds_its_arrays(tmp_path, dtype, storage):
    arrays = write_well(tmp_path / "a.hdf5", dtype=dtype, **storage)
    reply = samples(tmp_path, inputs=["velocity", "source", "density", "floor", "profile"],
                    outputs=["density", "stress"])

    assert reply["input_channels"] == ["velocity_x", "velocity_y", "source", "density", "floor", "profile"]
    assert reply["extents"] == [NX, NY]
    assert reply["interval"] == pytest.approx(0.1)
    assert len(reply["samples"]) == TRAJECTORIES * (STEPS - 1)
    for s in reply["samples"]:
        n, t = s["trajectory"], s["step"]
        given = np.float32(s["in"]).reshape(6, NX, NY)
        out = np.float32(s["out"]).reshape(5, NX, NY)
        np.testing.assert_array_equal(given[:2], np.moveaxis(arrays["velocity"][n, t], -1, 0).astype("f4"))
        np.testing.assert_array_equal(given[2], arrays["source"][n].astype("f4"))
        np.testing.assert_array_equal(given[3], arrays["density"][n, t].astype("f4"))
        np.testing.assert_array_equal(given[4], arrays["floor"].astype("f4"))
        np.testing.assert_array_equal(given[5], np.broadcast_to(arrays["profile"], (NX, NY)).astype("f4"))
        np.testing.assert_array_equal(out[0], arrays["density"][n, t + 1].astype("f4"))
        stress = np.moveaxis(arrays["stress"][n, t + 1].reshape(NX, NY, 4), -1, 0)
        np.testing.assert_array_equal(out[1:], stress.astype("f4"))


def density(folder, **options):
    """The density of the first trajectory, [STEPS, NX, NY], as samples give it."""
    reply = samples(folder, inputs=["density"], outputs=["density"], **options)
    mine = [s for s in reply["samples"] if s["run"] == 0]
    return np.reshape([s["in"] for s in mine] + [mine[-1]["out"]], (STEPS, NX, NY)), reply


def replace_density(path, values, **attributes):
    with h5py.File(path, "r+") as f:
        kept = dict(f["t0_fields/density"].attrs)
        del f["t0_fields/density"]
        d = f["t0_fields"].create_dataset("density", data=values)
        d.attrs.update({**kept, **attributes})


@pytest.mark.parametrize("dtype", ["i1", ">i2", "<u2", ">i4", "u4", "i8", "f2", ">f8", "?"])
def test_numbers_of_every_type_are_samples(tmp_path, dtype):
    write_well(tmp_path / "a.h5")
    values = (np.arange(TRAJECTORIES * STEPS * NX * NY).reshape(TRAJECTORIES, STEPS, NX, NY) % 100).astype(dtype)
    replace_density(tmp_path / "a.h5", values)
    np.testing.assert_array_equal(density(tmp_path)[0], values[0].astype("f4"))


def test_packed_integers_are_samples_of_their_values_and_gaps_are_named(tmp_path):
    write_well(tmp_path / "a.h5")
    values = np.arange(TRAJECTORIES * STEPS * NX * NY).reshape(TRAJECTORIES, STEPS, NX, NY).astype("i2")
    replace_density(tmp_path / "a.h5", values, scale_factor=0.5, add_offset=-3.0, _FillValue=np.int16(-1))
    np.testing.assert_array_equal(density(tmp_path)[0], values[0] * np.float32(0.5) - 3)
    values[0, 1, 2, 3] = -1
    replace_density(tmp_path / "a.h5", values)
    done = probe("samples", json.dumps({"folder": str(tmp_path), "inputs": ["density"], "outputs": ["density"]}))
    assert done.returncode == 3
    assert "field 'density', trajectory 0, step 1, index (2, 3)" in done.stderr


def test_minutes_and_seconds_centimetres_and_metres_are_one_data_set(tmp_path):
    arrays = write_well(tmp_path / "a.h5")
    write_well(tmp_path / "b.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as f:
        f["t0_fields/density"].attrs["units"] = "m"
        f["dimensions/time"].attrs["units"] = "s"
    with h5py.File(tmp_path / "b.h5", "r+") as f:
        f["dimensions/time"][...] = f["dimensions/time"][()] / 60
        f["dimensions/time"].attrs["units"] = "minutes since 2000-01-01"
        f["t0_fields/density"][...] *= 100
        f["t0_fields/density"].attrs["units"] = "cm"
    _, reply = density(tmp_path)
    assert reply["interval"] == pytest.approx(0.1, rel=1e-5)
    of_b = [s for s in reply["samples"] if s["run"] == TRAJECTORIES]
    np.testing.assert_allclose(np.reshape(of_b[0]["in"], (NX, NY)), arrays["density"][0, 0], rtol=1e-6)
    with h5py.File(tmp_path / "b.h5", "r+") as f:
        f["t0_fields/density"].attrs["units"] = "K"
    done = probe("samples", json.dumps({"folder": str(tmp_path), "inputs": ["density"], "outputs": ["density"]}))
    assert done.returncode == 3
    assert "b.h5: field 'density': units = \"K\" differs from \"m\" of " in done.stderr and "a.h5" in done.stderr


def test_runs_that_were_never_written_are_counted(tmp_path):
    arrays = write_well(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as f:
        kept = dict(f["t0_fields/density"].attrs)
        del f["t0_fields/density"]
        d = f["t0_fields"].create_dataset("density", shape=arrays["density"].shape, dtype="f4", chunks=(1, 1, NX, NY))
        d.attrs.update(kept)
        d[:1] = arrays["density"][:1]
    done = probe("samples", json.dumps({"folder": str(tmp_path), "inputs": ["density"], "outputs": ["density"]}))
    assert done.returncode == 3
    assert f"along the first axis 1 of {TRAJECTORIES} were written" in done.stderr


def test_dimension_scales_that_contradict_spatial_dims_are_refused(tmp_path):
    write_well(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as f:
        f["dimensions/y"].make_scale("y")
        f["t0_fields/density"].dims[2].attach_scale(f["dimensions/y"])
    done = probe("samples", json.dumps({"folder": str(tmp_path), "inputs": ["density"], "outputs": ["density"]}))
    assert done.returncode == 3
    assert "its axis 2 has the dimension scale y, but spatial_dims calls it x" in done.stderr


@pytest.mark.parametrize("owner, attribute, message", [
    ("/", "n_trajectories", "(no attribute n_trajectories: 1 taken)"),
    ("/dimensions", "spatial_dims", "has no attribute spatial_dims; name the axes"),
])
def test_an_attribute_that_is_missing_is_named(tmp_path, owner, attribute, message):
    write_well(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as f:
        del f[owner].attrs[attribute]
    done = probe("samples", json.dumps({"folder": str(tmp_path), "inputs": ["density"], "outputs": ["density"]}))
    assert done.returncode == 3 and message in done.stderr, done.stderr


def test_data_that_do_not_say_their_boundary_are_refused_unless_the_data_table_does(tmp_path):
    write_well(tmp_path / "a.h5")
    request = {"inputs": ["density"], "outputs": ["density"]}
    with h5py.File(tmp_path / "a.h5", "r+") as f:
        del f["boundary_conditions/y_periodic"]

    def refused(**more):
        done = probe("samples", json.dumps({"folder": str(tmp_path), **request, **more}))
        assert done.returncode == 3, done.stderr
        return done.stderr

    message = refused()
    assert "a.h5 does not say which boundary the axis y has: write its group boundary_conditions" in message
    assert '[data] boundary = ["periodic"]' in message
    assert "boundary = 'wall', but the axis x of " in refused(boundary=["wall"])
    assert "boundary has 3 entries, must have one, or one for each of the 2 axes" in refused(boundary=["wall"] * 3)
    assert samples(tmp_path, **request, boundary=["periodic", "wall"])["boundary"] == [["periodic"] * 2, ["wall"] * 2]
    assert samples(tmp_path, **request, boundary=["periodic"])["boundary"] == [["periodic"] * 2] * 2


def test_a_map_sample_on_a_coarser_grid_holds_block_means(tmp_path):
    arrays = write_well(tmp_path / "a.h5")
    reply = samples(tmp_path, task="map", inputs=["floor", "density"], outputs=["source"], coarsen=2)

    def mean(a):
        return a.astype("f8").reshape(NX // 2, 2, NY // 2, 2).mean((1, 3))

    assert reply["centres"][0] == [1, 3, 5, 7]
    for n, s in enumerate(reply["samples"]):
        given = np.reshape(s["in"], (2, NX // 2, NY // 2))
        np.testing.assert_allclose(given[1], mean(arrays["density"][n, 0]), rtol=2**-23)
        np.testing.assert_allclose(np.ravel(s["out"]), mean(arrays["source"][n]).ravel(), rtol=2**-23)


def test_an_empty_split_says_what_is_there(tmp_path):
    write_well(tmp_path / "data/train/a.hdf5")
    asked = {"folder": str(tmp_path), "inputs": ["density"], "outputs": ["density"], "split": "test"}
    done = probe("samples", json.dumps(asked))
    assert done.returncode == 3
    assert "3 train, 0 valid and 0 test runs" in done.stderr


@pytest.mark.parametrize("spatial_dims", [("x", "y"), ("y", "x")])
def test_the_well_normalises_with_our_statistics(tmp_path, spatial_dims):
    import torch
    from the_well.data import WellDataset
    from the_well.data.normalization import RMSNormalization, ZScoreNormalization

    runs = [write_well(tmp_path / f"data/train/{name}.hdf5", seed, spatial_dims=spatial_dims)
            for seed, name in enumerate("ab")]
    write_well(tmp_path / "data/test/c.hdf5", 7)
    done = probe("statistics", str(tmp_path))
    assert done.returncode == 0, done.stderr

    data = WellDataset(path=str(tmp_path), well_split_name="train", use_normalization=True,
                       normalization_type=ZScoreNormalization, n_steps_input=1, n_steps_output=1)
    for name in ("density", "velocity", "stress", "source", "floor"):
        components = {"velocity": 1, "stress": 2}.get(name, 0)
        values = np.concatenate([r[name].reshape(-1, *r[name].shape[r[name].ndim - components:]) for r in runs])
        assert torch.allclose(data.norm.means[name], torch.tensor(values.mean(0, dtype="f8")).float(), atol=1e-6), name
        assert torch.allclose(data.norm.stds[name], torch.tensor(values.std(0, dtype="f8")).float(), rtol=1e-6), name
    deltas = np.concatenate([np.diff(r["velocity"].astype("f8"), axis=1).reshape(-1, 2) for r in runs])
    assert torch.allclose(data.norm.means_delta["velocity"], torch.tensor(deltas.mean(0)).float(), atol=1e-6)
    assert torch.allclose(data.norm.stds_delta["velocity"], torch.tensor(deltas.std(0)).float(), rtol=1e-6)
    assert torch.isfinite(data[0]["input_fields"]).all()

    rms = WellDataset(path=str(tmp_path), well_split_name="train", use_normalization=True,
                      normalization_type=RMSNormalization, n_steps_input=1, n_steps_output=1)
    density = np.concatenate([r["density"].ravel() for r in runs]).astype("f8")
    assert float(rms.norm.rmss["density"]) == pytest.approx(np.sqrt((density**2).mean()), rel=1e-6)


def test_safetensors_reads_the_exported_weights(tmp_path):
    from safetensors import safe_open

    done = probe("model", str(tmp_path / "model.h5"))
    assert done.returncode == 0, done.stderr
    with safe_open(tmp_path / "model.h5.safetensors", framework="np") as f:
        assert set(f.keys()) == {"lift.weight", "count"}
        np.testing.assert_array_equal(f.get_tensor("lift.weight"), (np.arange(6) / 7).astype("f4").reshape(2, 3))
        assert f.get_tensor("count") == 1234567890123
        assert json.loads(f.metadata()["marea_info"])["card"]["licence"] == "CC-BY-4.0"


def test_h5py_and_tomllib_read_a_model_file(tmp_path):
    import tomllib

    probe("model", str(tmp_path / "model.h5"))
    with h5py.File(tmp_path / "model.h5") as f:
        info = tomllib.loads(f.attrs["info"])
        assert f.attrs["marea_model"] == "1.3"
        assert info["name"] == "fno" and info["card"]["licence"] == "CC-BY-4.0"
        assert list(f["weights"]) == ["lift.weight", "count"]
        assert f["weights/lift.weight"].shape == (2, 3)


def test_a_folder_exports_to_the_well_with_statistics(tmp_path):
    import yaml

    for name in "ab":
        write_well(tmp_path / f"runs/{name}.h5")
    done = subprocess.run([os.environ["MAREA_BIN"], "export", tmp_path / "runs", "--to", "well", "--output",
                           tmp_path / "well"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [p.name for p in sorted((tmp_path / "well/data/train").iterdir())] == ["a.h5", "b.h5"]
    stats = yaml.safe_load((tmp_path / "well/stats.yaml").read_text())
    assert set(stats) == {"mean", "std", "rms", "mean_delta", "std_delta", "rms_delta"}
    assert np.shape(stats["std"]["stress"]) == (2, 2) and np.shape(stats["mean_delta"]["velocity"]) == (2,)


@pytest.mark.parametrize("kind", ["NEUMANN", "PERIODC"])
def test_a_kind_of_boundary_that_marea_does_not_know_is_refused(tmp_path, kind):
    write_well(tmp_path / "one.h5")
    with h5py.File(tmp_path / "one.h5", "a") as file:
        file["boundary_conditions/x_periodic"].attrs["bc_type"] = kind
    done = probe("samples", json.dumps({"folder": str(tmp_path), "inputs": ["density"], "outputs": ["density"]}))
    assert done.returncode != 0
    assert f'bc_type = "{kind}" must be PERIODIC, WALL or OPEN' in done.stderr


def refused_samples(folder, **request):
    done = probe("samples", json.dumps({"folder": str(folder), "inputs": ["density"], "outputs": ["density"], **request}))
    assert done.returncode == 3, done.stderr
    return done.stderr


def test_a_whole_virtual_dataset_is_a_sample_wherever_its_source_stands(tmp_path):
    arrays = write_well(tmp_path / "a.h5")
    write_well(tmp_path / "b.h5", seed=1)
    values = arrays["density"]
    for source in (tmp_path / "far" / "source.h5", tmp_path / "b.h5"):  # the latter is data too
        source.parent.mkdir(exist_ok=True)
        with h5py.File(source, "a") as file:
            file["values"] = values
        layout = h5py.VirtualLayout(values.shape, "f4")
        layout[:] = h5py.VirtualSource(str(source), "values", values.shape)
        with h5py.File(tmp_path / "a.h5", "r+") as file:
            kept = dict(file["t0_fields/density"].attrs)
            del file["t0_fields/density"]
            file["t0_fields"].create_virtual_dataset("density", layout)
            file["t0_fields/density"].attrs.update(kept)
        got, _ = density(tmp_path)
        np.testing.assert_array_equal(got, values[0])


def test_a_mask_at_one_end_is_a_boundary_of_that_end_alone(tmp_path):
    write_well(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        group = file["boundary_conditions/x_periodic"]
        group.attrs["bc_type"] = "WALL"
        group["mask"][-1] = False
    assert "does not say which boundary the axis x has" in refused_samples(tmp_path)
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        other = file["boundary_conditions"].create_group("x_open")
        other.attrs.update({**file["boundary_conditions/x_periodic"].attrs, "bc_type": "OPEN"})
        other["mask"] = np.array([False] * (NX - 1) + [True])
    assert samples(tmp_path, inputs=["density"], outputs=["density"])["boundary"][0] == ["wall", "open"]


def test_two_boundaries_at_one_end_are_refused(tmp_path):
    write_well(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        other = file["boundary_conditions"].create_group("x_wall")
        other.attrs.update({**file["boundary_conditions/x_periodic"].attrs, "bc_type": "WALL"})
        other["mask"] = file["boundary_conditions/x_periodic/mask"][()]
    assert "end of x is wall, another group that it is periodic" in refused_samples(tmp_path)


def only_some_name_it(file):
    file["t0_fields/density"].attrs["standard_name"] = "air_density"


def other_grid(file):
    file.attrs["grid_type"] = "spherical"


def number_for_split(file):
    file.attrs["split"] = 1


def number_for_units(file):
    file["t0_fields/density"].attrs["units"] = 5


@pytest.mark.parametrize("change, message", [
    (only_some_name_it, "standard_name = none differs from air_density"),
    (other_grid, "grid_type cartesian differs from spherical"),
    (number_for_split, "@split: must be text"),
    (number_for_units, "@units: must be text"),
])
def test_what_one_file_alone_says_is_refused(tmp_path, change, message):
    for seed, name in enumerate("ab"):
        write_well(tmp_path / f"{name}.h5", seed)
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        change(file)
    assert message in refused_samples(tmp_path, split="all")


def test_a_field_that_links_to_nowhere_is_named_with_its_target(tmp_path):
    write_well(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        del file["t0_fields/density"]
        file["t0_fields/density"] = h5py.SoftLink("/gone")
    assert "density: links to /gone, which is not there; put it there" in refused_samples(tmp_path)


def test_a_netcdf_export_of_several_trajectories_says_what_keeps_all(tmp_path):
    write_well(tmp_path / "a.h5")
    done = subprocess.run([os.environ["MAREA_BIN"], "export", tmp_path / "a.h5", "--to", "netcdf", "--output",
                           tmp_path / "a.nc"], capture_output=True, text=True)
    assert done.returncode == 3
    assert f"{tmp_path / 'a.h5'}: holds {TRAJECTORIES} trajectories" in done.stderr and "--to pdebench" in done.stderr
