"""Runs the programs of the CPU's tests on a GPU, or on what stands in for one, and compares each bit with a processor.

    device_sweep.py --remat-run-many PATH --driver LIBRARY --programs FOLDER --examples FOLDER [--part 0/4] [--only NAME] [--all]

The programs, their sizes and what fills their arguments are those of the lines `RUN: %sweep` in FOLDER. On the processor
each runs with the options that the report of the other run names. Checked are, for each run on the device,

  * the digest of each result: that of the processor, which does not depend on the budget, the form of the schedule,
    the order of blocks (of a stand-in) or on whether the trip count is known;
  * steps: as many as were planned, and as many reverse steps as the processor needs;
  * the peak: measured == planned <= budget, and the guard behind the arena is not touched; one that
    begins 64 bytes earlier is;
  * the smallest budget, with a dynamic trip count: at most that of the processor, whose layouts may take memory.

There are, of each program, f32, f64, f16 and bf16, trip counts 0, 1, 2, 3, 7 and 37 that are static or dynamic, the
smallest budget, 20 % and no budget, the two forms of schedules and three orders of blocks. All of them take hours: by default a
program runs with one type and one order, with a dynamic trip count for each of them, whose code is the same, and once
with a static one. Which, its name decides. With --all everything runs; with --quick, which slow instrumented builds
ask for, only few trip counts.

A program that does not run there has a line `// CUDA none: reason`. Only the standard library is used.
"""

import argparse
import os
import pathlib
import sys
import tempfile
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "CPU"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "lib"))
import run_many
import sweep
from device_programs import choose, get_kinds, read_lines

STEPS = [0, 1, 2, 3, 7, 37]
QUICK_STEPS = [0, 3, 7]
SEEDS = [0, 1, 7]
BUDGETS = ["min", "20%", "unlimited"]
# The unrolled form of more steps is long to compile.
UNROLLED_STEPS = 7
PROCESSOR = ["--target", "cpu", "--math", "portable", "--denormals", "keep"]


