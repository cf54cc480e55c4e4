"""Runs one program over trip counts and budgets and checks what must hold.

    sweep.py --remat-run-many PATH PROGRAM.mlir [--steps 0 1 2 3 7 37 1000] [--resize 256=5 16=3]

For every trip count the program is called with a dynamic leading dimension, and for 0, 1,
2, 7 and the last one with a static one and the same arrays as well. The dynamic one is
compiled once for all trip counts, and its code is that of all budgets. Checked are:

  * the gradient of the dynamic version, against central differences in f64; for seven
    steps it has to be large enough to be seen;
  * for budgets from the smallest feasible one to unlimited, most of them for seven steps:
    the same bits in every result, measured peak == planned peak <= budget;
  * forward steps never fall when the budget falls, and are more than the trip
    count at the smallest budget (unless the tape is empty);
  * the dynamic version: the same bits as the static one, and the same plan if the buffers are the same;
  * a budget of one byte less than the smallest feasible one is refused.

With --policy NAME... other policies plan. What holds of the best plans only is not checked then, nor that forward
steps do not fall when the budget falls if the policy is online, which keeps states because there is room for them.

With --unrolled other things are checked, for up to three budgets: that the unrolled form of
the schedules gives the same bits, the same counts of steps and the same peak as the table but for
its walk, and walks none.

Where the program runs with f32 for seven steps, it does with f16 or bf16 in its place, too, or with what --narrow
says: the same bits when everything is kept, at the smallest budget and by another policy, and in f16 a gradient that
is near to that in f64. What cannot run in these types has a line `// NARROW none: reason`.

With --quick, which slow instrumented builds ask for, only the trip counts 0, 1 and 7 of these
and at most three budgets are tried.

A program says how its arguments are filled in lines `// INPUT name: int LOW HIGH`
and `// INPUT name: normal SCALE`, or --fill says it; floats are normal with scale 0.3
otherwise.
Only the standard library is used.
"""

import argparse
import json
import math
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "lib"))
import npy
import run_many

CANONICAL_STEPS = "1000"
# For so many steps there are the most budgets, and a gradient has to be seen.
FULL_STEPS = 7
FULL_BUDGETS = 8
# Trip counts, beside the last, for which the static program runs: it is compiled anew for each budget.
STATIC_STEPS = [0, 1, 2, FULL_STEPS]
# For more steps; for fewer there are few plans.
MANY_BUDGETS = 5
QUICK_STEPS = [0, 1, 7]
# How far off gradients in f16 may be, of their norm. --check-gradient has to allow more: it does not know the program.
HALF_TOLERANCE = 0.05
QUICK_BUDGETS = 3


def fail(message):
    sys.exit(f"sweep: {message}")


# Writing a program with other sizes


def resize(text, sizes):
    """Replaces dimensions in type aliases, and integers where slices are taken."""
    replace = lambda match: sizes.get(match.group(), match.group())
    lines = []
    for line in text.split("\n"):
        if line.startswith("!"):
            line = re.sub(r"(?<=[<x])\d+(?=x)", replace, line)
        elif "extract_slice" in line or "insert_slice" in line:
            line = re.sub(r"(?<![\w.])\d+(?![\w.])", replace, line)
        lines.append(line)
    return "\n".join(lines)


def without_stops(text):
    """The program for the check of the gradient: differences do not stop anywhere."""
    return re.sub(r"(%\w+) = remat.stop_gradient (%\w+) : (\S+)", r"\1 = tensor.cast \2 : \3 to \3", text)


def with_float(text, kind):
    """The program with another type in place of f32, also where the bits of a constant are written."""

    def convert(match):
        bits = int(match.group(1), 16)
        if kind == "bf16":
            return f"0x{bits >> 16:04X}"
        value = struct.unpack(">f", struct.pack(">I", bits))
        return "0x" + struct.pack({"f16": ">e", "f64": ">d"}[kind], *value).hex().upper()

    if kind == "f32":
        return text
    return re.sub(r"\bf32\b|(?<=x)f32\b", kind, re.sub(r"\b0x([0-9A-F]{8})\b", convert, text))


def choose_narrow(name, text):
    """One type for each program, half of them each: both take the same way through the compiler."""
    if "f32" not in text or "// NARROW none: " in text:
        return []
    return [["f16", "bf16"][zlib.crc32(name.encode()) % 2]]


def find_time_argument(text, position):
    """The first argument with a leading time dimension of the function at `position`."""
    signature = text[position : text.index("{\n", position)]
    timed = set(re.findall(rf"^(!\w+) = tensor<{CANONICAL_STEPS}x", text, re.M))
    for name, kind in re.findall(r"%(\w+): (!\w+)", signature):
        if kind in timed:
            return name, kind
    fail("the program has no argument over time")


