# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Training a model and calling it from Python."""

import marea
import numpy as np
import pytest
from marea import _core

pytestmark = pytest.mark.skipif(not _core.torch_version, reason="built without LibTorch")


@pytest.fixture
def training(case, tmp_path):
    """A training file for persistence over four short runs."""
    case["ensemble"] = {"members": 4, "seed": 1, "sampling": "sobol", "vary": {"initial.height": [0.5, 1.0]},
                        "split": {"train": 0.5, "valid": 0.25, "test": 0.25}}
    marea.simulate(case, progress=False)
    return {
        "data": {"folder": case["output"]["folder"], "task": "step", "inputs": ["eta", "velocity"],
                 "outputs": ["eta", "velocity"]},
        "model": {"name": "persistence"},
        "train": {"output": str(tmp_path / "model.h5")},
    }


def test_persistence_gives_back_its_input_in_single_and_double(training):
    result = marea.train(training, progress=False)
    model = result.load()
    assert model.inputs == model.outputs == ["eta", "velocity_x", "velocity_y"]
    assert model.interval == 20.0 and model.info["name"] == "persistence"
    channels = "eta velocity_x velocity_y"
    assert repr(model) == f"<marea.Surrogate persistence: {channels} -> {channels}, 16 x 24>"
    state = np.random.default_rng(1).normal(size=(3, 16, 24))
    for dtype in (np.float32, np.float64):
        answer = model(state.astype(dtype))
        assert answer.dtype == dtype and answer.shape == state.shape
        assert np.array_equal(answer, state.astype(dtype))
    batch = np.stack([state, 2 * state]).astype(np.float32)
    assert np.array_equal(model(batch), batch)
    assert np.array_equal(model(batch[:, :, ::-1]), batch[:, :, ::-1]), "any strides"
    assert model.rollout(batch[0], 3).shape == (3, 3, 16, 24)


def test_a_network_takes_other_resolutions_and_gives_nan_for_nan(training):
    training["model"] = {"name": "fno", "width": 4, "modes": [4, 4], "layers": 1}
    training["train"].update(epochs=1, batch=2, threads=1)
    model = marea.train(training, progress=False).load()
    state = np.random.default_rng(1).normal(size=(3, 32, 48))
    assert np.isfinite(model(state)).all() and model(state).shape == state.shape
    for turned in (state[:, ::-1], state[..., ::-1], state.astype("f4")[:, ::-1], state[:, ::2, ::-2]):
        np.testing.assert_array_equal(model(turned), model(np.ascontiguousarray(turned)))
    np.testing.assert_array_equal(model.rollout(state[..., ::-1], 2),
                                  model.rollout(np.ascontiguousarray(state[..., ::-1]), 2))
    state[0, 3, 4] = np.nan
    assert np.isnan(model(state)).all()


def test_a_network_learns_and_a_second_call_goes_on(training):
    training["model"] = {"name": "fno", "width": 4, "modes": [4, 4], "layers": 1}
    training["train"].update(epochs=2, batch=2, threads=1)
    result = marea.train(training, progress=False)
    assert result.epochs == 2 and len(result.curve["epoch"]) == 2
    assert np.isfinite(result.best_error)
    assert marea.train(training, progress=False).already_done


@pytest.mark.parametrize(
    "array, message",
    [
        (np.zeros((2, 16, 24), "f4"), "3"),
        (np.zeros((16, 24), "f4"), "2 axes"),
        ([1, 2], "1 axes"),
        (np.zeros((3, 16, 24), "i8"), "i64|dtype|int"),
        (np.zeros((3, 16, 24), ">f4"), "dtype >f4"),
    ],
)
def test_an_input_of_another_shape_or_type_is_refused(training, array, message):
    model = marea.train(training, progress=False).load()
    with pytest.raises(marea.ShapeError, match=message):
        model(array)


def test_files_that_are_no_models_are_typed_errors(tmp_path):
    with pytest.raises(marea.IoError):
        marea.Surrogate.load(str(tmp_path / "none.h5"))
    (tmp_path / "text.h5").write_text("no model")
    with pytest.raises(marea.DataError):
        marea.Surrogate.load(str(tmp_path / "text.h5"))


def test_a_snapshot_file_is_no_model_and_a_model_no_snapshot_file(training):
    run = training["data"]["folder"] + "/run_0000.h5"
    with pytest.raises(marea.DataError, match="is a snapshot file; a model file is needed"):
        marea.Surrogate.load(run)
    model = marea.train(training, progress=False).model_file
    with pytest.raises(marea.DataError, match="is a model file; a snapshot file is needed"):
        marea.open(model)


def test_trainings_of_several_seeds_are_judged_together(training, tmp_path):
    training["model"] = {"name": "fno", "width": 4, "modes": [4, 4], "layers": 1}
    training["train"].update(epochs=1, batch=2, threads=1, seeds=2)
    first = marea.train(training, progress=False)
    second = tmp_path / "model.seed2.h5"
    assert first.model_file == str(tmp_path / "model.h5") and second.exists()
    state = np.random.default_rng(1).normal(size=(3, 16, 24))
    assert not np.array_equal(first.load()(state, judge=False), marea.Surrogate.load(second)(state, judge=False))

    def evaluate(**options):
        return marea.evaluate(first.model_file, training["data"]["folder"], output=str(tmp_path / "report"), runs=1,
                              rounds=1, resolutions=[1.0], progress=False, **options)

    report = evaluate(baselines=["auto"], baseline_seconds=0)
    assert report["speed_up"]["trainings"] == 2
    assert [m["label"] for m in report["methods"] if m["kind"] == "surrogate"] == ["fno, seed 1", "fno, seed 2"]
    errors = [m["errors"]["eta"] for m in report["methods"][:2]]
    assert report["speed_up"]["fields"]["eta"]["error"] == pytest.approx(np.mean(errors))
    passed_over = {b["label"]: b["why"] for b in report["baselines_passed_over"]}
    assert "persistence" in passed_over and "0 s for baselines were over" in passed_over["persistence"]
    second.unlink()
    with pytest.raises(marea.DataError, match="trained with 2 seeds, but .*seed2.h5 is missing"):
        evaluate(baselines=["none"])
