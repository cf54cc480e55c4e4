"""Demands that every element of an .npy file of f32 is a number: expect.py FILE.npy NUMBER."""

import pathlib
import struct
import sys

data = pathlib.Path(sys.argv[1]).read_bytes()
(header_length,) = struct.unpack_from("<H", data, 8)
elements = [number for (number,) in struct.iter_unpack("<f", data[10 + header_length :])]
if not elements or any(element != float(sys.argv[2]) for element in elements):
    sys.exit(f"expect.py: {sys.argv[1]} holds {elements}, not {sys.argv[2]}")
