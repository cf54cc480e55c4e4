"""One small program for every operation of arith, math, tensor, linalg and scf.

`PROGRAMS` maps the name of an operation to a function that makes its programs:
(label, text) pairs, where the label says which types the program has. Arguments
named x, y, z are float tensors or integers whose values operations.py makes up.
"""

import re

PROGRAMS = {}


def tensor(element, *shape):
    return "tensor<%sx%s>" % ("x".join(map(str, shape)), element) if shape else "tensor<%s>" % element


def main(arguments, results, body, gradient=()):
    """A function @main, or for `gradient` (positions of float arguments) a @main that
    asks for the gradient of the first result by them, with a seed."""
    header = ", ".join("%%%s: %s" % pair for pair in arguments)
    types = ", ".join(results)
    values = ", ".join("%%r%d" % i for i in range(len(results)))
    returned = "  return %s : %s\n" % (values, types)
    if not gradient:
        return "func.func @main(%s) -> (%s) {\n%s\n%s}\n" % (header, types, body, returned)
    text = "func.func private @f(%s) -> (%s) {\n%s\n%s}\n" % (header, types, body, returned)
    operands = ", ".join("%" + name for name, _ in arguments)
    inputs = ", ".join(type for _, type in arguments)
    derivatives = ", ".join(arguments[i][1] for i in gradient)
    names = ", ".join("%%d%d" % i for i in range(len(gradient)))
    return text + (
        "func.func @main(%s, %%seed: %s) -> (%s, %s) {\n"
        "  %s, %s = remat.value_and_gradient @f(%s) wrt [%s] seed(%%seed : %s)\n    : (%s) -> (%s, %s)\n"
        "  return %s, %s : %s, %s\n}\n"
        % (header, results[0], types, derivatives, values, names, operands, ", ".join(map(str, gradient)),
           results[0], inputs, types, derivatives, values, names, types, derivatives))


def program(*names):
    def add(function):
        for name in names:
            PROGRAMS[name] = lambda name=name: list(function(name))
        return function
    return add


def both(label, arguments, results, body, gradient):
    """The program, and the one with its gradient."""
    yield label, main(arguments, results, body)
    if gradient:
        yield label + " gradient", main(arguments, results, body, gradient)


FLOATS = ["f32", "f64", "f16", "bf16"]
INTEGERS = ["i32", "i64", "i8", "index"]

# ---------------------------------------------------------------- element by element

UNARY = """absf acos acosh asin asinh atan atanh cbrt ceil cos cosh erf erfc exp exp2 expm1 floor log log10 log1p log2
round roundeven rsqrt sin sinh sqrt tan tanh trunc""".split()


@program(*["math." + name for name in UNARY], "arith.negf")
def unary(name):
    for element in FLOATS:
        t = tensor(element, 3, 17)
        yield from both(element, [("x", t)], [t], "  %%r0 = %s %%x : %s" % (name, t), [0])


@program("arith.addf", "arith.divf", "arith.maximumf", "arith.maxnumf", "arith.minimumf", "arith.minnumf", "arith.mulf",
         "arith.remf", "arith.subf", "math.atan2", "math.copysign", "math.powf")
def binary(name):
    for element in FLOATS:
        t = tensor(element, 3, 17)
        yield from both(element, [("x", t), ("y", t)], [t], "  %%r0 = %s %%x, %%y : %s" % (name, t), [0, 1])


@program("math.fma")
def fma(name):
    for element in FLOATS:
        t = tensor(element, 3, 17)
        yield from both(element, [("x", t), ("y", t), ("z", t)], [t], "  %%r0 = math.fma %%x, %%y, %%z : %s" % t, [0, 1, 2])


@program("math.clampf")
def clampf(name):
    for element in FLOATS:
        t = tensor(element, 3, 17)
        yield from both(element, [("x", t), ("y", t), ("z", t)], [t], "  %%r0 = math.clampf %%x to [%%y, %%z] : %s" % t, [0, 1, 2])


@program("math.sincos")
def sincos(name):
    for element in FLOATS:
        t = tensor(element, 3, 17)
        yield from both(element, [("x", t)], [t, t], "  %%r0, %%r1 = math.sincos %%x : %s" % t, [0])


@program("math.fpowi")
def fpowi(name):
    for element in FLOATS:
        t, k = tensor(element, 3, 17), tensor("i32", 3, 17)
        yield from both(element, [("x", t), ("e", k)], [t], "  %%r0 = math.fpowi %%x, %%e : %s, %s" % (t, k), [0])


