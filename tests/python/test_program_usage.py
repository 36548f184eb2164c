# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""The program's words: help, usage, lists, versions, inspection, export."""

import os
import re

import h5py
import pytest

from program import MAREA, error_lines, events, marea, write_case

pytestmark = pytest.mark.skipif(not MAREA, reason="MAREA_BIN does not name the program")
COMMANDS = ["simulate", "train", "evaluate", "estimate", "list", "inspect", "repair", "export", "version"]


@pytest.fixture(scope="module")
def run_file(tmp_path_factory):
    """A finished run."""
    folder = tmp_path_factory.mktemp("finished")
    done = marea("simulate", write_case(folder), "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder / "run" / "run.h5"


def test_help_lists_the_commands_and_the_exit_codes():
    done = marea("--help")
    assert done.returncode == 0
    for word in [*COMMANDS, "75 stopped with a checkpoint"]:
        assert word in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_gives_examples(command):
    done = marea(command, "--help")
    assert done.returncode == 0
    assert f"marea {command}" in done.stdout
    if command not in ("train", "evaluate", "estimate") or "not in this build" not in done.stdout:
        assert "Example" in done.stdout


@pytest.mark.parametrize("arguments", [[], ["simulat"], ["simulate"], ["simulate", "a", "b"],
                                       ["simulate", "a", "--resume"], ["list", "a", "b"],
                                       ["export", "a.h5", "--to", "csv", "--output", "b"]])
def test_wrong_usage_is_exit_code_2_with_a_hint(arguments):
    done = marea(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "--help" in done.stderr


@pytest.mark.parametrize("arguments, hint", [
    (["simulte", "a.toml"], "unknown command 'simulte', did you mean 'simulate'? See marea --help"),
    (["simulate", "a.toml", "--dryrun"],
     "unknown option '--dryrun', did you mean '--dry-run'? See marea simulate --help"),
    (["simulate", "a.toml", "b.toml"], "unknown argument 'b.toml'; see marea simulate --help"),
])
def test_a_mistyped_word_is_named_with_the_nearest_known_one(arguments, hint):
    assert marea(*arguments).stderr == f"marea: {hint}\n"


def test_wrong_usage_is_said_once_on_two_ranks():
    done = marea("simulate", ranks=2)
    assert done.returncode == 2
    assert done.stderr.count("FILE is required") == 1


def test_list_shows_solvers_and_profiles():
    done = marea("list")
    assert done.returncode == 0
    for word in ("shallow_water", "advection", "gaussian_hump"):
        assert word in done.stdout


def test_list_of_a_name_shows_each_option_with_unit_range_and_default():
    done = marea("list", "shallow_water", "--json")
    (item,) = events(done)
    options = {row["key"]: row for row in item["options"]}
    assert options["gravity"]["units"] == "m s-2"
    assert options["gravity"]["range"] == "> 0"
    assert options["gravity"]["default"] == "9.80665"
    assert "gaussian_hump" in item["profiles"]


def test_list_of_a_solver_shows_its_fields_and_boundaries():
    (item,) = events(marea("list", "shallow_water", "--json"))
    fields = {row["name"]: (row["role"], row["units"], row["rank"]) for row in item["fields"]}
    assert fields["h"] == ("prognostic", "m", 0)
    assert fields["velocity"] == ("derived", "m s-1", 1)
    assert fields["bathymetry"] == ("fixed", "m", 0)
    assert fields["arrival_time"] == ("diagnostic", "s", 0)
    assert item["boundaries"] == ["periodic", "wall", "open", "inflow"]
    text = marea("list", "shallow_water").stdout
    for words in (r"arrival_time +diagnostic +\[s\] +first time", r"velocity +derived +vector +\[m s-1\]",
                  "boundaries: periodic, wall, open, inflow"):
        assert re.search(words, text)


def test_list_of_a_solver_shows_what_an_evaluation_turns():
    (item,) = events(marea("list", "shallow_water", "--json"))
    knobs = {row["option"]: row["values"] for row in item["knobs"]}
    assert knobs["order"] == [2, 1] and knobs["precision"] == ["double", "single"] and knobs["cfl"] == [1.0]
    text = marea("list", "shallow_water").stdout
    for words in (r"order +2, 1", r'precision +"double", "single"',
                  r'bathymetry.regrid +"linear" \(with bathymetry.file'):
        assert re.search(words, text)
    (item,) = events(marea("list", "grid", "--json"))
    assert item["knobs"] == []


def test_list_shows_tables_of_a_case_file_and_their_options():
    listed = {event["name"] for event in events(marea("list", "tables", "--json"))}
    assert listed >= {"grid", "output", "run", "ensemble"}
    for name in listed:
        (table,) = events(marea("list", name, "--json"))
        assert (table["kind"], table["name"]) == ("table", name)
        assert table["options"]


@pytest.mark.parametrize("name", ["shallow_water", "output", "data", "hybrid", "fno", "pod_ridge"])
def test_columns_of_a_list_stand_under_one_another(name):
    done = marea("list", name)
    if done.returncode:
        pytest.skip("not in this build")
    (item,) = events(marea("list", name, "--json"))
    lines = done.stdout.splitlines()[2:]
    assert len({line.index(row["help"]) for line, row in zip(lines, item["options"])}) == 1


def test_list_of_a_profile_shows_its_options_and_where_it_stands():
    (hump,) = events(marea("list", "gaussian_hump", "--json"))
    assert hump["summary"] == "[initial] of shallow_water"
    assert {"centre", "radius", "angle", "height", "level"} <= {row["key"] for row in hump["options"]}
    (rough,) = events(marea("list", "rough", "--json"))
    assert rough["summary"] == "[solver.bathymetry] of shallow_water"
    assert {row["name"] for row in events(marea("list", "profiles", "--json"))} >= {"sine", "gaussian_hump", "rough"}


def test_list_of_an_unknown_name_suggests_the_nearest():
    done = marea("list", "shalow_water")
    assert done.returncode == 3
    assert "did you mean 'shallow_water'?" in done.stderr


def test_version_names_what_is_linked_and_one_openmp_runtime():
    (version,) = events(marea("version", "--json"))
    assert version["marea"][0].isdigit()
    for part in ("kokkos", "mpi", "hdf5", "libtorch", "openmp"):
        assert version[part]
    assert len(version["openmp_runtimes"]) == 1


def test_version_check_says_whether_kernels_find_their_views():
    done = marea("version", "--check")
    assert (done.returncode, done.stdout) == (0, "views: ok\n")
    (check,) = events(marea("version", "--check", "--json"))
    assert check["views"] == "ok"


def test_the_program_sets_threads_and_wait_policy_where_they_are_not_set():
    environment = {key: value for key, value in os.environ.items() if not key.startswith("OMP_")}
    (version,) = events(marea("version", "--json", env=environment))
    assert f"{len(os.sched_getaffinity(0))} threads" in version["kokkos"]
    (version,) = events(marea("version", "--json", env={**environment, "OMP_NUM_THREADS": "1"}))
    assert "1 threads" in version["kokkos"]


def test_dry_run_says_what_would_be_done_and_writes_nothing(tmp_path):
    case = write_case(tmp_path)
    done = marea("simulate", case, "--dry-run")
    assert done.returncode == 0
    for word in ("shallow_water", "24", "memory", "4 a run"):
        assert word in done.stdout
    assert not (tmp_path / "run").exists()
    (plan,) = events(marea("simulate", case, "--dry-run", "--json"))
    assert plan["event"] == "plan"
    assert plan["cells"] == 24 * 16
    assert plan["snapshots"] == 4
    assert plan["memory_bytes"] < plan["memory_available_bytes"]


def test_dry_run_of_an_ensemble_checks_it(tmp_path):
    ensemble = "[ensemble]\nmembers = 4\n[ensemble.vary]\n\"initial.height\" = [0.5, 2.0]\n"
    (plan,) = events(marea("simulate", write_case(tmp_path, ensemble), "--dry-run", "--json"))
    assert plan["members"] == 4
    done = marea("simulate", write_case(tmp_path, ensemble.replace("height", "hight")), "--dry-run")
    assert done.returncode == 3
    assert "did you mean 'height'?" in done.stderr


def test_json_prints_one_event_a_line(tmp_path):
    done = marea("simulate", write_case(tmp_path), "--json")
    assert done.returncode == 0
    names = [event["event"] for event in events(done)]
    assert names.count("snapshot") == 4
    assert names[-1] == "finished"
    assert done.stderr == ""


def test_a_finished_run_is_not_repeated(run_file):
    before = run_file.stat().st_mtime_ns
    done = marea("simulate", run_file.parent.parent / "case.toml")
    assert done.returncode == 0
    assert "already complete" in done.stdout
    assert run_file.stat().st_mtime_ns == before


def test_override_from_the_command_line_reaches_the_file(tmp_path):
    done = marea("simulate", write_case(tmp_path), "--quiet", "-o", "initial.centre[0]=12e3", "-o", "run.end_time=20",
                 "-o", f"output.folder={tmp_path}/other")
    assert done.returncode == 0, done.stderr
    with h5py.File(tmp_path / "other" / "run.h5") as file:
        assert "centre = [12000.0, 8000.0]" in file.attrs["config_toml"]
        assert file["time"].shape == (2,)


def test_inspect_says_what_a_file_is(run_file, tmp_path):
    done = marea("inspect", run_file)
    assert done.returncode == 0
    assert "snapshot, whole" in done.stdout
    (seen,) = events(marea("inspect", run_file, "--json"))
    assert seen["kind"] == "snapshot"
    assert seen["whole"] is True
    assert seen["content"]["steps"] == 4
    text = tmp_path / "note.txt"
    text.write_text("not HDF5")
    done = marea("inspect", text)
    assert done.returncode == 3
    assert "foreign" in done.stdout
    assert f"{text}: is not an HDF5 file" in done.stdout
    torn = tmp_path / "torn.h5"
    torn.write_bytes(run_file.read_bytes()[:-1000])
    done = marea("inspect", torn)
    assert done.returncode == 3
    assert "truncated" in done.stdout


def test_repair_leaves_a_whole_file_alone(run_file):
    before = run_file.read_bytes()
    done = marea("repair", run_file)
    assert done.returncode == 0
    assert "nothing to repair" in done.stdout
    assert run_file.read_bytes() == before


def test_export_to_netcdf(run_file, tmp_path):
    xarray = pytest.importorskip("xarray")
    out = tmp_path / "run.nc"
    done = marea("export", run_file, "--to", "netcdf", "--output", out)
    assert done.returncode == 0, done.stderr
    with xarray.open_dataset(out, engine="netcdf4", decode_times=False) as data:
        assert data["h"].sizes["time"] == 4


def test_an_error_on_two_ranks_is_one_line_and_the_same_exit_code(tmp_path):
    done = marea("simulate", write_case(tmp_path), "-o", "solver.clf=1", ranks=2)
    assert done.returncode == 3
    assert len(error_lines(done)) == 1
    assert "MPI_ABORT" not in done.stderr
