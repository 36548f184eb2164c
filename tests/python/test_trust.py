# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""What a model says of inputs unlike its training's, and the band around its answers."""

import warnings

import marea
import numpy as np
import pytest
from marea import _core

pytestmark = pytest.mark.skipif(not _core.torch_version, reason="built without LibTorch")

RUNS = 48


@pytest.fixture(scope="module")
def sea(tmp_path_factory):
    """Runs from humps of any place, width and height in a basin, and a map model of them."""
    folder = tmp_path_factory.mktemp("trust")
    case = {
        "grid": {"nx": 24, "ny": 20, "x": [0.0, 240e3], "y": [0.0, 200e3],
                 "boundary_x": ["open", "open"], "boundary_y": ["open", "open"]},
        "solver": {"name": "shallow_water", "bathymetry": -200.0},
        "initial": {"profile": "gaussian_hump", "centre": [120e3, 100e3], "radius": 40e3, "height": 1.0},
        "output": {"folder": str(folder / "runs"), "every": 300.0, "fields": ["eta", "velocity"],
                   "diagnostics": ["max_eta", "arrival_time"]},
        "run": {"end_time": 1500.0},
        "ensemble": {"members": RUNS, "seed": 3, "sampling": "sobol",
                     "vary": {"initial.height": [0.5, 2.0], "initial.centre[0]": [60e3, 180e3],
                              "initial.centre[1]": [50e3, 150e3], "initial.radius": [30e3, 50e3]},
                     "split": {"train": 0.5, "valid": 0.25, "test": 0.25}},
    }
    marea.simulate(case, progress=False)
    training = {
        "data": {"folder": case["output"]["folder"], "task": "map", "inputs": ["eta", "wave_speed", "sea_mask"],
                 "outputs": ["max_eta", "arrival_time"]},
        "normalise": {"amplitude_of": "eta", "amplitude_scaled": ["eta", "max_eta"], "mask": "sea_mask"},
        "model": {"name": "linear"},
        "train": {"output": str(folder / "model.h5")},
    }
    return folder, marea.train(training, progress=False).load(), training