@program("arith.addi", "arith.andi", "arith.ceildivsi", "arith.ceildivui", "arith.divsi", "arith.divui", "arith.floordivsi",
         "arith.maxsi", "arith.maxui", "arith.minsi", "arith.minui", "arith.muli", "arith.ori", "arith.remsi", "arith.remui",
         "arith.shli", "arith.shrsi", "arith.shrui", "arith.subi", "arith.xori", "math.ipowi")
def integers(name):
    for element in INTEGERS:
        t = tensor(element, 3, 17)
        if name != "math.ipowi" or element != "index":
            yield element, main([("x", t), ("y", t)], [t], "  %%r0 = %s %%x, %%y : %s" % (name, t))


@program("math.absi", "math.ctlz", "math.ctpop", "math.cttz")
def integer_unary(name):
    for element in INTEGERS:
        t = tensor(element, 3, 17)
        yield element, main([("x", t)], [t], "  %%r0 = %s %%x : %s" % (name, t))


@program("arith.mulsi_extended", "arith.mului_extended")
def extended(name):
    for element in INTEGERS:
        t = tensor(element, 3, 17)
        yield element, main([("x", t), ("y", t)], [t, t], "  %%r0, %%r1 = %s %%x, %%y : %s" % (name, t))


@program("arith.addui_extended")
def carry(name):
    for element in INTEGERS:
        t, b = tensor(element, 3, 17), tensor("i1", 3, 17)
        yield element, main([("x", t), ("y", t)], [t, b], "  %%r0, %%r1 = %s %%x, %%y : %s, %s" % (name, t, b))


@program("math.isfinite", "math.isinf", "math.isnan", "math.isnormal")
def classes(name):
    for element in FLOATS:
        t, b = tensor(element, 3, 17), tensor("i1", 3, 17)
        yield element, main([("x", t)], [b], "  %%r0 = %s %%x : %s" % (name, t))


@program("arith.cmpf")
def cmpf(name):
    for element in FLOATS:
        t, b = tensor(element, 3, 17), tensor("i1", 3, 17)
        for predicates in ("oeq olt ole ogt oge one ord".split(), "ueq ult ule ugt uge une uno".split()):
            body = "\n".join("  %%r%d = arith.cmpf %s, %%x, %%y : %s" % (i, p, t) for i, p in enumerate(predicates))
            yield "%s %s" % (element, predicates[0]), main([("x", t), ("y", t)], [b] * len(predicates), body)


@program("arith.cmpi")
def cmpi(name):
    predicates = "eq ne slt sle sgt sge ult ule ugt uge".split()
    for element in INTEGERS:
        t, b = tensor(element, 3, 17), tensor("i1", 3, 17)
        body = "\n".join("  %%r%d = arith.cmpi %s, %%x, %%y : %s" % (i, p, t) for i, p in enumerate(predicates))
        yield element, main([("x", t), ("y", t)], [b] * len(predicates), body)


@program("arith.select")
def select(name):
    b = tensor("i1", 3, 17)
    for element in FLOATS + INTEGERS:
        t = tensor(element, 3, 17)
        yield from both(element, [("c", b), ("x", t), ("y", t)], [t], "  %%r0 = arith.select %%c, %%x, %%y : %s, %s" % (b, t),
                        [1, 2] if element in FLOATS else [])


@program("arith.constant")
def constant(name):
    for element in FLOATS:
        t = tensor(element, 3)
        yield element, main([], [t], "  %%r0 = arith.constant dense<[1.0, -0.0, 0.1]> : %s" % t)
    for element in INTEGERS:
        t = tensor(element, 3)
        yield element, main([], [t], "  %%r0 = arith.constant dense<[1, -5, 100]> : %s" % t)
    yield "i1", main([], ["tensor<3xi1>"], "  %r0 = arith.constant dense<[true, false, true]> : tensor<3xi1>")


def convert(name, pairs, gradient=False):
    for source, target in pairs:
        s, t = tensor(source, 3, 17), tensor(target, 3, 17)
        yield from both("%s to %s" % (source, target), [("x", s)], [t], "  %%r0 = %s %%x : %s to %s" % (name, s, t),
                        [0] if gradient else [])


@program("arith.extf")
def extf(name):
    yield from convert(name, [("f32", "f64"), ("f16", "f32"), ("bf16", "f32"), ("f16", "f64"), ("bf16", "f64")], True)


