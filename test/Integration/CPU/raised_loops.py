"""Writes random loops of scf in the forms that authors and exporters use, each with the recurrence that it stands for.

    raised_loops.py --remat-run-many PATH [--count N] [--seed S] [--keep DIR] [-- OPTION...]

A loop is an `scf.for` with bounds, a step and a type of its number, or an `scf.while` over counters in tensors with guards around
indices, as JAX exports it. It hands on tensors, floats, integers and indices, reads arrays forwards or backwards, writes one, and
reads what the turn before has written. The recurrence is written by hand: carries, scans, stacked arrays and slices around it.
Checked are, for each program:

  * the bits of both forms are equal, when everything is kept and at smaller budgets;
  * the measured peak is the planned one, and inside the budget (remat-run fails otherwise);
  * in f64 the gradient of the loop agrees with central differences.

Only the standard library is used.
"""

import argparse
import json
import pathlib
import random
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "lib"))
import run_many


class Loop:
    """What is drawn, the same for both forms."""

    def __init__(self, draw):
        self.turns = draw.choice([0, 1, 2, 3, 7, 7, 13, 37])
        self.kind = draw.choice(["f64", "f64", "f64", "f32", "bf16"])
        self.shape = draw.choice([(), (1,), (3,), (17,), (3, 5), (1, 4)])
        self.is_while = draw.random() < 0.4
        # What a loop of unknown length reads is static in type, or dynamic.
        self.is_dynamic = draw.random() < 0.4
        self.has_dynamic_arrays = self.is_dynamic and not self.is_while and draw.random() < 0.5
        self.first = draw.choice([0, 0, 0, 1, 2])
        self.step = draw.choice([1, 1, 1, 2, 3])
        if self.is_while and self.is_dynamic:
            self.step = 1
        self.number = draw.choice(["index", "index", "i32", "i64"])
        # The last step may lead over the end.
        self.short = draw.randrange(self.step)
        self.is_backwards = draw.random() < 0.3
        # JAX clamps indices; where the length is not known, that cannot be seen through.
        self.is_clamped = self.is_while and draw.random() < 0.7
        self.offset = draw.choice([0, 0, 1])
        self.tail = draw.choice([0, 0, 2])
        self.has_scalar = draw.random() < 0.6
        self.integer = draw.choice([None, "i32", "i64", "index"])
        self.integer_is_counter = draw.random() < 0.5
        self.has_gather = draw.random() < 0.4
        self.is_stacked = draw.random() < 0.75
        self.reads_previous = (
            self.is_stacked and not self.is_clamped and not self.is_backwards and not self.has_dynamic_arrays
            and self.first + self.offset >= self.step and draw.random() < 0.7
        )
        self.reads_unwritten = self.is_stacked and draw.random() < 0.3
        self.by_element = self.shape == () or draw.random() < 0.2
        self.has_inner_loop = draw.random() < 0.2
        if self.shape != ():
            self.by_element = False

    # The numbers are first, first + step, ...; the first element that is read, and how many there are.
    def last(self):
        return self.first + self.step * (max(self.turns, 1) - 1)

    def start(self):
        """The place of the first turn's element."""
        return self.last() + self.offset if self.is_backwards else self.first + self.offset

    def extent(self):
        return self.last() + self.offset + 1 + self.tail


def tensor(shape, kind):
    return "tensor<" + "".join(f"{extent}x" for extent in shape) + kind + ">"


