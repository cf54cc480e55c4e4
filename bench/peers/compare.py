"""Runs every peer on the workload of workload.py and prints one table.

The peers take turns: one round is one run of each and one run of the FMA probe,
so that a machine whose clock moves moves for all of them. Times are CPU times of
the whole process, medians over the rounds; a ratio is the median of the ratios
within the rounds. Everything runs on one processor with one thread, so that wall
time is the same on an idle machine; it is printed beside, as a check.
"""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

import workload

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

PEERS = {
    "remat-unlimited": "remat, unlimited",
    "remat-20%": "remat, 20 %",
    "remat-5%": "remat, 5 %",
    "remat-1%": "remat, 1 %",
    "remat-5%-no-copies": "remat, 5 %, no parameter copies",
    "remat-1%-no-copies": "remat, 1 %, no parameter copies",
    "jax-scan": "JAX scan",
    "jax-nested-31x32": "JAX scan, nested checkpoint 31 x 32",
    "jax-nested-40x25": "JAX scan, nested checkpoint 40 x 25",
    "equinox-50": "equinox checkpointed scan, 50",
    "equinox-10": "equinox checkpointed scan, 10",
    "torch-lstm": "torch nn.LSTM",
    "torch-segments": "torch nn.LSTM, checkpoint per 32 steps",
}

# Beyond rounding in f32 over 1,000 steps, relative to the largest magnitude.
TOLERANCE = 2e-5

NOTES = """
CPU s: CPU time of the process, all threads; the environments allow one thread on one processor.
of FMA peak: 40 B H^2 operations a step over that time and the peak probe of the same round; recomputation does not count.
MB counted: the framework's own account, arguments and results not in it. remat: measured arena and parameter copies.
  JAX and equinox: temporaries of the compiled program (memory_analysis). torch: largest sum of live tensors (profiler).
MB resident: how far the high-water mark of the resident set rises in one warm run, results subtracted.
gradient error: against back-propagation in f64 with numpy, relative to the largest magnitude of each array.
"""

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "JAX_PLATFORMS": "cpu",
    "CUDA_VISIBLE_DEVICES": "",
}
# Every block of 64 KiB or more is mapped on its own and given back when freed.
GIVE_BACK = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}


class Failure(Exception):
    pass


class Infeasible(Exception):
    pass


class Worker:
    """A framework in its own process; worker.py has the protocol."""

    def __init__(self, name, folder):
        self.name, self.folder = name, folder
        self.figures = self._once("memory")
        self.process = self._start("time", {})
        self._answer(self.process)
        self.results = dict(workload.np.load(folder / f"{name}.npz"))

    def _start(self, mode, extra):
        self.log = open(self.folder / f"{self.name}.{mode}.log", "w+")
        return subprocess.Popen(
            [sys.executable, HERE / "worker.py", self.name, self.folder, mode],
            env={**os.environ, **ONE_THREAD, **extra},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )

    def _answer(self, process):
        line = process.stdout.readline()
        if not line:
            process.wait()
            self.log.seek(0)
            raise Failure(f"{self.name} ended with status {process.returncode}:\n{self.log.read()[-2000:]}")
        return json.loads(line)

    def _once(self, mode):
        process = self._start(mode, GIVE_BACK)
        answer = self._answer(process)
        process.communicate()
        return answer

    def run(self):
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        return self._answer(self.process)

    def close(self):
        self.process.communicate()