@program("arith.truncf")
def truncf(name):
    yield from convert(name, [("f64", "f32"), ("f32", "f16"), ("f32", "bf16"), ("f64", "f16"), ("f64", "bf16")], True)


@program("arith.extsi", "arith.extui")
def extend(name):
    yield from convert(name, [("i32", "i64"), ("i8", "i32"), ("i8", "i16"), ("i1", "i32"), ("i1", "i8")])


@program("arith.trunci")
def trunci(name):
    yield from convert(name, [("i64", "i32"), ("i32", "i8"), ("i16", "i8"), ("i32", "i1")])


@program("arith.sitofp", "arith.uitofp")
def to_float(name):
    yield from convert(name, [(i, f) for i in ("i32", "i64", "i8", "i1") for f in FLOATS])


@program("arith.fptosi", "arith.fptoui")
def to_integer(name):
    yield from convert(name, [(f, i) for f in FLOATS for i in ("i32", "i64", "i8")])


@program("arith.index_cast", "arith.index_castui")
def index_cast(name):
    yield from convert(name, [("i32", "index"), ("index", "i32"), ("i64", "index"), ("index", "i64"), ("i8", "index")])


@program("arith.bitcast")
def bitcast(name):
    yield from convert(name, [("f32", "i32"), ("i32", "f32"), ("f64", "i64"), ("f16", "i16"), ("bf16", "f16")])


@program("arith.scaling_extf")
def scaling_extf(name):
    t, s = tensor("f16", 3, 17), tensor("f8E8M0FNU", 3, 17)
    yield "f16", main([("x", t)], [tensor("f32", 3, 17)],
                      "  %%k = arith.constant dense<2.0> : %s\n  %%r0 = arith.scaling_extf %%x, %%k : %s, %s to %s"
                      % (s, t, s, tensor("f32", 3, 17)))


@program("arith.scaling_truncf")
def scaling_truncf(name):
    t, s = tensor("f32", 3, 17), tensor("f8E8M0FNU", 3, 17)
    yield "f32", main([("x", t)], [tensor("f16", 3, 17)],
                      "  %%k = arith.constant dense<2.0> : %s\n  %%r0 = arith.scaling_truncf %%x, %%k : %s, %s to %s"
                      % (s, t, s, tensor("f16", 3, 17)))


# ---------------------------------------------------------------- linalg

def structured(name, inputs, output, elements, attributes="", gradient=True, head=""):
    """A named operation: inputs and output as tuples of extents."""
    for element in elements:
        types = [tensor(element, *shape) for shape in inputs]
        result = tensor(element, *output)
        names = "xyzw"[:len(types)]
        body = "%s  %%r0 = %s%s ins(%s : %s) outs(%%out : %s) -> %s" % (
            head, name, attributes, ", ".join("%" + n for n in names), ", ".join(types), result, result)
        arguments = list(zip(names, types)) + [("out", result)]
        wanted = list(range(len(arguments))) if gradient and element in FLOATS else []
        yield from both(element, arguments, [result], body, wanted)


SAMPLE = ["f32", "f64", "bf16", "i32"]


@program(*["linalg." + n for n in "abs ceil erf exp floor log negf reciprocal round rsqrt sqrt square tanh".split()], "linalg.copy")
def linalg_unary(name):
    yield from structured(name, [(3, 17)], (3, 17), ["f32", "f64", "bf16"] + (["i32"] if name == "linalg.copy" else []))


@program(*["linalg." + n for n in "add div max min mul sub powf".split()])
def linalg_binary(name):
    yield from structured(name, [(3, 17)] * 2, (3, 17), SAMPLE if name != "linalg.powf" else FLOATS[:2])


@program("linalg.div_unsigned")
def linalg_div_unsigned(name):
    yield from structured(name, [(3, 17)] * 2, (3, 17), ["i32", "i64"])


@program("linalg.select")
def linalg_select(name):
    b = tensor("i1", 3, 17)
    for element in SAMPLE:
        t = tensor(element, 3, 17)
        body = "  %%r0 = linalg.select ins(%%c, %%x, %%y : %s, %s, %s) outs(%%out : %s) -> %s" % (b, t, t, t, t)
        yield from both(element, [("c", b), ("x", t), ("y", t), ("out", t)], [t], body, [1, 2, 3] if element in FLOATS else [])


@program("linalg.elementwise")
def linalg_elementwise(name):
    yield from structured(name, [(3, 17)] * 2, (3, 17), FLOATS[:2], " kind=#linalg.elementwise_kind<mul>")


