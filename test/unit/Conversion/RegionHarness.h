//===- RegionHarness.h - Run regions of the device ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Programs with regions, of which a processor makes plain code. In a text DEVICE stands for
// the operation that a region belongs to.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_CONVERSION_REGIONHARNESS_H
#define REMAT_TEST_UNIT_CONVERSION_REGIONHARNESS_H

#include "GPUHarness.h"

#include <utility>

namespace remat::test {

using Buffers = std::vector<std::unique_ptr<Buffer>>;
/// Words of a text and what stands in their place.
using Words = std::vector<std::pair<std::string, std::string>>;
using Prepare = std::function<void(Buffers &)>;

/// Runs @f of \p text on seeded buffers of each size on a processor, and in the stand-in with
/// several orders of blocks; expects equal bits.
void checkRegions(
    std::string text, const Words &words, ArrayRef<int64_t> dynamicSizes, const Prepare &prepare = [](Buffers &) {});

/// A program with regions on a device.
class RegionProgram {
public:
  explicit RegionProgram(std::string text, int64_t dynamicSize = 0);
  bool isValid() const { return program.isValid(); }
  /// Calls @f on seeded buffers.
  void run(const Prepare &prepare = [](Buffers &) {}, uint64_t seed = 0);
  const Buffers &getBuffers() const { return buffers; }
  /// What the host says of the record; "" if it says nothing.
  std::string report() { return program.report(); }
  std::vector<int64_t> getRecord() { return program.getRecord(); }

private:
  std::string text;
  int64_t dynamicSize;
  GPUProgram program;
  /// Of the buffers' types.
  std::unique_ptr<MLIRContext> context;
  Buffers buffers;
};

} // namespace remat::test

#endif // REMAT_TEST_UNIT_CONVERSION_REGIONHARNESS_H
