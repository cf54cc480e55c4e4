"""Runs one program for every operation of arith, math, tensor, linalg and scf through
remat-run and the reference interpreter, and prints a table: operation, types, and
right, or the refusal.

The operations are those that the dialects register, so that one that lacks here fails
the run. So do a wrong value, a crash, a time-out, and a refusal in other words than
remat's: one that names an operation or a type that the program does not have.

Programs whose failure is known stand in --known FILE, one `operation | types` per
line; one that stands there and does not fail fails the run, too: take the line out.

--quick takes the first element type of each operation, and the program with a gradient
alone where it runs, because that has the values, too.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib"))
import npy
import programs
import run_many

BITS = {"i1": 1, "i8": 8, "i16": 16, "i32": 32, "i64": 64, "index": 64}

# Benign numbers for gradients; values also see the ends and the special ones.
PLAIN = [0.5, -0.75, 1.25, 2.0, -1.5, 0.125, 3.0, -0.3125, 0.875, -2.25, 0.0625, 1.75, -0.5]
SPECIAL = PLAIN + [0.0, -0.0, float("inf"), float("-inf"), float("nan"), 60000.0, 6.2e-05, -1.0, 1.0, 88.0, -88.0, 2.5, -3.5]

FOREIGN = re.compile(r"memref|vector<|llvm|bufferiz|affine_map|remat\.(?!recurrence|value_and_gradient|custom_vjp|stop_gradient|yield)"
                     r"|legaliz|unrealized|JIT|Symbols|LLVM|not bufferizable|equivalent|inferred|internal")


def make_values(name, element, count, position, special):
    """The elements of an argument. Arguments differ by their position."""
    if element in ("f64", "f32", "f16", "bf16"):
        numbers = SPECIAL if special else PLAIN
        # Strides without a common divisor: all pairs of two arguments come up.
        return [numbers[(i * (1 + 2 * position) + 3 * position + i // len(numbers)) % len(numbers)] for i in range(count)]
    if name == "i":
        return [1] * count
    if name == "k":
        return [(2 * i) % 3 for i in range(count)]
    if name == "e":
        return [i % 6 - 2 for i in range(count)]
    if element == "i1":
        return [i % 3 != 1 for i in range(count)]
    low, high = -(1 << (BITS[element] - 1)), (1 << (BITS[element] - 1)) - 1
    numbers = [7, -3, 0, 1, -1, 100, low, high, 2, -100, 5, 3, 31]
    return [numbers[(i * (1 + 2 * position) + position + i // len(numbers)) % len(numbers)] for i in range(count)]


def make_inputs(text, folder):
    """The --input options for the arguments of @main."""
    header = re.search(r"func\.func @main\((.*)\) -> ", text).group(1)
    options = []
    special = "value_and_gradient" not in text
    for position, (name, type) in enumerate(re.findall(r"%(\w+): ([^,]*(?:<[^>]*>)?)", header)):
        inner = re.fullmatch(r"tensor<((?:[?\d]+x)*)(\w+)>", type)
        extents = [3 if e == "?" else int(e) for e in inner.group(1).split("x")[:-1]] if inner else []
        element = inner.group(2) if inner else type
        count = 1
        for extent in extents:
            count *= extent
        path = os.path.join(folder, name + ".npy")
        npy.write(path, element, extents, make_values(name, element, count, position, special))
        options += ["--input", "%s=%s" % (name, path)]
    return options


TIMEOUT = 120


def find_error(errors):
    lines = [line for line in errors.splitlines() if "error:" in line]
    return lines[0].split("error:", 1)[1].strip() if lines else ""


def get_process(options, *command):
    """All runs of a thread in one process."""
    processes = options.local.__dict__.setdefault("processes", {})
    return processes.setdefault(command, run_many.Process(*command))


def compile_and_run(options, words):
    target = ["--target-cpu", options.target_cpu] if options.target_cpu else []
    status, _, errors = get_process(options, options.remat_run_many).run([*words, *target], TIMEOUT)
    return status, find_error(errors)


def interpret(options, words):
    status, _, errors = get_process(options, options.remat_interpret, "--many").run(words, TIMEOUT)
    return status, find_error(errors)


def try_programs(options, cases):
    """The outcomes of the programs of one operation: (label, text, outcome, is failure)."""
    if not options.quick:
        return [(label, text, *try_program(options, text)) for label, text in cases]
    # With its gradient, which has the value, too; alone where that is refused.
    first = cases[0][0].split()[0]
    tried = []
    for label, text in sorted(cases, key=lambda case: not case[0].endswith("gradient")):
        base = label.replace(" gradient", "")
        right = [case[0] for case in tried if case[2] == "right"]
        if label.split()[0] == first and base + " gradient" not in right:
            tried.append((label, text, *try_program(options, text)))
    return tried


def try_program(options, text):
    """The outcome of one program, and whether it is a failure."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "program.mlir")
        with open(path, "w") as file:
            file.write(text)
        inputs = make_inputs(text, folder)
        output = os.path.join(folder, "output")
        status, message = compile_and_run(options, [path, *inputs, "--output", output, "--repeat", "0", "--check-identical", "off"])
        if status == 1:
            return "refused: " + message, bool(FOREIGN.search(message)) or not message
        if status != 0:
            return "status %d %s" % (status, message), True
        status, message = interpret(options, [path, *inputs, "--compare", output])
        return ("right", False) if status == 0 else ("WRONG: " + message if status == 4 else "not judged: " + message, True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--remat-run-many", required=True)
    parser.add_argument("--target-cpu", help="the processor to make code for; by default this machine's")
    parser.add_argument("--remat-interpret", default="remat-interpret")
    parser.add_argument("--quick", action="store_true", help="one element type of each operation")
    parser.add_argument("--filter", default="", help="only operations that match this expression")
    parser.add_argument("--known", help="file of the failures that are known")
    parser.add_argument("--save", help="folder for the programs that fail")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    options.local = threading.local()

    names = subprocess.run([options.remat_interpret, "--list-operations"], capture_output=True, text=True, check=True)
    wanted = sorted(n for n in names.stdout.split() if re.search(options.filter, n))
    known = set()
    if options.known:
        with open(options.known) as file:
            known = {line.strip() for line in file if line.strip() and not line.startswith("#")}

    tasks, failures = [], []
    for name in wanted:
        cases = programs.get_programs(name)
        if not cases:
            failures.append("%s | no program" % name)
            continue
        tasks.append((name, cases))
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        tried = list(pool.map(lambda task: try_programs(options, task[1]), tasks))
    counts = {}
    outcomes = [(name, *case) for (name, _), cases in zip(tasks, tried) for case in cases]
    for name, label, text, outcome, failed in outcomes:
        key = "%s | %s" % (name, label)
        print("%s | %s" % (key, outcome))
        kind = "failed" if failed else outcome.split(":")[0]
        counts[kind] = counts.get(kind, 0) + 1
        if failed != (key in known):
            failures.append("%s | %s" % (key, outcome if failed else "stands in the list of known failures, but does not fail"))
        if failed and options.save:
            os.makedirs(options.save, exist_ok=True)
            with open(os.path.join(options.save, re.sub(r"\W+", "_", key) + ".mlir"), "w") as file:
                file.write("// %s\n%s" % (outcome, text))
    print("%d operations, %s" % (len(wanted), ", ".join("%d %s" % (n, kind) for kind, n in sorted(counts.items()))))
    for failure in failures:
        print("error: " + failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