CONTRACTIONS = {
    "dot": ([(17,), (17,)], ()), "matmul": ([(3, 17), (17, 5)], (3, 5)), "matvec": ([(3, 17), (17,)], (3,)),
    "vecmat": ([(17,), (17, 5)], (5,)), "batch_matmul": ([(2, 3, 17), (2, 17, 5)], (2, 3, 5)),
    "batch_matvec": ([(2, 3, 17), (2, 17)], (2, 3)), "batch_vecmat": ([(2, 17), (2, 17, 5)], (2, 5)),
    "batch_reduce_matmul": ([(2, 3, 17), (2, 17, 5)], (3, 5)),
    "mmt4d": ([(2, 3, 4, 5), (3, 3, 2, 5)], (2, 3, 4, 2)), "batch_mmt4d": ([(2, 2, 3, 4, 5), (2, 3, 3, 2, 5)], (2, 2, 3, 4, 2)),
}


@program(*["linalg." + n for n in CONTRACTIONS])
def contraction(name):
    yield from structured(name, *CONTRACTIONS[name.split(".")[1]], SAMPLE)


@program("linalg.contract")
def contract(name):
    maps = ["affine_map<(i, j, k) -> (k, i)>", "affine_map<(i, j, k) -> (j, k)>", "affine_map<(i, j, k) -> (i, j)>"]
    yield from structured(name, [(17, 3), (5, 17)], (3, 5), SAMPLE, " indexing_maps = [%s]" % ", ".join(maps))


def quantized(name, inputs, output):
    types = [tensor("i8", *shape) for shape in inputs]
    result = tensor("i32", *output)
    body = "  %%r0 = %s ins(%%x, %%y, %%a, %%b : %s, i32, i32) outs(%%out : %s) -> %s" % (name, ", ".join(types), result, result)
    yield "i8", main([("x", types[0]), ("y", types[1]), ("a", "i32"), ("b", "i32"), ("out", result)], [result], body)


@program("linalg.quantized_matmul")
def quantized_matmul(name):
    yield from quantized(name, [(3, 17), (17, 5)], (3, 5))


@program("linalg.quantized_batch_matmul")
def quantized_batch_matmul(name):
    yield from quantized(name, [(2, 3, 17), (2, 17, 5)], (2, 3, 5))


# The extents of dimensions, by letter: batch, image, channels, filters, groups, multiplier.
IMAGE = dict(n=2, d=5, h=6, w=7, c=3, f=4, g=2, m=2)
WINDOW = dict(d=2, h=3, w=2)


def windows(name):
    """The shapes of a convolution or pooling, from the layouts in its name."""
    parts = name.split(".")[1].split("_")
    is_quantized = parts[-1] == "q"
    if is_quantized:
        parts.pop()
    if parts[0] == "pooling":
        image = parts[1]
        spatial = [l for l in image if l in WINDOW]
        out = tuple(IMAGE[l] - WINDOW[l] + 1 if l in WINDOW else IMAGE[l] for l in image)
        return [tuple(IMAGE[l] for l in image), tuple(WINDOW[l] for l in spatial)], out, False
    if len(parts) == 2:  # conv_2d
        spatial = {"1d": "w", "2d": "hw", "3d": "dhw"}[parts[1]]
        return ([tuple(IMAGE[l] for l in spatial), tuple(WINDOW[l] for l in spatial)],
                tuple(IMAGE[l] - WINDOW[l] + 1 for l in spatial), False)
    image, kernel = parts[-2:]
    shapes = [tuple(IMAGE[l] for l in image), tuple(WINDOW.get(l, IMAGE[l]) for l in kernel)]
    if parts[0] == "depthwise":
        layout = image + ("m" if "m" in kernel else "")
    elif "g" in image:
        layout = image.replace("c", "f")
    else:
        layout = image.replace("c", "f")
    out = tuple(IMAGE[l] - WINDOW[l] + 1 if l in WINDOW else IMAGE[l] for l in layout)
    return shapes, out, is_quantized


