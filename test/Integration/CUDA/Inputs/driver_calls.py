"""What a program asks of the driver, of a log of the stand-in (REMAT_STANDIN_LOG): driver_calls.py LOG

One module is loaded for all calls. From the first launch of a call to the last there are only launches, and copies from
device to device: nothing is allocated, loaded, waited for, or copied from or to the host. Then the host waits once.
"""

import sys

with open(sys.argv[1], encoding="utf-8") as file:
    entries = [line.split()[0] for line in file if line.startswith("cu")]

modules = sum(entry.startswith("cuModuleLoad") for entry in entries)
if modules != 1:
    sys.exit(f"driver_calls.py: {modules} modules are loaded")

calls, launches, other = 0, 0, None
for entry in entries:
    if entry == "cuLaunchKernel":
        if other:
            sys.exit(f"driver_calls.py: {other} between launches of a call")
        launches += 1
    elif entry == "cuStreamSynchronize":
        calls += launches > 0
        launches, other = 0, None
    elif launches and entry != "cuMemcpyDtoDAsync":
        other = entry
if not calls:
    sys.exit("driver_calls.py: nothing is launched")
print(f"{calls} calls")
