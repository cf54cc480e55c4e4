//===- LinalgOps.cpp - Structured operations ----------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// linalg.generic and every named operation that has a region and maps are run in
// one way: the body is evaluated at each point of the iteration space, in row-major
// order, on the elements that the maps say, and its results replace those of the
// outputs.
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace remat::interpreter;

namespace {

/// Which element of an operand a point of the iteration space has.
class Access {
public:
  Access() = default;
  Access(AffineMap map, llvm::ArrayRef<int64_t> shape, unsigned numLoops)
      : map(map), shape(shape.begin(), shape.end()), strides(getStrides(shape)) {
    // The position as a linear function of the loops, if it is one.
    llvm::SmallVector<int64_t> point(numLoops, 0);
    base = map.compose(point);
    for (unsigned loop = 0; loop < numLoops; ++loop) {
      point[loop] = 1;
      llvm::SmallVector<int64_t> moved = map.compose(point);
      for (size_t i = 0; i < moved.size(); ++i)
        moved[i] -= base[i];
      slopes.push_back(std::move(moved));
      point[loop] = 0;
    }
    for (AffineExpr result : map.getResults())
      result.walk([&](AffineExpr part) {
        isLinear &= part.getKind() != AffineExprKind::Mod && part.getKind() != AffineExprKind::FloorDiv &&
                    part.getKind() != AffineExprKind::CeilDiv;
      });
  }

  /// The element at \p point, or -1 if there is none.
  int64_t operator()(llvm::ArrayRef<int64_t> point) const {
    int64_t element = 0;
    llvm::SmallVector<int64_t> evaluated;
    if (!isLinear)
      evaluated = map.compose(point);
    for (size_t i = 0; i < shape.size(); ++i) {
      int64_t index = isLinear ? base[i] : evaluated[i];
      if (isLinear)
        for (size_t loop = 0; loop < point.size(); ++loop)
          index += point[loop] * slopes[loop][i];
      if (index < 0 || index >= shape[i])
        return -1;
      element += index * strides[i];
    }
    return element;
  }

private:
  AffineMap map;
  bool isLinear = true;
  Shape shape, strides;
  llvm::SmallVector<int64_t> base;
  llvm::SmallVector<llvm::SmallVector<int64_t>> slopes;
};

} // namespace

/// The extents of the loops. Each has to be the extent of every dimension that it
/// alone indexes.
static bool findLoops(Machine &machine, linalg::LinalgOp op, llvm::ArrayRef<Datum> operands, Shape &loops) {
  llvm::SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  loops.assign(op.getNumLoops(), -1);
  for (auto [map, operand] : llvm::zip_equal(maps, operands)) {
    if (!operand.tensor)
      continue;
    for (auto [dimension, result] : llvm::enumerate(map.getResults())) {
      auto loop = dyn_cast<AffineDimExpr>(result);
      if (!loop)
        continue;
      int64_t &extent = loops[loop.getPosition()];
      int64_t found = operand.tensor->shape[dimension];
      if (extent >= 0 && extent != found)
        return machine.fail(Failure::Extents, op,
                            "one loop has the extents " + llvm::Twine(extent) + " and " + llvm::Twine(found));
      extent = found;
    }
  }
  // Loops that stand in sums alone, as those of a window without its operand.
  if (llvm::is_contained(loops, -1))
    return machine.fail(Failure::Unsupported, op, "a loop whose extent no operand has alone");
  return true;
}

/// If output \p output of \p op is reduced by a maximum or minimum of the old
/// element and one other value, the operation that computes it.
static Operation *findExtremum(linalg::LinalgOp op, unsigned output) {
  Block &body = *op.getBlock();
  mlir::Value yielded = body.getTerminator()->getOperand(output);
  Operation *combiner = yielded.getDefiningOp();
  if (!combiner || !isa<arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp, arith::MinNumFOp>(combiner))
    return nullptr;
  BlockArgument old = body.getArgument(op.getNumDpsInputs() + output);
  if (!old.hasOneUse() || *old.getUsers().begin() != combiner)
    return nullptr;
  return combiner;
}

