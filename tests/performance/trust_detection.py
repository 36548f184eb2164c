# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""How often a map model of examples/tsunami notices an input unlike its training's, and what its error is there.

    python tests/performance/trust_detection.py build/quickstart/models/map.h5 build/quickstart/runs [--solver 8]

Each row is a kind of input, 40 of each drawn with fixed random numbers on the cells of the model: the share that raises an
alarm (score > 1) and that is called outside (score > 2). `--solver N` also runs the solver on the first N of those kinds
that it can run, on the grid of the data, and prints the mean relative error of `max_eta` over the sea. The last line is
what judging costs, as a share of a call for one input: medians of 200 calls in turns.
"""

import argparse
import pathlib
import tempfile
import time
import tomllib

import h5py
import marea
import numpy as np

COUNT = 40
# As examples/tsunami/ensemble.toml varies them.
WITHIN = {"x": (10e3, 80e3), "y": (5e3, 90e3), "long": (15e3, 40e3), "wide": (15e3, 40e3), "angle": (0, 180),
          "height": (0.5, 4.0)}


def draw(random, **other):
    return {key: random.uniform(*(other.get(key) or span)) for key, span in WITHIN.items()}


def surface(sources, x, y):
    """The profile gaussian_hump, summed over sources [m]."""
    eta = np.zeros((len(y), len(x)))
    for s in sources:
        angle = np.radians(s["angle"])
        east, north = x[None, :] - s["x"], y[:, None] - s["y"]
        along = (east * np.cos(angle) + north * np.sin(angle)) / s["long"]
        across = (north * np.cos(angle) - east * np.sin(angle)) / s["wide"]
        eta += s["height"] * np.exp(-(along**2) - across**2)
    return eta


def kinds(random):
    """Name, and the sources of one input."""
    yield "like the training's", lambda: [draw(random)]
    yield "a trough", lambda: [draw(random, height=(-4.0, -0.5))]
    yield "no source at all", lambda: []
    yield "radius of 5 km", lambda: [draw(random, long=(5e3, 5e3), wide=(5e3, 5e3))]
    yield "two sources", lambda: [draw(random), draw(random)]
    yield "source on land", lambda: [draw(random, x=(220e3, 280e3), y=(150e3, 210e3))]
    yield "source off the grid", lambda: [draw(random, x=(-120e3, -60e3))]
    yield "heights of 6 to 8 m", lambda: [draw(random, height=(6.0, 8.0))]
    yield "radii of 45 to 60 km", lambda: [draw(random, long=(45e3, 60e3), wide=(45e3, 60e3))]
    yield "sources 20 km further north", lambda: [draw(random, y=(95e3, 110e3))]


def solve(case, sources, x, y, model):
    """`max_eta` of the solver from that surface on the grid of the data, by block means on the model's."""
    with tempfile.TemporaryDirectory() as folder:
        start = pathlib.Path(folder) / "start.h5"
        with h5py.File(start, "w") as file:
            file["x"], file["y"] = x, y
            file["x"].attrs["units"] = file["y"].attrs["units"] = "m"
            file["eta"] = surface(sources, x, y)
            file["eta"].attrs["units"] = "m"
        own = {**case, "initial": {"file": str(start)}, "output": {**case["output"], "folder": folder + "/run"}}
        own.pop("ensemble", None)
        run = marea.simulate(own, progress=False).open()
        return block_means(run.max_eta.values, model)


def block_means(field, model):
    ny, nx = model.info["extents"]
    return field.reshape(ny, field.shape[0] // ny, nx, field.shape[1] // nx).mean((1, 3))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("runs", type=pathlib.Path)
    parser.add_argument("--solver", type=int, default=0)
    options = parser.parse_args()
    model = marea.Surrogate.load(options.model)
    run = marea.open(sorted(options.runs.glob("*.h5"))[0])
    x, y = run.x.values, run.y.values
    constants = {name: block_means(run[name].values, model) for name in model.inputs if name != "eta"}
    sea = constants["sea_mask"] >= 0.5

    def inputs(sources):
        eta = block_means(np.where(run.sea_mask.values > 0, surface(sources, x, y), 0.0), model)
        return np.stack([eta if name == "eta" else constants[name] for name in model.inputs])

    random = np.random.default_rng(20261126)
    print(f"{'input':32}  alarm outside")
    for name, make in kinds(random):
        sources = [make() for _ in range(COUNT)]
        batch = np.stack([inputs(s) for s in sources])
        report(name, model, batch)
        if options.solver:
            answers = model(batch[: options.solver], judge=False)[:, model.outputs.index("max_eta")]
            errors = []
            for answer, source in zip(answers, sources):
                truth = solve(tomllib.loads(run.attrs["config_toml"]), source, x, y, model)
                errors.append(np.linalg.norm((answer - truth)[sea]) / max(np.linalg.norm(truth[sea]), 1e-12))
            print(f"{'':32} {100 * np.mean(errors):.0f} % error of max_eta over {len(errors)} runs")
    like = np.stack([inputs([draw(random)]) for _ in range(COUNT)])
    report("two channels exchanged", model, like[:, [1, 0, *range(2, like.shape[1])]])


    print(f"judging costs {100 * share_of_call(model, like[0]):.1f} % of a call")


def share_of_call(model, one, rounds=200):
    """Time of `trust` over that of an answer that is not judged."""
    seconds = {"answer": [], "trust": []}
    for _ in range(rounds):
        for name, call in (("answer", lambda: model(one, judge=False)), ("trust", lambda: model.trust(one))):
            start = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - start)
    return np.median(seconds["trust"]) / np.median(seconds["answer"])


def report(name, model, batch):
    scores = np.array([verdict.score for verdict in model.trust(batch)])
    print(f"{name:32} {100 * np.mean(scores > 1):4.0f} % {100 * np.mean(scores > 2):5.0f} %")


if __name__ == "__main__":
    main()
