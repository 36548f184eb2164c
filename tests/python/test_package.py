# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""The package as a whole: import, versions, errors, stubs, listing."""

import ast
import inspect
import subprocess
import sys
import zipfile
from pathlib import Path

import marea
import pytest
from marea import _core, _torch_check

STUB = Path(inspect.getfile(marea)).parent / "_core.pyi"


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("order", ["import marea, torch", "import torch, marea", "import h5py, netCDF4, marea, torch"])
def test_one_openmp_runtime_in_any_import_order(order):
    pytest.importorskip("torch")
    result = python(f"""
{order}
marea.Solver("shallow_water", grid=dict(nx=8, ny=8, x=[0, 1], y=[0, 1]), bathymetry=-1.0).step()
torch.ones(8).sum()
maps = {{line.split()[-1] for line in open("/proc/self/maps") if "libgomp" in line or "libomp" in line}}
print(len(maps), *maps)
""")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("1 "), result.stdout


def test_another_torch_is_refused_with_both_versions_in_the_message():
    if not _core.torch_version:
        pytest.skip("built without LibTorch")
    with pytest.raises(ImportError, match=rf"torch {_core.torch_version}.*torch 1\.0\.0"):
        _torch_check.check("1.0.0")
    _torch_check.check(_core.torch_version + "+cpu")


@pytest.mark.parametrize(
    "name, builtin",
    [
        ("ConfigError", ValueError),
        ("ShapeError", ValueError),
        ("IoError", OSError),
        ("DataError", OSError),
        ("NotBuilt", marea.Error),
        ("NumericalError", ArithmeticError),
        ("Stopped", marea.Error),
    ],
)
def test_each_error_is_also_what_python_calls_it(name, builtin):
    error = getattr(marea, name)
    assert issubclass(error, marea.Error) and issubclass(error, builtin)
    assert error.__module__ == "marea" and error.__doc__


def test_stubs_name_what_the_compiled_module_has():
    def names(body):
        found = {node.name for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        return found | {node.target.id for node in body if isinstance(node, ast.AnnAssign)}

    tree = ast.parse(STUB.read_text())
    stub = names(tree.body)
    module = {name for name in vars(_core) if not name.startswith("_")} | {"__version__"}
    optional = {"Surrogate", "evaluate", "train", "headline", "list_models"} if not _core.torch_version else set()
    assert stub - optional == module
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and hasattr(_core, node.name) and node.name not in optional:
            compiled = getattr(_core, node.name)
            if not issubclass(compiled, Exception):
                assert names(node.body) - {"__init__"} == {
                    name for name in vars(compiled) if not name.startswith("_") or name in names(node.body)
                } - {"__init__"}, node.name


def test_a_wheel_holds_the_files_of_the_build_tree_and_starts_the_program(tmp_path, monkeypatch):
    """Without the compiled files, which the wheel's own build installs beside them."""
    build = pytest.importorskip("scikit_build_core.build")
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    with zipfile.ZipFile(tmp_path / build.build_wheel(str(tmp_path), {"wheel.cmake": "false"})) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
        (entry,) = (wheel.read(name).decode() for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert held == {f"marea/{file.relative_to(STUB.parent)}" for file in STUB.parent.rglob("*") if file.is_symlink()}
    assert {"marea/__init__.py", "marea/_core.pyi", "marea/py.typed"} <= held
    assert "marea=marea.__main__:main" in entry.replace(" ", "")


def test_every_public_name_has_a_docstring():
    for name in marea.__all__:
        assert name == "__version__" or inspect.getdoc(getattr(marea, name)), name
    for compiled in (_core.Solver, getattr(_core, "Surrogate", _core.Solver)):
        for name, member in vars(compiled).items():
            assert name.startswith("_") or inspect.getdoc(member), f"{compiled.__name__}.{name}"


def test_listing_knows_solvers_models_profiles_tables_and_their_options():
    assert "shallow_water" in marea.list()
    assert "gaussian_hump" in marea.list("profiles")["shallow_water"]
    options = {row["key"]: row for row in marea.list("shallow_water")}
    assert options["gravity"]["units"] == "m s-2"
    assert "radius" in {row["key"] for row in marea.list("gaussian_hump")}
    assert {"grid", "output", "run", "ensemble"} <= set(marea.list("tables"))
    assert "boundary_x" in {row["key"] for row in marea.list("grid")}
    if _core.torch_version:
        assert "hybrid" in marea.list("tables")
        assert "fno" in marea.list("models")
        assert "width" in {row["key"] for row in marea.list("fno")}
    with pytest.raises(marea.ConfigError, match="did you mean 'shallow_water'"):
        marea.list("shalow_water")
    with pytest.raises(marea.ConfigError, match="unknown name 'xyzzy'; known: solvers, models, profiles, tables, "):
        marea.list("xyzzy")


def test_options_pass_both_ways_unchanged():
    values = {"a": 1, "b": 2.5, "c": "text", "d": [1, 2.0, [True]], "e": {"f": "x"}}
    assert _core.OptionTree(values).to_dict() == values


def test_numpy_values_and_paths_are_options():
    numpy = pytest.importorskip("numpy")
    tree = _core.OptionTree({"n": numpy.int64(3), "x": numpy.float64(0.5), "v": numpy.arange(2), "p": Path("a") / "b"})
    assert tree.to_dict() == {"n": 3, "x": 0.5, "v": [0, 1], "p": "a/b"}


def test_a_value_of_another_type_is_refused_with_its_key():
    with pytest.raises(marea.ConfigError, match=r"grid\.x\[1\] is of type complex"):
        _core.OptionTree({"grid": {"x": [0.0, 1j]}})
