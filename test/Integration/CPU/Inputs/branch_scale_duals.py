"""Compares the gradient of branch_scale.mlir with that of dual numbers, in double precision.

Both follow the same trajectory, rounding included, so their gradients agree to rounding however
chaotic it is. Only the standard library is used.
"""

import argparse
import math
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import sweep

ELEMENTS = 15
TOLERANCE = 1e-12


class Dual:
    """A number and its derivatives, by name."""

    def __init__(self, value, slopes):
        self.value = value
        self.slopes = slopes

    def combine(self, other, value, own, others):
        slopes = {name: own * slope for name, slope in self.slopes.items()}
        for name, slope in other.slopes.items():
            slopes[name] = slopes.get(name, 0.0) + others * slope
        return Dual(value, slopes)

    def __add__(self, other):
        return self.combine(other, self.value + other.value, 1.0, 1.0)

    def __mul__(self, other):
        return self.combine(other, self.value * other.value, other.value, self.value)

    def sin(self):
        return Dual(math.sin(self.value), {name: math.cos(self.value) * slope for name, slope in self.slopes.items()})


def differentiate(steps, inputs):
    """The gradients by argument. The elements of the state do not mix."""
    gradients = {"d_xs": [0.0] * (steps * ELEMENTS), "d_h0": [], "d_a": [], "d_k": [0.0]}
    for element in range(ELEMENTS):
        h = Dual(inputs["h0"][element], {"h0": 1.0})
        a = Dual(inputs["a"][element], {"a": 1.0})
        k = Dual(inputs["k"][0], {"k": 1.0})
        for step in range(steps):
            x = Dual(inputs["xs"][step * ELEMENTS + element], {step: 1.0})
            flag = inputs["flags"][step]
            z = h * a + a if flag == 1 else h * a * k if flag != 0 else h + x
            h = (z * a + x).sin()
        square = h * h
        gradients["d_h0"].append(square.slopes["h0"])
        gradients["d_a"].append(square.slopes["a"])
        gradients["d_k"][0] += square.slopes.get("k", 0.0)
        for step in range(steps):
            gradients["d_xs"][step * ELEMENTS + element] = square.slopes[step]
    return gradients


def check(remat_run, target, text, steps, folder):
    text = sweep.with_static_steps(text, steps).replace("f32>", "f64>")
    program = folder / "program.mlir"
    program.write_text(text)
    options = sweep.write_inputs(folder, text, {name: "normal 1" for name in ["xs", "h0", "a", "k"]})
    output = folder / "output"
    subprocess.run([remat_run, *target, program, *options, "--repeat", "0", "--output", output], check=True,
                   stdout=subprocess.DEVNULL)
    inputs = {name: sweep.npy.read(folder / f"{name}.npy") for name in ["xs", "flags", "h0", "a", "k"]}
    gradients = differentiate(steps, inputs)
    for name, expected in gradients.items():
        found = sweep.npy.read(output / f"{name}.npy")
        largest = max(map(abs, expected))
        error = max(abs(x - y) for x, y in zip(found, expected, strict=True)) / largest
        if not error < TOLERANCE:
            sys.exit(f"{steps} steps: {name} differs by {error:.1e} of {largest:.1e}")
    if steps == 37 and not max(map(abs, gradients["d_xs"])) > 1e9:
        sys.exit("the gradient is small: this is not the chaotic case")
    print(f"{steps} steps: the gradient is that of dual numbers")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--remat-run", required=True)
    parser.add_argument("--target-cpu", help="the processor to make code for; by default this machine's")
    arguments = parser.parse_args()
    target = ["--target-cpu", arguments.target_cpu] if arguments.target_cpu else []
    for steps in [5, 37]:
        with tempfile.TemporaryDirectory() as folder:
            check(arguments.remat_run, target, arguments.program.read_text(), steps, pathlib.Path(folder))


if __name__ == "__main__":
    main()
