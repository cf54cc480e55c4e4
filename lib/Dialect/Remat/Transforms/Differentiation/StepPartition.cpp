//===- StepPartition.cpp - From a joint step to its forms --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StepPartition.h"

#include "remat/Dialect/Remat/Analysis/TapeSelection.h"
#include "remat/Interfaces/BlockDifferentiator.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace remat;

namespace {
/// The groups of arguments and results of a joint step.
struct JointLayout {
  JointLayout(Block &joint, BpttOp op) : yield(cast<YieldOp>(joint.getTerminator())) {
    ValueRange arguments = joint.getArguments();
    size_t numCarries = op.getInits().size(), numScans = op.getScans().size();
    t = arguments.front();
    carries = arguments.slice(1, numCarries);
    elements = arguments.slice(1 + numCarries, numScans);
    cotangents = arguments.drop_front(1 + numCarries + numScans);
    results = yield.getTape();
  }

  Value t;
  ValueRange carries, elements, cotangents, results;
  YieldOp yield;
};

/// Clones out of one block what some values need.
class SliceCloner {
public:
  explicit SliceCloner(Block &source) : source(source) {}

  /// Appends to \p target what \p roots and \p kept need and \p mapping does not have, and
  /// \p kept; the copies are entered there.
  void clone(ValueRange roots, const DenseSet<Operation *> &kept, Block &target, IRMapping &mapping) {
    DenseSet<Value> needed;
    auto need = [&](ValueRange values) {
      for (Value value : values)
        if (!mapping.contains(value))
          needed.insert(value);
    };
    need(roots);
    SmallVector<Operation *> slice;
    for (Operation &op : llvm::reverse(source.without_terminator())) {
      bool isNeeded = llvm::any_of(op.getResults(), [&](Value result) { return needed.contains(result); });
      if (!isNeeded && !kept.contains(&op))
        continue;
      slice.push_back(&op);
      need(getInputs(&op));
    }
    OpBuilder builder = OpBuilder::atBlockEnd(&target);
    for (Operation *op : llvm::reverse(slice)) {
      // Results that are there already stay what they are.
      SmallVector<std::pair<Value, Value>> present;
      for (Value result : op->getResults())
        if (Value mapped = mapping.lookupOrNull(result))
          present.push_back({result, mapped});
      builder.clone(*op, mapping);
      for (auto [result, mapped] : present)
        mapping.map(result, mapped);
    }
  }

private:
  Block &source;
};
} // namespace

static SmallVector<Value> lookup(const IRMapping &mapping, ValueRange values) {
  return llvm::map_to_vector(values, [&](Value value) { return mapping.lookupOrDefault(value); });
}

/// Gives \p region a block whose arguments stand for \p values.
static Block &addBlock(Region &region, ValueRange values, IRMapping &mapping) {
  Block &block = region.emplaceBlock();
  for (Value value : values)
    mapping.map(value, block.addArgument(value.getType(), value.getLoc()));
  return block;
}

namespace {
/// What of a joint step has side effects: checks and assertions.
struct Effects {
  Effects(Block &joint, ValueRange cotangents);

  /// Those of the step, and those that need a cotangent: the adjoint of a branch in which a rule is called has the
  /// checks of what it calls once more.
  DenseSet<Operation *> ofStep, ofAdjoint;
};
} // namespace

Effects::Effects(Block &joint, ValueRange cotangents) {
  DenseSet<Value> varied(cotangents.begin(), cotangents.end());
  for (Operation &op : joint.without_terminator()) {
    bool isOfAdjoint = llvm::any_of(getInputs(&op), [&](Value input) { return varied.contains(input); });
    if (isOfAdjoint)
      varied.insert_range(op.getResults());
    if (!isMemoryEffectFree(&op))
      (isOfAdjoint ? ofAdjoint : ofStep).insert(&op);
  }
}

