"""Checks that a plan uses its budget.

    budget_use.py --remat-run-many PATH PROGRAM.mlir [--budgets 100] [--resize 256=5 16=3]

For budgets from the smallest feasible one to that of keeping everything, evenly on a
logarithmic scale: as long as anything is run twice, less of the budget is left over
than one state and one tape take, with which another one could be kept.
"""

import argparse
import json
import pathlib
import tempfile

from sweep import Runner, choose_budgets, fail, resize, run_many


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--remat-run-many", required=True)
    parser.add_argument("--target-cpu", help="the processor to make code for; by default this machine's")
    parser.add_argument("--budgets", type=int, default=5, help="how many budgets")
    parser.add_argument("--resize", nargs="*", default=[], metavar="OLD=NEW")
    arguments = parser.parse_args()

    process = run_many.Process(arguments.remat_run_many)
    run = Runner(process, ["--target-cpu", arguments.target_cpu] if arguments.target_cpu else [])
    with tempfile.TemporaryDirectory() as folder:
        program, problem = pathlib.Path(folder) / "program.mlir", pathlib.Path(folder) / "problem.json"
        sizes = dict(pair.split("=") for pair in arguments.resize)
        program.write_text(resize(arguments.program.read_text(), sizes))
        unlimited = run.report(program, "unlimited", "--export-problem", str(problem))
        stage = json.loads(problem.read_text())["stages"][0]
        limit = stage["state"] + stage["tape"]
        largest = 0
        smallest = unlimited["minimum_budget_bytes"]
        for budget in choose_budgets(smallest, unlimited["store_all_bytes"], arguments.budgets):
            report = run.report(program, budget)
            left = budget - report["planned_peak_bytes"]
            if report["planned_time_ratio"] > 1:
                largest = max(largest, left)
                if left >= limit:
                    fail(f"budget {budget}: {left} bytes are left over, and a state and a tape take {limit}")
        print(f"smallest budget {smallest}: at most {largest} bytes are left over, and a state and a tape take {limit}")
    if status := process.close():
        fail(f"the process ended with status {status}")


if __name__ == "__main__":
    main()
