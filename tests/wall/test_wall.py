# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""The wall between Kokkos and LibTorch, and the direction of dependence, read from the includes of the source tree."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = ("io", "solvers", "surrogate")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
KOKKOS = re.compile(r"^Kokkos_")
TORCH = re.compile(r"^(torch|ATen|c10)/")
# Headers of marea::solvers that programs and hybrids compile without Kokkos.
WITHOUT_KOKKOS = ("any_solver", "registry", "runtime", "simulation")


class Tree:
    """The includes of a source tree, followed through marea's own headers."""

    def __init__(self, root):
        self.root = root
        self.bases = [base for base in root.glob("*/include") if base.is_dir()] + [root / "tests"]
        self.known = {}

    def resolve(self, file, bracket, name):
        bases = ([file.parent] if bracket == '"' else []) + self.bases
        if bracket == '"':  # private headers stand in src/, their users in its folders
            bases += [parent for parent in file.parents if parent.name == "src"]
        return next((base / name for base in bases if (base / name).is_file()), None)

    def reach(self, file):
        """Own files and foreign headers that `file` includes, directly or not."""
        file = file.resolve()
        if file not in self.known:
            self.known[file] = (set(), set())  # ends a cycle
            own, foreign = {file}, set()
            for bracket, name in INCLUDE.findall(file.read_text()):
                target = self.resolve(file, bracket, name)
                if target is None:
                    foreign.add(name)
                else:
                    more_own, more_foreign = self.reach(target)
                    own |= more_own
                    foreign |= more_foreign
            self.known[file] = (own, foreign)
        return self.known[file]

    def sources(self):
        folders = [self.root / name for name in (*COMPONENTS, "python", "tests", "examples")]
        return [file for folder in folders for file in sorted(folder.rglob("*.cpp"))]

    def public_headers(self):
        return [file for name in COMPONENTS for file in sorted((self.root / name / "include").rglob("*.hpp"))]

    def relative(self, files):
        return sorted(str(Path(file).relative_to(self.root)) for file in files)


def crossing_units(tree):
    """Source files that include both Kokkos and LibTorch."""
    found = []
    for source in tree.sources():
        foreign = tree.reach(source)[1]
        if any(map(KOKKOS.match, foreign)) and any(map(TORCH.match, foreign)):
            found.append(source)
    return tree.relative(found)


def headers_needing(pattern, headers, tree):
    return tree.relative(header for header in headers if any(map(pattern.match, tree.reach(header)[1])))


def outside_torch(tree):
    return [header for header in tree.public_headers() if header.parent.name != "torch"]


@pytest.fixture(scope="module")
def tree():
    return Tree(ROOT.resolve())


def test_no_source_file_includes_both_kokkos_and_libtorch(tree):
    assert len(tree.sources()) > 10
    assert crossing_units(tree) == []


def test_public_headers_outside_the_folder_torch_need_no_libtorch(tree):
    assert headers_needing(TORCH, outside_torch(tree), tree) == []


def test_public_headers_of_io_and_surrogate_need_no_kokkos(tree):
    headers = [header for header in tree.public_headers() if header.relative_to(tree.root).parts[0] != "solvers"]
    assert headers_needing(KOKKOS, headers, tree) == []


def test_headers_of_the_solver_handle_need_no_kokkos(tree):
    folder = tree.root / "solvers/include/marea/solvers"
    assert headers_needing(KOKKOS, [folder / f"{name}.hpp" for name in WITHOUT_KOKKOS], tree) == []


@pytest.mark.parametrize(
    "component, forbidden",
    [("io", ("solvers/", "surrogate/")), ("solvers", ("surrogate/",)), ("surrogate/src/torch", ("solvers/",))],
)
def test_dependence_goes_one_way(tree, component, forbidden):
    files = [file for file in (tree.root / component).rglob("*") if file.suffix in (".hpp", ".cpp")]
    wrong = {
        str(file.relative_to(tree.root)): used
        for file in files
        if (used := [name for name in tree.relative(tree.reach(file)[0]) if name.startswith(forbidden)])
    }
    assert wrong == {}


def test_headers_that_need_libtorch_compile_alone(tree):
    """A header that is the first include of a compiled source file compiles alone. Where a group of source files is
    compiled as one unit, as most of these are, that shows it for the group's first."""
    first = set()
    for source in tree.sources():
        if match := INCLUDE.search(source.read_text()):
            first.add(tree.resolve(source, *match.groups()))
    headers = [header for header in tree.public_headers() if header.parent.name == "torch"]
    assert tree.relative(set(headers) - first) == []


def test_a_planted_crossing_is_found(tmp_path):
    """The checks above are not blind: a small tree with each fault turns them red."""
    include = tmp_path / "surrogate/include/marea/surrogate"
    include.mkdir(parents=True)
    (tmp_path / "surrogate/src").mkdir()
    (include / "leaky.hpp").write_text("#include <ATen/ATen.h>\n")
    (include / "clean.hpp").write_text("#include <vector>\n")
    (tmp_path / "surrogate/src/both.cpp").write_text(
        "#include <marea/surrogate/leaky.hpp>\n#include <Kokkos_Core.hpp>\n"
    )
    planted = Tree(tmp_path)
    assert crossing_units(planted) == ["surrogate/src/both.cpp"]
    assert headers_needing(TORCH, outside_torch(planted), planted) == ["surrogate/include/marea/surrogate/leaky.hpp"]


def test_every_source_and_public_header_belongs_to_a_target(tree):
    lists = {component: (tree.root / component / "CMakeLists.txt").read_text() for component in COMPONENTS}
    for file in (tree.root / "surrogate").rglob("*/CMakeLists.txt"):
        lists["surrogate"] += file.read_text()
    orphans = [
        str(file.relative_to(tree.root))
        for component in COMPONENTS
        for pattern in ("include/**/*.hpp", "src/**/*.cpp")
        for file in sorted((tree.root / component).glob(pattern))
        if str(file.relative_to(tree.root / component)) not in lists[component]
    ]
    assert orphans == []
