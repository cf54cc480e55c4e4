"""Runs a command on a terminal and presses Ctrl-C after a while: interrupt.py SECONDS COMMAND...

Prints the exit status and what was shown on the terminal, without control characters."""

import os
import pty
import re
import signal
import sys
import time

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown = b""
deadline = time.monotonic() + float(sys.argv[1])
os.set_blocking(terminal, False)
sent = False
while True:
    try:
        shown += os.read(terminal, 65536)
    except BlockingIOError:
        pass
    except OSError:
        break
    if not sent and time.monotonic() > deadline:
        os.kill(pid, signal.SIGINT)
        sent = True
    time.sleep(0.02)
_, status = os.waitpid(pid, 0)
print("status", os.waitstatus_to_exitcode(status))
print(re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\r", "\n", shown.decode()))
