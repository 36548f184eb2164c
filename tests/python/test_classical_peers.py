# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Classical models give the numbers of scikit-learn, SciPy and PyDMD where the algorithm is the same."""

import copy

import h5py
import marea
import numpy as np
import pytest
from conftest import SEA
from marea import _core

pytestmark = pytest.mark.skipif(not _core.torch_version, reason="built without LibTorch")


@pytest.fixture(scope="module")
def ensemble(tmp_path_factory):
    """The folder of sixteen short runs with humps of other places and heights."""
    folder = tmp_path_factory.mktemp("peers") / "run"
    marea.simulate({
        **copy.deepcopy(SEA),
        "output": {"folder": str(folder), "every": 20.0, "fields": ["eta", "velocity"], "diagnostics": ["max_eta"]},
        "run": {"end_time": 100.0},
        "ensemble": {"members": 16, "seed": 1, "sampling": "sobol",
                     "vary": {"initial.height": [0.5, 1.0], "initial.centre[0]": [6e3, 18e3]},
                     "split": {"train": 0.75, "valid": 0.125, "test": 0.125}},
    }, progress=False)
    return folder


class Fit:
    """A model fitted to the ensemble, its weights, and the samples of its splits as rows; constants have no time."""

    def __init__(self, folder, tmp_path, task, inputs, outputs, **model):
        self.folder, self.task, self.inputs, self.outputs = folder, task, inputs, outputs
        path = tmp_path / "model.h5"
        self.model = marea.train({
            "data": {"folder": str(folder), "task": task, "inputs": inputs, "outputs": outputs},
            "model": model, "normalise": {"kind": "none", "bounds": "none"}, "train": {"output": str(path)},
        }, progress=False).load()
        with h5py.File(path) as file:
            self.weights = {name: data[()] for name, data in file["weights"].items()}

    def runs(self, split):
        for path in sorted(self.folder.rglob("*.h5")):
            with h5py.File(path) as file:
                if file.attrs["split"] in (split, split.encode()):
                    yield {name: file[name][0] if file[name].ndim > 2 else file[name][()] for name in
                           {*self.inputs, *self.outputs}}

    def samples(self, split):
        """Inputs and outputs, a flattened sample a row, scalars alone."""
        pairs = []
        for run in self.runs(split):
            for step in range(1 if self.task == "map" else len(run[self.inputs[0]]) - 1):
                at = lambda name, t: run[name] if run[name].ndim == 2 else run[name][t]
                pairs.append(([at(name, step) for name in self.inputs],
                              [at(name, step + 1) for name in self.outputs]))
        rows = [np.array([np.ravel(side) for side in sides], dtype=np.float64) for sides in zip(*pairs)]
        assert len(rows[0]) > 0
        return rows

    def predict(self, rows):
        shape = (len(self.inputs), *self.model.info["extents"])
        return np.array([self.model(row.reshape(shape)).ravel() for row in rows])

    def deviation(self, rows):
        shape = (len(self.inputs), *self.model.info["extents"])
        return np.array([self.model.deviation(row.reshape(shape)).ravel() for row in rows])

    def coordinates(self, rows):
        w = self.weights
        return (rows - w["input_mean"]) @ w["input_modes"].T.astype(np.float64) / w["input_scale"]

    def fields(self, coefficients):
        return self.weights["output_mean"] + coefficients @ self.weights["output_modes"].astype(np.float64)


def close(a, b, tolerance):
    assert np.linalg.norm(a - b) <= tolerance * np.linalg.norm(b)


@pytest.mark.parametrize("task, outputs", [("step", ["eta"]), ("map", ["max_eta"])])
def test_linear_is_the_ridge_of_scikit_learn(ensemble, tmp_path, task, outputs):
    linear_model = pytest.importorskip("sklearn.linear_model")
    fit = Fit(ensemble, tmp_path, task, ["eta"], outputs, name="linear", ridge=[1e-3])
    x, y = fit.samples("train")
    penalty = 1e-3 * np.square(x - x.mean(0)).sum() / len(x)
    ridge = linear_model.Ridge(alpha=penalty, solver="svd").fit(x, y)
    test, truth = fit.samples("test")
    close(fit.predict(test), ridge.predict(test), 1e-4)
    assert np.linalg.norm(fit.predict(test) - truth) > 1e-3 * np.linalg.norm(truth), "a penalty that shows"


