"""Runs every example with the budget that the table of examples/README.md gives for it.

    run_budgets.py EXAMPLES remat-run [OPTION...]
"""

import json
import pathlib
import re
import subprocess
import sys

examples, *command = sys.argv[1:]
examples = pathlib.Path(examples)
rows = re.findall(r"^\| `(\w+\.mlir)` +\| (\S+) +\|", (examples / "README.md").read_text(), re.M)
named = sorted(name for name, _ in rows)
present = sorted(path.name for path in examples.glob("*.mlir"))
assert named == present, f"the table has {named}, the folder {present}"
for name, budget in rows:
    options = ["--budget", budget, "--repeat", "0", "--check-identical", "off", "--json"]
    done = subprocess.run([*command, str(examples / name), *options], capture_output=True, text=True)
    assert done.returncode == 0, f"{name} with a budget of {budget}: exit {done.returncode}\n{done.stderr}"
    report = json.loads(done.stdout)
    assert report["measured_peak_bytes"] <= report["budget_bytes"], report
    print(f"{name}: {budget}, {report['measured_peak_bytes']} bytes, {report['forward_steps']} forward steps")
