#!/usr/bin/env python3
"""Takes fixes back, one at a time, and looks whether random programs find them missing.

    test/random/sensitivity.py --clone DIR --baseline BUILD/bin/remat-random FIX [FIX ...]

A FIX is a commit, NAME=COMMIT[,COMMIT ...], or a patch file that takes something back. In a
scratch clone (DIR, made if it is not there, with a build tree of its own) what the commits did to
the sources of the compiler is applied in reverse, remat-random is built, and programs
run until one fails that is right with the baseline. The table says how many programs that took.
Tests and documents are left as they are. A fix that does not come off alone, because later ones stand on
it, is reported as such: write a patch for it.
"""

import argparse
import os
import re
import subprocess
import sys

SOURCES = ["lib", "include", "tools"]


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def make_clone(args):
    root = run(["git", "rev-parse", "--show-toplevel"], cwd=os.path.dirname(os.path.abspath(__file__))).stdout.strip()
    if not os.path.isdir(args.clone):
        subprocess.run(["git", "clone", "-q", root, args.clone], check=True)
        subprocess.run(["cmake", "-S", args.clone, "-B", args.clone + "/build", "-G", "Ninja", *args.cmake], check=True)
    head = run(["git", "rev-parse", "HEAD"], cwd=root).stdout.strip()
    subprocess.run(["git", "fetch", "-q", root, head], cwd=args.clone, check=True)
    subprocess.run(["git", "checkout", "-q", "-f", "--detach", head], cwd=args.clone, check=True)
    return head


def take_back(fix, clone):
    """Applies the fix in reverse; a reason if it does not come off."""
    name, _, what = fix.rpartition("=")
    if os.path.isfile(what):
        done = run(["git", "apply", "--3way", os.path.abspath(what)], cwd=clone)
        return name or os.path.basename(what), done.stderr.strip() if done.returncode else None
    for commit in what.split(","):
        patch = run(["git", "show", "--format=", "--binary", commit, "--", *SOURCES], cwd=clone)
        if patch.returncode or not patch.stdout:
            return name or what, f"{commit} changes nothing in {', '.join(SOURCES)}"
        done = run(["git", "apply", "-R", "--3way"], cwd=clone, input=patch.stdout)
        if done.returncode:
            return name or what, "later changes stand on it"
    return name or what, None


def find_seeds(program, args, first, count):
    """The seeds of programs that are wrong, with their kinds."""
    done = run([program, "--seed", str(first), "--count", str(count), "--jobs", str(args.jobs), *args.options])
    seeds, kind = {}, None
    for line in done.stdout.partition("\nwrong:\n")[2].split("\nrefused:\n")[0].splitlines():
        if match := re.match(r"  \d+ x (.*)", line):
            kind = match[1]
        elif match := re.match(r"      seeds (.*)", line):
            for seed in match[1].replace("...", "").split():
                seeds[int(seed)] = kind
    return seeds


def search(program, args):
    """How many programs until one is wrong that the baseline has right."""
    for first in range(args.seed, args.seed + args.count, args.chunk):
        for seed, kind in sorted(find_seeds(program, args, first, args.chunk).items()):
            if seed not in find_seeds(args.baseline, args, seed, 1):
                return seed, kind
    return None, None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fixes", nargs="+", metavar="FIX")
    parser.add_argument("--clone", required=True, help="scratch clone with a build tree")
    parser.add_argument("--baseline", required=True, help="remat-random of the tree as it is")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000, help="programs to try for each fix (default 2000)")
    parser.add_argument("--chunk", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--cmake", action="append", default=[], help="an option for CMake")
    parser.add_argument("--options", nargs="*", default=[], help="options for remat-random")
    args = parser.parse_args()
    args.baseline = os.path.abspath(args.baseline)

    missed = 0
    print(f"{'fix':<34}{'programs':>9}  kind")
    for fix in args.fixes:
        make_clone(args)
        name, reason = take_back(fix, args.clone)
        if reason is None:
            built = run(["ninja", "-C", args.clone + "/build", "remat-random"])
            reason = "does not build" if built.returncode else None
        if reason is not None:
            missed += 1
            print(f"{name:<34}{'-':>9}  {reason}", flush=True)
            continue
        seed, kind = search(args.clone + "/build/bin/remat-random", args)
        missed += seed is None
        print(f"{name:<34}{'-' if seed is None else seed - args.seed + 1:>9}  {kind or 'not found'}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
