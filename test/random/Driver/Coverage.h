//===- Coverage.h - What ran, and where -------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Counts of operation x element type x place for programs that were right, and of
// what their operands were: a value, a view of one, an argument, a constant.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_COVERAGE_H
#define REMAT_TEST_RANDOM_COVERAGE_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <map>
#include <string>

namespace remat::random {

class Coverage {
public:
  /// Counts the operations of \p module.
  void add(mlir::ModuleOp module);
  void add(const std::string &key, int64_t number) { counts[key] += number; }
  const std::map<std::string, int64_t> &getCounts() const { return counts; }

  /// One line per operation and type: places and operands with their counts.
  void print(llvm::raw_ostream &stream) const;

private:
  /// "op|type|place|operand".
  std::map<std::string, int64_t> counts;
};

} // namespace remat::random

#endif // REMAT_TEST_RANDOM_COVERAGE_H
