"""Runs a command on a terminal to its end: progress.py COMMAND...

What it shows there of how far it is must never fall: the part, and the percentage of the part. Prints how often it
was shown and the exit status."""

import os
import pty
import re
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
shown = b""
while True:
    try:
        more = os.read(terminal, 65536)
    except OSError:
        break
    if not more:
        break
    shown += more
_, status = os.waitpid(pid, 0)
far = []
for line in re.split(r"\x1b\[K|[\r\n]", shown.decode()):
    percent = re.search(r"(\d+) %, [\d.]+ s$", line)
    if percent:
        part = re.search(r"part (\d+),", line)
        far.append((int(part.group(1)) if part else 1, int(percent.group(1))))
assert far == sorted(far), far
print(len(far), "shares, status", os.waitstatus_to_exitcode(status))
