//===- Programs.h - Small programs for the interpreter --------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_INTERPRETER_PROGRAMS_H
#define REMAT_TEST_UNIT_INTERPRETER_PROGRAMS_H

#include "Interpreter/Interpreter.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

namespace remat::test {

/// An argument: numbers, converted to its element type, and the extents that its
/// type leaves open.
struct Argument {
  std::vector<double> elements;
  std::vector<int64_t> shape = {};
};

class Program {
public:
  /// Parses \p text, which has a function @main.
  explicit Program(llvm::StringRef text);

  interpreter::Outcome run(const std::vector<Argument> &arguments = {},
                           const interpreter::InterpretOptions &options = {});
  /// The elements of all results, one after the other.
  std::vector<double> getResults(const std::vector<Argument> &arguments = {});

private:
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// The elements of \p array as numbers, integers as signed ones.
std::vector<double> getElements(const interpreter::Array &array);

/// The results of a function with this body, which returns \p types.
std::vector<double> evaluate(llvm::StringRef types, llvm::StringRef body);

} // namespace remat::test

#endif // REMAT_TEST_UNIT_INTERPRETER_PROGRAMS_H
