//===- SCFOps.cpp - The scf dialect -------------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where rounding can turn a decision, the branch of the interpreter's own numbers
// is taken and everything that it gives is uncertain.
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace remat::interpreter;

/// The values that the region yielded become the results.
static bool setResults(Machine &machine, const Instruction &instruction, Frame &frame, llvm::ArrayRef<Datum> values,
                       bool certain) {
  for (auto [number, value] : llvm::enumerate(values)) {
    if (number >= instruction.results.size())
      break;
    frame[instruction.results[number]] =
        certain ? value : machine.makeUncertain(value, instruction.op->getResult(number).getType());
  }
  return !machine.hasFailed();
}

static bool runRegion(Machine &machine, const Instruction &instruction, Frame &frame, const Code *code, bool certain) {
  if (!code)
    return true;
  if (!machine.run(*code, frame)) {
    if (!certain)
      machine.decideUncertainly();
    return false;
  }
  llvm::SmallVector<Datum, 4> values(machine.yielded.begin(), machine.yielded.end());
  return setResults(machine, instruction, frame, values, certain);
}

static bool runIf(Machine &machine, const Instruction &instruction, Frame &frame) {
  const Number condition = instruction.get(frame, 0).scalar;
  // The branch that is not taken may fail.
  if (!condition.isCertain())
    machine.decideUncertainly();
  return runRegion(machine, instruction, frame, instruction.regions[condition.bits & 1 ? 0 : 1], condition.isCertain());
}

static bool runIndexSwitch(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<scf::IndexSwitchOp>(instruction.op);
  const Number argument = instruction.get(frame, 0).scalar;
  if (!argument.isCertain())
    machine.decideUncertainly();
  size_t region = 0;
  for (auto [number, value] : llvm::enumerate(op.getCases()))
    if (static_cast<int64_t>(argument.bits) == value)
      region = number + 1;
  return runRegion(machine, instruction, frame, instruction.regions[region], argument.isCertain());
}

static bool runExecuteRegion(Machine &machine, const Instruction &instruction, Frame &frame) {
  if (!instruction.regions[0])
    return machine.fail(Failure::Unsupported, instruction.op, "several blocks");
  return runRegion(machine, instruction, frame, instruction.regions[0], /*certain=*/true);
}

static bool runFor(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<scf::ForOp>(instruction.op);
  unsigned width = instruction.operandWidth;
  bool isUnsigned = op.getUnsignedCmp();
  Number low = instruction.get(frame, 0).scalar, high = instruction.get(frame, 1).scalar,
         step = instruction.get(frame, 2).scalar;
  bool certain = low.isCertain() && high.isCertain() && step.isCertain();
  if (!certain)
    machine.decideUncertainly();
  if (isUnsigned ? step.bits == 0 : signExtend(step.bits, width) <= 0)
    return machine.fail(Failure::Undefined, instruction.op, "a step that is not positive");
  llvm::SmallVector<Datum, 4> values;
  for (unsigned i = 3; i < instruction.operands.size(); ++i)
    values.push_back(instruction.get(frame, i));
  __extension__ using Wide = __int128;
  auto widen = [&](const Number &number) -> Wide {
    return isUnsigned ? static_cast<Wide>(number.bits) : static_cast<Wide>(signExtend(number.bits, width));
  };
  for (Wide i = widen(low), end = widen(high); i < end; i += widen(step)) {
    llvm::SmallVector<Datum, 4> arguments;
    arguments.push_back(Number::fromBits(truncateBits(static_cast<uint64_t>(i), width), certain));
    arguments.append(values);
    if (!machine.count(1) || !machine.run(*instruction.regions[0], frame, arguments))
      return false;
    values.assign(machine.yielded.begin(), machine.yielded.end());
  }
  return setResults(machine, instruction, frame, values, certain);
}

static bool runWhile(Machine &machine, const Instruction &instruction, Frame &frame) {
  llvm::SmallVector<Datum, 4> values;
  for (uint32_t operand : instruction.operands)
    values.push_back(frame[operand]);
  bool certain = true;
  while (true) {
    if (!machine.count(1) || !machine.run(*instruction.regions[0], frame, values))
      return false;
    const Number condition = machine.yielded[0].scalar;
    certain &= condition.isCertain();
    if (!certain)
      machine.decideUncertainly();
    values.assign(machine.yielded.begin() + 1, machine.yielded.end());
    if (!(condition.bits & 1))
      return setResults(machine, instruction, frame, values, certain);
    if (!machine.run(*instruction.regions[1], frame, values))
      return false;
    values.assign(machine.yielded.begin(), machine.yielded.end());
  }
}

//===----------------------------------------------------------------------===//
// Parallel loops
//===----------------------------------------------------------------------===//

