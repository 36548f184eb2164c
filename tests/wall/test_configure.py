# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""What configuration refuses and what it does without."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(shutil.which("cmake") is None, reason="needs cmake")


def configure(source, build, *options):
    return subprocess.run(
        ["cmake", "-S", source, "-B", build, *options], capture_output=True, text=True, check=False
    )


def project(folder, links):
    folder.joinpath("main.cpp").write_text("int main() {}\n")
    folder.joinpath("CMakeLists.txt").write_text(f"""
cmake_minimum_required(VERSION 3.24)
project(planted LANGUAGES CXX)
add_library(Kokkos::kokkos INTERFACE IMPORTED)
add_library(torch INTERFACE IMPORTED)
add_library(bridge INTERFACE)
target_link_libraries(bridge INTERFACE torch)
add_library(solvers INTERFACE)
target_link_libraries(solvers INTERFACE $<LINK_ONLY:Kokkos::kokkos>)
add_executable(planted main.cpp)
target_link_libraries(planted PRIVATE {links})
include("{ROOT}/cmake/MareaWall.cmake")
""")
    return folder


def test_a_target_that_compiles_with_both_sides_is_refused(tmp_path):
    result = configure(project(tmp_path, "bridge Kokkos::kokkos"), tmp_path / "build")
    assert result.returncode != 0
    message = " ".join(result.stderr.split())  # cmake wraps its messages
    assert "target planted" in message and "crosses the wall" in message


def test_a_target_that_only_links_one_side_is_accepted(tmp_path):
    result = configure(project(tmp_path, "bridge solvers"), tmp_path / "build")
    assert result.returncode == 0, result.stderr


@pytest.mark.skipif("MAREA_DEPS_DIR" not in os.environ, reason="needs the dependencies that tests/run.sh sets up")
def test_solvers_configure_without_libtorch_and_python(tmp_path):
    result = configure(
        ROOT,
        tmp_path,
        *("-G", "Ninja", "-DMAREA_SURROGATE=OFF", "-DMAREA_TESTS=OFF"),
        *("-DCMAKE_DISABLE_FIND_PACKAGE_Torch=ON", "-DCMAKE_DISABLE_FIND_PACKAGE_Python=ON"),
    )
    assert result.returncode == 0, result.stderr
    assert "MAREA_SURROGATE=OFF" in result.stdout
    assert "torch" not in (tmp_path / "build.ninja").read_text()
