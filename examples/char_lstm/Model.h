//===- Model.h - The program and its arrays ---------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// char_lstm.mlir as a C++ program sees it: a module that can be compiled for any
// budget, and the arrays that every compiled version is called with.
//
//===----------------------------------------------------------------------===//

#ifndef CHAR_LSTM_MODEL_H
#define CHAR_LSTM_MODEL_H

#include "remat/Execution/CompiledProgram.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <memory>
#include <vector>

class Model {
public:
  static constexpr int64_t steps = 1000, texts = 16;

  /// Parses the program and makes its arguments: the first two are batches of
  /// characters and targets (zero), the others random parameters.
  static llvm::Expected<std::unique_ptr<Model>> create(unsigned seed);

  /// Compiles the program for a budget such as "5%", "64MiB" or "unlimited".
  llvm::Expected<std::unique_ptr<remat::CompiledProgram>> compile(const remat::Budget &budget);

  /// Arrays for the results of one call: the loss, then a gradient per parameter.
  llvm::Expected<std::vector<remat::Array>> allocateResults(const remat::CompiledProgram &program);

  llvm::MutableArrayRef<int32_t> getCharacters() { return arguments[0].getElements<int32_t>(); }
  llvm::MutableArrayRef<int32_t> getTargets() { return arguments[1].getElements<int32_t>(); }
  /// The parameters, in the order of the program's arguments.
  std::vector<llvm::MutableArrayRef<float>> getParameters();
  /// All arguments of a call.
  std::vector<remat::ArrayView> getArguments();

private:
  Model() = default;
  llvm::Error initialize(unsigned seed);

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<remat::Array> arguments;
};

/// Views of arrays, as a call takes them.
std::vector<remat::ArrayView> getViews(llvm::MutableArrayRef<remat::Array> arrays);

#endif // CHAR_LSTM_MODEL_H
