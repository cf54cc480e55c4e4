"""Checks values and gradients at singular points, ties, signed zeros and the far ends of the range.

    singular.py --remat-run PATH --type f32 --form whole|body|rank0 --extent 17

One program applies every element-wise operation to the same points, as whole tensors, in the body of a
linalg.generic that is differentiated as it stands, or to tensors of rank 0, and asks for two gradients of
each: with a seed of 1 at every point, which is compared with the conventions of docs/Gradients.md, and with a
seed of 0, which must give zeros whatever the derivative is.

Only the standard library is used.
"""

import argparse
import math
import pathlib
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "lib"))
import npy

INF = math.inf
NAN = math.nan
ERROR_FACTOR = 2 / math.sqrt(math.pi)
# The first ones are the most singular; tensors of rank 0 see these only.
POINTS = [0.0, -0.0, 1.0, -1.0, 1e-20, 2e19, 0.5, -0.5, 2.0, -2.0, -1e-20, -2e19, 100.0, -100.0, 1e30, -1e30, 8.5]
RANK0_POINTS = 6
# Operations in one program: LLVM takes four times as long for twice as much in one function.
GROUP = 8


def divide(a, b):
    if b == 0:
        return NAN if a == 0 or math.isnan(a) else math.copysign(INF, a) * math.copysign(1, b)
    return a / b


def guarded(function):
    """A function of math with infinity and NaN in place of exceptions."""
    def call(*arguments):
        try:
            return function(*arguments)
        except OverflowError:
            return INF
        except ValueError:
            return NAN
    return call


sqrt, log, exp = guarded(math.sqrt), guarded(math.log), guarded(math.exp)
power = guarded(math.pow)
times = lambda a, b: a * b


def derive_log(scale):
    return lambda x: divide(scale, x)


