"""Checks the JSON report of Inputs/rnn.mlir on standard input."""

import json
import sys

report = json.load(sys.stdin)
expected = {
    "entry": "rnn", "target": "cpu", "threads": 1, "steps": 20, "policy": "optimal", "reverse_steps": 20,
    "heap_allocations": 0, "bit_identical": True,
}
for key, value in expected.items():
    assert report[key] == value, (key, report[key])
assert report["measured_peak_bytes"] == report["planned_peak_bytes"] <= report["budget_bytes"] < report["store_all_bytes"]
assert 0 < report["walk_bytes"] < report["planned_peak_bytes"] and report["walk_bytes"] % 64 == 0
assert report["total_bytes"] == report["planned_peak_bytes"] + report["parameter_copy_bytes"]
assert report["forward_steps"] == report["planned_forward_steps"] > 20
assert isinstance(report["certified"], bool)
assert report["compile_seconds"] > 0 and report["object_bytes"] > 0
assert report["planned_time_ratio"] >= report["lower_bound_time_ratio"] > 1
for times in (report["seconds"], report["cpu_seconds"]):
    assert times["runs"] == 3 and times["min"] <= times["median"] <= times["max"]
assert [(result["name"], result["shape"], result["dtype"]) for result in report["results"]] == [
    ("loss", [], "f32"), ("d_w", [4, 4], "f32")]
assert all(len(result["sha256"]) == 64 for result in report["results"])
