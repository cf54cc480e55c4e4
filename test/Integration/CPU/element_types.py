"""Runs every operation of arith on numbers, for every element type, and compares the bits with exact arithmetic.

    element_types.py --remat-run PATH GROUP [--extents 1 3 15 16 17 33 65] [-- OPTION...]

GROUP is one of conversions, integers, maxima, reductions and masks. One program holds all operations of a group; they
take turns with the extents, so that each kind meets full vectors, tails and single elements. What is
expected is computed here, with integers and fractions, and shares nothing with the compiler. Options behind -- go to remat-run.
Only the standard library is used.
"""

import argparse
import fractions
import itertools
import math
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "lib"))
import npy

EXTENTS = [1, 3, 15, 16, 17, 33, 65]
INTEGERS = {"i1": 1, "i8": 8, "i16": 16, "i32": 32, "i64": 64, "index": 64}
# Bits of the significand (with the leading one) and largest exponent.
FLOATS = {"f16": (11, 15), "bf16": (8, 127), "f32": (24, 127), "f64": (53, 1023)}

# Numbers


def round_float(value, kind):
    """A fraction, infinity or NaN as the nearest number of a type. Denormals of f16 alone are kept: a call flushes others."""
    if isinstance(value, float):
        if not math.isfinite(value) or value == 0:
            return value
        value = fractions.Fraction(value)
    if value == 0:
        return 0.0
    digits, largest = FLOATS[kind]
    magnitude = abs(value)
    exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    if fractions.Fraction(2) ** exponent > magnitude:
        exponent -= 1
    smallest = 1 - largest
    if exponent < smallest and kind != "f16":
        return math.copysign(0.0, value)
    unit = fractions.Fraction(2) ** (max(exponent, smallest) - digits + 1)
    rounded = round(magnitude / unit) * unit  # to even
    if rounded >= fractions.Fraction(2) ** (largest + 1):
        return math.copysign(math.inf, value)
    return math.copysign(float(rounded), value)


def wrap(value, kind):
    """An integer in two's complement; i1 is 0 or 1."""
    width = INTEGERS[kind]
    value &= (1 << width) - 1
    return value if width == 1 or value < 1 << (width - 1) else value - (1 << width)


def signed(value, kind):
    return -value if kind == "i1" else value


def unsigned(value, kind):
    return value & ((1 << INTEGERS[kind]) - 1)


def saturate(value, kind, is_signed):
    width = INTEGERS[kind]
    low, high = (-(1 << (width - 1)), (1 << (width - 1)) - 1) if is_signed else (0, (1 << width) - 1)
    if math.isnan(value):
        return 0
    return wrap(min(max(math.trunc(value), low), high) if math.isfinite(value) else (high if value > 0 else low), kind)