class Sweep:
    def __init__(self, options):
        self.options = options
        self.device = {
            seed: run_many.Process("env", f"REMAT_CUDA_DRIVER={options.driver}", f"REMAT_STANDIN_SEED={seed}",
                                   options.remat_run_many)
            for seed in SEEDS
        }
        # A context that saw a fault is lost, and the process with it.
        self.faulty = run_many.Process("env", f"REMAT_CUDA_DRIVER={options.driver}", options.remat_run_many)
        self.processor = run_many.Process(options.remat_run_many)
        self.runs = 0

    def close(self):
        for process in [*self.device.values(), self.processor, self.faulty]:
            if status := process.close():
                sweep.fail(f"a process ended with status {status}")

    def compare(self, seed, program, inputs, budget, expected, what, *options):
        run = sweep.Runner(self.device[seed], inputs + ["--target", "cuda", *options])
        if budget == "20%":
            whole = run.report(program, "unlimited")
            budget = max(whole["minimum_budget_bytes"], whole["store_all_bytes"] // 5)
        report = run.report(program, budget, "--guard", "0")
        self.runs += 1
        what = f"{what}, budget {budget}, order {seed}{', unrolled' if 'unrolled' in options else ''}"
        sweep.check_report(report, what)
        if report["same_bits_with"].split() != PROCESSOR:
            sweep.fail(f"{what}: the bits are said to be those of {report['same_bits_with']}")
        if sweep.bits(report) != sweep.bits(expected):
            wrong = [name for name, digest in sweep.bits(report).items() if sweep.bits(expected)[name] != digest]
            sweep.fail(f"{what}: other bits than on the processor in {', '.join(wrong)}")
        if report["forward_steps"] != report["planned_forward_steps"]:
            sweep.fail(f"{what}: {report['forward_steps']} forward steps, planned {report['planned_forward_steps']}")
        if report["reverse_steps"] != expected["reverse_steps"]:
            sweep.fail(f"{what}: {report['reverse_steps']} reverse steps, the processor {expected['reverse_steps']}")
        if report["parameter_copy_bytes"] != 0:
            sweep.fail(f"{what}: copies of parameters")
        return report

    def check_guard(self, program, inputs, what):
        """The last bytes of the arena are used."""
        words = [str(program), *inputs, "--target", "cuda", "--repeat", "0", "--check-identical", "off", "--guard=-64"]
        status, output, errors = self.faulty.run(words)
        if status != 6 or "CUDA_ERROR_ILLEGAL_ADDRESS" not in errors:
            sweep.fail(f"{what}: a guard inside of the arena is not touched, exit {status}\n{output}{errors}")
        self.faulty.close()
        self.faulty.process = None

    def check(self, name, arguments):
        text = arguments.program.read_text()
        if "// CUDA none: " in text:
            return
        text = sweep.resize(text, dict(pair.split("=") for pair in arguments.resize))
        fill = dict(pair.split("=") for pair in arguments.fill)
        kinds = get_kinds(text)
        steps = [count for count in (QUICK_STEPS if self.options.quick else STEPS) if count in arguments.steps]
        if not steps:
            return
        everything = self.options.all
        seeds = SEEDS if everything else [choose(SEEDS, name, "order")]
        static_steps = steps if everything else [choose([n for n in steps if n <= UNROLLED_STEPS], name, "static")]
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            static, dynamic = folder / "static.mlir", folder / "dynamic.mlir"
            for kind in kinds if everything else [choose(kinds, name, "type")]:
                if not arguments.static_only:
                    dynamic.write_text(sweep.with_float(sweep.with_dynamic_steps(text), kind))
                for place, count in enumerate(steps):
                    instance = sweep.with_float(sweep.with_static_steps(text, count), kind)
                    static.write_text(instance)
                    inputs = sweep.write_inputs(folder, instance, fill)
                    what = f"{name}, {kind}, {count} steps"
                    runs_static = count in static_steps
                    if arguments.static_only and not runs_static:
                        continue
                    reference = sweep.Runner(self.processor, inputs + PROCESSOR)
                    expected = reference.report(static if arguments.static_only else dynamic, "unlimited")
                    for seed in seeds:
                        if not arguments.static_only:
                            for budget in BUDGETS if everything else [BUDGETS[(zlib.crc32(name.encode()) + place) % len(BUDGETS)]]:
                                report = self.compare(seed, dynamic, inputs, budget, expected, f"{what}, dynamic")
                                smallest = [run["minimum_budget_bytes"] for run in [report, expected]]
                                if smallest[0] > smallest[1]:
                                    sweep.fail(f"{what}: a smallest budget of {smallest[0]}, of the processor {smallest[1]}")
                        if not runs_static:
                            continue
                        forms = ["table", "unrolled"] if count <= UNROLLED_STEPS or everything else ["table"]
                        for form in forms if everything else [choose(forms, name, "form")]:
                            for budget in BUDGETS if everything else [choose(BUDGETS, name, "budget")]:
                                self.compare(seed, static, inputs, budget, expected, f"{what}, static", "--expansion", form)
                    # Behind an array a device has memory that can be touched.
                    guarded = count == max(static_steps) and count > 0 and "standin" in self.options.driver
                    if guarded and (everything or choose(range(4), name, "guard") == 0):
                        self.check_guard(static, inputs, what)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--remat-run-many", required=True)
    parser.add_argument("--driver", required=True, help="the library to load, libcuda.so.1 for a GPU")
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="the folder with the CPU's tests")
    parser.add_argument("--examples", type=pathlib.Path, required=True)
    parser.add_argument("--part", default="0/1", metavar="I/N", help="which of N parts of the programs")
    parser.add_argument("--only", nargs="*", help="names of programs")
    parser.add_argument("--all", action="store_true", help="everything, which takes hours")
    parser.add_argument("--quick", action="store_true", help="fewer trip counts")
    parser.add_argument("--seconds", type=float, help="no program begins after so many")
    parser.add_argument("--keep-going", action="store_true", help="fail at the end")
    options = parser.parse_args()

    part, parts = map(int, options.part.split("/"))
    runs, failures, begin = Sweep(options), [], os.times().elapsed
    for place, (name, arguments) in enumerate(read_lines(options.programs, options.examples).items()):
        if place % parts != part or (options.only and name not in options.only):
            continue
        start = os.times()
        if options.seconds and start.elapsed - begin > options.seconds:
            break
        before = runs.runs
        try:
            runs.check(name, arguments)
        except SystemExit as error:
            if not options.keep_going:
                raise
            failures.append(str(error.code))
            print(error.code, flush=True)
        print(f"{name}: {runs.runs - before} runs, {os.times().elapsed - start.elapsed:.1f} s", flush=True)
    runs.close()
    if failures:
        sweep.fail(f"{len(failures)} programs failed")


if __name__ == "__main__":
    main()
