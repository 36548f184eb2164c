# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""What `marea export` writes, read by others, and what it leaves alone."""

import h5py
import numpy as np
import pytest

from program import MAREA, error_lines, marea, write_case

pytestmark = pytest.mark.skipif(not MAREA, reason="MAREA_BIN does not name the program")


def simulate(folder, *options, **case):
    folder.mkdir(exist_ok=True)
    path = write_case(folder, **case)
    done = marea("simulate", path, "--quiet", "-o", 'output.fields=["eta", "velocity"]', *options)
    return folder / "run" / "run.h5", done.returncode


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """24 x 16 cells, four snapshots, in double precision."""
    path, code = simulate(tmp_path_factory.mktemp("run"), "-o", "output.precision=double")
    assert code == 0
    return path


def export(source, layout, output, **options):
    return marea("export", source, "--to", layout, "--output", output, **options)


def refused(done):
    assert done.returncode == 3, done.stderr
    (line,) = error_lines(done)
    return line


def read_pdebench(path):
    """As PDEBench publishes its 2-D shallow water: every key of the root is a trajectory, `data` is [t, x, y, v], the
    coordinates stand in `grid`, and grids of cells are meshgrid(x, y, indexing="ij").
    """
    with h5py.File(path) as file:
        keys = sorted(file.keys())
        assert keys == [f"{n:04d}" for n in range(len(keys))]
        data = np.stack([np.array(file[key]["data"], dtype="f4") for key in keys])  # [b, t, x, y, v]
        x, y, t = (np.array(file["0000"]["grid"][name], dtype="f4") for name in "xyt")
    cell_x, cell_y = np.meshgrid(x, y, indexing="ij")
    assert data.shape[1:4] == (t.size, *cell_x.shape)
    return data, cell_x, cell_y, t


def test_pdebench_data_are_in_the_order_t_x_y_v(run, tmp_path):
    done = export(run, "pdebench", tmp_path / "bench.h5")
    assert done.returncode == 0, done.stderr
    data, cell_x, cell_y, t = read_pdebench(tmp_path / "bench.h5")
    assert data.shape == (1, 4, 24, 16, 3) and data.dtype == np.float32
    assert t.tolist() == [0, 20, 40, 60]
    hump = np.exp(-((cell_x - 8e3) ** 2 + (cell_y - 8e3) ** 2) / (2 * 3e3**2))
    assert np.unravel_index(data[0, 0, :, :, 0].argmax(), hump.shape) == np.unravel_index(hump.argmax(), hump.shape)
    with h5py.File(run) as file:
        assert np.array_equal(data[0, ..., 0], np.array(file["eta"][0], "f4").transpose(0, 2, 1))
        velocity = np.array(file["velocity"][0], "f4")  # [t, y, x, (y, x)]
        assert np.array_equal(data[0, ..., 1], velocity[..., 1].transpose(0, 2, 1))
        assert np.array_equal(data[0, ..., 2], velocity[..., 0].transpose(0, 2, 1))


def test_netcdf_keeps_the_precision_of_the_run(run, tmp_path):
    xarray = pytest.importorskip("xarray")
    assert export(run, "netcdf", tmp_path / "run.nc").returncode == 0
    with xarray.open_dataset(tmp_path / "run.nc", engine="netcdf4", decode_times=False) as data, h5py.File(run) as file:
        assert data["eta"].dtype == np.float64
        assert np.array_equal(data["eta"], file["eta"][0])
        assert np.array_equal(data["velocity_x"], file["velocity"][0, ..., 1])


@pytest.mark.parametrize("layout", ["well", "pdebench", "netcdf"])
def test_a_run_that_did_not_end_is_refused_and_leaves_nothing(tmp_path, layout):
    path, code = simulate(tmp_path / "short", "-o", "run.wall_limit=0s")
    assert code == 75
    line = refused(export(path, layout, tmp_path / "out" / "x"))
    assert "run.h5: the run has not come to its end" in line and "marea simulate" in line
    assert not (tmp_path / "out").exists()