class Text:
    """The program in one of both forms."""

    def __init__(self, loop, is_recurrence):
        self.loop = loop
        self.is_recurrence = is_recurrence
        self.lines = []
        self.element = tensor(loop.shape, loop.kind)
        leading = "?" if loop.has_dynamic_arrays else loop.extent()
        self.array = tensor((leading, *loop.shape), loop.kind)
        self.scalar = tensor((), loop.kind)
        self.zeros = ", ".join("0" for _ in loop.shape)

    def say(self, line):
        self.lines.append("  " + line)

    def place(self, offset):
        return "[" + ", ".join([offset, *("0" for _ in self.loop.shape)]) + "]"

    def part(self, count="1"):
        return "[" + ", ".join([count, *map(str, self.loop.shape)]) + "]"

    def strides(self, stride=1):
        return "[" + ", ".join([str(stride), *("1" for _ in self.loop.shape)]) + "]"

    # Parts of a turn

    def read(self, result, array, index):
        if self.loop.by_element:
            self.say(f"%{result}_number = tensor.extract %{array}[{index}] : {self.array}")
            self.say(f"%{result} = tensor.from_elements %{result}_number : {self.element}")
        else:
            self.say(
                f"%{result} = tensor.extract_slice %{array}{self.place(index)} {self.part()} {self.strides()} "
                f": {self.array} to {self.element}"
            )

    def write(self, result, value, array, index):
        if self.loop.by_element:
            self.say(f"%{value}_number = tensor.extract %{value}[] : {self.element}")
            self.say(f"%{result} = tensor.insert %{value}_number into %{array}[{index}] : {self.array}")
        else:
            self.say(
                f"%{result} = tensor.insert_slice %{value} into %{array}{self.place(index)} {self.part()} "
                f"{self.strides()} : {self.element} into {self.array}"
            )

    def compute(self):
        """The turn behind its reads: %h, %x, %g, %p, %u, %s and %k become %h_next, %y, %s_next and %k_next."""
        loop, kind, element = self.loop, self.loop.kind, self.element
        self.say(f"%half = arith.constant dense<0.5> : {element}")
        self.say(f"%product = arith.mulf %h, %w : {element}")
        self.say(f"%sum0 = arith.addf %product, %x : {element}")
        terms = [name for name, there in (("g", loop.has_gather), ("p", loop.reads_previous), ("u", loop.reads_unwritten)) if there]
        for number, name in enumerate(terms):
            self.say(f"%term{number} = arith.mulf %{name}, %half : {element}")
            self.say(f"%sum{number + 1} = arith.addf %sum{number}, %term{number} : {element}")
        last = f"%sum{len(terms)}"
        if loop.integer:
            number = "%k"
            if loop.integer == "index":
                self.say("%k_integer = arith.index_cast %k : index to i64")
                number = "%k_integer"
            integer = "i64" if loop.integer == "index" else loop.integer
            self.say(f"%seven = arith.constant 7 : {integer}")
            self.say(f"%rest = arith.remsi {number}, %seven : {integer}")
            self.say(f"%k_float = arith.sitofp %rest : {integer} to {kind}")
            self.say(f"%tenth = arith.constant 0.1 : {kind}")
            self.say(f"%k_part = arith.mulf %k_float, %tenth : {kind}")
            self.say(f"%k_all = tensor.splat %k_part : {element}")
            self.say(f"%with_k = arith.addf {last}, %k_all : {element}")
            last = "%with_k"
            if loop.integer_is_counter:
                self.say(f"%grow = arith.constant 2 : {loop.integer}")
                self.say(f"%k_next = arith.addi %k, %grow : {loop.integer}")
            else:
                self.say(f"%three = arith.constant 3 : {loop.integer}")
                self.say(f"%k_more = arith.muli %k, %three : {loop.integer}")
                self.say(f"%k_next = arith.xori %k_more, %three : {loop.integer}")
        if loop.has_inner_loop:
            self.say("%from = arith.constant 0 : index")
            self.say("%by = arith.constant 1 : index")
            self.say("%to = arith.constant 3 : index")
            self.say("%nothing = arith.constant 0 : i32")
            self.say("%one32 = arith.constant 1 : i32")
            self.say("%turns = scf.for %j = %from to %to step %by iter_args(%q = %nothing) -> (i32) {")
            self.say("  %q_next = arith.addi %q, %one32 : i32")
            self.say("  scf.yield %q_next : i32")
            self.say("}")
            self.say(f"%turns_float = arith.sitofp %turns : i32 to {kind}")
            self.say(f"%eighth = arith.constant 0.125 : {kind}")
            self.say(f"%turns_part = arith.mulf %turns_float, %eighth : {kind}")
            self.say(f"%turns_all = tensor.splat %turns_part : {element}")
            self.say(f"%with_turns = arith.mulf {last}, %turns_all : {element}")
            last = "%with_turns"
        self.say(f"%h_next = math.tanh {last} : {element}")
        self.say(f"%y = arith.mulf %h_next, %x : {element}")
        if loop.has_scalar:
            indices = []
            for axis in range(len(loop.shape)):
                self.say(f"%at{axis} = arith.constant {loop.shape[axis] - 1} : index")
                indices.append(f"%at{axis}")
            self.say(f"%h_number = tensor.extract %h_next[{', '.join(indices)}] : {element}")
            self.say(f"%s_product = arith.mulf %s, %h_number : {kind}")
            self.say(f"%s_next = arith.addf %s_product, %h_number : {kind}")

    def gather(self, number):
        """An element at a place that is no line: the number of the turn modulo 3."""
        if not self.loop.has_gather:
            return
        self.say("%three_places = arith.constant 3 : index")
        self.say(f"%gathered_at = arith.remsi {number}, %three_places : index")
        three = tensor((3, *self.loop.shape), self.loop.kind)
        if self.loop.by_element:
            self.say(f"%g_number = tensor.extract %table[%gathered_at] : {three}")
            self.say(f"%g = tensor.from_elements %g_number : {self.element}")
        else:
            self.say(f"%g = tensor.extract_slice %table{self.place('%gathered_at')} {self.part()} {self.strides()} : {three} to {self.element}")

    # Whole forms

    def carries(self):
        """Names, initial values and types of what is handed on, arrays aside."""
        found = [("h", "%h0", self.element)]
        if self.loop.has_scalar:
            found.append(("s", "%s0", self.loop.kind))
        if self.loop.integer:
            found.append(("k", "%k0", self.loop.integer))
        return found

    def bounds(self):
        loop = self.loop
        if loop.is_dynamic:
            self.say(f"%c_step = arith.constant {loop.step} : index")
            self.say(f"%c_first = arith.constant {loop.first} : index")
            self.say(f"%c_short = arith.constant {loop.short} : index")
            self.say("%distance = arith.muli %n, %c_step : index")
            self.say("%behind = arith.addi %c_first, %distance : index")
            self.say("%end = arith.subi %behind, %c_short : index")
        else:
            self.say(f"%end = arith.constant {loop.first + loop.step * loop.turns - loop.short} : index")

    def index_in_turn(self, number, last):
        """%i, the place that a turn with the index `number` reads and writes."""
        loop = self.loop
        self.say(f"%offset = arith.constant {loop.offset} : index")
        if loop.is_backwards:
            # From the last number down to the first.
            self.say(f"%turned = arith.subi {last}, {number} : index")
            self.say(f"%i = arith.addi %turned, %offset : index")
        else:
            self.say(f"%i = arith.addi {number}, %offset : index")

    def emit_loop(self):
        loop = self.loop
        carries = self.carries()
        self.bounds()
        if loop.is_backwards:
            # first + last number: i = first + last - number + offset.
            self.say(f"%c_two_first = arith.constant {2 * loop.first} : index")
            if loop.is_dynamic:
                self.say(f"%c_one = arith.constant 1 : index")
                self.say("%before = arith.subi %n, %c_one : index")
                self.say("%way = arith.muli %before, %c_step : index")
                self.say("%both = arith.addi %c_two_first, %way : index")
            else:
                self.say(f"%both = arith.constant {loop.first + loop.last()} : index")
        arrays = [("ys", "%ys0", self.array)] if loop.is_stacked else []
        if loop.is_while:
            return self.emit_while(carries, arrays)
        kind = loop.number
        names = carries + arrays
        if kind == "index":
            self.say(f"%low = arith.constant {loop.first} : index")
            self.say(f"%by_step = arith.constant {loop.step} : index")
            high = "%end"
        else:
            self.say(f"%low = arith.constant {loop.first} : {kind}")
            self.say(f"%by_step = arith.constant {loop.step} : {kind}")
            self.say(f"%high = arith.index_cast %end : index to {kind}")
            high = "%high"
        results = ", ".join(f"%{name}_last" for name, _, _ in names)
        inits = ", ".join(f"%{name} = {init}" for name, init, _ in names)
        types = ", ".join(kind for _, _, kind in names)
        suffix = "" if kind == "index" else f" : {kind}"
        self.say(f"{results} = scf.for %number = %low to {high} step %by_step iter_args({inits}) -> ({types}){suffix} {{")
        number = "%number"
        if kind != "index":
            self.say(f"%as_index = arith.index_cast %number : {kind} to index")
            number = "%as_index"
        self.index_in_turn(number, "%both")
        self.turn(number)
        self.say(f"scf.yield {', '.join(self.next(names))} : {types}")
        self.say("}")

    def next(self, names):
        return ["%ys_next" if name == "ys" else f"%{name}_next" for name, _, _ in names]

    def turn(self, number, index="%i"):
        loop = self.loop
        self.read("x", "xs_on" if loop.is_while else "xs", index)
        if loop.reads_previous:
            self.say(f"%back = arith.constant {loop.step} : index")
            self.say(f"%i_before = arith.subi {index}, %back : index")
            self.read("p", "ys", "%i_before")
        if loop.reads_unwritten:
            self.read("u", "ys", index)
        self.gather(number)
        self.compute()
        if loop.is_stacked:
            self.write("ys_next", "y", "ys", index)

    def emit_while(self, carries, arrays):
        loop = self.loop
        count = "tensor<i32>"
        self.say(f"%first_number = arith.constant dense<{loop.first}> : {count}")
        self.say("%end_number = arith.index_cast %end : index to i32")
        self.say(f"%end_tensor = tensor.from_elements %end_number : {count}")
        # What no turn changes is handed on as well: as JAX does with the arrays of a scan.
        names = [("c", "%first_number", count), *carries, *arrays, ("xs_on", "%xs", self.array)]
        types = ", ".join(kind for _, _, kind in names)
        results = ", ".join(f"%{name}_last" for name, _, _ in names)
        self.say(f"{results} = scf.while ({', '.join(f'%{name}_test = {init}' for name, init, _ in names)}) : ({types}) -> ({types}) {{")
        self.say(f"%less = arith.cmpi slt, %c_test, %end_tensor : {count}")
        self.say("%go = tensor.extract %less[] : tensor<i1>")
        self.say(f"scf.condition(%go) {', '.join(f'%{name}_test' for name, _, _ in names)} : {types}")
        self.say("} do {")
        self.say(f"^turn({', '.join(f'%{name}: {kind}' for name, _, kind in names)}):")
        self.say(f"%c_number = tensor.extract %c[] : {count}")
        self.say("%as_index = arith.index_cast %c_number : i32 to index")
        self.index_in_turn("%as_index", "%both")
        index = "%i"
        if loop.is_clamped:
            self.say("%nought = arith.constant 0 : index")
            self.say(f"%extent = arith.constant {loop.extent()} : index")
            self.say(f"%most = arith.constant {loop.extent() - 1} : index")
            self.say("%is_negative = arith.cmpi slt, %i, %nought : index")
            self.say("%from_end = arith.addi %i, %extent : index")
            self.say("%normal = arith.select %is_negative, %from_end, %i : index")
            self.say("%low_clamp = arith.maxsi %normal, %nought : index")
            self.say("%clamped = arith.minsi %low_clamp, %most : index")
            index = "%clamped"
        self.turn("%as_index", index)
        self.say(f"%c_step_tensor = arith.constant dense<{loop.step}> : {count}")
        self.say(f"%c_next = arith.addi %c, %c_step_tensor : {count}")
        following = ["%c_next", *self.next(carries + arrays), "%xs_on"]
        self.say(f"scf.yield {', '.join(following)} : {types}")
        self.say("}")

    def emit_recurrence(self):
        """By hand."""
        loop = self.loop
        if loop.is_dynamic:
            count, leading = "%n", "?"
        else:
            self.say(f"%count = arith.constant {loop.turns} : index")
            count, leading = "%count", loop.turns
        size = "%n" if loop.is_dynamic else str(loop.turns)
        window = tensor((leading, *loop.shape), loop.kind)
        # The place of the element that is the first in memory, in a loop of no turns none is outside.
        first = str(loop.first + loop.offset)
        is_whole = not loop.is_dynamic and loop.turns == loop.extent()
        scans = []
        for name, array, there in (("x", "%xs", True), ("u", "%ys0", loop.reads_unwritten)):
            if not there:
                continue
            if is_whole:
                scans.append((name, array))
                continue
            self.say(
                f"%{name}_window = tensor.extract_slice {array}{self.place(first)} {self.part(size)} "
                f"{self.strides(loop.step)} : {self.array} to {window}"
            )
            scans.append((name, f"%{name}_window"))
        carried = []
        for name, init, kind in self.carries():
            if kind == self.element or kind.startswith("tensor"):
                carried.append((name, init, kind))
            elif kind == "index":
                self.say(f"%{name}_cast = arith.index_cast {init} : index to i64")
                self.say(f"%{name}_init = tensor.from_elements %{name}_cast : tensor<i64>")
                carried.append((name + "_c", f"%{name}_init", "tensor<i64>"))
            else:
                self.say(f"%{name}_init = tensor.from_elements {init} : tensor<{kind}>")
                carried.append((name + "_c", f"%{name}_init", f"tensor<{kind}>"))
        if loop.reads_previous:
            before = str(loop.first + loop.offset - loop.step)
            self.say(
                f"%p_init = tensor.extract_slice %ys0{self.place(before)} {self.part()} {self.strides()} : {self.array} to {self.element}"
            )
            carried.append(("p", "%p_init", self.element))
        results = [f"%{name}_final" for name, _, _ in carried] + (["%stack"] if loop.is_stacked else [])
        arrow = f" -> {window}" if loop.is_stacked else ""
        self.say(f"{', '.join(results)} = remat.recurrence {'reversed ' if loop.is_backwards else ''}count({count}) at(%t)")
        self.say("    carry(" + ", ".join(f"%{name} = {init} : {kind}" for name, init, kind in carried) + ")")
        kind = lambda value: self.array if is_whole else window
        self.say("    scan(" + ", ".join(f"%{name} = {value} : {kind(value)}" for name, value in scans) + ")" + arrow + " {")
        if loop.has_gather:
            self.say(f"%step_in = arith.constant {loop.step} : index")
            self.say(f"%first_in = arith.constant {loop.first} : index")
            self.say("%way_in = arith.muli %t, %step_in : index")
            self.say("%number_in = arith.addi %way_in, %first_in : index")
        for name, _, kind in self.carries():
            if kind.startswith("tensor"):
                continue
            if kind == "index":
                self.say(f"%{name}_read = tensor.extract %{name}_c[] : tensor<i64>")
                self.say(f"%{name} = arith.index_cast %{name}_read : i64 to index")
            else:
                self.say(f"%{name} = tensor.extract %{name}_c[] : tensor<{kind}>")
        self.gather("%number_in")
        self.compute()
        handed = []
        for name, _, kind in self.carries():
            if kind.startswith("tensor"):
                handed.append((f"%{name}_next", kind))
            elif kind == "index":
                self.say(f"%{name}_wide = arith.index_cast %{name}_next : index to i64")
                self.say(f"%{name}_out = tensor.from_elements %{name}_wide : tensor<i64>")
                handed.append((f"%{name}_out", "tensor<i64>"))
            else:
                self.say(f"%{name}_out = tensor.from_elements %{name}_next : tensor<{kind}>")
                handed.append((f"%{name}_out", f"tensor<{kind}>"))
        if loop.reads_previous:
            handed.append(("%y", self.element))
        values, types = ", ".join(value for value, _ in handed), ", ".join(kind for _, kind in handed)
        emit = f" emit(%y : {self.element})" if loop.is_stacked else ""
        self.say(f"remat.yield carry({values} : {types}){emit}")
        self.say("}")
        for name, _, kind in self.carries():
            if kind.startswith("tensor"):
                self.say(f"%{name}_last = tensor.cast %{name}_final : {kind} to {kind}")
            elif kind == "index":
                self.say(f"%{name}_wide_last = tensor.extract %{name}_c_final[] : tensor<i64>")
                self.say(f"%{name}_last = arith.index_cast %{name}_wide_last : i64 to index")
            else:
                self.say(f"%{name}_last = tensor.extract %{name}_c_final[] : tensor<{kind}>")
        if loop.is_stacked and is_whole:
            self.say(f"%ys_last = tensor.cast %stack : {self.array} to {self.array}")
        elif loop.is_stacked:
            self.say(
                f"%ys_last = tensor.insert_slice %stack into %ys0{self.place(first)} {self.part(size)} "
                f"{self.strides(loop.step)} : {window} into {self.array}"
            )

    def program(self):
        loop, kind = self.loop, self.loop.kind
        three = tensor((3, *loop.shape), kind)
        arguments = [("xs", self.array), ("h0", self.element), ("w", self.element), ("table", three), ("ys0", self.array)]
        wrt = list(range(len(arguments)))
        arguments.append(("n", "index"))
        self.say(f"%s0_tensor = arith.constant dense<0.25> : {self.scalar}")
        self.say(f"%s0 = tensor.extract %s0_tensor[] : {self.scalar}")
        if loop.integer:
            self.say(f"%k0 = arith.constant 4 : {loop.integer}")
        if self.is_recurrence:
            self.emit_recurrence()
        else:
            self.emit_loop()
        # The sum of all that the loop leaves.
        self.say(f"%zero = arith.constant dense<0.0> : {self.scalar}")
        terms = []
        for name, value, type_, rank in (
            ("h", "%h_last", self.element, len(loop.shape)),
            ("ys", "%ys_last", self.array, 1 + len(loop.shape)),
        ):
            if name == "ys" and not loop.is_stacked:
                continue
            self.say(f"%{name}_square = arith.mulf {value}, {value} : {type_}")
            if rank:
                self.say(
                    f"%{name}_sum = linalg.reduce {{ arith.addf }} ins(%{name}_square : {type_}) outs(%zero : {self.scalar}) "
                    f"dimensions = {list(range(rank))}"
                )
            else:
                self.say(f"%{name}_sum = tensor.cast %{name}_square : {self.scalar} to {self.scalar}")
            terms.append(f"%{name}_sum")
        if loop.has_scalar:
            self.say(f"%s_tensor = tensor.from_elements %s_last : {self.scalar}")
            terms.append("%s_tensor")
        total = terms[0]
        for number, term in enumerate(terms[1:]):
            self.say(f"%total{number} = arith.addf {total}, {term} : {self.scalar}")
            total = f"%total{number}"
        if loop.integer:
            cast = "%k_last"
            if loop.integer != "i64":
                operation = "index_cast" if loop.integer == "index" else "extsi"
                self.say(f"%k_wide = arith.{operation} %k_last : {loop.integer} to i64")
                cast = "%k_wide"
            self.say(f"%k_result = tensor.from_elements {cast} : tensor<i64>")
        else:
            self.say("%k_result = arith.constant dense<0> : tensor<i64>")
        stack = "%ys_last" if loop.is_stacked else "%ys0"
        self.say(f"return {total}, %k_result, {stack} : {self.scalar}, tensor<i64>, {self.array}")
        signature = ", ".join(f"%{name}: {type_}" for name, type_ in arguments)
        outer = [self.scalar, "tensor<i64>", self.array]
        types = ", ".join(outer)
        gradients = [type_ for _, type_ in arguments[: len(wrt)]]
        names = ["loss", "k", "ys", *(f"d_{name}" for name, _ in arguments[: len(wrt)])]
        every = ", ".join(outer + gradients)
        given = ", ".join(f"%{name}" for name, _ in arguments)
        given_types = ", ".join(type_ for _, type_ in arguments)
        named = ", ".join(f'{type_} {{remat.name = "{name}"}}' for name, type_ in zip(names, outer + gradients))
        return "\n".join(
            [
                f"func.func private @loss({signature}) -> ({types}) {{",
                *self.lines,
                "}",
                f"func.func @main({signature}) -> ({named}) {{",
                f"  %r:{len(names)} = remat.value_and_gradient @loss({given}) wrt {wrt} : ({given_types}) -> ({every})",
                f"  return {', '.join(f'%r#{number}' for number in range(len(names)))} : {every}",
                "}",
                "",
            ]
        )