@pytest.mark.parametrize("kernel", ["squared_exponential", "matern52"])
def test_pod_gp_is_the_gaussian_process_of_scikit_learn(ensemble, tmp_path, kernel):
    gp = pytest.importorskip("sklearn.gaussian_process")
    kernels = gp.kernels
    fit = Fit(ensemble, tmp_path, "map", ["eta"], ["max_eta"], name="pod_gp", kernel=kernel, input_modes=3,
              output_modes=4)
    w = fit.weights
    test = fit.samples("test")[0]
    z = fit.coordinates(test)
    means, variances = [], []
    for target, (signal, noise, *lengths), likelihood in zip(w["targets"], w["hyperparameters"], w["likelihood"][:, 0]):
        shape = kernels.RBF(lengths) if kernel == "squared_exponential" else kernels.Matern(lengths, nu=2.5)
        peer = gp.GaussianProcessRegressor(kernels.ConstantKernel(signal) * shape + kernels.WhiteKernel(noise), alpha=0,
                                           optimizer=None).fit(w["points"], target)
        assert peer.log_marginal_likelihood_value_ == pytest.approx(likelihood, rel=1e-6, abs=1e-6)
        mean, deviation = peer.predict(z, return_std=True)
        means.append(mean)
        variances.append(deviation**2)
    scale = w["output_scale"][:, 0]
    close(fit.predict(test), fit.fields(np.array(means).T * scale), 1e-5)
    spread = np.sqrt(np.array(variances).T * scale**2 @ np.square(w["output_modes"].astype(np.float64)))
    close(fit.deviation(test), spread, 1e-4)


def test_pod_gp_finds_no_smaller_likelihood_than_scikit_learn(ensemble, tmp_path):
    gp = pytest.importorskip("sklearn.gaussian_process")
    kernels = gp.kernels
    fit = Fit(ensemble, tmp_path, "map", ["eta"], ["max_eta"], name="pod_gp", input_modes=2, output_modes=3)
    w = fit.weights
    kernel = (kernels.ConstantKernel(1, (1e-4, 1e4)) * kernels.RBF([np.sqrt(2)] * 2, (1e-2, 1e3)) +
              kernels.WhiteKernel(1e-2, (1e-8, 1e2)))
    for target, likelihood in zip(w["targets"], w["likelihood"][:, 0]):
        peer = gp.GaussianProcessRegressor(kernel, alpha=0).fit(w["points"], target)
        assert likelihood >= peer.log_marginal_likelihood_value_ - 1e-3 * abs(peer.log_marginal_likelihood_value_)


@pytest.mark.parametrize("kernel, peer",
                         [("thin_plate", "thin_plate_spline"), ("cubic", "cubic"), ("linear", "linear")])
@pytest.mark.parametrize("smoothing", [0.0, 1e-2])
def test_pod_rbf_is_the_interpolator_of_scipy(ensemble, tmp_path, kernel, peer, smoothing):
    from scipy.interpolate import RBFInterpolator

    fit = Fit(ensemble, tmp_path, "map", ["eta"], ["max_eta"], name="pod_rbf", kernel=kernel, smoothing=[smoothing],
              input_modes=[3])
    x, y = fit.samples("train")
    values = (y - fit.weights["output_mean"]) @ fit.weights["output_modes"].T.astype(np.float64)
    interpolator = RBFInterpolator(fit.weights["points"], values, kernel=peer, smoothing=smoothing, degree=1)
    test = fit.samples("test")[0]
    close(fit.predict(test), fit.fields(interpolator(fit.coordinates(test))), 1e-5)
    assert fit.weights["points"] == pytest.approx(fit.coordinates(x), abs=1e-4)


def test_dmd_has_the_eigenvalues_and_modes_of_pydmd(ensemble, tmp_path):
    pydmd = pytest.importorskip("pydmd")
    rank = 6
    fit = Fit(ensemble, tmp_path, "step", ["eta"], ["eta"], name="dmd", rank=[rank], about="rest")
    x, y = fit.samples("train")
    peer = pydmd.DMD(svd_rank=rank, exact=True).fit(x.T, y.T)
    values, vectors = np.linalg.eig(fit.weights["operator"].T)
    order, peer_order = np.argsort(values), np.argsort(peer.eigs)
    assert values[order] == pytest.approx(peer.eigs[peer_order], abs=1e-4)
    modes = fit.weights["output_modes"].T.astype(np.float64) @ vectors
    for mine, other in zip(modes[:, order].T, peer.modes[:, peer_order].T):
        assert abs(np.vdot(mine, other)) == pytest.approx(np.linalg.norm(mine) * np.linalg.norm(other), rel=1e-4)
    test = fit.samples("test")[0]
    u, s, v = np.linalg.svd(x.T, full_matrices=False)
    close(fit.predict(test), test @ u[:, :rank] / s[:rank] @ v[:rank] @ y, 1e-3)