# operation: value and derivative; None where the value is not compared here.
UNARY = {
    "math.absf": (abs, lambda x: 0.0 if x == 0 else math.copysign(1, x)),
    "math.acos": (guarded(math.acos), lambda x: -divide(1, sqrt((1 - x) * (1 + x)))),
    "math.acosh": (guarded(math.acosh), lambda x: divide(1, sqrt(x - 1) * sqrt(x + 1))),
    "math.asin": (guarded(math.asin), lambda x: divide(1, sqrt((1 - x) * (1 + x)))),
    "math.asinh": (math.asinh, lambda x: 1 / math.hypot(x, 1)),
    "math.atan": (math.atan, lambda x: 1 / (x * x + 1)),
    "math.atanh": (lambda x: math.copysign(INF, x) if abs(x) == 1 else guarded(math.atanh)(x),
                   lambda x: divide(1, (1 - x) * (1 + x))),
    "math.cbrt": (lambda x: math.copysign(abs(x) ** (1 / 3), x), lambda x: divide(1, 3 * (abs(x) ** (2 / 3)))),
    "math.ceil": (lambda x: math.copysign(math.ceil(x), x), lambda x: 0.0),
    "math.cos": (math.cos, lambda x: -math.sin(x)),
    "math.cosh": (guarded(math.cosh), lambda x: math.copysign(guarded(math.sinh)(abs(x)), x)),
    "math.erf": (math.erf, lambda x: ERROR_FACTOR * exp(-x * x)),
    "math.erfc": (math.erfc, lambda x: -ERROR_FACTOR * exp(-x * x)),
    "math.exp": (exp, exp),
    "math.exp2": (lambda x: power(2.0, x), lambda x: power(2.0, x) * math.log(2)),
    "math.expm1": (guarded(math.expm1), exp),
    "math.floor": (lambda x: math.copysign(math.floor(x), x), lambda x: 0.0),
    "math.log": (lambda x: -INF if x == 0 else log(x), derive_log(1)),
    "math.log10": (lambda x: -INF if x == 0 else guarded(math.log10)(x), derive_log(1 / math.log(10))),
    "math.log1p": (lambda x: -INF if x == -1 else guarded(math.log1p)(x), lambda x: divide(1, x + 1)),
    "math.log2": (lambda x: -INF if x == 0 else guarded(math.log2)(x), derive_log(1 / math.log(2))),
    "math.round": (lambda x: math.copysign(math.floor(abs(x) + 0.5), x), lambda x: 0.0),
    "math.roundeven": (lambda x: math.copysign(round(x), x), lambda x: 0.0),
    "math.rsqrt": (lambda x: divide(1, sqrt(x)), lambda x: divide(-0.5, sqrt(x) * abs(x)) if x else -INF * math.copysign(1, x)),
    "math.sin": (math.sin, math.cos),
    "math.sinh": (lambda x: math.copysign(guarded(math.sinh)(abs(x)), x), guarded(math.cosh)),
    "math.sqrt": (sqrt, lambda x: divide(0.5, sqrt(x))),
    "math.tan": (math.tan, lambda x: math.tan(x) ** 2 + 1),
    "math.tanh": (math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "math.trunc": (lambda x: math.copysign(math.trunc(x), x), lambda x: 0.0),
}


def derive_maximum(sign):
    def derive(a, b):
        if a == b:
            return 0.5, 0.5
        return (1.0, 0.0) if sign * a > sign * b else (0.0, 1.0)
    return derive


def derive_power(a, b):
    by_base = 0.0 if b == 0 else b * value_of_power(a, b - 1)
    by_exponent = 0.0 if a == 0 else value_of_power(a, b) * log(a)
    return by_base, by_exponent


def value_of_power(a, b):
    if a == 0 and b < 0:
        return math.copysign(INF, a) if b == int(b) and int(b) % 2 else INF
    if a < 0 and b != int(b):
        return NAN
    try:
        return math.pow(a, b)
    except OverflowError:
        return -INF if a < 0 and int(b) % 2 else INF


def derive_angle(y, x):
    length = math.hypot(x, y)
    if length == 0:
        return 0.0, 0.0
    return x / length / length, -y / length / length


BINARY = {
    "arith.divf": (divide, lambda a, b: (divide(1.0, b), -divide(1.0, b) * divide(a, b))),
    "arith.maximumf": (None, derive_maximum(1)),
    "arith.maxnumf": (None, derive_maximum(1)),
    "arith.minimumf": (None, derive_maximum(-1)),
    "arith.minnumf": (None, derive_maximum(-1)),
    "arith.mulf": (times, lambda a, b: (b, a)),
    "arith.remf": (guarded(math.fmod), lambda a, b: (1.0, NAN if b == 0 else (math.fmod(a, b) - a) / b)),
    "math.atan2": (math.atan2, derive_angle),
    "math.copysign": (math.copysign, lambda a, b: (math.copysign(1, a) * math.copysign(1, b) if a else 0.0, 0.0)),
    "math.powf": (value_of_power, derive_power),
}
# What formulas in the result, 1 - y y and y + 1, lose where the result is rounded.
ABSOLUTE_ERROR = {("expm1", "f64"): 1e-16, ("tanh", "f32"): 1e-6, ("tanh", "f64"): 1e-15}
# The second operand at point i is the point at this place.
PARTNER = [0, 1, 2, 2, 0, 5, 3, 0, 1, 2, 10, 4, 11, 0, 15, 15, 9]


def fail(message):
    sys.exit(f"singular: {message}")


class Numbers:
    """One float type: its rounding and its range."""

    def __init__(self, name):
        self.name = name
        self.code = npy.TYPES[name][1]
        self.largest = {"f32": struct.unpack("<f", b"\xff\xff\x7f\x7f")[0], "f64": sys.float_info.max}[name]
        self.smallest = {"f32": 2.0 ** -126, "f64": sys.float_info.min}[name]
        self.tolerance = {"f32": 2e-5, "f64": 1e-12}[name]

    def round(self, value):
        if math.isfinite(value) and abs(value) > self.largest:
            return math.copysign(INF, value)
        return struct.unpack(f"<{self.code}", struct.pack(f"<{self.code}", value))[0]

    def agree(self, got, expected, absolute):
        """Equal up to rounding, or to an absolute error; what is too small to be a normal number counts as zero."""
        if math.isnan(expected) or math.isnan(got):
            return math.isnan(expected) and math.isnan(got)
        if abs(expected) > self.largest * (1 - self.tolerance):
            return got == math.copysign(INF, expected) or abs(got - expected) <= self.tolerance * self.largest
        if abs(expected) <= self.smallest:
            return abs(got) <= self.smallest
        return abs(got - expected) <= max(self.tolerance * abs(expected), absolute)


def write_function(name, operation, count, shape, form):
    """@name applies the operation to its arguments."""
    arguments = ", ".join(f"%x{i}: {shape}" for i in range(count))
    operands = ", ".join(f"%x{i}" for i in range(count))
    lines = [f"func.func private @{name}({arguments}) -> {shape} {{"]
    if form != "body":
        lines.append(f"  %y = {operation} {operands} : {shape}")
    else:
        element = shape.split("x")[-1].rstrip(">")
        identity = "affine_map<(d) -> (d)>"
        types = ", ".join([shape] * count)
        elements = ", ".join(f"%e{i}: {element}" for i in range(count))
        scalars = ", ".join(f"%e{i}" for i in range(count))
        # The index keeps the body from being taken apart.
        lines += [
            f"  %empty = tensor.empty() : {shape}",
            f"  %y = linalg.generic {{indexing_maps = [{', '.join([identity] * (count + 1))}], iterator_types = [\"parallel\"]}}",
            f"      ins({operands} : {types}) outs(%empty : {shape}) {{",
            f"  ^bb0({elements}, %out: {element}):",
            "    %index = linalg.index 0 : index",
            "    %zero = arith.constant 0 : index",
            "    %inside = arith.cmpi sge, %index, %zero : index",
            f"    %value = {operation} {scalars} : {element}",
            f"    %kept = arith.select %inside, %value, %e0 : {element}",
            f"    linalg.yield %kept : {element}",
            f"  }} -> {shape}",
        ]
    return lines + [f"  return %y : {shape}", "}"]


def write_requests(name, count, shape, operands, results, body):
    """Two gradients of @name, whose results are named after it."""
    wrt = ", ".join(map(str, range(count)))
    types = ", ".join([shape] * (count + 1))
    arguments = ", ".join([shape] * count)
    for seed in ("one", "zero"):
        prefix = f"{name}.{seed}"
        body.append(f"  %{prefix}:{count + 1} = remat.value_and_gradient @{name[:name.find('_at_')] if '_at_' in name else name}"
                    f"({', '.join(operands)}) wrt [{wrt}] seed(%{seed} : {shape}) : ({arguments}) -> ({types})")
        for number in range(count + 1):
            results.append((f"%{prefix}#{number}", shape, f"{prefix}.{number}"))


def write_program(arguments, operations, array, shape, extent):
    """All operations at all points, and the names of the results."""
    functions, body, results = [], [], []
    for name, (operation, _, _, count) in operations:
        functions += write_function(name, operation, count, shape, arguments.form)
    if arguments.form == "rank0":
        for i in range(extent):
            for operand in "xz":
                body += [f"  %{operand}row{i} = tensor.extract_slice %{operand}[{i}] [1] [1] : {array} to tensor<1x{arguments.type}>",
                         f"  %{operand}{i} = tensor.collapse_shape %{operand}row{i} [] : tensor<1x{arguments.type}> into {shape}"]
    for name, (_, _, _, count) in operations:
        if arguments.form == "rank0":
            for i in range(extent):
                write_requests(f"{name}_at_{i}", count, shape, [f"%x{i}", f"%z{i}"][:count], results, body)
        else:
            write_requests(name, count, shape, ["%x", "%z"][:count], results, body)
    types = ", ".join(f"{kind} {{remat.name = \"{name}\"}}" for _, kind, name in results)
    return "\n".join(functions + [
        f"func.func @main(%x: {array}, %z: {array}) -> ({types}) {{",
        f"  %one = arith.constant dense<1.0> : {shape}",
        f"  %zero = arith.constant dense<0.0> : {shape}",
    ] + body + [
        f"  return {', '.join(value for value, _, _ in results)} : {', '.join(kind for _, kind, _ in results)}",
        "}",
    ]) + "\n"


def find_wrong(arguments, operations, numbers):
    """What is wrong with the results of some operations."""
    extent = RANK0_POINTS if arguments.form == "rank0" else arguments.extent
    first = [numbers.round(POINTS[i % len(POINTS)]) for i in range(extent)]
    second = [numbers.round(POINTS[PARTNER[i % len(POINTS)]]) for i in range(extent)]
    array = f"tensor<{extent}x{arguments.type}>"
    shape = f"tensor<{arguments.type}>" if arguments.form == "rank0" else array
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "program.mlir").write_text(write_program(arguments, operations, array, shape, extent))
        npy.write(folder / "x.npy", numbers.name, [extent], first)
        npy.write(folder / "z.npy", numbers.name, [extent], second)
        target = ["--target-cpu", arguments.target_cpu] if arguments.target_cpu else []
        command = [arguments.remat_run, *target, folder / "program.mlir", "--input", f"x={folder / 'x.npy'}",
                   "--input", f"z={folder / 'z.npy'}", "--output", folder / "out", "--repeat", "0"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            fail(f"status {done.returncode}\n{done.stdout}")

        def read(name, seed, number):
            if arguments.form != "rank0":
                return npy.read(folder / "out" / f"{name}.{seed}.{number}.npy")
            return [npy.read(folder / "out" / f"{name}_at_{i}.{seed}.{number}.npy")[0] for i in range(extent)]

        for name, (_, value, derive, count) in operations:
            got = [read(name, "one", number) for number in range(count + 1)]
            zeros = [read(name, "zero", number) for number in range(1, count + 1)]
            absolute = ABSOLUTE_ERROR.get((name, numbers.name), 0)
            for i in range(extent):
                point = (first[i], second[i])[:count]
                slopes = derive(*point)
                expected = [None if value is None else value(*point)] + list(slopes if count == 2 else [slopes])
                for number, wanted in enumerate(expected):
                    if wanted is not None and not numbers.agree(got[number][i], wanted, absolute):
                        what = "value" if number == 0 else f"gradient by operand {number - 1}"
                        wrong.append(f"{name}{point}: {what} is {got[number][i]}, expected {wanted}")
                for number in range(count):
                    if zeros[number][i] != 0:
                        wrong.append(f"{name}{point}: zero times the slope by operand {number} is {zeros[number][i]}")
                if point[0] == 0 and name in ("erf", "asinh", "sin", "tanh", "asin", "atan", "cbrt", "sqrt", "expm1", "log1p"):
                    if math.copysign(1, got[0][i]) != math.copysign(1, point[0]):
                        wrong.append(f"{name}{point}: the zero has the other sign")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--remat-run", required=True)
    parser.add_argument("--target-cpu", help="the processor to make code for; by default this machine's")
    parser.add_argument("--type", choices=["f32", "f64"], required=True)
    parser.add_argument("--form", choices=["whole", "body", "rank0"], required=True)
    parser.add_argument("--extent", type=int, default=17)
    arguments = parser.parse_args()
    operations = [(operation.split(".")[1], (operation, *rules, count))
                  for table, count in ((UNARY, 1), (BINARY, 2)) for operation, rules in table.items()]
    wrong = []
    for begin in range(0, len(operations), GROUP):
        wrong += find_wrong(arguments, operations[begin : begin + GROUP], Numbers(arguments.type))
    if wrong:
        fail("\n".join(wrong))
    print(f"{len(operations)} operations of {arguments.type}")


if __name__ == "__main__":
    main()
