#!/usr/bin/env python3
"""Values of operations that are written out before anything else: expanded_operations.py REMAT_RUN.

Compares with what Python computes, on 17 elements: one vector and a rest."""
import math
import pathlib
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "lib"))
import npy

REMAT_RUN = sys.argv[1]
N = 17
PROGRAM = """
func.func @classes(%x: tensor<17xf32>) -> (tensor<17xi32>, tensor<17xi32>, tensor<17xi32>, tensor<17xi32>) {
  %a = math.isnan %x : tensor<17xf32>
  %b = math.isinf %x : tensor<17xf32>
  %c = math.isfinite %x : tensor<17xf32>
  %d = math.isnormal %x : tensor<17xf32>
  %nan = arith.extui %a : tensor<17xi1> to tensor<17xi32>
  %inf = arith.extui %b : tensor<17xi1> to tensor<17xi32>
  %finite = arith.extui %c : tensor<17xi1> to tensor<17xi32>
  %normal = arith.extui %d : tensor<17xi1> to tensor<17xi32>
  return %nan, %inf, %finite, %normal : tensor<17xi32>, tensor<17xi32>, tensor<17xi32>, tensor<17xi32>
}
func.func @bits(%x: tensor<17xf32>) -> tensor<17xi32> {
  %r = tensor.bitcast %x : tensor<17xf32> to tensor<17xi32>
  return %r : tensor<17xi32>
}
func.func @power(%x: tensor<17xi32>, %y: tensor<17xi32>) -> tensor<17xi32> {
  %r = math.ipowi %x, %y : tensor<17xi32>
  return %r : tensor<17xi32>
}
func.func @extended32(%x: tensor<17xi32>, %y: tensor<17xi32>)
    -> (tensor<17xi32>, tensor<17xi32>, tensor<17xi32>, tensor<17xi32>, tensor<17xi32>) {
  %sum, %over = arith.addui_extended %x, %y : tensor<17xi32>, tensor<17xi1>
  %overflow = arith.extui %over : tensor<17xi1> to tensor<17xi32>
  %low, %high = arith.mulsi_extended %x, %y : tensor<17xi32>
  %ulow, %uhigh = arith.mului_extended %x, %y : tensor<17xi32>
  return %sum, %overflow, %low, %high, %uhigh
      : tensor<17xi32>, tensor<17xi32>, tensor<17xi32>, tensor<17xi32>, tensor<17xi32>
}
func.func @extended64(%x: tensor<17xi64>, %y: tensor<17xi64>) -> (tensor<17xi64>, tensor<17xi64>, tensor<17xi64>) {
  %low, %high = arith.mulsi_extended %x, %y : tensor<17xi64>
  %ulow, %uhigh = arith.mului_extended %x, %y : tensor<17xi64>
  return %low, %high, %uhigh : tensor<17xi64>, tensor<17xi64>, tensor<17xi64>
}
func.func @cut(%x: tensor<17xf32>) -> (tensor<18xf32>, tensor<16xf32>, tensor<3xf32>) {
  %c = arith.constant 7.0 : f32
  %front = tensor.pad %x low[-1] high[2] {
  ^bb0(%i: index):
    tensor.yield %c : f32
  } : tensor<17xf32> to tensor<18xf32>
  %back = tensor.pad %x low[1] high[-2] {
  ^bb0(%i: index):
    tensor.yield %c : f32
  } : tensor<17xf32> to tensor<16xf32>
  %nothing = tensor.pad %x low[-20] high[6] {
  ^bb0(%i: index):
    tensor.yield %c : f32
  } : tensor<17xf32> to tensor<3xf32>
  return %front, %back, %nothing : tensor<18xf32>, tensor<16xf32>, tensor<3xf32>
}
func.func @moved(%x: tensor<17xf32>, %i: tensor<3x1xi32>) -> (tensor<17xf32>, tensor<3x1xf32>, tensor<3xf32>, tensor<17xf32>) {
  %c16 = arith.constant 16 : index
  %reversed = tensor.generate {
  ^bb0(%k: index):
    %l = arith.subi %c16, %k : index
    %v = tensor.extract %x[%l] : tensor<17xf32>
    tensor.yield %v : f32
  } : tensor<17xf32>
  %kept = tensor.gather %x[%i] gather_dims([0]) : (tensor<17xf32>, tensor<3x1xi32>) -> tensor<3x1xf32>
  %dropped = tensor.gather %x[%i] gather_dims([0]) : (tensor<17xf32>, tensor<3x1xi32>) -> tensor<3xf32>
  %c = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<5x4xf32>
  %packed = linalg.pack %x padding_value(%c : f32) inner_dims_pos = [0] inner_tiles = [4] into %e : tensor<17xf32> -> tensor<5x4xf32>
  %f = tensor.empty() : tensor<17xf32>
  %unpacked = linalg.unpack %packed inner_dims_pos = [0] inner_tiles = [4] into %f : tensor<5x4xf32> -> tensor<17xf32>
  return %reversed, %kept, %dropped, %unpacked : tensor<17xf32>, tensor<3x1xf32>, tensor<3xf32>, tensor<17xf32>
}
"""


