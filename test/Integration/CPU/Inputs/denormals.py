"""Compares the last elements of the results in a folder: denormals.py FOLDER F32 F64."""

import pathlib
import struct
import sys

folder, single, double = sys.argv[1:]
got = [struct.unpack(code, (pathlib.Path(folder) / name).read_bytes()[-struct.calcsize(code) :])[0]
       for code, name in (("<f", "a.npy"), ("<d", "b.npy"))]
if got != [float(single), float(double)]:
    sys.exit(f"denormals.py: the results are {got}, expected {single} and {double}")
