# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""marea estimate, from the case file to its results."""
import json
import shutil
import subprocess

import h5py
import numpy as np
import pytest

CASE = """
[grid]
nx = 64
x = [0.0, 1.0]
[solver]
name = "advection"
velocity = [1.0]
[solver.gauges]
middle = [0.5]
[initial]
profile = "sine"
amplitude = 1.0
[run]
end_time = 0.05
[ensemble]
seed = 3
[ensemble.vary]
"initial.amplitude" = { distribution = "lognormal", mean = 1.5, std = 0.6 }
[estimate]
quantities = ["q.middle", "q"]
statistics = ["mean", "std", { exceedance = 0.5 }, { quantile = 0.9 }]
target = 0.02
output = "out"
"""
