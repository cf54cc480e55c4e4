#!/usr/bin/env python3
"""The numbers of Gruslys et al. 2016 (arXiv 1606.03401), computed by remat-plan.

    bench/papers/gruslys.py --remat-plan build/bin/remat-plan > docs/papers/Gruslys.md

Every number is a plan of remat-plan; docs/papers/Gruslys.md is the committed output, and a test compares the two.
Only the standard library is used.
"""

import argparse
import json
import math
import subprocess

STEPS = 1000


class Tool:
    def __init__(self, path):
        self.path = path
        self.known = {}

    def run(self, *arguments):
        done = subprocess.run([self.path, *map(str, arguments), "--json"], capture_output=True, text=True)
        if done.returncode not in (0, 3):
            raise SystemExit(done.stderr)
        return json.loads(done.stdout)

    def plan(self, policy, steps, tape, budget, start="pinned"):
        """A plan at a budget in states; backward steps take twice a forward step."""
        key = (policy, steps, tape, budget, start)
        if key not in self.known:
            self.known[key] = self.run("chain", "--policy", policy, "--steps", steps, "--tape", tape, "--budget", budget,
                                       "--start", start)
        return self.known[key]

    def forward(self, *arguments, **keywords):
        return self.plan(*arguments, **keywords)["forward"]

    def ism(self, steps, tapes, tape=5):
        """`tapes` counts the one in the core, as the paper does."""
        return self.forward("ism", steps, tape, 1 + tape * (tapes - 1))

    def times(self, policy, tape, start):
        """The forward steps at every budget up to that of keeping everything."""
        points = self.run("frontier", "--policy", policy, "--steps", STEPS, "--tape", tape, "--start", start,
                          "--points", 100000)
        result, at = [], None
        by_budget = {point["budget"]: point for point in points}
        for budget in range(STEPS * tape + 1):
            at = by_budget.get(budget, at)
            result.append(at["forward"] if at else None)
        return result


def table(header, rows):
    print("| " + " | ".join(map(str, header)) + " |")
    print("|" + " --- |" * len(header))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print()


def ratio(forward, steps=STEPS):
    """Time over that of keeping everything."""
    return f"{(forward / steps + 2) / 3:.3f}"