static bool runStructured(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = dyn_cast<linalg::LinalgOp>(instruction.op);
  if (!op || instruction.regions.size() != 1 || !instruction.regions[0])
    return machine.fail(Failure::Unsupported, instruction.op, "the interpreter does not know it");
  if (!op.hasPureTensorSemantics())
    return machine.fail(Failure::Unsupported, instruction.op, "operands that are no tensors");
  const Code &body = *instruction.regions[0];

  llvm::SmallVector<Datum> operands;
  for (uint32_t operand : instruction.operands)
    operands.push_back(frame[operand]);
  Shape loops;
  if (!findLoops(machine, op, operands, loops))
    return false;
  unsigned numInputs = op.getNumDpsInputs(), numOutputs = op.getNumDpsInits();
  llvm::SmallVector<Access> accesses;
  for (auto [map, operand] : llvm::zip_equal(op.getIndexingMapsArray(), operands))
    accesses.push_back(operand.tensor ? Access(map, operand.tensor->shape, loops.size()) : Access());
  llvm::SmallVector<std::shared_ptr<Tensor>> outputs;
  for (unsigned i = 0; i < numOutputs; ++i) {
    outputs.push_back(std::make_shared<Tensor>(*operands[numInputs + i].tensor));
    if (!machine.count(outputs.back()->getNumElements()))
      return false;
  }

  // Reductions to an extremum share their cotangent among all that attain it.
  auto savedTies = std::move(machine.ties);
  auto savedElements = std::move(machine.outputElements);
  auto savedIteration = machine.iteration;
  machine.ties.assign(numOutputs, {});
  machine.outputElements.assign(numOutputs, 0);
  for (unsigned i = 0; i < numOutputs; ++i)
    if (Operation *combiner = findExtremum(op, i))
      for (const Instruction &inner : body.instructions)
        if (inner.op == combiner) {
          machine.ties[i].assign(outputs[i]->getNumElements(), 1);
          inner.reducedOutput = static_cast<int>(i);
          inner.accumulatorOperand = combiner->getOperand(1) == op.getBlock()->getArgument(numInputs + i) ? 1 : 0;
        }

  bool done = true;
  llvm::SmallVector<int64_t> point(loops.size(), 0);
  llvm::SmallVector<int64_t> elements(operands.size());
  bool isEmpty = llvm::is_contained(loops, 0);
  while (!isEmpty && done) {
    for (unsigned i = 0; i < operands.size() && done; ++i) {
      if (!operands[i].tensor) {
        frame[body.arguments[i]] = operands[i];
        continue;
      }
      elements[i] = accesses[i](point);
      if (elements[i] < 0) {
        done = machine.fail(Failure::IndexOutOfRange, instruction.op, "a map leads out of operand " + llvm::Twine(i));
        break;
      }
      frame[body.arguments[i]] =
          i < numInputs ? operands[i].tensor->elements[elements[i]] : outputs[i - numInputs]->elements[elements[i]];
    }
    if (!done)
      break;
    machine.iteration = point;
    for (unsigned i = 0; i < numOutputs; ++i)
      machine.outputElements[i] = elements[numInputs + i];
    done = machine.run(body, frame);
    for (unsigned i = 0; i < numOutputs && done; ++i)
      outputs[i]->elements[elements[numInputs + i]] = machine.yielded[i].scalar;
    if (!increment(point, loops))
      break;
  }
  machine.ties = std::move(savedTies);
  machine.outputElements = std::move(savedElements);
  machine.iteration = savedIteration;
  if (!done)
    return false;
  for (unsigned i = 0; i < instruction.results.size(); ++i)
    frame[instruction.results[i]] = Datum(std::move(outputs[i]));
  return true;
}

static bool runIndex(Machine &machine, const Instruction &instruction, Frame &frame) {
  uint64_t dimension = cast<linalg::IndexOp>(instruction.op).getDim();
  frame[instruction.results[0]] = Number::fromBits(machine.iteration[dimension]);
  return true;
}

void remat::interpreter::addLinalgOps(OperationTable &table) {
  // Also the handler of operations named linalg.* that have none of their own.
  table.handlers["linalg.generic"] = runStructured;
  table.handlers["linalg.index"] = runIndex;
  table.handlers["linalg.yield"] = yieldOperands;
}
