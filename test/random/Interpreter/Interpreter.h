//===- Interpreter.h - What a program means -------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A reference interpreter of source programs: func, arith, math, linalg, tensor,
// scf, cf.assert and the source operations of remat, on tensors. It shares no code
// with the compiler: nothing is bufferized, fused, planned or vectorized, every
// element is computed alone, in the order of the iteration space.
//
// With every float number goes a bound of how far a correct compilation may be
// from it: each operation adds one rounding of its type, scaled by the magnitudes
// that went in, to what its operands bring along (running error analysis, Wilkinson
// 1963; Higham, Accuracy and Stability, 3.3). Sums carry the sum of the magnitudes
// of their terms and the number of additions, so that the bound holds for any order
// of them. What depends on a comparison that rounding can turn has the bound infinity.
//
// Gradients (remat.value_and_gradient) come from a list of the scalar operations
// that the callee performed, with their partial derivatives in f64, swept
// backwards in the same numbers: values, bounds, and derivatives of derivatives.
// See test/random/README.md for the conventions.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_INTERPRETER_INTERPRETER_H
#define REMAT_TEST_RANDOM_INTERPRETER_INTERPRETER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Types.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace remat::interpreter {

/// A tensor, or a scalar as a tensor of rank 0.
struct Array {
  /// f64, f32, f16, bf16, another float type of up to 64 bits, iN or index.
  mlir::Type elementType;
  std::vector<int64_t> shape;
  /// The elements in row-major order as a compiled program's caller lays them out:
  /// iN in the bytes that N bits need (i1 is a byte of 0 or 1), index in eight,
  /// floats in their own encoding.
  std::vector<uint8_t> bytes;

  int64_t getNumElements() const;
};

/// Why a program ends without results.
enum class Failure {
  None,
  /// cf.assert.
  Assertion,
  /// An index outside of a tensor.
  IndexOutOfRange,
  /// Extents that disagree, or a negative count.
  Extents,
  /// What the language leaves undefined: a loop whose step is not positive.
  Undefined,
  /// Too many operations or elements.
  Limit,
  /// An operation or a type that the interpreter does not know.
  Unsupported,
  /// The caller's fault: no such entry, arguments of other types.
  Usage,
};

struct Outcome {
  bool failed = false;
  Failure kind = Failure::None;
  /// The failure, or its absence, hangs on a comparison that rounding can turn.
  bool uncertain = false;
  /// Why it failed.
  std::string why;
  std::vector<Array> results;
  /// One bound per element of each result: how far rounding may lead from it.
  /// 0 for integers, infinity for what rounding decides.
  std::vector<std::vector<double>> errors;
};

/// How float numbers are rounded.
enum class Precision {
  /// Each operation in its own type, as the program spells it.
  Own,
  /// Not at all: everything is computed in f64. The bounds are those of the types.
  F64,
};

struct InterpretOptions {
  Precision precision = Precision::Own;
  /// Products below the smallest normal number are zero.
  bool flushesDenormals = true;
  /// Scalar operations in all; about fifty million per second are done.
  int64_t operationLimit = 200'000'000;
  /// Elements of one tensor.
  int64_t elementLimit = 50'000'000;
  /// Scalar operations under one gradient; each takes about a hundred bytes.
  int64_t tapeLimit = 10'000'000;
};

/// Runs function \p entry of a source program.
Outcome interpret(mlir::ModuleOp module, llvm::StringRef entry, llvm::ArrayRef<Array> arguments,
                  const InterpretOptions &options = {});

/// Compares what a compiled program gave with what the interpreter says, and
/// describes the first wrong element. \p own and \p f64 are the outcomes in the two
/// precisions; \p f64 may be missing. Nothing is wrong where the bound is infinite.
std::optional<std::string> judge(llvm::ArrayRef<Array> results, const Outcome &own, const Outcome *f64 = nullptr);

/// "index out of range"
llvm::StringRef getName(Failure kind);

} // namespace remat::interpreter

#endif // REMAT_TEST_RANDOM_INTERPRETER_INTERPRETER_H
