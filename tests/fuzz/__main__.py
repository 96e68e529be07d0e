"""`python -m tests.fuzz [--seconds 60] [--only files] [--seed 1]`: as long as one likes.

A fault is printed with the seed that makes it again: `--only TARGET --seed N --tries 1`.
"""

import argparse
import itertools
import sys
import time
import traceback
from random import Random

from tests.fuzz.targets import TARGETS


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.fuzz")
    parser.add_argument("--seconds", type=float, default=60, help="for each target")
    parser.add_argument("--only", choices=sorted(TARGETS))
    parser.add_argument(
        "--seed", type=int, default=1, help="of the first try; the next ones follow"
    )
    parser.add_argument("--tries", type=int, help="at most, of each target")
    options = parser.parse_args()
    faults = 0
    for name in [options.only] if options.only else TARGETS:
        tried = 0
        until = time.monotonic() + options.seconds
        for seed in itertools.count(options.seed):
            if time.monotonic() > until or tried == options.tries:
                break
            tried += 1
            try:
                TARGETS[name](Random(seed))
            except Exception:  # noqa: BLE001  # what a fuzzer is for
                faults += 1
                print(f"\n--- {name}, --seed {seed}", file=sys.stderr)
                traceback.print_exc()
        print(f"{name:10} {tried:8} tries")
    print(f"{faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
