#!/usr/bin/env python3
"""Takes repairs back, one at a time, and looks whether random programs find them missing.

    test/random/sensitivity.py --clone DIR --baseline BUILD/bin/remat-random [PATCH ...]

A PATCH takes one repair back in the sources of the compiler (default: all of test/random/sensitivity); its first
lines say what goes wrong then, the kind of fault, and options for remat-random. In a scratch clone (DIR, made if
it is not there, with a build tree of its own) it is applied, remat-random is built, and programs run until one is
wrong, or refused, that is right with the baseline. The table says how many programs that took.
"""

import argparse
import glob
import os
import re
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def make_clone(args):
    root = run(["git", "rev-parse", "--show-toplevel"], cwd=FOLDER).stdout.strip()
    if not os.path.isdir(args.clone):
        subprocess.run(["git", "clone", "-q", root, args.clone], check=True)
        subprocess.run(["cmake", "-S", args.clone, "-B", args.clone + "/build", "-G", "Ninja", *args.cmake], check=True)
    head = run(["git", "rev-parse", "HEAD"], cwd=root).stdout.strip()
    subprocess.run(["git", "fetch", "-q", root, head], cwd=args.clone, check=True)
    subprocess.run(["git", "checkout", "-q", "-f", "--detach", head], cwd=args.clone, check=True)
    return head


class Patch:
    """A repair that is taken back, with what the head of the file says."""

    def __init__(self, path):
        self.path = os.path.abspath(path)
        self.name = os.path.splitext(os.path.basename(path))[0]
        with open(path) as file:
            head = file.read().partition("\ndiff ")[0].splitlines()
        fields = dict(re.match(r"(\w+): *(.*)", line).groups() for line in head[1:] if ":" in line)
        self.kind = fields.get("Kind", "")
        self.options = fields.get("Options", "").split()

    def take_back(self, args):
        """Builds without the repair; a reason if that cannot be."""
        if run(["git", "apply", "--3way", self.path], cwd=args.clone).returncode:
            return "does not apply"
        if run(["ninja", "-C", args.clone + "/build", "-j", str(args.jobs), "remat-random"]).returncode:
            return "does not build"
        return None


def find_failures(program, args, options, first, count):
    """The seeds of programs that are not right, with their kinds."""
    done = run([program, "--seed", str(first), "--count", str(count), "--jobs", str(args.jobs), *options])
    seeds = {}
    for section in ["wrong", "refused"]:
        kind, text = None, done.stdout.partition(f"\n{section}:\n")[2]
        for line in text.splitlines():
            if match := re.match(r"  \d+ x (.*)", line):
                kind = match[1]
            elif match := re.match(r"      seeds (.*)", line):
                for seed in match[1].replace("...", "").split():
                    seeds.setdefault(int(seed), kind)
            elif not line.startswith(" "):
                break
    return seeds


def search(patch, args, known):
    """The first program that is not right and that the baseline has right; what becomes of it."""
    options = args.options + patch.options
    for first in range(args.seed, args.seed + args.count, args.chunk):
        found = find_failures(args.clone + "/build/bin/remat-random", args, options, first, args.chunk)
        key = (first, *options)
        if found and key not in known:
            known[key] = find_failures(args.baseline, args, options, first, args.chunk)
        for seed in sorted(found):
            before = known[key].get(seed)
            # What was refused may become wrong: a silent fault behind a refusal.
            if before is None or (before.startswith("refused") and not found[seed].startswith("refused")):
                return seed, found[seed]
    return None, None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("patches", nargs="*", metavar="PATCH")
    parser.add_argument("--clone", required=True, help="scratch clone with a build tree")
    parser.add_argument("--baseline", required=True, help="remat-random of the tree as it is")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000, help="programs to try for each patch (default 2000)")
    parser.add_argument("--chunk", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--cmake", action="append", default=[], help="an option for CMake")
    parser.add_argument("--options", nargs="*", default=[], help="options for remat-random")
    args = parser.parse_args()
    args.baseline = os.path.abspath(args.baseline)

    missed, known = 0, {}
    print("| taken back | kind | programs | found as |\n|---|---|---|---|", flush=True)
    for path in args.patches or sorted(glob.glob(FOLDER + "/sensitivity/*.patch")):
        patch = Patch(path)
        make_clone(args)
        reason = patch.take_back(args)
        seed = None
        if reason is None:
            seed, reason = search(patch, args, known)
        missed += seed is None
        number = "-" if seed is None else seed - args.seed + 1
        print(f"| {patch.name} | {patch.kind} | {number} | {reason or 'not found'} |", flush=True)
    make_clone(args)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