class Remat:
    """remat-run under one budget, one process per round. Its name is remat-BUDGET or
    remat-BUDGET-no-copies."""

    def __init__(self, name, folder, tool):
        self.folder, self.tool = folder, tool
        budget = name.removeprefix("remat-").removesuffix("-no-copies")
        self.budget = ["--budget", budget]
        if name.endswith("-no-copies"):
            self.budget += ["--parameter-budget", "0"]
        output = folder / name.replace("%", "-percent")
        report = self._report(["--output", output])
        self.figures = {
            "counted": report["total_bytes"],
            "arena": report["measured_peak_bytes"],
            "forward": report["forward_steps"],
            "compile": report["compile_seconds"],
        }
        self.results = self._load(output)

    def _report(self, extra):
        arguments = ["--input", f"xs={self.folder / 'xs.npy'}"]
        for gate in "ifgo":
            for name in workload.WEIGHTS:
                arguments += ["--input", f"{name}_{gate}={self.folder / f'{name}_{gate}.npy'}"]
        command = [self.tool, ROOT / "examples/lstm.mlir", *self.budget, "--repeat", "1", "--json"]
        done = subprocess.run(command + arguments + extra, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode == 3:
            raise Infeasible(json.loads(done.stdout)["minimum_budget"])
        if done.returncode:
            raise Failure(f"remat-run {' '.join(self.budget)} ended with status {done.returncode}:\n{done.stderr[-2000:]}")
        return json.loads(done.stdout)

    def _load(self, output):
        results = {"loss": workload.np.load(output / "loss.npy")}
        for name in workload.WEIGHTS:
            parts = [workload.np.load(output / f"d_{name}_{gate}.npy") for gate in "ifgo"]
            results[name] = workload.np.concatenate(parts, axis=-1)
        return results

    def run(self):
        report = self._report(["--check-identical", "off"])
        return {"wall": report["seconds"]["median"], "cpu": report["cpu_seconds"]["median"]}

    def close(self):
        pass


def probe(program):
    return float(subprocess.run([program], stdout=subprocess.PIPE, text=True, check=True).stdout.split()[0])


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def megabytes(count):
    return f"{count / 1e6:.1f}"


def start(names, folder, tool):
    """The peers that can run, and a line for each that cannot."""
    peers, remarks = {}, []
    for name in names:
        print(f"starting {name}", file=sys.stderr)
        try:
            peers[name] = Remat(name, folder, tool) if name.startswith("remat-") else Worker(name, folder)
        except Infeasible as smallest:
            remarks.append(f"{PEERS[name]}: infeasible, the smallest budget is {smallest} bytes.")
    return peers, remarks


def table(peers, runs, peaks, wrong):
    def seconds(name, clock):
        return [run[clock] for run in runs[name]]

    first = next(iter(peers))
    print(f"| | CPU s | wall s | against {PEERS[first]} | of FMA peak | MB counted | MB resident | gradient error |")
    print("|---|---|---|---|---|---|---|---|")
    for name, peer in peers.items():
        mine = seconds(name, "cpu")
        ratio = statistics.median(a / b for a, b in zip(mine, seconds(first, "cpu")))
        share = statistics.median(workload.FLOPS * 1e-9 / a / peak for a, peak in zip(mine, peaks))
        resident = peer.figures.get("resident")
        print(
            f"| {PEERS[name]} | {statistics.median(mine):.3f} | {statistics.median(seconds(name, 'wall')):.3f} "
            f"| {ratio:.2f} | {share:.2f} | {megabytes(peer.figures['counted'])} "
            f"| {megabytes(resident) if resident else ''} | {wrong[name]:.1e} |"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, prog="bench/peers/run")
    parser.add_argument("--rounds", type=int, default=7, help="runs of each peer (default 7)")
    parser.add_argument("--only", help="comma-separated names, of: " + ", ".join(PEERS).replace("%", "%%"))
    parser.add_argument("--remat-run", default=ROOT / "build/bin/remat-run", help="the tool (default build/bin/remat-run)")
    parser.add_argument("--fma-peak", required=True, help=argparse.SUPPRESS)  # what bench/peers/run compiled
    options = parser.parse_args()
    names = options.only.split(",") if options.only else list(PEERS)
    for name in names:
        if name not in PEERS:
            parser.error(f"unknown peer {name}; known are {', '.join(PEERS)}")
    if any(name.startswith("remat-") for name in names) and not os.access(options.remat_run, os.X_OK):
        parser.error(f"{options.remat_run} is missing: run scripts/build first")
    if options.rounds < 1:
        parser.error("expected at least one round")

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        workload.make(folder)
        expected = workload.reference(folder)
        peers, remarks = start(names, folder, options.remat_run)
        runs, peaks = {name: [] for name in peers}, []
        with contextlib.ExitStack() as stack:
            for peer in peers.values():
                stack.callback(peer.close)
            for number in range(options.rounds):
                print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
                peaks.append(probe(options.fma_peak))
                for name, peer in peers.items():
                    runs[name].append(peer.run())

    wrong = {name: workload.difference(peer.results, expected) for name, peer in peers.items()}
    print(f"{datetime.date.today()}, {processor()}, one thread, FMA peak {statistics.median(peaks):.0f} GF/s\n")
    table(peers, runs, peaks, wrong)
    print(NOTES, end="")
    for remark in remarks:
        print("\n" + remark)
    cpu, wall = (sum(run[clock] for each in runs.values() for run in each) for clock in ("cpu", "wall"))
    if cpu < 0.9 * wall:
        print(f"\nwarning: the machine is busy; the runs had the processor for {cpu / wall:.0%} of their time")
    failed = [name for name in peers if not wrong[name] <= TOLERANCE]
    for name in failed:
        print(f"error: the gradients of {name} differ from the f64 reference by {wrong[name]:.1e}", file=sys.stderr)
    return 1 if failed else 0


try:
    sys.exit(main())
except Failure as failure:
    sys.exit(f"error: {failure}")
