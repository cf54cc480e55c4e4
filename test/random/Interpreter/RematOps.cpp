//===- RematOps.cpp - The source operations of remat --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Gradient.h"
#include "Machine.h"

#include "remat/Dialect/Remat/IR/Remat.h"

using namespace mlir;
using namespace remat::interpreter;

//===----------------------------------------------------------------------===//
// The loop
//===----------------------------------------------------------------------===//

/// Row \p position of a scan.
static Datum getRow(Machine &machine, const Tensor &scan, int64_t position) {
  auto row = machine.makeTensor(scan.elementType, llvm::ArrayRef<int64_t>(scan.shape).drop_front());
  if (!row)
    return {};
  auto first = scan.elements.begin() + position * row->getNumElements();
  std::copy(first, first + row->getNumElements(), row->elements.begin());
  return Datum(std::shared_ptr<const Tensor>(std::move(row)));
}

static bool runRecurrence(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<remat::RecurrenceOp>(instruction.op);
  const Number countNumber = instruction.get(frame, 0).scalar;
  int64_t count = static_cast<int64_t>(countNumber.bits);
  if (!countNumber.isCertain())
    machine.decideUncertainly();
  if (count < 0)
    return machine.fail(Failure::Extents, instruction.op, "a count of " + llvm::Twine(count));
  unsigned numCarries = op.getInits().size(), numScans = op.getScans().size();
  llvm::SmallVector<Datum, 4> carries;
  for (unsigned i = 0; i < numCarries; ++i)
    carries.push_back(instruction.get(frame, 1 + i));
  for (unsigned i = 0; i < numScans; ++i) {
    const Tensor &scan = *instruction.get(frame, 1 + numCarries + i).tensor;
    if (scan.shape[0] != count)
      return machine.fail(Failure::Extents, instruction.op,
                          "a scan of " + llvm::Twine(scan.shape[0]) + " elements in a loop of " + llvm::Twine(count) +
                              " steps");
  }
  llvm::SmallVector<std::shared_ptr<Tensor>, 4> stacked;
  for (mlir::Value result : op.getStacked()) {
    auto type = cast<RankedTensorType>(result.getType());
    Shape shape(type.getShape().begin(), type.getShape().end());
    shape[0] = count;
    stacked.push_back(machine.makeTensor(type.getElementType(), shape));
    if (!stacked.back())
      return false;
  }
  const Code &body = *instruction.regions[0];
  for (int64_t step = 0; step < count; ++step) {
    int64_t position = op.getReversed() ? count - 1 - step : step;
    llvm::SmallVector<Datum, 8> arguments;
    arguments.push_back(Number::fromBits(static_cast<uint64_t>(step)));
    arguments.append(carries.begin(), carries.end());
    for (unsigned i = 0; i < numScans; ++i)
      arguments.push_back(getRow(machine, *instruction.get(frame, 1 + numCarries + i).tensor, position));
    if (machine.hasFailed() || !machine.run(body, frame, arguments))
      return false;
    carries.assign(machine.yielded.begin(), machine.yielded.begin() + numCarries);
    for (auto [i, tensor] : llvm::enumerate(stacked)) {
      const Tensor &row = *machine.yielded[numCarries + i].tensor;
      std::copy(row.elements.begin(), row.elements.end(), tensor->elements.begin() + position * row.getNumElements());
    }
  }
  for (unsigned i = 0; i < numCarries; ++i)
    frame[instruction.results[i]] = carries[i];
  for (auto [i, tensor] : llvm::enumerate(stacked))
    frame[instruction.results[numCarries + i]] = Datum(std::shared_ptr<const Tensor>(std::move(tensor)));
  return true;
}

//===----------------------------------------------------------------------===//
// Derivatives
//===----------------------------------------------------------------------===//

static bool runStopGradient(Machine &machine, const Instruction &instruction, Frame &frame) {
  frame[instruction.results[0]] = detach(instruction.get(frame, 0));
  return true;
}

static bool runValueAndGradient(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<remat::ValueAndGradientOp>(instruction.op);
  GradientRequest request;
  request.callee = op.getCallee();
  request.wrt = op.getWrt();
  request.of = op.getOf();
  unsigned numArguments = op.getArgs().size();
  for (unsigned i = 0; i < numArguments; ++i)
    request.arguments.push_back(instruction.get(frame, i));
  for (unsigned i = numArguments; i < instruction.operands.size(); ++i)
    request.seeds.push_back(instruction.get(frame, i));
  llvm::SmallVector<Datum, 4> results;
  if (!evaluateGradient(machine, request, results))
    return false;
  for (auto [place, result] : llvm::zip_equal(instruction.results, results))
    frame[place] = result;
  return true;
}

static bool runCustomVjp(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<remat::CustomVjpOp>(instruction.op);
  llvm::SmallVector<Datum, 4> arguments, results;
  for (uint32_t operand : instruction.operands)
    arguments.push_back(frame[operand]);
  if (!callWithRule(machine, instruction.op, op.getCallee(), op.getRule(), arguments, results))
    return false;
  for (auto [place, result] : llvm::zip_equal(instruction.results, results))
    frame[place] = result;
  return true;
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

static bool runCheckIndices(Machine &machine, const Instruction &instruction, Frame &frame) {
  const Tensor &indices = *instruction.get(frame, 0).tensor;
  int64_t limit = instruction.get(frame, 1).getInteger();
  for (const Number &number : indices.elements) {
    int64_t index = signExtend(number.bits, getIntegerWidth(indices.elementType));
    if (!number.isCertain())
      machine.decideUncertainly();
    if (index < 0 || index >= limit)
      return machine.fail(Failure::IndexOutOfRange, instruction.op,
                          "index " + llvm::Twine(index) + " in an extent of " + llvm::Twine(limit));
  }
  return true;
}

void remat::interpreter::addRematOps(OperationTable &table) {
  auto &handlers = table.handlers;
  handlers["remat.check_indices"] = runCheckIndices;
  handlers["remat.custom_vjp"] = runCustomVjp;
  handlers["remat.recurrence"] = runRecurrence;
  handlers["remat.stop_gradient"] = runStopGradient;
  handlers["remat.value_and_gradient"] = runValueAndGradient;
  handlers["remat.yield"] = yieldOperands;
}