def with_static_steps(text, steps):
    text = re.sub(rf"^(!\w+ = tensor<){CANONICAL_STEPS}(?=x)", rf"\g<1>{steps}", text, flags=re.M)
    return text.replace(f"arith.constant {CANONICAL_STEPS} : index", f"arith.constant {steps} : index")


def with_dynamic_steps(text):
    constant = f"%steps = arith.constant {CANONICAL_STEPS} : index"
    while constant in text:
        at = text.index(constant)
        name, kind = find_time_argument(text, text.rindex("func.func", 0, at))
        text = text.replace(
            constant,
            f"%time_axis = arith.constant 0 : index\n  %steps = tensor.dim %{name}, %time_axis : {kind}",
            1,
        )
    return re.sub(rf"^(!\w+ = tensor<){CANONICAL_STEPS}(?=x)", r"\g<1>?", text, flags=re.M)


# Inputs


def read_entry(text):
    """Name and arguments [(name, shape, element type)] of the public function."""
    aliases = dict(re.findall(r"^(!\w+) = tensor<([^>]*)>", text, re.M))
    entry = re.search(r"^func\.func @(\w+)\((.*?)\)\s*->", text, re.M | re.S)
    arguments = []
    for name, kind in re.findall(r"%(\w+): (!\w+)", entry.group(2)):
        *shape, element = aliases[kind].split("x")
        arguments.append((name, [int(extent) for extent in shape], element))
    return entry.group(1), arguments


def write_inputs(folder, text, fill):
    rules = {**dict(re.findall(r"^// INPUT (\w+): (.*)$", text, re.M)), **fill}
    options = []
    for name, shape, element in read_entry(text)[1]:
        generator = random.Random(zlib.crc32(name.encode()))
        kind, *numbers = rules.get(name, "normal 0.3").split()
        count = math.prod(shape)
        if kind == "int":
            values = [generator.randint(int(numbers[0]), int(numbers[1])) for _ in range(count)]
        else:
            values = [generator.gauss(0.0, float(numbers[0])) for _ in range(count)]
        path = folder / f"{name}.npy"
        npy.write(path, element, shape, values)
        options += ["--input", f"{name}={path}"]
    return options


# Running


class Runner:
    def __init__(self, process, options):
        self.process = process
        self.options = options

    def __call__(self, program, *options, status=0):
        words = [str(program), *self.options, *options]
        done, output, errors = self.process.run(words)
        if done != status:
            fail(f"exit {done} instead of {status}\nremat-run {' '.join(words)}\n{output}{errors}")
        return output

    def report(self, program, budget, *options, status=0):
        options = ["--json", "--repeat", "0", "--check-identical", "off", "--budget", str(budget), *options]
        return json.loads(self(program, *options, status=status))


def bits(report):
    return {result["name"]: result["sha256"] for result in report["results"]}