def run(folder, entry, inputs):
    for name, (kind, values, shape) in inputs.items():
        npy.write(folder / f"{name}.npy", kind, shape, values)
    out = folder / entry
    command = [REMAT_RUN, folder / "program.mlir", "--entry", entry, "--output", out]
    for name in inputs:
        command += ["--input", f"{name}={folder / name}.npy"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode:
        sys.exit(f"{entry}: exit {done.returncode}\n{done.stderr}")
    return {path.stem: npy.read(path) for path in out.glob("*.npy")}


def expect(entry, got, want):
    for name, values in want.items():
        if got[name] != values:
            sys.exit(f"{entry}: {name} expects {values}, but got {got[name]}")


def wrap(value, bits):
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def power(base, exponent):
    if exponent >= 0:
        return wrap(pow(base, exponent, 1 << 32), 32)
    return {0: -1, 1: 1, -1: -1 if exponent % 2 else 1}.get(base, 0)


def extended(x, y, bits):
    unsigned = lambda v: v & ((1 << bits) - 1)
    return {
        "low": [wrap(a * b, bits) for a, b in zip(x, y)],
        "high": [wrap((a * b) >> bits, bits) for a, b in zip(x, y)],
        "uhigh": [wrap((unsigned(a) * unsigned(b)) >> bits, bits) for a, b in zip(x, y)],
    }


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "program.mlir").write_text(PROGRAM)
        special = [0.0, -0.0, 1.0, -1.5, math.inf, -math.inf, math.nan, 1e-45, -1e-39, 1.1754944e-38, 3.4028235e38]
        x = (special * 2)[:N]
        x = list(struct.unpack(f"<{N}f", struct.pack(f"<{N}f", *x)))
        expect("classes", run(folder, "classes", {"x": ("f32", x, (N,))}), {
            "nan": [int(v != v) for v in x],
            "inf": [int(abs(v) == math.inf) for v in x],
            "finite": [int(abs(v) < math.inf) for v in x],
            "normal": [int(1.1754943508222875e-38 <= abs(v) < math.inf) for v in x],
        })
        bits = list(struct.unpack(f"<{N}i", struct.pack(f"<{N}f", *x)))
        expect("bits", run(folder, "bits", {"x": ("f32", x, (N,))}), {"r": bits})

        base = [0, 0, 0, 1, 1, -1, -1, -1, 2, 2, 2, -3, 7, -2147483648, 10, -2, 5]
        exponent = [0, 3, -2, 5, -5, 4, -3, -4, 31, 40, -1, 5, 2147483647, 2, 9, 31, 0]
        expect("power", run(folder, "power", {"x": ("i32", base, (N,)), "y": ("i32", exponent, (N,))}),
               {"r": [power(a, b) for a, b in zip(base, exponent)]})

        for bits in 32, 64:
            top = 1 << (bits - 1)
            a = [0, 1, -1, top - 1, -top, 12345, -12345, top - 1, -top, 3, -7, 65535, -65536, 99, top - 2, -top + 1, 77]
            b = [5, -1, -1, top - 1, -top, 67890, 67890, -top, 1, -3, -7, 65537, 65536, -1, 2, -top + 1, 0]
            kind = f"i{bits}"
            want = extended(a, b, bits)
            got = run(folder, f"extended{bits}", {"x": (kind, a, (N,)), "y": (kind, b, (N,))})
            if bits == 32:
                mask = (1 << bits) - 1
                want["sum"] = [wrap(u + v, bits) for u, v in zip(a, b)]
                want["overflow"] = [((u & mask) + (v & mask)) >> bits for u, v in zip(a, b)]
            expect(f"extended{bits}", got, want)

        x = [float(k) for k in range(N)]
        expect("cut", run(folder, "cut", {"x": ("f32", x, (N,))}),
               {"front": x[1:] + [7.0, 7.0], "back": [7.0] + x[:15], "nothing": [7.0] * 3})
        expect("moved", run(folder, "moved", {"x": ("f32", x, (N,)), "i": ("i32", [16, 0, 5], (3, 1))}),
               {"reversed": x[::-1], "kept": [16.0, 0.0, 5.0], "dropped": [16.0, 0.0, 5.0], "unpacked": x})


main()
