#!/usr/bin/env python3
"""Prints the arrays in .npy files (f32 and f64), one line per file."""
import ast
import pathlib
import struct
import sys

for name in sys.argv[1:]:
    data = pathlib.Path(name).read_bytes()
    length = struct.unpack_from("<H", data, 8)[0]
    header = ast.literal_eval(data[10:10 + length].decode())
    code, size = {"<f4": ("f", 4), "<f8": ("d", 8)}[header["descr"]]
    count = (len(data) - 10 - length) // size
    values = struct.unpack_from(f"<{count}{code}", data, 10 + length)
    print(pathlib.Path(name).stem, *(f"{value:g}" for value in values))