/// Bounds of a loop nest: \p first operands are dynamic.
static Shape readBounds(const Instruction &instruction, Frame &frame, llvm::ArrayRef<int64_t> bounds,
                        unsigned &nextOperand) {
  Shape result;
  for (int64_t bound : bounds)
    result.push_back(ShapedType::isDynamic(bound) ? instruction.get(frame, nextOperand++).getInteger() : bound);
  return result;
}

/// Calls \p run for each point of a loop nest, in row-major order.
static bool forEachPoint(Machine &machine, Operation *op, const Shape &low, const Shape &high, const Shape &step,
                         llvm::function_ref<bool(llvm::ArrayRef<int64_t>)> run) {
  Shape trips;
  for (auto [first, end, stride] : llvm::zip_equal(low, high, step)) {
    if (stride <= 0)
      return machine.fail(Failure::Undefined, op, "a step that is not positive");
    trips.push_back(end > first ? (end - first + stride - 1) / stride : 0);
  }
  llvm::SmallVector<int64_t> point(low.size(), 0), values(low.size());
  bool more = !llvm::is_contained(trips, 0);
  for (; more; more = increment(point, trips)) {
    for (size_t i = 0; i < point.size(); ++i)
      values[i] = low[i] + point[i] * step[i];
    if (!machine.count(1) || !run(values))
      return false;
  }
  return true;
}

/// The threads run one after the other; each sees what the ones before have put
/// into the outputs, which it may not read.
static bool runForall(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<scf::ForallOp>(instruction.op);
  unsigned operand = 0;
  Shape low = readBounds(instruction, frame, op.getStaticLowerBound(), operand);
  Shape high = readBounds(instruction, frame, op.getStaticUpperBound(), operand);
  Shape step = readBounds(instruction, frame, op.getStaticStep(), operand);
  const Code &body = *instruction.regions[0];
  for (unsigned i = 0; i < instruction.results.size(); ++i)
    frame[body.arguments[low.size() + i]] = instruction.get(frame, operand + i);
  bool done = forEachPoint(machine, instruction.op, low, high, step, [&](llvm::ArrayRef<int64_t> point) {
    for (size_t i = 0; i < point.size(); ++i)
      frame[body.arguments[i]] = Number::fromBits(static_cast<uint64_t>(point[i]));
    return machine.run(body, frame);
  });
  for (unsigned i = 0; i < instruction.results.size(); ++i)
    frame[instruction.results[i]] = frame[body.arguments[low.size() + i]];
  return done;
}

static bool runInParallel(Machine &machine, const Instruction &instruction, Frame &frame) {
  return machine.run(*instruction.regions[0], frame);
}

static bool runParallel(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<scf::ParallelOp>(instruction.op);
  unsigned numLoops = op.getNumLoops();
  Shape bounds[3];
  for (unsigned kind = 0; kind < 3; ++kind)
    for (unsigned i = 0; i < numLoops; ++i)
      bounds[kind].push_back(instruction.get(frame, kind * numLoops + i).getInteger());
  // scf.reduce folds into the results, which hold the values so far.
  for (unsigned i = 0; i < instruction.results.size(); ++i)
    frame[instruction.results[i]] = instruction.get(frame, 3 * numLoops + i);
  const Code &body = *instruction.regions[0];
  return forEachPoint(machine, instruction.op, bounds[0], bounds[1], bounds[2], [&](llvm::ArrayRef<int64_t> point) {
    for (size_t i = 0; i < point.size(); ++i)
      frame[body.arguments[i]] = Number::fromBits(static_cast<uint64_t>(point[i]));
    if (!machine.run(body, frame))
      return false;
    llvm::SmallVector<Datum, 4> contributions(machine.yielded.begin(), machine.yielded.end());
    const Instruction &reduce = body.instructions.back();
    for (auto [number, region] : llvm::enumerate(reduce.regions)) {
      uint32_t result = instruction.results[number];
      Datum operands[2] = {frame[result], contributions[number]};
      if (!machine.run(*region, frame, operands))
        return false;
      frame[result] = machine.yielded[0];
    }
    return true;
  });
}

void remat::interpreter::addSCFOps(OperationTable &table) {
  auto &handlers = table.handlers;
  handlers["scf.condition"] = yieldOperands;
  handlers["scf.execute_region"] = runExecuteRegion;
  handlers["scf.for"] = runFor;
  handlers["scf.forall"] = runForall;
  handlers["scf.forall.in_parallel"] = runInParallel;
  handlers["scf.if"] = runIf;
  handlers["scf.index_switch"] = runIndexSwitch;
  handlers["scf.parallel"] = runParallel;
  handlers["scf.reduce"] = yieldOperands;
  handlers["scf.reduce.return"] = yieldOperands;
  handlers["scf.while"] = runWhile;
  handlers["scf.yield"] = yieldOperands;
}