def hump(height=1.0, centre=(120e3, 100e3), radius=40e3):
    x, y = np.meshgrid(5e3 + 10e3 * np.arange(24), 5e3 + 10e3 * np.arange(20))
    distance = ((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / radius**2
    return height * np.exp(-distance)


def inputs(model, eta):
    still = np.full((20, 24), np.sqrt(9.80665 * 200.0))
    planes = {"eta": eta, "wave_speed": still, "sea_mask": np.ones((20, 24))}
    return np.stack([planes[name] for name in model.inputs])


def held_out(sea):
    """Inputs and answers of the test runs."""
    folder, model, training = sea
    data, truth = [], []
    for path in sorted((folder / "runs").glob("*.h5")):
        run = marea.open(path)
        if run.attrs.get("split") == "test":
            data.append(inputs(model, run.eta.values[0]))
            truth.append(np.stack([run.max_eta.values, run.arrival_time.values]))
    return np.array(data), np.array(truth)


def test_inputs_like_the_trainings_raise_no_alarm(sea):
    _, model, _ = sea
    verdicts = model.trust(held_out(sea)[0])
    assert len(verdicts) == RUNS // 4
    # Calibrated to one false alarm in some forty: of twelve runs two are by chance rarer than one time in thirty.
    assert sum(verdict.level != "inside" for verdict in verdicts) <= 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model(inputs(model, hump()))


@pytest.mark.parametrize("what, eta, reason", [
    ("a trough", hump(-1.0), "envelope"),
    ("no source at all", np.zeros((20, 24)), "envelope"),
    ("too high", hump(6.0), "envelope"),
    ("too narrow", hump(1.0, radius=8e3), None),
    ("rough", hump(0.9) * (1 + 0.6 * np.random.default_rng(2).uniform(-1, 1, size=(20, 24))), "basis"),
    ("noise", np.abs(np.random.default_rng(1).normal(size=(20, 24))), None),
])
def test_inputs_unlike_the_trainings_are_named(sea, what, eta, reason):
    _, model, _ = sea
    verdict, = model.trust(inputs(model, eta))
    assert verdict.level != "inside" and verdict.score > 1, what
    if reason:
        assert verdict.reason == reason
    assert np.isnan(model.band(inputs(model, eta), 0.9)).all()


def test_channels_that_never_change_and_numbers_that_are_none_are_checked(sea):
    _, model, _ = sea
    good = inputs(model, hump())
    swapped = good[[1, 0, 2]]
    assert model.trust(swapped)[0].level == "outside"
    deeper = good.copy()
    deeper[model.inputs.index("wave_speed")] *= 1.1
    assert model.trust(deeper)[0].reason == "constant" and "wave_speed" in model.trust(deeper)[0].text
    broken = good.copy()
    broken[0, 3, 3] = np.nan
    assert model.trust(broken)[0].reason == "not_finite"


def test_a_warning_comes_once_for_each_reason(sea):
    folder, _, training = sea
    model = marea.Surrogate.load(folder / "model.h5")
    trough = inputs(model, hump(-1.0))
    with pytest.warns(marea.OutOfDomainWarning, match="eta leaves the range of the training's"):
        model(trough)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model(trough)
        marea.Surrogate.load(folder / "model.h5")(trough, judge=False)


def test_the_band_holds_the_stated_share_of_new_runs(sea):
    _, model, _ = sea
    data, truth = held_out(sea)
    for share in (0.5, 0.9):
        answer, half_width = model(data, judge=False, band=share)
        assert half_width.shape == answer.shape and np.nanmin(half_width) > 0
        known = np.isfinite(half_width)
        held = (np.abs(answer - truth) <= half_width)[known].mean()
        assert share - 0.02 <= held < share + 0.12, (share, held)  # a band half as wide is seen
    with pytest.raises(marea.ConfigError, match="between 0 and 1"):
        model.band(data, 1.5)


def test_fields_by_name_have_verdicts_and_bands(sea):
    _, model, _ = sea
    good = dict(zip(model.inputs, inputs(model, hump())))
    answer, half_width = model(good, band=0.9)
    assert set(half_width) == set(answer) == set(model.outputs)
    assert [verdict.level for verdict in model.trust(good)] == ["inside"]


def test_a_model_without_it_says_so(sea, tmp_path):
    _, _, training = sea
    plain = {**training, "train": {"output": str(tmp_path / "plain.h5"), "trust": False}}
    model = marea.train(plain, progress=False).load()
    assert not model.knows_trust and not model.knows_band
    assert model.trust(inputs(model, hump())) == []
    with pytest.raises(marea.ConfigError, match="no error band"):
        model.band(inputs(model, hump()), 0.9)


def test_the_guard_asks_the_model_what_it_knows(sea, tmp_path):
    """A step whose interval no residual can follow: trust and band judge it, and audits tell whether they may."""
    folder, _, training = sea
    model = tmp_path / "step.h5"
    marea.train({**training, "model": {"name": "linear"}, "normalise": {},
                 "data": {**training["data"], "task": "step", "inputs": ["eta", "velocity"],
                          "outputs": ["eta", "velocity"]},
                 "train": {"output": str(model)}}, progress=False)

    def run(height, **hybrid):
        case = {
            "grid": {"nx": 24, "ny": 20, "x": [0.0, 240e3], "y": [0.0, 200e3],
                     "boundary_x": ["open", "open"], "boundary_y": ["open", "open"]},
            "solver": {"name": "shallow_water", "bathymetry": -200.0},
            "initial": {"profile": "gaussian_hump", "centre": [110e3, 90e3], "radius": 40e3, "height": height},
            "output": {"folder": str(tmp_path / f"run_{height}_{len(hybrid)}"), "every": 300.0,
                       "fields": ["eta", "velocity"]},
            "run": {"end_time": 1500.0}, "surrogate": {"model": str(model)},
            "hybrid": {"check": ["trust", "band"], "tolerance": 0.5, "audit": 1.0, **hybrid},
        }
        return marea.simulate(case, progress=False)

    known = run(1.0).hybrid
    assert known["accepted"] >= 4 and known["alarms"] <= 1
    assert known["audited_error_maximum"] < 0.5
    unknown = run(8.0).hybrid
    assert unknown["accepted"] == 0 and unknown["alarms"] == 5
    assert run(1.0, tolerance=1e-6).hybrid["accepted"] == 0  # the band is wider than that