def convolution(name):
    shapes, out, is_quantized = windows(name)
    if is_quantized:
        yield from quantized(name, shapes, out)
    elif name.endswith("unsigned"):
        yield from structured(name, shapes, out, ["i32"])
    elif "pooling" in name:
        # The window has extents and no values.
        for element in SAMPLE:
            x, y, result = (tensor(element, *s) for s in (shapes[0], shapes[1], out))
            body = "  %%y = tensor.empty() : %s\n  %%r0 = %s ins(%%x, %%y : %s, %s) outs(%%out : %s) -> %s" % (
                y, name, x, y, result, result)
            yield from both(element, [("x", x), ("out", result)], [result], body, [0, 1] if element in FLOATS else [])
    else:
        yield from structured(name, shapes, out, SAMPLE)


CONVOLUTION = re.compile(r"linalg\.(depthwise_)?(conv|pooling)_")


@program("linalg.fill")
def fill(name):
    for element in SAMPLE:
        t = tensor(element, 3, 17)
        body = "  %%r0 = linalg.fill ins(%%s : %s) outs(%%out : %s) -> %s" % (element, t, t)
        yield from both(element, [("s", element), ("out", t)], [t], body, [1] if element in FLOATS else [])


@program("linalg.fill_rng_2d")
def fill_rng(name):
    for element in FLOATS[:2]:
        t = tensor(element, 3, 17)
        body = "  %%r0 = linalg.fill_rng_2d ins(%%a, %%b, %%k : f64, f64, i32) outs(%%out : %s) -> %s" % (t, t)
        yield element, main([("a", "f64"), ("b", "f64"), ("k", "i32"), ("out", t)], [t], body)


@program("linalg.broadcast")
def broadcast(name):
    for element in SAMPLE:
        x, t = tensor(element, 17), tensor(element, 3, 17)
        body = "  %%r0 = linalg.broadcast ins(%%x : %s) outs(%%out : %s) dimensions = [0]" % (x, t)
        yield from both(element, [("x", x), ("out", t)], [t], body, [0, 1] if element in FLOATS else [])


@program("linalg.transpose")
def transpose(name):
    for element in SAMPLE:
        x, t = tensor(element, 3, 17), tensor(element, 17, 3)
        body = "  %%r0 = linalg.transpose ins(%%x : %s) outs(%%out : %s) permutation = [1, 0]" % (x, t)
        yield from both(element, [("x", x), ("out", t)], [t], body, [0, 1] if element in FLOATS else [])


@program("linalg.reduce")
def reduce(name):
    combiners = {"f": ["addf", "mulf", "maximumf", "minimumf"], "i": ["addi", "muli", "maxsi", "minui", "andi", "ori", "xori"]}
    for element in SAMPLE:
        for combiner in combiners["f" if element in FLOATS else "i"]:
            x, t = tensor(element, 3, 17), tensor(element, 3)
            body = "  %%r0 = linalg.reduce { arith.%s } ins(%%x : %s) outs(%%out : %s) dimensions = [1]" % (combiner, x, t)
            yield from both("%s %s" % (element, combiner), [("x", x), ("out", t)], [t], body, [0, 1] if element in FLOATS else [])


@program("linalg.map")
def map_(name):
    for element in FLOATS[:2]:
        t = tensor(element, 3, 17)
        body = "  %%r0 = linalg.map { arith.mulf } ins(%%x, %%y : %s, %s) outs(%%out : %s)" % (t, t, t)
        yield from both(element, [("x", t), ("y", t), ("out", t)], [t], body, [0, 1])


@program("linalg.generic", "linalg.yield", "linalg.index")
def generic(name):
    for element in FLOATS[:2]:
        t, r = tensor(element, 3, 17), tensor(element, 17, 3)
        body = """  %%r0 = linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]
  } ins(%%x : %s) outs(%%out : %s) {
  ^bb0(%%a: %s, %%b: %s):
    %%i = linalg.index 0 : index
    %%k = arith.index_cast %%i : index to i32
    %%s = arith.sitofp %%k : i32 to %s
    %%m = arith.mulf %%a, %%s : %s
    %%v = arith.addf %%m, %%b : %s
    linalg.yield %%v : %s
  } -> %s""" % (t, r, *[element] * 6, r)
        yield from both(element, [("x", t), ("out", r)], [r], body, [0, 1])


@program("linalg.softmax")
def softmax(name):
    yield from structured(name, [(3, 17)], (3, 17), FLOATS, " dimension(1)")


@program("linalg.pack")
def pack(name):
    for element in SAMPLE:
        t, r = tensor(element, 3, 17), tensor(element, 3, 5, 4)
        body = ("  %%zero = arith.constant %s : %s\n  %%r0 = linalg.pack %%x padding_value(%%zero : %s) inner_dims_pos = [1] "
                "inner_tiles = [4] into %%out : %s -> %s" % ("0.0" if element in FLOATS else "0", element, element, t, r))
        yield from both(element, [("x", t), ("out", r)], [r], body, [0] if element in FLOATS else [])


