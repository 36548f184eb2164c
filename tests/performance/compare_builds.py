#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two builds of one benchmark, run in turns on one core: every value that both print, before, after, and their ratio.

    python tests/performance/compare_builds.py OLD/build/bin/bench_shallow_water build/bin/bench_shallow_water \
        --rounds 10 [--value NAME] [-- ARGUMENTS OF BOTH]

The order of the two changes from round to round, so that a drifting machine favours neither. A ratio is of one round;
the last line gives their median and range.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys


def values(program: str, arguments: list[str]) -> dict[str, float]:
    """The numbers of the last line of JSON that the benchmark prints."""
    environment = {"OMP_NUM_THREADS": "1", **os.environ}
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=True, env=environment)
    record = json.loads(done.stdout.strip().splitlines()[-1])
    return {name: value for name, value in record.items() if isinstance(value, (int, float))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--value", default="mcell_steps_per_s")
    given = sys.argv[1:]
    end = given.index("--") if "--" in given else len(given)
    options, arguments = parser.parse_args(given[:end]), given[end + 1:]

    before, after = [], []
    for turn in range(options.rounds):
        pair = [(options.before, before), (options.after, after)]
        for program, seen in pair if turn % 2 == 0 else reversed(pair):
            seen.append(values(program, arguments)[options.value])
        print(f"{before[-1]:.4g} {after[-1]:.4g} {after[-1] / before[-1]:.3f}", flush=True)
    ratios = [new / old for old, new in zip(before, after)]
    print(f"{options.value}: before {statistics.median(before):.4g}, after {statistics.median(after):.4g} (medians); "
          f"after / before {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})")


if __name__ == "__main__":
    main()
