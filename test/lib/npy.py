"""Arrays in .npy files, for the tests: the element types of programs, and what holds them. bf16 is held as f32."""

import ast
import math
import struct

# What a file calls the elements, and struct.
TYPES = {
    "f64": ("<f8", "d"), "f32": ("<f4", "f"), "f16": ("<f2", "e"), "bf16": ("<f4", "f"), "i1": ("|b1", "B"),
    "i8": ("|i1", "b"), "i16": ("<i2", "h"), "i32": ("<i4", "i"), "i64": ("<i8", "q"), "index": ("<i8", "q"),
}
CODES = dict(TYPES.values())


def write(path, kind, shape, values):
    descriptor, code = TYPES[kind]
    extents = "".join(f"{extent}, " for extent in shape)
    header = f"{{'descr': '{descriptor}', 'fortran_order': False, 'shape': ({extents}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    data = struct.pack(f"<{len(values)}{code}", *values)
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data)


def read(path):
    """The elements, in the order of the file."""
    with open(path, "rb") as file:
        data = file.read()
    start = 10 + struct.unpack_from("<H", data, 8)[0]
    header = ast.literal_eval(data[10:start].decode())
    return list(struct.unpack_from(f"<{math.prod(header['shape'])}{CODES[header['descr']]}", data, start))