@program("linalg.unpack")
def unpack(name):
    for element in SAMPLE:
        t, r = tensor(element, 3, 5, 4), tensor(element, 3, 17)
        body = "  %%r0 = linalg.unpack %%x inner_dims_pos = [1] inner_tiles = [4] into %%out : %s -> %s" % (t, r)
        yield from both(element, [("x", t), ("out", r)], [r], body, [0] if element in FLOATS else [])


@program("linalg.winograd_filter_transform", "linalg.winograd_input_transform", "linalg.winograd_output_transform")
def winograd(name):
    shapes = {"filter": ((2, 3, 3, 5), (6, 6, 5, 2)), "input": ((2, 10, 10, 5), (6, 6, 2, 2, 2, 5)),
              "output": ((6, 6, 2, 2, 2, 2), (2, 8, 8, 2))}
    source, target = shapes[name.split("_")[1]]
    for element in FLOATS[:2]:
        yield from both(element, [("x", tensor(element, *source)), ("out", tensor(element, *target))], [tensor(element, *target)],
                        "  %%r0 = %s fmr(F_4_3) ins(%%x : %s) outs(%%out : %s) -> %s" % (
                            name, tensor(element, *source), tensor(element, *target), tensor(element, *target)), [0])


# ---------------------------------------------------------------- tensor

def simple(elements, arguments, results, body, gradient=(0,)):
    """`E` stands for the element type."""
    for element in elements:
        at = lambda text: text.replace("E", element)
        yield from both(element, [(n, at(t)) for n, t in arguments], [at(t) for t in results], at(body),
                        list(gradient) if element in FLOATS else [])


