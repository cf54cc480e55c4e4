"""Demands that a run has the results of a report: compare_digests.py REPORT.json remat-run ARGUMENTS..."""

import json
import subprocess
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    expected = json.load(file)["results"]
done = subprocess.run([*sys.argv[2:], "--json"], capture_output=True, text=True, check=True)
found = json.loads(done.stdout)["results"]
if not expected:
    sys.exit("compare_digests.py: the report has no results")
for left, right in zip(expected, found, strict=True):
    if left != right:
        sys.exit(f"compare_digests.py: expected {left}, but got {right}")
