//===- KeepDeviceValues.cpp - Loops are given arrays --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// While values still are tensors. What is read from an array in front of a loop and used in it or
// behind it is read where it is used instead, so the array is alive until then, as the plan
// sees it.
//
//===----------------------------------------------------------------------===//

#include "TensorKnowledge.h"
#include "remat/Dialect/Remat/IR/EntryFunctions.h"
#include "remat/Dialect/Remat/IR/StepFunctions.h"
#include "remat/Dialect/Remat/IR/StepSignature.h"
#include "remat/Target/NVVM/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace remat {
#define GEN_PASS_DEF_KEEPDEVICEVALUESPASS
#include "remat/Target/NVVM/Passes.h.inc"
} // namespace remat

using namespace remat;

namespace {

/// Keeps the values of one entry function.
class ValueKeeper {
public:
  explicit ValueKeeper(func::FuncOp entry);
  LogicalResult run();

private:
  /// An array that holds \p scalar, made behind it.
  Value getArray(Value scalar);
  /// A copy of \p tensor at a place that the host knows, made behind it.
  Value getCopy(Value tensor);
  /// \p scalar, read again by what comes next in \p b.
  Value readAgain(ImplicitLocOpBuilder &b, Value scalar);

  /// The host has to know how many steps there are.
  LogicalResult checkCount(Operation *sweep);
  void keepOperands(Operation *sweep);
  void keepCaptures(ChainOp chain, ArrayRef<Operation *> sweeps);
  void keepCapture(ChainOp chain, ArrayRef<Operation *> sweeps, unsigned capture);
  void keepUses();

  func::FuncOp entry;
  Block &body;
  TensorKnowledge knowledge;
  SmallVector<Operation *> sweeps;
  llvm::DenseMap<Value, Value> arrays, copies;
};

} // namespace

ValueKeeper::ValueKeeper(func::FuncOp entry) : entry(entry), body(entry.getBody().front()) {
  for (Operation &op : body)
    if (isa<ForwardSweepOp, BackwardSweepOp>(op))
      sweeps.push_back(&op);
}

static bool isRead(Value scalar) { return isa_and_present<tensor::ExtractOp>(scalar.getDefiningOp()); }

Value ValueKeeper::getArray(Value scalar) {
  Value &array = arrays[scalar];
  if (array)
    return array;
  ImplicitLocOpBuilder b(scalar.getLoc(), entry.getContext());
  b.setInsertionPointAfterValue(scalar);
  return array = tensor::FromElementsOp::create(b, RankedTensorType::get({}, scalar.getType()), scalar);
}

/// An extent of \p tensor, without asking a branch that the host does not know for what it yields; null if that
/// cannot be seen.
static OpFoldResult findExtent(Value tensor, int64_t dim) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(dim))
    return IntegerAttr::get(IndexType::get(type.getContext()), type.getDimSize(dim));
  auto result = dyn_cast<OpResult>(tensor);
  if (!result)
    return OpFoldResult();
  Operation *op = result.getOwner();
  if (auto empty = dyn_cast<tensor::EmptyOp>(op))
    return empty.getDynamicSize(dim);
  if (auto cast = dyn_cast<tensor::CastOp>(op))
    return findExtent(cast.getSource(), dim);
  if (auto writer = dyn_cast<DestinationStyleOpInterface>(op))
    return findExtent(writer.getTiedOpOperand(result)->get(), dim);
  auto choice = dyn_cast<scf::IfOp>(op);
  if (!choice)
    return OpFoldResult();
  OpFoldResult extent = findExtent(choice.thenYield().getOperand(result.getResultNumber()), dim);
  bool isOne = extent && extent == findExtent(choice.elseYield().getOperand(result.getResultNumber()), dim);
  auto value = isOne ? dyn_cast<Value>(extent) : Value();
  bool isInside = value && choice->isAncestor(value.getParentBlock()->getParentOp());
  return isOne && !isInside ? extent : OpFoldResult();
}

Value ValueKeeper::getCopy(Value tensor) {
  Value &copy = copies[tensor];
  if (copy)
    return copy;
  ImplicitLocOpBuilder b(tensor.getLoc(), entry.getContext());
  b.setInsertionPointAfterValue(tensor);
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<OpFoldResult> sizes;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    OpFoldResult extent = findExtent(tensor, dim);
    sizes.push_back(extent ? extent : tensor::getMixedSize(b, b.getLoc(), tensor, dim));
  }
  Value empty = tensor::EmptyOp::create(b, sizes, type.getElementType());
  return copy = linalg::CopyOp::create(b, tensor, empty).getResult(0);
}

Value ValueKeeper::readAgain(ImplicitLocOpBuilder &b, Value scalar) {
  if (knowledge.isKnown(scalar))
    return scalar;
  Operation *definition = scalar.getDefiningOp();
  if (isElementOfArgument(scalar))
    return b.clone(*definition)->getResult(0);
  if (isRead(scalar) || definition->getNumRegions() != 0 || definition->getNumResults() != 1)
    return tensor::ExtractOp::create(b, getArray(scalar), ValueRange());
  IRMapping mapping;
  for (Value operand : definition->getOperands())
    if (!mapping.contains(operand))
      mapping.map(operand, readAgain(b, operand));
  return b.clone(*definition, mapping)->getResult(0);
}

/// The operand of \p sweep that is its capture number \p number.
static OpOperand &getCapture(Operation *sweep, unsigned number) {
  if (auto forward = dyn_cast<ForwardSweepOp>(sweep))
    return forward.getCapturesMutable()[number];
  return cast<BackwardSweepOp>(sweep).getCapturesMutable()[number];
}