TENSOR = {
    "tensor.bitcast": ([("x", "tensor<3x17xf32>")], ["tensor<3x17xi32>"],
                       "  %r0 = tensor.bitcast %x : tensor<3x17xf32> to tensor<3x17xi32>", ()),
    "tensor.cast": ([("x", "tensor<3x17xE>")], ["tensor<3x17xE>"],
                    "  %c = tensor.cast %x : tensor<3x17xE> to tensor<?x17xE>\n  %r0 = tensor.cast %c : tensor<?x17xE> to tensor<3x17xE>"),
    "tensor.collapse_shape": ([("x", "tensor<3x4x5xE>")], ["tensor<12x5xE>"],
                              "  %r0 = tensor.collapse_shape %x [[0, 1], [2]] : tensor<3x4x5xE> into tensor<12x5xE>"),
    "tensor.concat": ([("x", "tensor<3x17xE>"), ("y", "tensor<3x5xE>")], ["tensor<3x22xE>"],
                      "  %r0 = tensor.concat dim(1) %x, %y : (tensor<3x17xE>, tensor<3x5xE>) -> tensor<3x22xE>", (0, 1)),
    "tensor.dim": ([("x", "tensor<?x17xE>")], ["tensor<1xindex>"],
                   "  %c = arith.constant 0 : index\n  %d = tensor.dim %x, %c : tensor<?x17xE>\n"
                   "  %r0 = tensor.from_elements %d : tensor<1xindex>", ()),
    "tensor.empty": ([("x", "tensor<3xE>")], ["tensor<3xE>"],
                     "  %e = tensor.empty() : tensor<3xE>\n  %r0 = linalg.copy ins(%x : tensor<3xE>) outs(%e : tensor<3xE>) -> tensor<3xE>"),
    "tensor.expand_shape": ([("x", "tensor<12x5xE>")], ["tensor<3x4x5xE>"],
                            "  %r0 = tensor.expand_shape %x [[0, 1], [2]] output_shape [3, 4, 5] : tensor<12x5xE> into tensor<3x4x5xE>"),
    "tensor.extract": ([("x", "tensor<3x17xE>"), ("i", "index")], ["tensor<1xE>"],
                       "  %e = tensor.extract %x[%i, %i] : tensor<3x17xE>\n  %r0 = tensor.from_elements %e : tensor<1xE>"),
    "tensor.extract_slice": ([("x", "tensor<3x17xE>"), ("i", "index")], ["tensor<3x5xE>"],
                             "  %r0 = tensor.extract_slice %x[0, %i] [3, 5] [1, 3] : tensor<3x17xE> to tensor<3x5xE>"),
    "tensor.from_elements": ([("x", "tensor<2xE>")], ["tensor<2xE>"],
                             "  %a = arith.constant 0 : index\n  %b = arith.constant 1 : index\n"
                             "  %s = tensor.extract %x[%a] : tensor<2xE>\n  %t = tensor.extract %x[%b] : tensor<2xE>\n"
                             "  %r0 = tensor.from_elements %t, %s : tensor<2xE>"),
    "tensor.gather": ([("x", "tensor<3x17xE>"), ("k", "tensor<5x1xi32>")], ["tensor<5x17xE>"],
                      "  %r0 = tensor.gather %x[%k] gather_dims([0]) : (tensor<3x17xE>, tensor<5x1xi32>) -> tensor<5x17xE>"),
    "tensor.generate": ([("x", "tensor<3x17xE>")], ["tensor<17x3xE>"],
                        "  %r0 = tensor.generate {\n  ^bb0(%i: index, %j: index):\n    %e = tensor.extract %x[%j, %i] : tensor<3x17xE>\n"
                        "    tensor.yield %e : E\n  } : tensor<17x3xE>"),
    "tensor.insert": ([("x", "tensor<3x17xE>"), ("y", "tensor<1xE>"), ("i", "index")], ["tensor<3x17xE>"],
                      "  %c = arith.constant 0 : index\n  %e = tensor.extract %y[%c] : tensor<1xE>\n"
                      "  %r0 = tensor.insert %e into %x[%i, %i] : tensor<3x17xE>", (0, 1)),
    "tensor.insert_slice": ([("x", "tensor<3x5xE>"), ("y", "tensor<3x17xE>"), ("i", "index")], ["tensor<3x17xE>"],
                            "  %r0 = tensor.insert_slice %x into %y[0, %i] [3, 5] [1, 3] : tensor<3x5xE> into tensor<3x17xE>", (0, 1)),
    "tensor.pad": ([("x", "tensor<3x17xE>"), ("y", "tensor<1xE>")], ["tensor<6x17xE>"],
                   "  %c = arith.constant 0 : index\n  %e = tensor.extract %y[%c] : tensor<1xE>\n"
                   "  %r0 = tensor.pad %x low[1, 0] high[2, 0] {\n  ^bb0(%i: index, %j: index):\n    tensor.yield %e : E\n"
                   "  } : tensor<3x17xE> to tensor<6x17xE>", (0, 1)),
    "tensor.rank": ([("x", "tensor<3x17xE>")], ["tensor<1xindex>"],
                    "  %d = tensor.rank %x : tensor<3x17xE>\n  %r0 = tensor.from_elements %d : tensor<1xindex>", ()),
    "tensor.reshape": ([("x", "tensor<3x4xE>")], ["tensor<2x6xE>"],
                       "  %s = arith.constant dense<[2, 6]> : tensor<2xindex>\n"
                       "  %r0 = tensor.reshape %x(%s) : (tensor<3x4xE>, tensor<2xindex>) -> tensor<2x6xE>"),
    "tensor.scatter": ([("x", "tensor<2x17xE>"), ("y", "tensor<3x17xE>")], ["tensor<3x17xE>"],
                       "  %k = arith.constant dense<[[2], [0]]> : tensor<2x1xi32>\n"
                       "  %r0 = tensor.scatter %x into %y[%k] scatter_dims([0]) unique\n"
                       "    : (tensor<2x17xE>, tensor<3x17xE>, tensor<2x1xi32>) -> tensor<3x17xE>", (0, 1)),
    "tensor.splat": ([("x", "tensor<1xE>")], ["tensor<3x17xE>"],
                     "  %c = arith.constant 0 : index\n  %e = tensor.extract %x[%c] : tensor<1xE>\n  %r0 = tensor.splat %e : tensor<3x17xE>"),
}
TENSOR["tensor.yield"] = TENSOR["tensor.generate"]

FORALL = ([("x", "tensor<3x17xE>"), ("y", "tensor<3x17xE>")], ["tensor<3x17xE>"],
          "  %r0 = scf.forall (%i) in (3) shared_outs(%o = %y) -> tensor<3x17xE> {\n"
          "    %s = tensor.extract_slice %x[%i, 0] [1, 17] [1, 1] : tensor<3x17xE> to tensor<1x17xE>\n"
          "    scf.forall.in_parallel {\n      tensor.parallel_insert_slice %s into %o[%i, 0] [1, 17] [1, 1] : "
          "tensor<1x17xE> into tensor<3x17xE>\n    }\n  }")