def choose_budgets(smallest, largest, most):
    """At most `most`, from the smallest to the largest, evenly on a logarithmic scale, one per 64 bytes at most."""
    if largest <= smallest:
        return [smallest]
    budgets = set()
    for i in range(most - 1):
        exact = smallest * (largest / smallest) ** (i / (most - 1))
        budgets.add(max(smallest, int(exact) // 64 * 64))
    return sorted(budgets | {largest})


def check_report(report, what):
    if not report["measured_peak_bytes"] == report["planned_peak_bytes"]:
        fail(f"{what}: measured peak {report['measured_peak_bytes']}, planned {report['planned_peak_bytes']}")
    if report["budget_bytes"] is not None and report["measured_peak_bytes"] > report["budget_bytes"]:
        fail(f"{what}: peak {report['measured_peak_bytes']} above the budget")


def lower(remat_opt, program, budget, expansion):
    """The program as a module of the LLVM dialect."""
    pipeline = f"--remat-to-cpu=isa=generic budget={budget} expansion={expansion}"
    done = subprocess.run([remat_opt, str(program), pipeline], capture_output=True, text=True)
    if done.returncode != 0:
        fail(f"remat-opt {pipeline}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def check_unrolled(run, program, steps):
    """Returns the smallest budget."""
    whole = run.report(program, "unlimited")
    smallest, largest = whole["minimum_budget_bytes"], whole["store_all_bytes"]
    # Few steps have few plans.
    most = QUICK_BUDGETS if steps >= FULL_STEPS else 2
    for budget in choose_budgets(smallest, largest, most):
        what = f"{steps} steps, budget {budget}, unrolled"
        table = whole if budget == largest else run.report(program, budget)
        unrolled = run.report(program, budget, "--expansion", "unrolled")
        check_report(unrolled, what)
        if unrolled["walk_bytes"] != 0:
            fail(f"{what}: a walk of {unrolled['walk_bytes']} bytes")
        expected = {field: table[field] for field in ["forward_steps", "reverse_steps"]}
        for field in ["planned_peak_bytes", "measured_peak_bytes"]:
            expected[field] = table[field] - table["walk_bytes"]
        for field, value in expected.items():
            if unrolled[field] != value:
                fail(f"{what}: {field} is {unrolled[field]}, with a table {value}")
        if bits(unrolled) != bits(table):
            fail(f"{what}: other bits than with a table")
        print(f"{what}: forward steps {unrolled['forward_steps']}")
    return smallest


def check_expansions(remat_opt, program, budget):
    """The two forms are two forms."""
    for expansion, walks in [("table", True), ("unrolled", False)]:
        if walks != ("call @rematWalkNext" in lower(remat_opt, program, budget, expansion)):
            fail(f"{expansion}: {'no table is' if walks else 'a table is'} walked")


def check_counts(forward, steps, loops, empty_tape, policy):
    """Forward steps for ascending budgets, from the smallest feasible one to that of keeping everything."""
    budgets, counts = list(forward), list(forward.values())
    if min(counts) < loops * steps or (policy != "online" and counts != sorted(counts, reverse=True)):
        fail(f"{steps} steps: forward steps {counts} for growing budgets {budgets}")
    if policy == "optimal":
        if counts[-1] != loops * steps:
            fail(f"{steps} steps: {counts[-1]} forward steps in what keeping everything takes")
        if steps >= 7 and empty_tape != (counts[0] == counts[-1]):
            fail(f"{steps} steps: {counts[0]} forward steps at the smallest budget, {counts[-1]} unlimited")
    print(f"steps {steps}: budgets {budgets}, forward steps {counts}")


def check_gradient(run, program, steps):
    checked = program.with_name("checked.mlir")
    checked.write_text(without_stops(program.read_text()))
    checks = run(checked, "--check-gradient", "--repeat", "0", "--check-identical", "off")
    if steps == FULL_STEPS and "hidden by rounding" in checks:
        fail(f"{steps} steps: a gradient is too small to be checked\n{checks}")


def get_most_budgets(steps, quick):
    if quick or steps < FULL_STEPS:
        return QUICK_BUDGETS
    return FULL_BUDGETS if steps == FULL_STEPS else MANY_BUDGETS


def compare_plans(static, dynamic, what):
    # Two plans for the same buffers are the same; knowing the length can change the buffers.
    same_buffers = dynamic["store_all_bytes"] == static["store_all_bytes"]
    if same_buffers and dynamic["forward_steps"] != static["forward_steps"]:
        fail(f"{what}: {dynamic['forward_steps']} forward steps with a dynamic trip count, "
             f"{static['forward_steps']} with a static one")


def check_steps(run, static, dynamic, steps, loops, empty_tape, policy, quick):
    """One of the two programs may be missing."""
    unlimited = run.report(static or dynamic, "unlimited")
    check_report(unlimited, f"{steps} steps, unlimited")
    smallest, largest = unlimited["minimum_budget_bytes"], unlimited["store_all_bytes"]
    if smallest > 0 and run.report(static or dynamic, smallest - 1, status=3)["minimum_budget"] != smallest:
        fail(f"{steps} steps: another smallest budget than {smallest}")

    def attempt(program, budget):
        report = run.report(program, budget)
        what = f"{steps} steps, budget {budget}, {program.stem}"
        check_report(report, what)
        if bits(report) != bits(unlimited):
            fail(f"{what}: other bits than with everything kept")
        if report["reverse_steps"] != loops * steps:
            fail(f"{what}: {report['reverse_steps']} reverse steps")
        return report

    lowest = attempt(static or dynamic, smallest)
    swept = static or dynamic
    if static and dynamic:
        whole = attempt(dynamic, "unlimited")
        compare_plans(unlimited, whole, f"{steps} steps, unlimited")
        # Knowing that there are no steps, the compiler removes the loop and its buffers.
        if steps:
            needed = whole["minimum_budget_bytes"]
            report = attempt(dynamic, max(smallest, needed))
            if needed == smallest:
                compare_plans(lowest, report, f"{steps} steps, budget {smallest}")
            # Most budgets go to the code that is the same for all of them. In the other one, plans are constants.
            if steps >= FULL_STEPS:
                for budget in choose_budgets(smallest, largest, 3)[1:-1]:
                    attempt(static, budget)
            swept, smallest, largest = dynamic, whole["minimum_budget_bytes"], whole["store_all_bytes"]
    budgets = choose_budgets(smallest, largest, get_most_budgets(steps, quick))
    check_counts({budget: attempt(swept, budget)["forward_steps"] for budget in budgets}, steps, loops, empty_tape, policy)


def check_narrow(run, program, kind):
    what = f"in {kind}"
    # What rounding to eight bits may do to a gradient through seven steps is more than the gradient.
    check = ["--check-gradient"] if kind == "f16" else []
    unlimited = run.report(program, "unlimited", "--policy", "optimal", *check)
    for policy, budget in [("optimal", unlimited["minimum_budget_bytes"]), ("revolve", 2 * unlimited["store_all_bytes"])]:
        report = run.report(program, budget, "--policy", policy)
        check_report(report, f"{what}, budget {budget}")
        if bits(report) != bits(unlimited):
            fail(f"{what}, budget {budget}, policy {policy}: other bits than with everything kept")
    # Gradients of a loss that is scaled down to nothing are denormals of f16, if they are anything.
    errors = [result["relative_error"] for result in unlimited.get("type_checks", []) if not result["undecided"]]
    if errors and max(errors) > HALF_TOLERANCE:
        fail(f"{what}: the gradient is off by {max(errors)} of its norm")
    print(f"{what}: the same bits" + (f", gradients off by at most {max(errors):.1e}" if errors else ""))


def make_parser():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--remat-run-many", required=True)
    parser.add_argument("--remat-opt", help="for --unrolled")
    parser.add_argument("--target-cpu", help="the processor to make code for; by default this machine's")
    parser.add_argument("--steps", type=int, nargs="+", default=[0, 1, 2, 3, 7, 37, 1000])
    parser.add_argument("--resize", nargs="*", default=[], metavar="OLD=NEW")
    parser.add_argument("--fill", nargs="*", default=[], metavar="NAME=RULE")
    parser.add_argument("--static-only", action="store_true", help="leave the dynamic trip count out")
    parser.add_argument("--unrolled", action="store_true", help="compare the two forms of schedules")
    parser.add_argument("--gradients", type=int, default=1, help="how many gradients the program takes")
    parser.add_argument("--empty-tape", action="store_true", help="nothing is ever run twice")
    parser.add_argument("--policy", nargs="+", default=["optimal"], help="how to plan")
    parser.add_argument("--narrow", choices=["f16", "bf16"], nargs="*", help="types to run in place of f32")
    parser.add_argument("--quick", action="store_true", help="fewer trip counts and budgets")
    return parser


def main():
    arguments = make_parser().parse_args()

    fill = dict(pair.split("=") for pair in arguments.fill)
    text = resize(arguments.program.read_text(), dict(pair.split("=") for pair in arguments.resize))
    narrow = arguments.narrow
    if narrow is None:
        is_usual = arguments.policy == ["optimal"] and not arguments.unrolled and not arguments.quick
        narrow = choose_narrow(arguments.program.stem, text) if is_usual and FULL_STEPS in arguments.steps else []
    # Loops of scf that become recurrences stand in a function, two columns in; those in steps are further in.
    raised = len(re.findall(r"^  (?:%[\w, :%]+ = )scf\.(?:for|while) ", text, re.M))
    loops = arguments.gradients * (text.count("remat.recurrence ") + raised)
    target = ["--target-cpu", arguments.target_cpu] if arguments.target_cpu else []
    process = run_many.Process(arguments.remat_run_many)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        static, dynamic = folder / "static.mlir", folder / "dynamic.mlir"
        if arguments.static_only:
            dynamic = None
        else:
            dynamic.write_text(with_dynamic_steps(text))
        for steps in arguments.steps:
            if arguments.quick and steps not in QUICK_STEPS:
                continue
            instance = with_static_steps(text, steps)
            static.write_text(instance)
            inputs = write_inputs(folder, instance, fill)
            if arguments.unrolled:
                smallest = check_unrolled(Runner(process, inputs + target), static, steps)
                if steps == arguments.steps[-1]:
                    check_expansions(arguments.remat_opt, static, smallest)
                continue
            known = static if not dynamic or steps in STATIC_STEPS or steps == arguments.steps[-1] else None
            # A value over time that is no argument's has an extent that only the loop knows.
            checked = static if "seed(" in text else dynamic or static
            check_gradient(Runner(process, inputs + target), checked, steps)
            for policy in arguments.policy:
                run = Runner(process, inputs + target + ["--policy", policy])
                check_steps(run, known, dynamic, steps, loops, arguments.empty_tape, policy, arguments.quick)
        for kind in narrow:
            instance = with_float(with_static_steps(text, FULL_STEPS), kind)
            static.write_text(instance)
            if dynamic:
                dynamic.write_text(with_float(with_dynamic_steps(text), kind))
            check_narrow(Runner(process, write_inputs(folder, instance, fill) + target), dynamic or static, kind)
    if status := process.close():
        fail(f"the process ended with status {status}")


if __name__ == "__main__":
    main()
