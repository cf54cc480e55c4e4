"""Runs a command and demands an exit status: exits.py STATUS COMMAND... Its output goes to standard output."""

import subprocess
import sys

done = subprocess.run(sys.argv[2:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                      errors="replace")
sys.stdout.write(done.stdout)
if done.returncode != int(sys.argv[1]):
    sys.exit(f"exits.py: status {done.returncode} instead of {sys.argv[1]}")
