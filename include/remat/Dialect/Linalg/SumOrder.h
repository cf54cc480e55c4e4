//===- SumOrder.h - The order of sums ------------------------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A chain of n additions has an error that grows with n, a sum of sums one that
// grows with the length of either. Every kernel of every target therefore sums in
// blocks, by this rule, which depends on shapes alone:
//
//   A loop that sums and has at least `shortestSum` iterations, or a number that
//   only run time knows, starts from zero. Its iterations, in ascending order, form
//   blocks of `sumBlock`, the last one with what is left. Each block is summed
//   from zero, and then added to the sum that stands outside of the loop. A shorter
//   loop continues that sum.
//
// docs/Sums.md says which loops of an operation sum, one inside the other, and what
// an iteration is. A step of backpropagation so adds its product of a few rows to an
// accumulator of thousands of steps in one addition.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_LINALG_SUMORDER_H
#define REMAT_DIALECT_LINALG_SUMORDER_H

#include <cstdint>

namespace remat {

/// Iterations that are summed from zero before they are added to the rest.
inline constexpr int64_t sumBlock = 128;
/// A loop with fewer iterations is no sum of its own: one more addition per element
/// would cost more than the shorter chain is worth.
inline constexpr int64_t shortestSum = 8;
/// Lanes of a reduction along the last dimension.
inline constexpr int64_t reductionLanes = 16;

/// Whether a loop of \p iterations (negative: known at run time only) starts from zero.
inline constexpr bool startsFromZero(int64_t iterations) { return iterations < 0 || iterations >= shortestSum; }

} // namespace remat

#endif // REMAT_DIALECT_LINALG_SUMORDER_H
