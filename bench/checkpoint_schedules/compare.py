"""Plays the schedules of the package checkpoint_schedules, and sets their totals beside those of remat-plan.

Every schedule is converted (convert.py), played by `remat-plan verify` without a budget, and compared with plans of
remat-plan for the memory that it needed. Ends with an error if a schedule breaks a rule, if one of the policies that
are the same in both does not have the same total, or if a plan is worse than the schedule of the package.
"""

import argparse
import contextlib
import io
import json
import subprocess
import tempfile

from checkpoint_schedules import (DiskRevolve, HRevolve, MixedCheckpointSchedule, MultistageCheckpointSchedule,
                                  PeriodicDiskRevolve, Revolve, SingleDiskStorageSchedule, SingleMemoryStorageSchedule,
                                  StorageType, TwoLevelCheckpointSchedule)
from convert import convert

# The sizes of the package's own tests, of which every snapshot count is taken up to 10 steps.
CASES = [(1, [1]), (2, [1]), (3, [1, 2]), (5, [2]), (10, range(2, 10)), (100, [1, 2, 5, 10, 20, 50, 99]),
         (250, range(25, 250, 75))]
WRITE = READ = 2


class Tool:
    def __init__(self, path, folder):
        self.path = path
        self.folder = folder

    def run(self, *arguments, stdin=None):
        done = subprocess.run([self.path, *map(str, arguments), "--json"], capture_output=True, text=True, input=stdin)
        if done.returncode not in (0, 4):
            raise SystemExit(done.stderr)
        return json.loads(done.stdout), done.stderr

    def problem(self, steps, restartable, is_slow):
        stage = {"count": steps, "advance": 1, "record": 1, "reverse": 1, "state": 1, "tape": 1,
                 "restartable": restartable}
        slow = {"write": WRITE, "read": READ, "blocking": True}
        path = f"{self.folder}/problem.json"
        with open(path, "w") as file:
            json.dump({"kind": "chain", "stages": [stage], "slow": slow if is_slow else None}, file)
        return path

    def play(self, schedule, steps, is_slow):
        lines = "".join(json.dumps(action) + "\n" for action in convert(schedule, steps))
        result, error = self.run("verify", self.problem(steps, False, is_slow), "-", stdin=lines)
        if not result["valid"]:
            raise SystemExit(f"{type(schedule).__name__}, {steps} steps: {error}")
        return result

    def plan(self, policy, steps, budget, is_slow, restartable):
        plan, _ = self.run("chain", self.problem(steps, restartable, is_slow), "--policy", policy, "--budget", budget)
        return plan


def in_memory(steps, slots):
    yield "Revolve", Revolve(steps, slots), "revolve", slots
    yield "Multistage, all in memory", MultistageCheckpointSchedule(steps, slots, 0), "revolve", slots
    yield "Mixed", MixedCheckpointSchedule(steps, slots, storage=StorageType.RAM), "mixed", slots
    if slots == 1:
        yield "SingleMemoryStorage", SingleMemoryStorageSchedule(), "store-all", steps


def with_disk(steps, slots):
    costs = {"wd": WRITE, "rd": READ}
    fast = max(slots // 3, 1)
    if slots >= 3:
        yield "HRevolve", HRevolve(steps, fast, slots - fast, **costs), "h-revolve"
        yield "Multistage", MultistageCheckpointSchedule(steps, fast, slots - fast), "h-revolve"
    if slots < steps:
        yield "DiskRevolve", DiskRevolve(steps, slots, **costs), "disk-revolve"
        with contextlib.redirect_stdout(io.StringIO()):  # It prints its period.
            periodic = PeriodicDiskRevolve(steps, slots, **costs)
        yield "PeriodicDiskRevolve", periodic, "disk-revolve"
        yield "TwoLevel, period 5", TwoLevelCheckpointSchedule(5, slots, binomial_storage=StorageType.RAM), "disk-revolve"
    if slots == 1:
        yield "SingleDiskStorage", SingleDiskStorageSchedule(move_data=True), "disk-revolve"


def check(condition, *what):
    if not condition:
        raise SystemExit("unexpected: " + " ".join(map(str, what)))


def print_table(header, rows):
    for row in [header, ["---"] * len(header), *rows]:
        print("| " + " | ".join(map(str, row)) + " |")
    print()


def compare_in_memory(tool):
    rows, count = [], 0
    for steps, counts in CASES:
        for slots in counts:
            row = [steps, slots]
            for name, schedule, policy, budget in in_memory(steps, slots):
                played = tool.play(schedule, steps, is_slow=False)
                plan = tool.plan(policy, steps, budget, False, restartable=policy == "revolve")
                check(played["peak"] <= max(budget, 1), name, steps, slots, played)
                check(played["forward"] == plan["forward"], name, steps, slots, played, plan)
                count += 1
                if name in ("Revolve", "Mixed"):
                    row += [played["forward"], plan["forward"]]
            row.append(tool.plan("optimal", steps, slots, False, restartable=True)["forward"])
            rows.append(row)
    print("## In one memory\n")
    print("Forward steps; a state and a tape take one unit each. Revolve and Multistage are policy revolve, Mixed is "
          f"policy mixed, SingleMemoryStorage is store-all: all {count} schedules have the total of the policy, and no "
          "higher peak than its budget. The last column may restart from tapes, which the package does not.\n")
    print_table(["steps", "units", "Revolve", "revolve", "Mixed", "mixed", "optimal"], rows)


def compare_with_disk(tool):
    totals, rows = {}, []
    for steps, counts in CASES:
        for slots in counts:
            for name, schedule, policy in with_disk(steps, slots):
                played = tool.play(schedule, steps, is_slow=True)
                plan = tool.plan(policy, steps, played["peak"], True, restartable=False)
                best = tool.plan("optimal", steps, played["peak"], True, restartable=False)
                check(best["time"] <= plan["time"] <= played["time"], name, steps, slots, played, plan, best)
                entry = totals.setdefault(name, [0, 0, 0])
                entry[0] += 1
                entry[1 if plan["time"] < played["time"] else 2] += 1
                if steps >= 100 and slots in (1, 5, 10, 25, 50):
                    rows.append([name, steps, slots, played["peak"], played["forward"], f"{played['time']:g}", policy,
                                 plan["forward"], f"{plan['time']:g}", f"{best['time']:g}"])
    print("## With a disk\n")
    print(f"Writing and reading a state take {WRITE} steps each, and steps wait for them; every step takes 1, forward or "
          "backward. Memory is what the schedule of the package needed when it was played, with what is being copied. "
          "Time of the policy of remat-plan that is nearest, and of `optimal`, in the same memory:\n")
    print_table(["package", "steps", "units", "memory", "forward", "time", "policy", "forward", "time", "optimal"], rows)
    print("Over all cases, how often the nearest policy is faster or as fast. It is never slower than the package, and "
          "`optimal` never slower than either.\n")
    print_table(["package", "cases", "faster", "equal"],
                [[name, entry[0], *entry[1:]] for name, entry in totals.items()])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--remat-plan", default="build/bin/remat-plan")
    arguments = parser.parse_args()
    print("# The schedules of checkpoint_schedules\n")
    print("Computed by `bench/checkpoint_schedules/run`: the schedules of the Python package checkpoint_schedules 1.0.4 "
          "(Dolci et al. 2024, JOSS), converted to actions and played by `remat-plan verify`. None of them breaks a "
          "rule.\n")
    with tempfile.TemporaryDirectory() as folder:
        tool = Tool(arguments.remat_plan, folder)
        compare_in_memory(tool)
        compare_with_disk(tool)


if __name__ == "__main__":
    main()
