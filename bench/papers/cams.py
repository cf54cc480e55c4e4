#!/usr/bin/env python3
"""The totals of CAMS (Zhang & Constantinescu 2023), set beside those of remat-plan.

    bench/papers/cams.py --remat-plan build/bin/remat-plan > docs/papers/Cams.md

The totals of CAMS are typed in: they are what its authors' own test program prints, and for ten steps and six units
what the picture in their README says. Only the standard library is used.
"""

import argparse
import json
import subprocess

# Steps, units, and recomputed steps: Revolve, CAMS for stiffly accurate methods, CAMS for general methods; two stages.
# Printed by test/dp_test.c of github.com/caidao22/cams at commit d45e9cc.
PUBLISHED = [
    (10, 2, 20, 20, 20), (10, 3, 15, 14, 14), (10, 5, 13, 8, 9), (10, 6, 12, 6, 8), (10, 10, 9, 4, 5),
    (10, 20, 9, 0, 0), (20, 2, 65, 65, 65), (20, 3, 45, 44, 44), (20, 5, 33, 28, 29), (20, 6, 32, 25, 26),
    (20, 10, 28, 14, 17), (20, 20, 19, 9, 10), (20, 40, 19, 0, 0), (50, 2, 285, 285, 285), (50, 3, 180, 178, 179),
    (50, 5, 122, 112, 115), (50, 6, 114, 97, 101), (50, 10, 88, 67, 68), (50, 20, 78, 39, 43), (50, 40, 58, 29, 31),
    (100, 2, 845, 845, 845), (100, 3, 490, 488, 489), (100, 5, 316, 299, 305), (100, 6, 280, 249, 257),
    (100, 10, 222, 167, 176), (100, 20, 178, 94, 103), (100, 40, 158, 79, 83), (300, 2, 4600, 4600, 4600),
    (300, 3, 2299, 2297, 2298), (300, 5, 1338, 1301, 1316), (300, 6, 1170, 1110, 1130), (300, 10, 836, 744, 754),
    (300, 20, 647, 487, 494), (300, 40, 558, 283, 297),
]


def recomputed(path, policy, steps, units, start, restartable=True):
    command = [path, "chain", "--policy", policy, "--steps", steps, "--tape", 2, "--budget", units, "--start", start]
    done = subprocess.run([*map(str, command), "--json", *([] if restartable else ["--no-restart"])],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["forward"] - steps


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--remat-plan", default="build/bin/remat-plan")
    path = parser.parse_args().remat_plan
    rows = []
    for steps, units, revolve, stiff, general in PUBLISHED:
        row = [revolve, recomputed(path, "revolve", steps, units, "pinned"), stiff,
               recomputed(path, "msm", steps, units, "pinned"), recomputed(path, "optimal", steps, units, "releasable"),
               general, recomputed(path, "optimal", steps, units, "releasable", restartable=False)]
        if row[0] != row[1] or row[2] > row[3] or row[4] > row[2] or row[6] > row[5]:
            raise SystemExit(f"unexpected: {steps} steps, {units} units: {row}")
        rows.append([steps, units, *row])
    better = [sum(row[6] < row[4] for row in rows), sum(row[8] < row[7] for row in rows)]

    print("# The totals of CAMS\n")
    print("Computed by `bench/papers/cams.py`. CAMS (H. Zhang, E. Constantinescu, *Optimal checkpointing for adjoint "
          "multistage time-stepping schemes*, J. Comput. Sci. 66, 2023) plans for Runge-Kutta methods: a checkpoint is "
          "the solution, one unit, or the stage values of a step, as many units as there are stages. So it has tapes of "
          "two units here; the last stage of a *stiffly accurate* method is the solution, which makes tapes "
          "restartable. Its units include the initial solution.\n")
    print("Steps that are computed again. CAMS: what its authors' test program prints (`test/dp_test.c`, commit "
          "d45e9cc); for 10 steps and 6 units also the picture of their README (12, 6 and 8).\n")
    header = ["steps", "units", "Revolve in CAMS", "revolve", "CAMS, stiffly accurate", "msm", "optimal", "CAMS, general",
              "optimal, no restart"]
    for row in [header, ["---"] * len(header), *rows]:
        print("| " + " | ".join(map(str, row)) + " |")
    print("\nCAMS for stiffly accurate methods has the recurrence of msm (section 3 of [Schedules.md](../Schedules.md)), "
          "and may replace the initial solution by the tape of step 1 at the very beginning; `optimal` may take over "
          f"the slot of any state that is read for the last time. It is better in {better[0]} of {len(rows)} cases, and in "
          f"{better[1]} for general methods; it is never worse.")


if __name__ == "__main__":
    main()
