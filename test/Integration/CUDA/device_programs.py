"""The programs of the CPU's tests, for tests of what they become on a GPU. Only the standard library is used."""

import pathlib
import re
import shlex
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "CPU"))
import sweep


def choose(options, *what):
    return options[zlib.crc32(" ".join(map(str, what)).encode()) % len(options)]


def read_lines(folder, examples):
    """The first line of arguments of the CPU's sweep for each program."""
    parser = sweep.make_parser()
    found = {}
    for test in sorted(folder.iterdir()):
        if test.suffix not in [".mlir", ".test"]:
            continue
        for words in re.findall(r"RUN: %sweep (.*)$", test.read_text(), re.M):
            if "%{" in words or "--unrolled" in words or "--policy" in words:
                continue
            words = words.replace("%examples", str(examples)).replace("%S", str(folder)).replace("%s", str(test))
            arguments = parser.parse_args(shlex.split(words) + ["--remat-run-many", ""])
            found.setdefault(arguments.program.stem, arguments)
    if not found:
        sweep.fail(f"no line RUN: %sweep in {folder}")
    return found


def get_kinds(text):
    """The types that can stand where the program says f32."""
    if "f32" not in text:
        return ["f32"]
    kinds = ["f32"]
    # A conversion between two types is none from a type to itself.
    if not re.search(r"\bf64\b|xf64\b", text):
        kinds.append("f64")
    if "// NARROW none: " not in text:
        kinds += [kind for kind in ["f16", "bf16"] if not re.search(rf"(\b|x){kind}\b", text)]
    return kinds
