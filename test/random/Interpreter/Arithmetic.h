//===- Arithmetic.h - Operations on float numbers -------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every operation gives the value, the bound of its error, and, while a gradient
// is under way, the partial derivatives by its operands, which go onto a tape. The
// partial derivatives are numbers too: under a gradient of a gradient they stand
// on the tape themselves.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_INTERPRETER_ARITHMETIC_H
#define REMAT_TEST_RANDOM_INTERPRETER_ARITHMETIC_H

#include "Interpreter.h"
#include "Number.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <vector>

namespace remat::interpreter {

/// One derivative: of the node that has it by \p source.
struct Edge {
  Number partial;
  uint32_t source;
};

/// The scalar operations under a gradient, in the order of execution. Node 0 does
/// not exist.
struct Tape {
  struct Node {
    const Format *format;
    size_t firstEdge;
  };
  std::vector<Node> nodes{{nullptr, 0}};
  std::vector<Edge> edges;

  size_t size() const { return nodes.size(); }
  void truncate(size_t size);
  llvm::ArrayRef<Edge> getEdges(uint32_t node) const;
};

class Arithmetic {
public:
  explicit Arithmetic(const InterpretOptions &options) : options(options) {}

  using Function = double (*)(double);
  /// Makes the partial derivatives of a result; called only if they are needed.
  using Partials = llvm::function_ref<void(Number *)>;

  Number add(const Format &format, const Number &a, const Number &b);
  Number subtract(const Format &format, const Number &a, const Number &b);
  Number multiply(const Format &format, const Number &a, const Number &b);
  /// A product in which an exact zero wins over infinity and NaN.
  Number multiplyStrongly(const Format &format, const Number &a, const Number &b);
  Number divide(const Format &format, const Number &a, const Number &b);
  Number multiplyAdd(const Format &format, const Number &a, const Number &b, const Number &c);
  Number negate(const Format &format, const Number &a);
  /// Either operand, whole or by halves if they tie; \p shares are the derivatives
  /// at a tie.
  Number selectExtremum(const Format &format, const Number &a, const Number &b, bool takesLarger, bool passesNaN,
                        const double (&shares)[2]);
  Number select(const Format &format, const Number &condition, const Number &a, const Number &b);
  /// A number in another type, or with an error of its own.
  Number convert(const Format &format, const Number &a);

  /// f(a) with an error of \p ulps units in the last place, monotonic between
  /// a - error and a + error as far as the bound is concerned.
  Number apply(const Format &format, Function f, const Number &a, double ulps,
               llvm::function_ref<Number(const Number &result)> derivative);

  /// A result of rounding \p value to \p format whose operands bring \p inherited.
  Number round(const Format &format, double value, double inherited, double ulps);
  /// Puts a result on the tape if one of its operands stands there.
  void record(const Format &format, Number &result, llvm::ArrayRef<const Number *> operands, Partials makePartials);
  /// A new node that is what \p source is.
  Number makeLeaf(const Format &format, const Number &source);

  /// The nesting of gradients.
  unsigned depth = 0;
  /// Set while callees of custom rules run: the rule is their derivative.
  unsigned silence = 0;
  /// Set while derivatives are computed: they are in f64 whatever the precision.
  unsigned unrounded = 0;
  bool isFull() const { return static_cast<int64_t>(tape.size()) > options.tapeLimit; }

  Tape tape;

private:
  const InterpretOptions &options;
};

} // namespace remat::interpreter

#endif // REMAT_TEST_RANDOM_INTERPRETER_ARITHMETIC_H