def samples(kind):
    """Interesting values of a type, a prime number of them."""
    if kind in INTEGERS:
        if kind == "i1":
            return [1, 0, 1, 1, 0]
        top = 1 << (INTEGERS[kind] - 1)
        near = [3, -7, 0, 1, -1, top - 1, -top, top // 2 + 1, 1 - top, 100, -100, 5, 2, -2, 77, 63]
        # In the middle between two floats, and just beside it.
        near += [top // 2 + top // 256 + delta for delta in (-1, 0, 1)] + [top // 2 + top // 8192 + delta for delta in (-1, 0, 1)]
        near += [-(top // 2 + (top >> 9) + 1)]
        return [wrap(value, kind) for value in near]
    digits, largest = FLOATS[kind]
    exact = [0.0, -0.0, 1.0, -1.5, math.inf, -math.inf, math.nan, 2.75, -127.5, 128.0, 255.7, -0.75, 32767.5, -40000.0]
    exact += [math.ldexp(1 + math.ldexp(1, 1 - digits), 2), math.ldexp(1.0, largest), -math.ldexp(1.0, 1 - largest)]
    # Middles of narrower types, and what two roundings get wrong.
    exact += [1 + 2**-8 + 2**-30, 1 + 2**-11 + 2**-40, 1 + 2**-8 - 2**-40, 3e38, 2147483648.0, -9.3e18, 65519.9, 6e-8]
    return [round_float(value, kind) for value in exact[:23]]


def take(kind, count, start=0):
    values = samples(kind)
    return [values[(start + number) % len(values)] for number in range(count)]


# Programs


class Program:
    """One function; arguments are made as they are asked for."""

    def __init__(self):
        self.arguments = {}
        self.lines = []
        self.results = []  # name, kind, shape, expected

    def argument(self, kind, shape, start=0):
        name = f"a_{kind}_{'x'.join(map(str, shape))}_{start}"
        self.arguments[name] = (kind, shape, take(kind, math.prod(shape), start))
        return f"%{name}", self.arguments[name][2]

    def add(self, what, kind, shape, expected):
        """Declares the result of the line `what`, in which {r} is its name and {t} its type."""
        name = f"r{len(self.results)}"
        self.lines.append(what.format(r="%" + name, t=tensor(kind, shape)))
        self.results.append((name, kind, shape, expected, self.lines[-1]))

    def text(self):
        arguments = ", ".join(f'%{name}: {tensor(kind, shape)}' for name, (kind, shape, _) in self.arguments.items())
        types = ", ".join(f'{tensor(kind, shape)} {{remat.name = "{name}"}}' for name, kind, shape, _, _ in self.results)
        names = ", ".join("%" + name for name, *_ in self.results)
        plain = ", ".join(tensor(kind, shape) for _, kind, shape, _, _ in self.results)
        body = "\n  ".join(self.lines)
        return f"func.func @main({arguments}) -> ({types}) {{\n  {body}\n  return {names} : {plain}\n}}\n"


def tensor(kind, shape):
    return "tensor<" + "".join(f"{extent}x" for extent in shape) + kind + ">"


def same(left, right):
    if isinstance(left, float) and isinstance(right, float):
        return (math.isnan(left) and math.isnan(right)) or (left == right and math.copysign(1, left) == math.copysign(1, right))
    return left == right


def run(program, remat_run, options):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "program.mlir").write_text(program.text())
        inputs = []
        for name, (kind, shape, values) in program.arguments.items():
            npy.write(folder / f"{name}.npy", kind, shape, values)
            inputs += ["--input", f"{name}={folder / name}.npy".replace("%", "")]
        command = [remat_run, str(folder / "program.mlir"), "--output", str(folder / "out"), *inputs, *options]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        if done.returncode != 0:
            sys.exit(f"element_types: status {done.returncode}\n{done.stdout}\n{program.text()}")
        wrong = 0
        for name, kind, shape, expected, line in program.results:
            got = npy.read(folder / "out" / f"{name}.npy")
            for position, (is_value, should) in enumerate(zip(got, expected, strict=True)):
                if not same(is_value, should):
                    wrong += 1
                    print(f"{line}\n  element {position} is {is_value!r}, expected {should!r}")
                    break
    if wrong:
        sys.exit(f"element_types: {wrong} of {len(program.results)} results are wrong")
    print(f"{len(program.results)} results are right")


# Groups


def conversions(extents):
    program, turn = Program(), itertools.cycle(extents)
    kinds = [*INTEGERS, *FLOATS]

    def convert(operation, source, target, function):
        shape = [next(turn)]
        name, values = program.argument(source, shape)
        program.add(f"{{r}} = arith.{operation} {name} : {tensor(source, shape)} to {{t}}", target, shape,
                    [function(value) for value in values])

    for source, target in itertools.product(kinds, kinds):
        if source == target:
            continue
        if source in FLOATS and target in FLOATS:
            if FLOATS[source][0] < FLOATS[target][0] and {source, target} != {"f16", "bf16"}:
                convert("extf", source, target, lambda value: value)
            elif {source, target} != {"f16", "bf16"}:
                convert("truncf", source, target, lambda value: round_float(value, target))
        elif source in FLOATS:
            if target != "index":
                convert("fptosi", source, target, lambda value: saturate(value, target, True))
                convert("fptoui", source, target, lambda value: saturate(value, target, False))
        elif target in FLOATS:
            if source != "index":
                convert("sitofp", source, target, lambda value: round_float(fractions.Fraction(signed(value, source)), target))
                convert("uitofp", source, target, lambda value: round_float(fractions.Fraction(unsigned(value, source)), target))
        elif "index" in (source, target):
            convert("index_cast", source, target, lambda value: wrap(signed(value, source), target))
            convert("index_castui", source, target, lambda value: wrap(unsigned(value, source), target))
        elif INTEGERS[source] < INTEGERS[target]:
            convert("extsi", source, target, lambda value: wrap(signed(value, source), target))
            convert("extui", source, target, lambda value: wrap(unsigned(value, source), target))
        else:
            convert("trunci", source, target, lambda value: wrap(value, target))
    return program


def divide(x, y, kind, is_signed, rounding):
    x, y = (signed(x, kind), signed(y, kind)) if is_signed else (unsigned(x, kind), unsigned(y, kind))
    if y == 0:
        return wrap(-1, kind)
    quotient = fractions.Fraction(x, y)
    return wrap({"zero": math.trunc, "down": math.floor, "up": math.ceil}[rounding](quotient), kind)


def remain(x, y, kind, is_signed):
    a, b = (signed(x, kind), signed(y, kind)) if is_signed else (unsigned(x, kind), unsigned(y, kind))
    return x if b == 0 else wrap(a - b * math.trunc(fractions.Fraction(a, b)), kind)


def shift(x, distance, kind, operation):
    distance, width = unsigned(distance, kind), INTEGERS[kind]
    if operation == "shli":
        return wrap(x << distance, kind) if distance < width else 0
    if operation == "shrui":
        return wrap(unsigned(x, kind) >> distance, kind) if distance < width else 0
    return wrap(signed(x, kind) >> min(distance, width), kind)


def integers(extents):
    program, turn = Program(), itertools.cycle(extents)
    operations = {
        "divsi": lambda x, y, kind: divide(x, y, kind, True, "zero"),
        "divui": lambda x, y, kind: divide(x, y, kind, False, "zero"),
        "floordivsi": lambda x, y, kind: divide(x, y, kind, True, "down"),
        "ceildivsi": lambda x, y, kind: divide(x, y, kind, True, "up"),
        "ceildivui": lambda x, y, kind: divide(x, y, kind, False, "up"),
        "remsi": lambda x, y, kind: remain(x, y, kind, True),
        "remui": lambda x, y, kind: remain(x, y, kind, False),
        "addi": lambda x, y, kind: wrap(x + y, kind),
        "subi": lambda x, y, kind: wrap(x - y, kind),
        "muli": lambda x, y, kind: wrap(x * y, kind),
        "maxsi": lambda x, y, kind: wrap(max(signed(x, kind), signed(y, kind)), kind),
        "minui": lambda x, y, kind: wrap(min(unsigned(x, kind), unsigned(y, kind)), kind),
        **{name: lambda x, y, kind, name=name: shift(x, y, kind, name) for name in ("shli", "shrui", "shrsi")},
    }
    for kind in INTEGERS:
        for operation, function in operations.items():
            for start in (0, 1, 4):
                shape = [next(turn)]
                # The dividends are the smallest number where the divisors are -1, too.
                x, xs = program.argument(kind, shape, start + 2)
                y, ys = program.argument(kind, shape)
                program.add(f"{{r}} = arith.{operation} {x}, {y} : {{t}}", kind, shape,
                            [function(a, b, kind) for a, b in zip(xs, ys)])
    return program


def is_less(x, y):
    """In the order in which -0 stands before +0."""
    return (x, math.copysign(1, x)) < (y, math.copysign(1, y))


def choose(operation, x, y):
    if math.isnan(x) or math.isnan(y):
        return math.nan if "imum" in operation else y if math.isnan(x) else x
    smaller, larger = (x, y) if is_less(x, y) else (y, x)
    return larger if "max" in operation else smaller


MAXIMA = ["maximumf", "minimumf", "maxnumf", "minnumf"]


def maxima(extents):
    program, turn = Program(), itertools.cycle(extents)
    for kind, operation in itertools.product(FLOATS, MAXIMA):
        for start in (0, 1, 6):
            shape = [next(turn)]
            x, xs = program.argument(kind, shape, start)
            y, ys = program.argument(kind, shape)
            program.add(f"{{r}} = arith.{operation} {x}, {y} : {{t}}", kind, shape,
                        [choose(operation, a, b) for a, b in zip(xs, ys)])
    return program


def reductions(extents):
    program = Program()
    functions = {
        "addi": lambda x, y, kind: wrap(x + y, kind),
        "muli": lambda x, y, kind: wrap(x * y, kind),
        "andi": lambda x, y, kind: wrap(x & y, kind),
        "ori": lambda x, y, kind: wrap(x | y, kind),
        "xori": lambda x, y, kind: wrap(x ^ y, kind),
        "maxsi": lambda x, y, kind: wrap(max(signed(x, kind), signed(y, kind)), kind),
        "minsi": lambda x, y, kind: wrap(min(signed(x, kind), signed(y, kind)), kind),
        "maxui": lambda x, y, kind: wrap(max(unsigned(x, kind), unsigned(y, kind)), kind),
        "minui": lambda x, y, kind: wrap(min(unsigned(x, kind), unsigned(y, kind)), kind),
        **{name: lambda x, y, kind, name=name: choose(name, x, y) for name in MAXIMA},
    }
    turn = itertools.cycle(extents)
    for kind in [*INTEGERS, *FLOATS]:
        for operation, function in functions.items():
            if (operation in MAXIMA) != (kind in FLOATS):
                continue
            for reduced in (0, 1):
                shape = [next(turn), 5]
                x, xs = program.argument(kind, shape)
                init, inits = program.argument(kind, [shape[1 - reduced]], 1)
                expected = []
                for kept, value in enumerate(inits):
                    for over in range(shape[reduced]):
                        value = function(value, xs[over * 5 + kept if reduced == 0 else kept * 5 + over], kind)
                    expected.append(value)
                program.add(f"{{r}} = linalg.reduce {{{{ arith.{operation} }}}} ins({x} : {tensor(kind, shape)}) "
                            f"outs({init} : {{t}}) dimensions = [{reduced}]", kind, [shape[1 - reduced]], expected)
    return program


def masks(extents):
    """i1 as argument, as result, transposed, and between operations that read it in another shape."""
    program = Program()
    for extent in extents:
        shape = [extent]
        m, ms = program.argument("i1", shape)
        n, ns = program.argument("i1", shape, 1)
        x, xs = program.argument("f32", shape)
        y, ys = program.argument("f32", shape, 2)
        program.add(f"{{r}} = arith.select {m}, {x}, {y} : {tensor('i1', shape)}, {{t}}", "f32", shape,
                    [a if c else b for c, a, b in zip(ms, xs, ys)])
        program.add(f"{{r}} = arith.cmpf olt, {x}, {y} : {tensor('f32', shape)}", "i1", shape,
                    [int(a < b) for a, b in zip(xs, ys)])
        program.add(f"{{r}} = arith.andi {m}, {n} : {{t}}", "i1", shape, [a & b for a, b in zip(ms, ns)])
        square, values = program.argument("i1", [extent, 3])
        name = f"%empty{extent}"
        program.lines.append(f"{name} = tensor.empty() : {tensor('i1', [3, extent])}")
        program.add(f"{{r}} = linalg.transpose ins({square} : {tensor('i1', [extent, 3])}) outs({name} : {{t}}) "
                    "permutation = [1, 0]", "i1", [3, extent], [values[row * 3 + column] for column in range(3) for row in range(extent)])
        program.add(f"{{r}} = tensor.collapse_shape {square} [[0, 1]] : {tensor('i1', [extent, 3])} into {{t}}", "i1",
                    [extent * 3], values)
        program.add(f"{{r}} = arith.constant dense<[{', '.join('true' if value else 'false' for value in ms)}]> : {{t}}",
                    "i1", shape, ms)
    return program


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    groups = {function.__name__: function for function in (conversions, integers, maxima, reductions, masks)}
    parser.add_argument("--remat-run", required=True)
    parser.add_argument("--target-cpu", help="the processor to make code for, unless remat-run's own options name one")
    parser.add_argument("--extents", nargs="+", type=int, default=EXTENTS)
    parser.add_argument("groups", nargs="+", choices=groups)
    own, options = sys.argv[1:], []
    if "--" in own:
        own, options = own[: own.index("--")], own[own.index("--") + 1 :]
    arguments = parser.parse_args(own)
    if arguments.target_cpu and "--target-cpu" not in options:
        options = ["--target-cpu", arguments.target_cpu, *options]
    for group in arguments.groups:
        run(groups[group](arguments.extents), arguments.remat_run, options)


if __name__ == "__main__":
    main()
