//===- GradientCheck.h - Gradients against finite differences - -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Differentiates a function written as text, lowers primal and gradient with
// upstream passes alone, runs both in this process and compares the gradient with
// central differences. Nothing of remat but the rules is involved.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_INTERFACES_GRADIENTCHECK_H
#define REMAT_TEST_UNIT_INTERFACES_GRADIENTCHECK_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace remat::test {

/// The elements of one array; integers are stored exactly.
using Elements = std::vector<double>;

/// A function `@f` on tensors of static shape with f64, f32, f16, bf16, i64, i32
/// or i1 elements, and its gradient by all float arguments.
class DifferentiatedFunction {
public:
  /// \p program is the text of a module with `func.func private @f`. Returns null
  /// after recording a test failure.
  /// With \p split, elementwise linalg operations are split into operations on
  /// tensors first.
  static std::unique_ptr<DifferentiatedFunction> compile(const std::string &program, bool split);
  ~DifferentiatedFunction();

  /// Per argument: the number of elements, and whether they are floats.
  struct Argument {
    int64_t numElements;
    bool isFloat;
  };
  const std::vector<Argument> &getArguments() const;
  /// The numbers of elements of the float results.
  const std::vector<int64_t> &getSeedSizes() const;

  /// The float results.
  std::vector<Elements> evaluate(const std::vector<Elements> &arguments);
  /// The gradients by the float arguments for cotangents of the float results.
  std::vector<Elements> differentiate(const std::vector<Elements> &arguments, const std::vector<Elements> &seeds);

private:
  struct Implementation;
  explicit DifferentiatedFunction(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation;
};

/// Where an argument's elements are drawn from.
struct Domain {
  double low = -1.0, high = 1.0;
};

/// One function to check.
struct Case {
  std::string name;
  std::string program;
  /// Per argument; the last one counts for the rest.
  std::vector<Domain> ranges = {{}};
  double step = 1e-5;
  double tolerance = 1e-7;
};

/// For the messages of parameterised tests.
inline void PrintTo(const Case &testCase, std::ostream *stream) { *stream << testCase.name; }

/// Compares the gradient at a fixed random point with central differences, with
/// and without splitting elementwise operations. Each failure is a test failure.
void checkGradient(const Case &testCase);

} // namespace remat::test

#endif // REMAT_TEST_UNIT_INTERFACES_GRADIENTCHECK_H
