# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Write the bathymetry of the Strait of Juan de Fuca on a local Cartesian grid.

The elevations are the array ``topobathy.npz`` of matplotlib's sample data: 91 x 120 points,
48-50 degrees north, 122-126 degrees west, a subset of the ETOPO global relief of NOAA.
The file holds ``bathymetry`` [y, x] in metres (positive up, still water at 0) and ``x``, ``y``
in metres from the south-western point.
"""

import argparse
import os

import h5py
import matplotlib.cbook as cbook
import numpy as np

EARTH_RADIUS = 6.371e6  # m, mean


def local_cartesian(longitude, latitude):
    """Distances [m] east and north of the first point, on the tangent plane of the middle latitude."""
    metres = np.radians(1.0) * EARTH_RADIUS
    x = (longitude - longitude[0]) * metres * np.cos(np.radians(latitude.mean()))
    y = (latitude - latitude[0]) * metres
    return x, y


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", help="HDF5 file to write")
    path = parser.parse_args().output

    sample = cbook.get_sample_data("topobathy.npz")
    longitude, latitude = (np.asarray(sample[name], dtype="f8") for name in ("longitude", "latitude"))
    bathymetry = np.asarray(sample["topo"], dtype="f8")
    if latitude[0] > latitude[-1]:
        latitude, bathymetry = latitude[::-1], bathymetry[::-1]
    x, y = local_cartesian(longitude, latitude)

    temporary = path + ".tmp"
    with h5py.File(temporary, "w", libver=("earliest", "v110")) as file:
        for name, values, long_name in (("x", x, "distance east"), ("y", y, "distance north"),
                                        ("bathymetry", bathymetry, "bed elevation, positive up")):
            file.create_dataset(name, data=values)
            file[name].attrs["units"] = "m"
            file[name].attrs["long_name"] = long_name
        file.attrs["source"] = "topobathy.npz of matplotlib's sample data (NOAA ETOPO), 48-50 N, 122-126 W"
    os.replace(temporary, path)
    print(f"{path}: {bathymetry.shape[1]} x {bathymetry.shape[0]} points, {x[-1] / 1e3:.1f} x {y[-1] / 1e3:.1f} km, "
          f"{bathymetry.min():.0f} to {bathymetry.max():.0f} m")


if __name__ == "__main__":
    main()
