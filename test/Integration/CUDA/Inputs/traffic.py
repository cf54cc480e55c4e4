"""Reads logs of the stand-in: by how much the sectors of 32 bytes that the kernels of a program touch exceed the bytes
that they ask for."""

import re
import sys

LIMIT = 1.5

for path in sys.argv[1:]:
    kernels = re.findall(r"^traffic of (\S+): (\d+) bytes, (\d+) sectors$", open(path).read(), re.M)
    asked = sum(int(count) for _, count, _ in kernels)
    if asked == 0:
        sys.exit(f"traffic: no kernel in {path}")
    ratio = sum(int(sectors) for _, _, sectors in kernels) * 32 / asked
    if ratio > LIMIT:
        sys.exit(f"traffic: {path}: {ratio:.2f} times the {asked} bytes that {len(kernels)} kernels ask for")
    print(f"{len(kernels)} kernels, {ratio:.2f} times {asked} bytes")
