# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Write the bathymetry of the Strait of Juan de Fuca on a local Cartesian plane.

The elevations are the array ``topobathy.npz`` of matplotlib's sample data: 91 x 120 points,
48-50 degrees north, 122-126 degrees west, a subset of the ETOPO global relief of NOAA.
They stay where they are, on a plane true to scale at the middle latitude of a spherical Earth: ``regrid = "none"``.
With a file of GEBCO, the default projection and cells of your own: ``python -m marea.prepare --help``.
"""

import argparse
import pathlib
import sys

import matplotlib.cbook as cbook
import xarray

try:
    from marea.prepare import prepare
except ImportError:  # where only the program was built: prepare has no compiled part
    sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "python" / "marea"))
    from prepare import prepare

EARTH_RADIUS = 6.371e6  # m, mean


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", help="HDF5 file to write")
    path = parser.parse_args().output

    sample = cbook.get_sample_data("topobathy.npz")
    latitude, longitude = (sample[name].astype("f8") for name in ("latitude", "longitude"))
    relief = xarray.Dataset({"bathymetry": (("lat", "lon"), sample["topo"], {"units": "m"})},
                            coords={"lat": latitude, "lon": longitude},
                            attrs={"source": "topobathy.npz of matplotlib's sample data (NOAA ETOPO)"})
    plane = {"proj": "eqc", "lat_ts": latitude.mean(), "lat_0": latitude[0], "lon_0": longitude[0], "R": EARTH_RADIUS}
    print(prepare(relief, path, crs=plane, regrid="none"), end="")


if __name__ == "__main__":
    main()
