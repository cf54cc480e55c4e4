//===- Machine.h - Runs operations ----------------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A function is translated once: every SSA value gets a place in its frame and
// every operation a handler from the table of its dialect. Operations that act on
// each element alone have a kernel on numbers in place of a handler, which does
// for scalars and for tensors.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_INTERPRETER_MACHINE_H
#define REMAT_TEST_RANDOM_INTERPRETER_MACHINE_H

#include "Arithmetic.h"
#include "Datum.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/Twine.h"

namespace remat::interpreter {

class Machine;
struct Code;
struct Instruction;

using Frame = std::vector<Datum>;
/// Runs an operation; false after a failure.
using Handler = bool (*)(Machine &, const Instruction &, Frame &);
/// Computes the elements of the results from those of the operands.
using Kernel = void (*)(Machine &, const Instruction &, const Number *operands, Number *results);

/// An operation, translated.
struct Instruction {
  mlir::Operation *op = nullptr;
  Handler handler = nullptr;
  Kernel kernel = nullptr;
  llvm::SmallVector<uint32_t, 4> operands, results;
  llvm::SmallVector<Code *, 2> regions;
  /// Of the elements of the first operand and the first result: float formats, or
  /// widths of integers.
  const Format *operandFormat = nullptr, *format = nullptr;
  unsigned operandWidth = 0, width = 0;
  /// Of comparisons.
  unsigned predicate = 0;
  /// Of constants, made at the first execution.
  mutable Datum constant;
  /// Set for the extremum of a reduction whose ties share equally: the output that
  /// it accumulates into and the operand that is the accumulator.
  mutable int reducedOutput = -1;
  mutable unsigned accumulatorOperand = 0;

  const Datum &get(const Frame &frame, unsigned operand) const { return frame[operands[operand]]; }
};

/// A block, translated.
struct Code {
  llvm::SmallVector<uint32_t, 4> arguments;
  std::vector<Instruction> instructions;
};

struct Function {
  Code *body = nullptr;
  size_t frameSize = 0;
};

/// The handlers and kernels of all operations.
struct OperationTable {
  llvm::StringMap<Handler> handlers;
  llvm::StringMap<Kernel> kernels;
};

void addArithOps(OperationTable &table);
void addMathOps(OperationTable &table);
void addControlOps(OperationTable &table);
void addLinalgOps(OperationTable &table);
void addLinalgLayoutOps(OperationTable &table);
void addTensorOps(OperationTable &table);
void addTensorSliceOps(OperationTable &table);
void addSCFOps(OperationTable &table);
void addRematOps(OperationTable &table);

class Machine {
public:
  Machine(mlir::ModuleOp module, const InterpretOptions &options);

  /// Calls \p function; false after a failure.
  bool call(mlir::func::FuncOp function, llvm::ArrayRef<Datum> arguments, llvm::SmallVectorImpl<Datum> &results);
  /// The function called \p name; null after a failure.
  mlir::func::FuncOp findFunction(llvm::StringRef name);
  mlir::MLIRContext *getContext() { return module.getContext(); }
  bool call(llvm::StringRef callee, llvm::ArrayRef<Datum> arguments, llvm::SmallVectorImpl<Datum> &results);

  /// Runs a block; the operands of its terminator are in `yielded` afterwards.
  bool run(const Code &code, Frame &frame);
  bool run(const Code &code, Frame &frame, llvm::ArrayRef<Datum> arguments);
  llvm::SmallVector<Datum, 4> yielded;

  /// Ends the run; always false.
  bool fail(Failure kind, const llvm::Twine &why);
  /// Ends it at an operation.
  bool fail(Failure kind, mlir::Operation *op, const llvm::Twine &why);
  bool hasFailed() const { return failure != Failure::None; }
  /// A decision that rounding can turn has been taken for the whole program.
  void decideUncertainly() { uncertain = true; }

  /// A new tensor of zeros; null after a failure.
  std::shared_ptr<Tensor> makeTensor(mlir::Type elementType, llvm::ArrayRef<int64_t> shape);
  /// Counts operations; false at the limit.
  bool count(int64_t operations);
  /// Makes all elements of \p value uncertain, on the tape as well.
  Datum makeUncertain(const Datum &value, mlir::Type type);
  /// Checks that \p tensor has the static extents of \p type.
  bool checkType(const Datum &value, mlir::Type type, mlir::Operation *op);

  Arithmetic arithmetic;
  const InterpretOptions &options;

  /// The position in the iteration space of the structured operation under way.
  llvm::ArrayRef<int64_t> iteration;
  /// Of reductions to an extremum: how many elements attain it so far, per output
  /// of the structured operation; and the element of each that is computed.
  llvm::SmallVector<std::vector<uint32_t>, 2> ties;
  llvm::SmallVector<int64_t, 2> outputElements;
  /// Calls of custom rules, by the first node of their results.
  struct CustomCall {
    llvm::SmallVector<Datum, 4> arguments, results;
    uint32_t firstNode = 0, endNode = 0;
    std::string rule;
    mlir::Operation *op = nullptr;
  };
  std::vector<CustomCall> customCalls;

  Failure failure = Failure::None;
  std::string why;
  bool uncertain = false;
  unsigned callDepth = 0;

private:
  Function &translate(mlir::func::FuncOp function);
  Code *translate(mlir::Block &block, llvm::DenseMap<mlir::Value, uint32_t> &places);
  Instruction translate(mlir::Operation &op, llvm::DenseMap<mlir::Value, uint32_t> &places);

  mlir::ModuleOp module;
  OperationTable table;
  llvm::DenseMap<mlir::Operation *, Function> functions;
  std::vector<std::unique_ptr<Code>> codes;
  int64_t operations = 0;
};

/// The types of elements of tensors, or scalars.
mlir::Type getElementType(mlir::Type type);

/// Puts the operands of a terminator where the enclosing operation finds them.
bool yieldOperands(Machine &machine, const Instruction &instruction, Frame &frame);

} // namespace remat::interpreter

#endif // REMAT_TEST_RANDOM_INTERPRETER_MACHINE_H
