"""Compiles programs and fails if one of them has a buffer that is written and never read.

    unread_buffers.py REMAT_OPT PROGRAM.mlir ...

remat-erase-unread names such a buffer in a remark. The budget is too small for what has a plan, so what follows
that pass is not run. A program that is refused for another reason has no such buffer; at most one in twenty may
be refused, so that this says something.
"""

import subprocess
import sys


def main():
    remat_opt, *programs = sys.argv[1:]
    refused, unread = [], []
    for program in programs:
        command = [remat_opt, program, "--remat-to-cpu=isa=generic budget=0", "--remarks-filter-missed=remat-memory"]
        done = subprocess.run([*command, "-o", "/dev/null"], capture_output=True, text=True)
        unread += [line for line in done.stderr.split("\n") if "UnreadBuffer" in line]
        if done.returncode != 0 and "the smallest feasible budget is" not in done.stderr:
            refused.append(program)
    if len(programs) < 50 or 20 * len(refused) > len(programs):
        sys.exit(f"unread_buffers: of {len(programs)} programs {len(refused)} are refused: {refused}")
    if unread:
        sys.exit("unread_buffers: nobody reads what these are written for\n" + "\n".join(unread))


if __name__ == "__main__":
    main()
