"""Compares frontier with chain at every budget: check_frontier.py REMAT_PLAN PROBLEM...

A budget is useful if no smaller one is as fast."""

import json
import subprocess
import sys


def run(command, *options):
    process = subprocess.run([sys.argv[1], command, *sys.argv[2:], *options, "--json"], capture_output=True,
                             text=True)
    return json.loads(process.stdout) if process.stdout else sys.exit(process.stderr)


rows = run("frontier", "--points", "1000")
expected = []
for budget in range(rows[0]["budget"], rows[-1]["budget"] + 1):
    plan = run("chain", "--budget", str(budget))
    if not expected or plan["time"] < expected[-1]["time"]:
        expected.append({key: plan[key] for key in ("budget", "forward", "time", "time_ratio", "lower_bound")})
if rows != expected:
    sys.exit(f"expects {expected}, but got {rows}")
print(len(rows), "useful budgets")