PARALLEL = ([("x", "tensor<17xE>")], ["tensor<1xE>"],
            "  %a = arith.constant 0 : index\n  %b = arith.constant 1 : index\n  %n = arith.constant 17 : index\n"
            "  %z = arith.constant 0.0 : E\n"
            "  %p = scf.parallel (%i) = (%a) to (%n) step (%b) init(%z) -> E {\n"
            "    %e = tensor.extract %x[%i] : tensor<17xE>\n    scf.reduce(%e : E) {\n    ^bb0(%l: E, %r: E):\n"
            "      %s = arith.addf %l, %r : E\n      scf.reduce.return %s : E\n    }\n  }\n"
            "  %r0 = tensor.from_elements %p : tensor<1xE>")
SCF = {
    "scf.if": ([("x", "tensor<3x17xE>"), ("y", "tensor<3x17xE>"), ("c", "i1")], ["tensor<3x17xE>"],
               "  %r0 = scf.if %c -> tensor<3x17xE> {\n    %s = arith.mulf %x, %y : tensor<3x17xE>\n    scf.yield %s : tensor<3x17xE>\n"
               "  } else {\n    scf.yield %y : tensor<3x17xE>\n  }", (0, 1)),
    "scf.index_switch": ([("x", "tensor<3x17xE>"), ("y", "tensor<3x17xE>"), ("i", "index")], ["tensor<3x17xE>"],
                         "  %r0 = scf.index_switch %i -> tensor<3x17xE>\n  case 1 {\n    %s = arith.mulf %x, %y : tensor<3x17xE>\n"
                         "    scf.yield %s : tensor<3x17xE>\n  }\n  default {\n    scf.yield %y : tensor<3x17xE>\n  }", (0, 1)),
    "scf.execute_region": ([("x", "tensor<3x17xE>")], ["tensor<3x17xE>"],
                           "  %r0 = scf.execute_region -> tensor<3x17xE> {\n    %s = arith.mulf %x, %x : tensor<3x17xE>\n"
                           "    scf.yield %s : tensor<3x17xE>\n  }"),
    "scf.for": ([("x", "tensor<3x17xE>"), ("i", "index")], ["tensor<3x17xE>"],
                "  %a = arith.constant 0 : index\n  %b = arith.constant 1 : index\n  %n = arith.constant 3 : index\n"
                "  %r0 = scf.for %k = %a to %n step %b iter_args(%h = %x) -> tensor<3x17xE> {\n"
                "    %s = arith.mulf %h, %x : tensor<3x17xE>\n    scf.yield %s : tensor<3x17xE>\n  }"),
    "scf.while": ([("x", "tensor<3x17xE>"), ("i", "index")], ["tensor<3x17xE>"],
                  "  %b = arith.constant 1 : index\n  %n = arith.constant 4 : index\n"
                  "  %k, %r0 = scf.while (%j = %i, %h = %x) : (index, tensor<3x17xE>) -> (index, tensor<3x17xE>) {\n"
                  "    %c = arith.cmpi ult, %j, %n : index\n    scf.condition(%c) %j, %h : index, tensor<3x17xE>\n  } do {\n"
                  "  ^bb0(%j: index, %h: tensor<3x17xE>):\n    %l = arith.addi %j, %b : index\n"
                  "    %s = arith.mulf %h, %x : tensor<3x17xE>\n    scf.yield %l, %s : index, tensor<3x17xE>\n  }"),
    "scf.forall": FORALL, "scf.forall.in_parallel": FORALL, "tensor.parallel_insert_slice": FORALL,
    "scf.parallel": PARALLEL, "scf.reduce": PARALLEL, "scf.reduce.return": PARALLEL,
}
SCF["scf.yield"] = SCF["scf.if"]
SCF["scf.condition"] = SCF["scf.while"]


@program(*TENSOR, *SCF)
def from_table(name):
    entry = TENSOR.get(name) or SCF[name]
    elements = ["f32", "f64", "bf16"] + (["i32", "i8", "i1"] if name in TENSOR else [])
    if name == "tensor.bitcast":
        elements = ["f32"]
    yield from simple(elements, *entry)


def get_programs(name):
    """The programs of operation `name`: (label, text); None if there are none."""
    if CONVOLUTION.match(name):
        return list(convolution(name))
    return PROGRAMS[name]() if name in PROGRAMS else None
