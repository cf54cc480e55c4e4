//===- TapeSelection.cpp - What a step leaves for its adjoint ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/TapeSelection.h"

#include "remat/Dialect/Remat/Analysis/MinCut.h"
#include "remat/Dialect/Remat/IR/BufferBytes.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Interfaces/BlockDifferentiator.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace remat;

bool remat::isCheapToRecompute(Operation *op) {
  if (!isMemoryEffectFree(op))
    return false;
  if (auto structured = dyn_cast<linalg::LinalgOp>(op))
    return structured.getNumReductionLoops() == 0;
  if (isa<scf::IfOp, scf::IndexSwitchOp>(op))
    return !op->walk([&](Operation *nested) {
                bool isCheap = nested == op || isa<scf::YieldOp>(nested) || isCheapToRecompute(nested);
                return isCheap ? WalkResult::advance() : WalkResult::interrupt();
              }).wasInterrupted();
  // All of arith, math and tensor, but what has a region of its own (tensor.generate and tensor.pad have).
  if (op->getNumRegions() != 0 && !isa<tensor::PadOp>(op))
    return false;
  return isa<arith::ArithDialect, math::MathDialect, tensor::TensorDialect>(op->getDialect()) ||
         isa<affine::AffineApplyOp, affine::AffineMaxOp, affine::AffineMinOp, StrongProductOp, StrongQuotientOp>(op);
}

std::optional<int64_t> remat::getTapeBytes(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.getElementType().isIntOrFloat())
    return std::nullopt;
  std::optional<int64_t> bytes = getAlignedBytes(tensor);
  return bytes && *bytes < MinCut::unbounded ? bytes : std::nullopt;
}

namespace {
/// The graph of values that a reverse step could be built from.
class TapeGraph {
public:
  explicit TapeGraph(const JointStep &joint) : joint(joint) {
    DenseSet<Value> adjoint(joint.cotangents.begin(), joint.cotangents.end());
    for (Operation &op : joint.block->without_terminator()) {
      SmallVector<Value> inputs = getInputs(&op);
      if (llvm::none_of(inputs, [&](Value input) { return adjoint.contains(input); }))
        continue;
      adjoint.insert(op.result_begin(), op.result_end());
      for (Value input : inputs)
        if (!adjoint.contains(input))
          required.insert(input);
    }
    for (Value result : joint.results)
      if (!adjoint.contains(result))
        required.insert(result);
  }

  /// The cheapest tape for the adjoint and \p alsoRequired.
  std::optional<Tape> solve(ValueRange alsoRequired) {
    MinCut graph;
    SmallVector<Value> values;
    DenseMap<Value, unsigned> nodes;
    SetVector<Value> sinks(required.begin(), required.end());
    sinks.insert(alsoRequired.begin(), alsoRequired.end());

    // Nodes, from the sinks back to what cannot be computed again.
    SmallVector<Value> worklist;
    auto getNode = [&](Value value) {
      auto [entry, isNew] = nodes.try_emplace(value, values.size());
      if (isNew) {
        graph.addNode(getTapeBytes(value.getType()).value_or(MinCut::unbounded));
        values.push_back(value);
        worklist.push_back(value);
      }
      return entry->second;
    };
    for (Value sink : sinks)
      if (!isFree(sink))
        graph.addSink(getNode(sink));
    while (!worklist.empty()) {
      Value value = worklist.pop_back_val();
      Operation *op = value.getDefiningOp();
      if (!op || !isCheapToRecompute(op)) {
        graph.addSource(nodes.lookup(value));
        continue;
      }
      for (Value input : getInputs(op))
        if (!isFree(input)) {
          unsigned from = getNode(input);
          graph.addEdge(from, nodes.lookup(value));
        }
    }

    std::optional<MinCut::Cut> cut = graph.solve();
    if (!cut) {
      unbounded = findUnboundedSource(sinks.getArrayRef());
      return std::nullopt;
    }
    Tape tape;
    tape.bytes = cut->weight;
    for (unsigned node : cut->nodes)
      tape.values.push_back(values[node]);
    llvm::sort(tape.values, isDefinedBefore);
    return tape;
  }

  /// After solve() found no tape: a value that can neither be kept nor had again.
  Value getUnbounded() const { return unbounded; }

private:
  /// What the reverse step can read itself.
  bool isFree(Value value) const {
    if (auto argument = dyn_cast<BlockArgument>(value))
      return argument.getOwner() != joint.block || !llvm::is_contained(joint.carries, value);
    return value.getDefiningOp()->getBlock() != joint.block;
  }

  Value findUnboundedSource(ArrayRef<Value> sinks) const {
    SetVector<Value> seen(sinks.begin(), sinks.end());
    for (unsigned index = 0; index < seen.size(); ++index) {
      Value value = seen[index];
      Operation *op = value.getDefiningOp();
      if (isFree(value))
        continue;
      if (op && isCheapToRecompute(op))
        seen.insert_range(getInputs(op));
      else if (!getTapeBytes(value.getType()))
        return value;
    }
    return {};
  }

  static bool isDefinedBefore(Value left, Value right) {
    auto leftArgument = dyn_cast<BlockArgument>(left), rightArgument = dyn_cast<BlockArgument>(right);
    if (leftArgument && rightArgument)
      return leftArgument.getArgNumber() < rightArgument.getArgNumber();
    if (leftArgument || rightArgument)
      return bool(leftArgument);
    auto leftResult = cast<OpResult>(left), rightResult = cast<OpResult>(right);
    if (leftResult.getOwner() == rightResult.getOwner())
      return leftResult.getResultNumber() < rightResult.getResultNumber();
    return leftResult.getOwner()->isBeforeInBlock(rightResult.getOwner());
  }

  const JointStep &joint;
  SetVector<Value> required;
  Value unbounded;
};
} // namespace

FailureOr<Tape> remat::selectTape(const JointStep &joint) {
  TapeGraph graph(joint);
  std::optional<Tape> tape = graph.solve({});
  if (!tape) {
    Value value = graph.getUnbounded();
    Location loc = value ? value.getLoc() : joint.block->getParentOp()->getLoc();
    InFlightDiagnostic diagnostic =
        emitError(loc, "the adjoint of the step reads a value that can neither be kept nor computed again");
    auto tensor = value ? dyn_cast<RankedTensorType>(value.getType()) : RankedTensorType();
    if (tensor && tensor.hasStaticShape() && tensor.getElementType().isIntOrFloat())
      diagnostic << " because it has too many bytes";
    if (value)
      diagnostic << ", of type " << value.getType();
    return diagnostic;
  }
  std::optional<Tape> restartable = graph.solve(joint.nextCarries);
  int64_t carryBytes = 0;
  for (Value carry : joint.carries)
    carryBytes += getTapeBytes(carry.getType()).value_or(0);
  if (!restartable || (restartable->bytes - tape->bytes) > carryBytes / 2)
    return *tape;
  restartable->restartable = true;
  return *restartable;
}
