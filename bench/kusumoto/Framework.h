//===- Framework.h - what the paper's framework allocates -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The figures of Kusumoto et al. 2019 are peaks of an allocator, measured while a
// framework ran the schedules. To compare like with like, the schedule of a plan
// is played on a model of that framework: arrays with reference counts, and for
// each function what it allocates, keeps and shares, as its public sources have it.
//
//   Dropout        keeps a mask until the function runs again or the run ends
//   ResponseNorm   keeps its value and its scale likewise; its derivative has one more array
//   Loss           keeps the probabilities likewise
//   Slice, Reshape the value is a view of the input; so is the gradient of Reshape
//   Add, Concatenate   gradients are views of the gradient of the value
//   Resize         three more arrays while it runs, its derivative two
//   Convolution    8 MiB of workspace
//
// A function is differentiated for all its inputs at once, with the value too if
// it is a rectifier, pooling or response normalisation. A second gradient of an
// input is added into a new array. Parameters, images and labels are there all the
// time; the gradient of a parameter from the moment it is computed.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_BENCH_KUSUMOTO_FRAMEWORK_H
#define REMAT_BENCH_KUSUMOTO_FRAMEWORK_H

#include "NetworkBuilder.h"

namespace remat::bench {

struct FrameworkPeak {
  int64_t bytes = 0;
  /// What ran at the peak: "gradient 7" or "value 7".
  std::string action;
  /// The largest arrays then, by what they are: ("value 1", bytes).
  std::vector<std::pair<std::string, int64_t>> arrays;
};

using LowerSetSequence = std::vector<std::vector<int32_t>>;

/// Keeping what derivatives read, and all that functions keep, until the end.
FrameworkPeak vanillaPeak(const Network &network);

/// The canonical schedule of a sequence of lower sets, with everything dropped after its last use.
FrameworkPeak peakOfSequence(const Network &network, const LowerSetSequence &sequence);

/// Chen et al. 2016 as the paper runs it: with c sets of one boundary node (or none), a segment
/// ends at the first of them at which sqrt(c) equal parts of the size of all values are full.
LowerSetSequence chenSequence(const Network &network);

} // namespace remat::bench

#endif // REMAT_BENCH_KUSUMOTO_FRAMEWORK_H
