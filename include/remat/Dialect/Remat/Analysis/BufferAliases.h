//===- BufferAliases.h - Which values are one buffer ------------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where a temporary lies and how long follows from all its uses, through views,
// branches and loops. Upstream's analysis takes the result of an operation that it
// knows nothing of for a buffer of its own. Its memory would then be given away while
// it is in use, so such an operation is an error here.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_ANALYSIS_BUFFERALIASES_H
#define REMAT_DIALECT_REMAT_ANALYSIS_BUFFERALIASES_H

#include "remat/Support/LLVM.h"

#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace remat {

/// The aliases of the buffers of one function.
class BufferAliases {
public:
  using Values = mlir::BufferViewFlowAnalysis::ValueSetT;

  /// Fails with a diagnostic at an operation whose buffers are not known.
  static FailureOr<BufferAliases> analyze(mlir::func::FuncOp function);

  /// All values that may stand for a part of \p buffer, itself among them.
  Values resolve(Value buffer) const { return flow.resolve(buffer); }
  /// All values that \p buffer may be a part of, itself among them.
  Values resolveReverse(Value buffer) const { return flow.resolveReverse(buffer); }

private:
  explicit BufferAliases(mlir::func::FuncOp function) : flow(function) {}

  mlir::BufferViewFlowAnalysis flow;
};

} // namespace remat

#endif // REMAT_DIALECT_REMAT_ANALYSIS_BUFFERALIASES_H