def time_and_memory(tool):
    print(f"## Time against memory at T = {STEPS}\n")
    print("Forward steps. Memory is a share of T tapes; a tape is as large as A states. For ism, memory counts tapes "
          "with the one in the core. The optimum may release the initial state, the published policies keep it.\n")
    rows = []
    for percent in (10, 5, 2, 1):
        for tape in (1, 2, 3, 5, 8):
            budget = STEPS * tape * percent // 100
            plan = tool.plan("optimal", STEPS, tape, budget, start="releasable")
            msm = tool.forward("msm", STEPS, tape, budget)
            rows.append([tape, f"{percent} %", tool.forward("revolve", STEPS, tape, budget),
                         tool.ism(STEPS, STEPS * percent // 100, tape), msm, plan["forward"],
                         "yes" if plan["certified"] else "no", int(plan["bound_any_schedule"]) - 2 * STEPS,
                         ratio(msm), ratio(plan["forward"])])
    table(["A", "memory", "revolve (HSM)", "ism", "msm", "optimal", "certified", "any schedule", "msm time, b = 2",
           "optimal time, b = 2"], rows)
    print("\"Length 1000 ... saves 95% of memory ... one third more time per iteration than standard BPTT\" is the row at "
          "5 %: the time of msm is 1.317 times that of keeping everything if a backward step takes as long as two "
          "forward steps, for any A. No schedule of any kind is faster by more than one forward step.\n")


def one_third(tool):
    print("## One third more time\n")
    print("The least memory in which T steps take at most 2 T forward steps.\n")
    rows = []
    for steps, tape in [(STEPS, 1), (STEPS, 2), (STEPS, 3), (STEPS, 4), (STEPS, 5), (STEPS, 8), (10000, 5)]:
        row = [steps, tape]
        for policy, start in (("msm", "pinned"), ("optimal", "releasable")):
            low, high = 1, steps * tape
            while low < high:
                middle = (low + high) // 2
                if tool.forward(policy, steps, tape, middle, start=start) <= 2 * steps:
                    high = middle
                else:
                    low = middle + 1
            row += [low, f"{100 * low / (steps * tape):.2f} %"]
        rows.append(row)
    table(["T", "A", "msm, states", "share", "optimal, states", "share"], rows)


def curves(tool):
    print("## The curves of the figures\n")
    print("Forward steps per step, C / T.\n")
    print(f"HSM with m states at T = {STEPS}:\n")
    slots = (10, 50, 100, 500, 1000)
    table(["m", *slots], [["C / T", *(f"{tool.forward('revolve', STEPS, 5, m) / STEPS:.3f}" for m in slots)]])
    print("HSM, ISM and MSM in equal memory, A = 5:\n")
    rows = []
    for tapes in (10, 20):
        for steps in (100, 200, 250, 300, 500, 1000):
            rows.append([f"{tapes} tapes = {5 * tapes} states", steps,
                         *(f"{count / steps:.3f}" for count in (
                             tool.forward("revolve", steps, 5, 5 * tapes), tool.ism(steps, tapes),
                             tool.forward("msm", steps, 5, 5 * tapes)))])
    table(["memory", "T", "HSM", "ISM", "MSM"], rows)

    print("Chen's scheme against MSM, A = 5: memory in states over the square root of T at C = 2 T, and C / T in "
          "4 sqrt(T) states:\n")
    rows = []
    for steps in (100, 400, 1000, 2500, 10000):
        root = math.isqrt(steps - 1) + 1
        chen = root * (1 + 5)
        low, high = 1, 5 * steps
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if tool.forward("msm", steps, 5, middle) <= 2 * steps else (middle + 1, high)
        four = 4 * root
        rows.append([steps, chen, f"{chen / math.sqrt(steps):.2f}", low, f"{low / math.sqrt(steps):.2f}",
                     f"{tool.forward('msm', steps, 5, four) / steps:.3f}",
                     f"{tool.forward('revolve', steps, 5, four) / steps:.3f}"])
    table(["T", "Chen, states", "/ sqrt(T)", "MSM, states", "/ sqrt(T)", "MSM in 4 sqrt(T)", "HSM in 4 sqrt(T)"], rows)


def bound(tool):
    print("## Cost against the bound m T^(1 + 1/m)\n")
    print("HSM with m states: forward steps, over the bound of the paper, and over the asymptote "
          "T + m / (m + 1) (m!)^(1/m) T^(1 + 1/m).\n")
    rows = []
    for m in (2, 3, 5, 10, 20, 50):
        for steps in (100, 1000, 10000, 1000000):
            count = tool.forward("revolve", steps, 1, m)
            limit = m * steps ** (1 + 1 / m)
            if count > limit:
                raise SystemExit(f"m = {m}, T = {steps}: {count} is above the bound {limit}")
            asymptote = steps + m / (m + 1) * math.factorial(m) ** (1 / m) * steps ** (1 + 1 / m)
            rows.append([m, steps, count, f"{count / limit:.4f}", f"{count / asymptote:.4f}"])
    table(["m", "T", "C", "C / bound", "C / asymptote"], rows)


def repaired(tool):
    print("## Where MSM as published is not optimal\n")
    print("The smallest cases:\n")
    rows = []
    for tape, steps, budget, start in [(3, 7, 3, "external"), (2, 2, 2, "releasable")]:
        rows.append([tape, steps, f"{budget} states, start {start}", tool.forward("msm", steps, tape, budget, start=start),
                     tool.forward("optimal", steps, tape, budget, start=start)])
    table(["A", "T", "memory", "msm", "optimal"], rows)
    print(f"At T = {STEPS}, over every budget from one state to all tapes. \"Kept\": the optimum keeps the initial state "
          "too, so the rules are the same for both; \"released\": it may give it up.\n")
    rows = []
    for tape in (1, 2, 3, 5, 8):
        msm = tool.times("msm", tape, "pinned")
        for name, start in (("kept", "pinned"), ("released", "releasable")):
            best = tool.times("optimal", tape, start)
            gains = [(old - new) / old for old, new in zip(msm, best) if old is not None and new is not None]
            budgets = [budget for budget, (old, new) in enumerate(zip(msm, best)) if old is not None]
            beaten = [(gain, budget) for gain, budget in zip(gains, budgets) if gain > 0]
            gain, where = max(beaten, key=lambda pair: (pair[0], -pair[1])) if beaten else (0, 0)
            small = [gain for gain, budget in zip(gains, budgets) if budget <= STEPS * tape // 20]
            most = max((budget for gain, budget in beaten if gain * STEPS > 1), default=0)
            rows.append([tape, name, f"{sum(gain > 0 for gain in small)} of {len(small)}",
                         f"{100 * sum(small) / len(small):.2f} %", f"{100 * gain:.2f} %",
                         f"{where} ({msm[where]} to {best[where]})" if beaten else "-",
                         f"{100 * most / (STEPS * tape):.2f} %" if most else "-"])
    table(["A", "initial state", "budgets up to 5 % where beaten", "mean gain there", "largest gain", "at budget",
           "gains above one step in a thousand up to"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--remat-plan", default="build/bin/remat-plan")
    tool = Tool(parser.parse_args().remat_plan)
    print("# Gruslys et al. 2016 in numbers\n")
    print("Computed by `bench/papers/gruslys.py`; each number is a plan of `remat-plan`.\n")
    time_and_memory(tool)
    one_third(tool)
    curves(tool)
    bound(tool)
    repaired(tool)


if __name__ == "__main__":
    main()
