//===- GradientCheck.h - Gradients against central differences ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For each remat.value_and_gradient in the entry, with operands x, seeds s and
// gradients g: along a random direction u of an operand, <g, u> must equal the
// derivative of t -> <s, f(x + t u)> at 0. The whole program is computed in f64 for
// this. g comes from the program as planned under the user's budget; f comes from a
// separate, plain lowering of the function without any plan.
//
// The derivative is Ridders' extrapolation of central differences (C. Ridders,
// "Accurate computation of F'(x) and F'(x)F''(x)", Advances in Engineering Software
// 4(2), 1982), which also says how far it can be trusted. A check passes if
//
//   |<g, u> - derivative| + estimated error of the derivative <= tolerance * scale
//
// with scale = max(|derivative|, |g|, noise / tolerance), elements of u being of size
// 1. The noise, 64 roundings of <s, f(x)> over a step of 0.001, is what no difference
// can see; beyond it, a difference that cannot be computed well proves nothing and is
// a failure.
//
// That judges the rules and the plan, not what rounding, a range that is too short or
// a kernel of another type does. So the gradient is computed in the types of the program
// as well, and compared with the one in f64 at the same point (TypeCheckResult).
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_RUN_GRADIENTCHECK_H
#define REMAT_TOOLS_REMAT_RUN_GRADIENTCHECK_H

#include "remat/Execution/CompiledProgram.h"

namespace remat {

class ProgramCache;

/// The comparison for one operand of one remat.value_and_gradient.
struct GradientCheckResult {
  /// The callee and the name of the operand in it.
  std::string name;
  /// <g, u>.
  double gradient = 0;
  /// The derivative along u, and how far off it may be.
  double difference = 0;
  double differenceError = 0;
  /// (|gradient - difference| + differenceError) / scale.
  double relativeError = 0;
  double tolerance = 0;
  /// The noise hides the gradient: any other that is as small would pass as well.
  bool hidden = false;
  bool passed = false;
};

/// The gradient by one operand in the program's own types against that in f64. It is
/// as good as the type allows if it is near the exact gradient of a nearby point:
///
///   |g - g64| <= tolerance * |g64| + |g64(perturbed) - g64|
///
/// in the Euclidean norm. The tolerance is 8 u sqrt(n), with the rounding u of the
/// narrowest type and the number n of operations behind one element, at most 0.5; the
/// perturbed point differs from x by as much, relatively.
struct TypeCheckResult {
  /// The callee and the name of the operand in it.
  std::string name;
  /// The narrowest float type of the program: "f32".
  std::string type;
  double numOperations = 0;
  /// |g - g64| / |g64|.
  double relativeError = 0;
  /// The right side of the inequality above, over |g64|.
  double tolerance = 0;
  bool passed = false;
  /// Zeros in place of the gradient would pass as well: passing proves nothing.
  bool undecided = false;
};

struct GradientChecks {
  std::vector<GradientCheckResult> differences;
  /// Empty for a program in f64.
  std::vector<TypeCheckResult> types;
};

/// Checks all gradients that \p entry of \p module asks for, at the point
/// \p arguments: gradients are computed on \p target, differences on \p valueTarget. Fails (as an error) if there is no
/// gradient in the entry or if the program cannot be checked.
llvm::Expected<GradientChecks> checkGradients(mlir::ModuleOp module, llvm::StringRef entry,
                                              llvm::ArrayRef<Array> arguments, const ProgramOptions &options,
                                              const Target &target, const Target &valueTarget, ProgramCache &cache,
                                              uint64_t seed, double tolerance);

} // namespace remat

#endif // REMAT_TOOLS_REMAT_RUN_GRADIENTCHECK_H