void ValueKeeper::keepOperands(Operation *sweep) {
  // An initial carry that is a number everywhere will be given as that number.
  ValueRange inits = isa<ForwardSweepOp>(sweep) ? ValueRange(cast<ForwardSweepOp>(sweep).getInits())
                                                : ValueRange(cast<BackwardSweepOp>(sweep).getInits());
  SmallVector<Value> filled;
  llvm::copy_if(inits, std::back_inserter(filled), [&](Value init) { return knowledge.isFilledWithLost(init); });
  for (OpOperand &operand : sweep->getOpOperands())
    if (isa<RankedTensorType>(operand.get().getType()) &&
        (!knowledge.isKnown(operand.get()) || llvm::is_contained(filled, operand.get())))
      operand.set(getCopy(operand.get()));
}

/// The functions of \p chain are given an array in place of a number, and read it.
void ValueKeeper::keepCapture(ChainOp chain, ArrayRef<Operation *> sweeps, unsigned capture) {
  Value first = getCapture(sweeps.front(), capture).get();
  bool isShared = llvm::any_of(sweeps, [&](Operation *sweep) { return getCapture(sweep, capture).get() != first; });
  SmallVector<int64_t> indices;
  Value array;
  if (!isShared && isElementOfArgument(first)) {
    auto extract = first.getDefiningOp<tensor::ExtractOp>();
    array = extract.getTensor();
    for (Value index : extract.getIndices())
      indices.push_back(*getConstantIntValue(index));
  }
  for (Operation *sweep : sweeps) {
    OpOperand &operand = getCapture(sweep, capture);
    operand.set(array ? array : getArray(operand.get()));
  }
  Type type = getCapture(sweeps.front(), capture).get().getType();
  for (const StepFunction &step : getStepFunctions(chain)) {
    Operation *sweep = *llvm::find_if(
        sweeps, [&](Operation *op) { return isa<BackwardSweepOp>(op) == (step.role == StepRole::Reverse); });
    unsigned number = StepSignature(step.role).getFirstArgument(StepValue::Capture, chain, sweep) + capture;
    func::FuncOp function = step.function;
    BlockArgument argument = function.getArgument(number);
    ImplicitLocOpBuilder b(argument.getLoc(), entry.getContext());
    b.setInsertionPointToStart(&function.getBody().front());
    argument.setType(type);
    SmallVector<Value> at;
    for (int64_t index : indices)
      at.push_back(arith::ConstantIndexOp::create(b, index));
    auto extract = tensor::ExtractOp::create(b, argument, at);
    argument.replaceAllUsesExcept(extract, extract);
    SmallVector<Type> types(function.getArgumentTypes());
    types[number] = type;
    function.setFunctionType(b.getFunctionType(types, function.getResultTypes()));
  }
}

void ValueKeeper::keepCaptures(ChainOp chain, ArrayRef<Operation *> sweeps) {
  ValueRange captures = getSweepOperands(sweeps.front(), StepValue::Capture);
  for (unsigned capture = 0, e = captures.size(); capture < e; ++capture) {
    bool isNeeded = llvm::any_of(sweeps, [&](Operation *sweep) {
      Value value = getCapture(sweep, capture).get();
      return !isa<RankedTensorType>(value.getType()) && !knowledge.isKnown(value);
    });
    if (isNeeded)
      keepCapture(chain, sweeps, capture);
  }
}

/// Uses behind a loop of what was there in front of it.
void ValueKeeper::keepUses() {
  if (sweeps.empty())
    return;
  for (Operation &op : llvm::make_early_inc_range(body)) {
    if (!op.isBeforeInBlock(sweeps.back()))
      break;
    for (Value result : op.getResults()) {
      if (knowledge.isKnown(result))
        continue;
      for (OpOperand &use : llvm::make_early_inc_range(result.getUses())) {
        Operation *user = body.findAncestorOpInBlock(*use.getOwner());
        bool isBehind = llvm::any_of(
            sweeps, [&](Operation *sweep) { return op.isBeforeInBlock(sweep) && sweep->isBeforeInBlock(user); });
        if (!isBehind)
          continue;
        ImplicitLocOpBuilder b(user->getLoc(), user);
        use.set(isa<RankedTensorType>(result.getType()) ? getCopy(result) : readAgain(b, result));
      }
    }
  }
}

LogicalResult ValueKeeper::checkCount(Operation *sweep) {
  auto forward = dyn_cast<ForwardSweepOp>(sweep);
  if (!forward || knowledge.isKnown(forward.getCount()))
    return success();
  return mlir::emitError(sweep->getLoc(), "the number of steps depends on an array, which lies in the memory of the "
                                          "device: GPUs are given plans from extents and scalars");
}

LogicalResult ValueKeeper::run() {
  for (Operation *sweep : sweeps)
    if (failed(checkCount(sweep)))
      return failure();
  llvm::MapVector<ChainOp, SmallVector<Operation *>> byChain;
  for (Operation *sweep : sweeps) {
    keepOperands(sweep);
    auto name = sweep->getAttrOfType<FlatSymbolRefAttr>("chain");
    if (auto chain = SymbolTable::lookupNearestSymbolFrom<ChainOp>(sweep, name))
      byChain[chain].push_back(sweep);
  }
  for (auto &[chain, sweeps] : byChain)
    keepCaptures(chain, sweeps);
  keepUses();
  return success();
}

namespace {
struct KeepDeviceValuesPass final : remat::impl::KeepDeviceValuesPassBase<KeepDeviceValuesPass> {
  using Base::Base;

  void runOnOperation() override {
    for (func::FuncOp entry : getEntryFunctions(getOperation()))
      if (failed(ValueKeeper(entry).run()))
        return signalPassFailure();
  }
};
} // namespace