def test_torn_steps_are_not_exported(run, tmp_path):
    torn = tmp_path / "torn.h5"
    torn.write_bytes(run.read_bytes())
    with h5py.File(torn, "r+") as file:
        file["t0_fields/eta"].resize(5, axis=1)
    line = refused(export(torn, "netcdf", tmp_path / "x.nc"))
    assert "holds 1 torn step(s)" in line and "marea repair" in line
    training = ["-o", f'data={{folder="{tmp_path}", inputs=["eta"], outputs=["eta"]}}', "-o", "model.name=persistence"]
    (tmp_path / "train.toml").write_text("")
    assert "holds 1 torn step(s)" in refused(marea("train", tmp_path / "train.toml", *training))


def test_nothing_of_a_folder_is_exported_when_one_run_is_not_whole(run, tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "a.h5").write_bytes(run.read_bytes())
    path, _ = simulate(tmp_path / "short", "-o", "run.wall_limit=0s")
    path.rename(tmp_path / "runs" / "b.h5")
    refused(export(tmp_path / "runs", "well", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("layout", ["pdebench", "netcdf"])
@pytest.mark.parametrize("there", ["notes", "run"])
def test_a_file_that_no_export_made_is_not_overwritten(run, tmp_path, layout, there):
    out = tmp_path / "x.h5"
    out.write_bytes(b"my notes" if there == "notes" else run.read_bytes())
    before = out.read_bytes()
    line = refused(export(run, layout, out))
    assert "x.h5 is there already and no export of" in line and "is not overwritten" in line
    assert out.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["x.h5"]


def test_an_export_replaces_its_own_file_but_not_that_of_another_run(run, tmp_path):
    out = tmp_path / "x.nc"
    assert export(run, "netcdf", out).returncode == 0
    assert export(run, "netcdf", out).returncode == 0
    other, _ = simulate(tmp_path / "other")
    assert "no export of" in refused(export(other, "netcdf", out))


def test_a_file_that_stands_where_an_export_writes_first_is_left_alone(run, tmp_path):
    (tmp_path / "x.nc.tmp").write_text("mine")
    assert "x.nc.tmp is in the way" in refused(export(run, "netcdf", tmp_path / "x.nc"))
    assert (tmp_path / "x.nc.tmp").read_text() == "mine"


def test_three_runs_of_one_name_give_three_files(tmp_path):
    heights = [0.5, 1.0, 1.5]
    paths = [simulate(tmp_path / str(n), "-o", f"initial.height={height}")[0] for n, height in enumerate(heights)]
    for path in [*paths, paths[1]]:  # the second once more
        assert export(path, "well", tmp_path / "well").returncode == 0
    files = sorted((tmp_path / "well" / "data" / "train").iterdir())
    assert [file.name for file in files] == ["run.h5", "run_2.h5", "run_3.h5"]
    highest = []
    for file in files:
        with h5py.File(file) as f:
            highest.append(f["t0_fields/eta"][0, 0].max())
    assert np.all(np.diff(highest) > 0.3)


def test_statistics_of_another_program_are_not_overwritten(run, tmp_path):
    (tmp_path / "well").mkdir()
    (tmp_path / "well" / "stats.yaml").write_text("mean: {}\n")
    assert "stats.yaml: was not written by marea" in refused(export(run, "well", tmp_path / "well"))
    assert [path.name for path in (tmp_path / "well").iterdir()] == ["stats.yaml"]


def test_a_folder_without_runs_is_named_as_such(tmp_path):
    (tmp_path / "empty" / "inner").mkdir(parents=True)
    done = marea("export", tmp_path / "empty", "--to", "well", "--output", tmp_path / "well")
    (line,) = error_lines(done)
    assert (done.returncode, list(tmp_path.iterdir())) == (3, [tmp_path / "empty"])
    assert line.startswith(f"marea: {tmp_path}/empty: this folder holds no snapshot file (*.h5, *.hdf5) to export")
