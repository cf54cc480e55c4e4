//===- Signature.h - Arguments and results of a program -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a caller has to know about an entry function: names, element types and
// shapes. The caller allocates results, so the extents of results are known
// before the call: each is a constant, an extent of an argument, or the value of
// an index argument.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_EXECUTION_SIGNATURE_H
#define REMAT_EXECUTION_SIGNATURE_H

#include "remat/Execution/Array.h"
#include "remat/Support/AttributeNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/Error.h"

#include <string>

namespace remat {

struct ArgumentInfo {
  std::string name;
  ElementType type = ElementType::F32;
  /// Dynamic extents are mlir::ShapedType::kDynamic. Scalars have rank 0.
  llvm::SmallVector<int64_t, 4> shape;
  /// A scalar of the program (index, i64, f32 ...), not a tensor of rank 0.
  bool isScalar = false;
};

/// One extent of a result.
struct ResultExtent {
  enum class Kind { Constant, ArgumentExtent, ArgumentValue };
  Kind kind = Kind::Constant;
  /// Of a constant.
  int64_t value = 0;
  /// Of the other kinds: which argument, which of its extents.
  unsigned argument = 0;
  unsigned dimension = 0;
};

struct ResultInfo {
  std::string name;
  ElementType type = ElementType::F32;
  llvm::SmallVector<ResultExtent, 4> shape;
};

/// The arguments and results of an entry function.
class Signature {
public:
  /// Reads the signature of \p entry, a function on tensors, before any pass has
  /// touched it. Names come from `remat.name` attributes; unnamed ones are called
  /// arg<N> and result<N>. Fails when an argument or result has a type that a
  /// caller cannot pass or when a result's extent depends on more than the
  /// arguments' extents and values.
  static llvm::Expected<Signature> read(mlir::func::FuncOp entry);

  llvm::ArrayRef<ArgumentInfo> getArguments() const { return arguments; }
  llvm::ArrayRef<ResultInfo> getResults() const { return results; }

  /// Checks number, element types and shapes of the arguments of a call.
  llvm::Error checkArguments(llvm::ArrayRef<ArrayView> views) const;
  /// Checks the results of a call with these (checked) arguments.
  llvm::Error checkResults(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results) const;
  /// The shape of result \p index in a call with these (checked) arguments.
  /// Fails if it is negative or too large.
  llvm::Expected<llvm::SmallVector<int64_t, 4>> getResultShape(unsigned index,
                                                               llvm::ArrayRef<ArrayView> arguments) const;
  /// Zero-filled arrays for all results of a call with these (checked) arguments.
  llvm::Expected<std::vector<Array>> allocateResults(llvm::ArrayRef<ArrayView> arguments) const;

private:
  std::vector<ArgumentInfo> arguments;
  std::vector<ResultInfo> results;
};

} // namespace remat

#endif // REMAT_EXECUTION_SIGNATURE_H
