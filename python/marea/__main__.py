# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""The program `marea` of this package: ``python -m marea``, or ``marea`` after pip install."""

import os
import pathlib
import sys

from . import _core


def main() -> None:
    here = pathlib.Path(_core.__file__).parent
    candidates = (here / "bin" / "marea", here.parent.parent / "bin" / "marea")  # a wheel · a build tree
    program = next((path for path in candidates if path.is_file()), None)
    if program is None:
        sys.exit("marea: the program is not part of this installation; build it with CMake")
    os.environ.setdefault("MAREA_PY", sys.executable)
    os.execv(program, [str(program), *sys.argv[1:]])


if __name__ == "__main__":
    main()
