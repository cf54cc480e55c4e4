"""Runs of a tool that share a process (ManyRuns.h): remat-run-many, or remat-interpret --many."""

import json
import subprocess
import threading


class Process:
    """Starts when it is needed, and again when a run has ended it."""

    def __init__(self, *command):
        self.command = command
        self.process = None

    def run(self, words, timeout=None):
        """Exit status, standard output and standard error of one command line. The status is negative if a signal ended it."""
        if not self.process:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        timer = threading.Timer(timeout, self.process.kill) if timeout else None
        if timer:
            timer.start()
        answer = self.process.stdout.readline()
        if timer:
            timer.cancel()
        if not answer:
            status = self.process.wait()
            self.process = None
            return status, "", f"error: the process ended with status {status}"
        answer = json.loads(answer)
        return answer["status"], answer["output"], answer["errors"]

    def close(self):
        """The exit status of the process."""
        if not self.process:
            return 0
        self.process.stdin.close()
        return self.process.wait()
