# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Fields by h5py that lie in other files than the one that is named: read with what those say, or refused."""

import h5py
import numpy as np
import pytest

from program import MAREA
from test_field_files import BED, NX, NY, X, Y, refused, simulated

pytestmark = pytest.mark.skipif(not MAREA, reason="MAREA_BIN does not name the program")


def write_with_axes(path, values, x, y, scales, name="bathymetry"):
    with h5py.File(path, "w") as file:
        file[name], file["x"], file["y"] = values, x, y
        for axis, scale in enumerate("yx" if scales else ""):
            file[scale].make_scale(scale)
            file[name].dims[axis].attach_scale(file[scale])


def write_virtual(path, source, dtype="f8", name="bathymetry", **options):
    layout = h5py.VirtualLayout((NY, NX), dtype)
    layout[:] = h5py.VirtualSource(source, "z", (NY, NX))
    with h5py.File(path, "w") as file:
        file.create_virtual_dataset(name, layout, **options)


def link(folder, **more):
    with h5py.File(folder / "b.h5", "w") as file:
        file["bathymetry"] = h5py.ExternalLink("north.h5", "/bathymetry")
        for name, values in more.items():
            file[name] = values
    return folder / "b.h5"


@pytest.mark.parametrize("scales", [True, False])
def test_a_field_whose_axes_stay_behind_an_external_link_is_refused(tmp_path, scales):
    write_with_axes(tmp_path / "north.h5", BED[::-1], X, Y[::-1], scales)
    line = refused(tmp_path, link(tmp_path))
    assert "is a link into " in line and "north.h5" in line and "name that file instead" in line
    assert np.array_equal(simulated(tmp_path, tmp_path / "north.h5")[0], BED)


def test_a_field_behind_an_external_link_stands_on_the_axes_beside_the_link(tmp_path):
    with h5py.File(tmp_path / "north.h5", "w") as file:
        file["bathymetry"] = BED[::-1]
    assert np.array_equal(simulated(tmp_path, link(tmp_path, x=X, y=Y[::-1]))[0], BED)


def packed(file):
    file["z"] = np.round(BED * 100).astype("i2")
    file["z"].attrs["scale_factor"] = 0.01


def half_written(file):
    file.create_dataset("z", (NY, NX), "f8", chunks=(4, NX))[:8] = BED[:8]


def never_written(file):
    file.create_dataset("z", (NY, NX), "f8")


def virtual_without_source(file):
    layout = h5py.VirtualLayout((NY, NX), "f8")
    layout[:] = h5py.VirtualSource("gone.h5", "a", (NY, NX))
    file.create_virtual_dataset("z", layout, fillvalue=-5.0)


def on_axes(file):
    file["z"], file["x"], file["y"] = BED[::-1], X, Y[::-1]
    for axis, scale in enumerate("yx"):
        file[scale].make_scale(scale)
        file["z"].dims[axis].attach_scale(file[scale])


@pytest.mark.parametrize("write, dtype, message", [
    (packed, "i2", "has the attribute scale_factor, which the virtual dataset does not repeat"),
    (half_written, "f8", "along the first axis 8 of 16 were written"),
    (never_written, "f8", "promises 3072 bytes of values, but 0 bytes are stored"),
    (virtual_without_source, "f8", "its source a of "),
    (on_axes, "f8", "is a virtual dataset without axes, and those of its source "),
])
def test_what_the_source_of_a_virtual_dataset_says_is_not_passed_over(tmp_path, write, dtype, message):
    with h5py.File(tmp_path / "source.h5", "w") as file:
        write(file)
    write_virtual(tmp_path / "b.h5", "source.h5", dtype)
    assert message in refused(tmp_path, tmp_path / "b.h5")


def test_a_virtual_dataset_that_repeats_what_its_source_says_is_read(tmp_path):
    with h5py.File(tmp_path / "source.h5", "w") as file:
        packed(file)
    write_virtual(tmp_path / "b.h5", "source.h5", "i2")
    with h5py.File(tmp_path / "b.h5", "r+") as file:
        file["bathymetry"].attrs["scale_factor"] = 0.01
    assert np.allclose(simulated(tmp_path, tmp_path / "b.h5")[0], BED, atol=0.00501)


def test_a_raw_data_file_that_ends_early_is_refused(tmp_path):
    BED.tofile(tmp_path / "raw.bin")
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file.create_dataset("bathymetry", (NY, NX), "f8", external=[(str(tmp_path / "raw.bin"), 0, BED.nbytes)])
    assert np.array_equal(simulated(tmp_path, tmp_path / "b.h5")[0], BED)
    BED[:8].tofile(tmp_path / "raw.bin")
    line = refused(tmp_path, tmp_path / "b.h5")
    assert f"has {BED.nbytes // 2} bytes and needs {BED.nbytes}" in line and "would read as 0" in line
    (tmp_path / "raw.bin").unlink()
    assert "raw.bin: No such file" in refused(tmp_path, tmp_path / "b.h5")
