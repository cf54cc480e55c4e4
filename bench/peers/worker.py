"""One peer in a process of its own.

    worker.py PEER FOLDER memory      prints the peak bytes of one run
    worker.py PEER FOLDER time        saves its results as FOLDER/PEER.npz, then
                                      answers each input line with one timed run

Answers are JSON lines. Memory and time are measured in different processes:
the first one asks the allocator to give every freed block back to the system.
"""

import ctypes
import gc
import json
import pathlib
import sys
import time

import workload


def peer(name, data):
    if name.startswith("jax") or name.startswith("equinox"):
        import jax_peers

        if name == "jax-scan":
            return jax_peers.scan(data)
        if name.startswith("jax-nested-"):
            segments, length = map(int, name.removeprefix("jax-nested-").split("x"))
            return jax_peers.nested(data, segments, length)
        return jax_peers.equinox(data, checkpoints=int(name.removeprefix("equinox-")))
    import torch_peers

    return {"torch-lstm": torch_peers.lstm, "torch-segments": torch_peers.segments}[name](data)


def status(key):
    """A size from the kernel's account of this process, in bytes."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return 1024 * int(line.split()[1])
    raise KeyError(key)


def resident_growth(run):
    """How far the resident set rises over its level before the run."""
    run()
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # the high-water mark starts again
    before = status("VmRSS")
    results = run()
    peak = status("VmHWM")
    del results
    return peak - before - workload.RESULT_BYTES


def timed(run):
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def main():
    name, folder, mode = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    run, counted = peer(name, workload.load(folder))
    if mode == "memory":
        print(json.dumps({"counted": counted, "resident": resident_growth(run)}), flush=True)
        return
    workload.np.savez(folder / f"{name}.npz", **run())
    print(json.dumps("ready"), flush=True)
    for _ in sys.stdin:
        print(json.dumps(timed(run)), flush=True)


main()
