"""What --target-features does to the processor of this machine.

    check_features.py remat-run PROGRAM.mlir [--missing]

Without AVX-512 code is for AVX2 if /proc/cpuinfo lists that, and its results have the same bits. With
--missing: code with instructions that the processor lacks is refused, with the status of a target that
is not available.
"""

import json
import pathlib
import subprocess
import sys

remat_run, program, *mode = sys.argv[1:]
flags = next(line for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags")).split()


def run(*options):
    return subprocess.run([remat_run, program, "--json", *options], capture_output=True, text=True)


if mode:
    missing = next(name for name in ["fma4", "xop", "sse4a"] if name not in flags)
    done = run(f"--target-features=+{missing}")
    assert done.returncode == 5, done
    assert f"it has no " in done.stderr and missing in done.stderr, done.stderr
else:
    host, less = json.loads(run().stdout), json.loads(run("--target-features=-avx512f").stdout)
    assert less["target_cpu"] == host["target_cpu"]
    assert less["instruction_set"] == ("avx2" if {"avx2", "fma"} <= set(flags) else "generic")
    if less["instruction_set"] == "avx2":
        assert less["results"] == host["results"], "other bits with smaller vectors"
