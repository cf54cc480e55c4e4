"""Writes right and broken .npy files of 2x3 numbers into a folder: write_npy.py FOLDER."""

import pathlib
import struct
import sys

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)


def write(name, header="{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", version=(1, 0), length=None,
          magic=b"\x93NUMPY", data=struct.pack("<6f", *range(6))):
    text = header.encode()
    size = struct.pack("<H" if version[0] == 1 else "<I", len(text) if length is None else length)
    (folder / f"{name}.npy").write_bytes(magic + bytes(version) + size + text + data)


def header(descr="<f4", order="False", shape="(2, 3)"):
    return f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}"


write("good")
write("version2", version=(2, 0))
write("version3", version=(3, 0))
write("nan", data=struct.pack("<6f", 0, 1, 2, 3, float("nan"), float("nan")))
write("truncated", data=struct.pack("<5f", *range(5)))
write("trailing", data=struct.pack("<7f", *range(7)))
write("no_magic", magic=b"NUMPY!")
write("version9", version=(9, 0))
write("float64", header(descr="<f8"), data=struct.pack("<6d", *range(6)))
write("big_endian", header(descr=">f4"))
write("structured", "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2, 3), }")
write("fortran", header(order="True"))
write("transposed", header(shape="(3, 2)"))
write("flat", header(shape="(6,)"))
write("huge_header", version=(2, 0), length=2**31)
write("short_header", length=1000)
write("negative_shape", header(shape="(-2, 3)"))
write("huge_shape", header(shape="(4611686018427387904, 3)"))
write("missing_key", "{'descr': '<f4', 'shape': (2, 3), }")
write("unknown_key", "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'x': 1}")
write("no_dictionary", "[1, 2, 3]")
(folder / "empty.npy").write_bytes(b"")
