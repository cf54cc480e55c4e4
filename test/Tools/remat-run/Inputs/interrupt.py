"""Interrupts a command that would run for days: interrupt.py STATUS COMMAND...

Once the command has printed something, or has computed for a second, it gets SIGINT. It must end with the status
(negative: by that signal), whatever it was doing. Its output goes to standard output.
"""

import os
import signal
import subprocess
import sys
import threading
import time

# The workers of lit ignore interrupts, which a child inherits.
process = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
output, has_output = [], threading.Event()


def read():
    for line in process.stdout:
        output.append(line)
        if "iteration" in line:
            has_output.set()


def get_cpu_seconds():
    fields = open(f"/proc/{process.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


reader = threading.Thread(target=read)
reader.start()
prints = "--iterations=1000000" in sys.argv
while process.poll() is None and not (has_output.is_set() if prints else get_cpu_seconds() > 1):
    time.sleep(0.02)
if process.poll() is None:
    process.send_signal(signal.SIGINT)
try:
    status = process.wait(timeout=300)
except subprocess.TimeoutExpired:
    process.kill()
    sys.exit("interrupt.py: the command goes on")
reader.join()
sys.stdout.writelines(output)
if status != int(sys.argv[1]):
    sys.exit(f"interrupt.py: status {status} instead of {sys.argv[1]}")
