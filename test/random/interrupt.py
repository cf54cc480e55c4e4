"""Runs remat-random until it has said what became of the first programs, and interrupts it as a terminal does: the
whole group of processes. Prints that line, what comes after it, and the exit status."""

import os
import signal
import subprocess
import sys

with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                      start_new_session=True) as campaign:
    print(campaign.stderr.readline(), end="")
    os.killpg(campaign.pid, signal.SIGINT)
    print(campaign.communicate()[0], end="")
print("status", campaign.returncode)