def test_dmd_with_control_has_the_eigenvalues_of_pydmd(ensemble, tmp_path):
    dmdc = pytest.importorskip("pydmd.dmdc")
    rank = 8
    fit = Fit(ensemble, tmp_path, "step", ["eta", "max_eta"], ["eta"], name="dmd", rank=[rank], about="rest")
    x, y = fit.samples("train")
    state, control = np.hsplit(x, 2)
    unit_state, unit_control = np.sqrt(np.mean(state**2)), np.sqrt(np.mean(control**2))
    peer = dmdc.DMDBUnknownOperator(svd_rank=-1, svd_rank_omega=rank, tlsq_rank=0)
    peer.compute_operator(state.T / unit_state, y.T / unit_state, control.T / unit_control)
    values = np.sort_complex(np.linalg.eigvals(fit.weights["operator"]))
    others = peer.eigenvalues[np.argsort(-np.abs(peer.eigenvalues))[:rank]]
    assert values == pytest.approx(np.sort_complex(others), abs=1e-3)


def test_superposition_makes_the_running_maximum_that_the_files_declare(ensemble, tmp_path):
    fit = Fit(ensemble, tmp_path, "map", ["eta"], ["max_eta"], name="superposition")
    assert fit.model.info["outputs"][0]["running"] == "maximum(eta)"
    test, truth = fit.samples("test")
    # By hand: ridge weights about rest or mean from the model's own arrays, then snapshots and their maximum.
    runs = np.array([run["eta"] for run in Fit.runs(_with_eta(fit), "train")], dtype=np.float64)
    w = (test - fit.weights["input_mean"]) @ fit.weights["inputs"].T @ fit.weights["solve"].T
    if fit.weights["about_mean"][0]:
        w += (1 - w.sum(1, keepdims=True)) / w.shape[1]
    by_hand = np.einsum("sr,rtji->stji", w, runs).max(1).reshape(len(test), -1)
    close(fit.predict(test), by_hand, 1e-4)
    nearest = Fit(ensemble, tmp_path / "nearest", "map", ["eta"], ["max_eta"], name="nearest_run")
    assert np.linalg.norm(fit.predict(test) - truth) < np.linalg.norm(nearest.predict(test) - truth)


@pytest.mark.parametrize("name", ["pod_gp", "pod_rbf"])
def test_the_varied_parameters_may_be_the_coordinates(ensemble, tmp_path, name):
    inputs = ["initial.height", "initial.centre[0]"]
    path = tmp_path / "model.h5"
    model, nearest = (marea.train({
        "data": {"folder": str(ensemble), "task": "map", "inputs": inputs, "outputs": ["max_eta"]},
        "model": {"name": of}, "train": {"output": str(file)},
    }, progress=False).load() for of, file in ((name, path), ("nearest_run", tmp_path / "nearest.h5")))
    errors, parameters = [], []
    for file in map(h5py.File, sorted(ensemble.rglob("*.h5"))):
        values = [file.attrs[parameter] for parameter in inputs]
        if file.attrs["split"] in ("test", b"test"):
            shape = model.info["extents"]
            fields = {parameter: np.full(shape, value) for parameter, value in zip(inputs, values)}
            errors.append([np.linalg.norm(of(fields)["max_eta"] - file["max_eta"]) for of in (model, nearest)])
        if file.attrs["split"] in ("train", b"train"):
            parameters.append(values)
    parameters = np.array(parameters)
    with h5py.File(path) as file:
        points = file["weights/points"][()]
    assert points == pytest.approx((parameters - parameters.mean(0)) / parameters.std(0), abs=1e-4)
    assert np.less(*np.mean(errors, axis=0)), "nearer than the nearest run"


def _with_eta(fit):
    copied = copy.copy(fit)
    copied.outputs = ["eta"]
    return copied