/// A tape holds tensors: scalars that are not cheap to compute again, such as those of a
/// loop over integers, are read through one.
static void keepScalars(Block &joint) {
  for (Operation &op : llvm::make_early_inc_range(joint.without_terminator())) {
    if (isCheapToRecompute(&op))
      continue;
    OpBuilder builder(op.getContext());
    builder.setInsertionPointAfter(&op);
    for (Value result : op.getResults()) {
      Type type = result.getType();
      if (!type.isIntOrIndexOrFloat())
        continue;
      Location loc = op.getLoc();
      Value stored = result;
      if (type.isIndex())
        stored = arith::IndexCastOp::create(builder, loc, builder.getI64Type(), stored);
      auto tensorType = RankedTensorType::get({}, stored.getType());
      auto tensor = tensor::FromElementsOp::create(builder, loc, tensorType, stored);
      Value read = tensor::ExtractOp::create(builder, loc, tensor, ValueRange());
      if (type.isIndex())
        read = arith::IndexCastOp::create(builder, loc, type, read);
      Operation *writer = type.isIndex() ? stored.getDefiningOp() : tensor.getOperation();
      result.replaceAllUsesExcept(read, writer);
    }
  }
}

LogicalResult remat::partitionStep(Block &joint, BpttOp op) {
  keepScalars(joint);
  JointLayout layout(joint, op);
  Effects effects(joint, layout.cotangents);
  SmallVector<Value> results(layout.results);
  for (Operation &op : joint.without_terminator())
    if (effects.ofAdjoint.contains(&op))
      llvm::append_range(results, getInputs(&op));
  FailureOr<Tape> tape = selectTape({&joint, layout.carries, layout.cotangents, layout.yield.getCarries(), results});
  if (failed(tape))
    return failure();
  SliceCloner cloner(joint);
  Location loc = op.getLoc();
  ValueRange carries = layout.yield.getCarries(), emits = layout.yield.getEmits();

  auto buildForward = [&](Region &region, ValueRange kept) {
    IRMapping mapping;
    SmallVector<Value> arguments = {layout.t}, roots(carries);
    llvm::append_range(arguments, layout.carries);
    llvm::append_range(arguments, layout.elements);
    Block &block = addBlock(region, arguments, mapping);
    llvm::append_range(roots, emits);
    llvm::append_range(roots, kept);
    cloner.clone(roots, effects.ofStep, block, mapping);
    OpBuilder builder = OpBuilder::atBlockEnd(&block);
    YieldOp::create(builder, loc, lookup(mapping, carries), lookup(mapping, emits), lookup(mapping, kept));
  };
  buildForward(op.getAdvance(), {});
  buildForward(op.getRecord(), tape->values);

  SmallVector<Value> fromTape = {layout.t};
  llvm::append_range(fromTape, layout.elements);
  llvm::append_range(fromTape, tape->values);
  {
    IRMapping mapping;
    SmallVector<Value> arguments(fromTape);
    llvm::append_range(arguments, layout.cotangents);
    Block &block = addBlock(op.getReverse(), arguments, mapping);
    cloner.clone(layout.results, effects.ofAdjoint, block, mapping);
    OpBuilder builder = OpBuilder::atBlockEnd(&block);
    SmallVector<Value> results = lookup(mapping, layout.results);
    size_t numCarries = op.getActiveCarries().size(), numScans = op.getActiveScans().size();
    ArrayRef<Value> all(results);
    YieldAdjointOp::create(builder, loc, all.take_front(numCarries), all.slice(numCarries, numScans),
                           all.drop_front(numCarries + numScans));
  }
  if (tape->restartable) {
    IRMapping mapping;
    Block &block = addBlock(op.getResume(), fromTape, mapping);
    cloner.clone(carries, {}, block, mapping);
    OpBuilder builder = OpBuilder::atBlockEnd(&block);
    YieldOp::create(builder, loc, lookup(mapping, carries), ValueRange(), ValueRange());
  }
  return success();
}
