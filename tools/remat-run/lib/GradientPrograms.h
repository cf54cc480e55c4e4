//===- GradientPrograms.h - The programs behind a gradient check ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A gradient check runs three programs for each remat.value_and_gradient of an
// entry: what computes its operands from the arguments of the entry, the gradient
// itself as a function of these operands, and the value of its callee.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_RUN_GRADIENTPROGRAMS_H
#define REMAT_TOOLS_REMAT_RUN_GRADIENTPROGRAMS_H

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace remat {

/// One remat.value_and_gradient.
struct GradientRequest {
  std::string callee;
  /// Arguments of the callee.
  std::vector<std::string> operandNames;
  size_t numSeeds = 0;
  llvm::SmallVector<int64_t> wrt;
};

class GradientPrograms {
public:
  enum class Types { F64, AsWritten };

  /// Copies \p module and, for Types::F64, turns the copy into f64. Fails if \p entry
  /// asks for no gradient or if a gradient cannot be compared with differences.
  static llvm::Expected<GradientPrograms> create(mlir::ModuleOp module, llvm::StringRef entry, Types types);

  mlir::ModuleOp getModule() { return *module; }
  llvm::ArrayRef<GradientRequest> getRequests() const { return requests; }

  /// The arguments of the entry that the operands of a request are, nothing if one of
  /// them has to be computed.
  std::optional<std::vector<unsigned>> getOperandArguments(unsigned index);
  /// Adds a function from the arguments of the entry to the operands of a request,
  /// scalars as tensors of rank 0, and returns its name.
  std::string addPrefix(unsigned index);
  /// Adds a function from the operands of a request to its gradients.
  std::string addGradient(unsigned index);
  /// A module with a function from the arguments of the callee of a request to the results
  /// that are differentiated, without recurrences, in place of the callee.
  llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> createValueModule(unsigned index);

  /// The float type with the fewest digits in the program.
  mlir::FloatType getNarrowestType();
  /// How many roundings may lie behind one element of a gradient, roughly: what each step
  /// adds, multiplies and sums up, three times for the adjoint. \p unknownExtent stands for
  /// extents and numbers of steps that the program does not know.
  double countOperations(unsigned index, int64_t unknownExtent);

private:
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp entry;
  std::vector<ValueAndGradientOp> ops;
  std::vector<GradientRequest> requests;
};

} // namespace remat

#endif // REMAT_TOOLS_REMAT_RUN_GRADIENTPROGRAMS_H