def fail(folder, words, output):
    sys.exit(f"raised_loops: remat-run {' '.join(words)}\n{output}\nin {folder}")


def run(process, words, folder):
    status, output, errors = process.run(words, timeout=120)
    if status != 0:
        fail(folder, words, f"exit {status}\n{output}{errors}")
    return output


def check(process, number, seed, folder, options):
    loop = Loop(random.Random(f"{seed}-{number}"))
    paths = []
    for name, is_recurrence in (("loop", False), ("recurrence", True)):
        path = folder / f"{number}-{name}.mlir"
        path.write_text(Text(loop, is_recurrence).program())
        paths.append(path)
    words = ["--input", f"n={loop.turns}", *options]
    if loop.has_dynamic_arrays:
        shape = "x".join(map(str, (loop.extent(), *loop.shape)))
        words += ["--shape", f"xs={shape}", "--shape", f"ys0={shape}"]
    expected = None
    for path in paths:
        peaks = []
        # Between what is needed and what is of use.
        for budget in ("unlimited", "min", "between"):
            size = str(sum(peaks) // 2) if budget == "between" else budget
            line = [str(path), "--json", "--repeat", "0", "--budget", size, *words]
            report = json.loads(run(process, line, folder))
            bits = {result["name"]: result["sha256"] for result in report["results"]}
            expected = expected or bits
            if bits != expected:
                fail(folder, line, "other bits: " + ", ".join(name for name in bits if bits[name] != expected[name]))
            if report["measured_peak_bytes"] != report["planned_peak_bytes"]:
                fail(folder, line, "the measured peak is not the planned one")
            peaks.append(report["planned_peak_bytes"])
    if loop.kind == "f64":
        run(process, [str(paths[0]), "--check-gradient", "--repeat", "0", *words], folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--remat-run-many", required=True)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", help="a folder for the programs")
    parser.add_argument("options", nargs="*")
    arguments = parser.parse_args()
    process = run_many.Process(arguments.remat_run_many)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(arguments.keep or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(arguments.first, arguments.first + arguments.count):
            check(process, number, arguments.seed, folder, arguments.options)
    if process.close() != 0:
        sys.exit("raised_loops: the process failed")


if __name__ == "__main__":
    main()
