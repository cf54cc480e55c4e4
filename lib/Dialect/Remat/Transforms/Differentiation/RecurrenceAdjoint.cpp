//===- RecurrenceAdjoint.cpp - The rule of remat.recurrence ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A recurrence is differentiated one step at a time: the step and its adjoint are
// written into one block, simplified together, and split again at the tape. What
// runs when is not decided here, only what each of the parts computes.
//
//===----------------------------------------------------------------------===//

#include "StepPartition.h"
#include "remat/Dialect/Remat/IR/FunctionBody.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Dialect/Remat/Transforms/Recurrence.h"
#include "remat/Interfaces/BlockDifferentiator.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/BitVector.h"

using namespace mlir;
using namespace remat;

/// True if a derivative may pass from \p input, an operand or a captured value, to
/// \p result in any number of steps, none included.
static bool dependsOn(RecurrenceOp loop, OpResult result, Value input) {
  YieldOp yield = loop.getYield();
  size_t numCarries = loop.getInits().size();
  SmallVector<Value> inputs = {input};
  BitVector varied(numCarries);
  auto addVaried = [&](size_t index) {
    varied.set(index);
    inputs.push_back(loop.getCarries()[index]);
  };
  for (size_t index = 0; index < numCarries; ++index)
    if (loop.getInits()[index] == input)
      addVaried(index);
  for (auto [scan, element] : llvm::zip_equal(loop.getScans(), loop.getElements()))
    if (scan == input)
      inputs.push_back(element);
  for (bool changed = true; changed;) {
    changed = false;
    Activity activity(loop.getStep(), inputs, yield.getOperands());
    for (size_t index = 0; index < numCarries; ++index)
      if (!varied[index] && activity.isVaried(yield.getCarries()[index])) {
        addVaried(index);
        changed = true;
      }
  }
  size_t number = result.getResultNumber();
  if (number < numCarries)
    return varied[number];
  return Activity(loop.getStep(), inputs, yield.getOperands()).isVaried(yield.getEmits()[number - numCarries]);
}

namespace {

/// What of a recurrence has a cotangent.
struct ActiveParts {
  SmallVector<int64_t> carries, scans, emits;
  SmallVector<Value> captures;
};

/// Differentiates one recurrence.
class RecurrenceDifferentiator {
public:
  RecurrenceDifferentiator(RecurrenceOp loop, AdjointBuilder &adjoint) : loop(loop), adjoint(adjoint) {}

  LogicalResult run() {
    if (failed(checkStep()))
      return failure();
    sinkConstants(loop.getBody());
    findActiveParts();
    BpttOp forward = createForward();
    Block *joint = buildJointStep(forward);
    if (!joint)
      return failure();
    LogicalResult partitioned = partitionStep(*joint, forward);
    joint->erase();
    if (failed(partitioned))
      return failure();
    emitUnwind(forward);
    adjoint.replacePrimal(loop, forward.getResults().drop_back());
    return success();
  }

private:
  LogicalResult checkStep();
  void findActiveParts();
  BpttOp createForward();
  Block *buildJointStep(BpttOp forward);
  void assumeRanges(FloatRanges &ranges, const IRMapping &mapping);
  void emitUnwind(BpttOp forward);

  RecurrenceOp loop;
  AdjointBuilder &adjoint;
  ActiveParts active;
};

struct RecurrenceAdjointModel final : AdjointOpInterface::ExternalModel<RecurrenceAdjointModel, RecurrenceOp> {
  LogicalResult emitAdjoint(Operation *op, AdjointBuilder &adjoint) const {
    return RecurrenceDifferentiator(cast<RecurrenceOp>(op), adjoint).run();
  }
  bool hasDerivative(Operation *op, OpResult result, Value input) const {
    return dependsOn(cast<RecurrenceOp>(op), result, input);
  }
};

} // namespace

/// A recurrence in what \p op calls and its rule, through other custom rules too.
static RecurrenceOp findRecurrence(CustomVjpOp op, SmallPtrSetImpl<Operation *> &visited) {
  for (FlatSymbolRefAttr name : {op.getCalleeAttr(), op.getRuleAttr()}) {
    Operation *function = SymbolTable::lookupNearestSymbolFrom(op, name);
    if (!function || !visited.insert(function).second)
      continue;
    RecurrenceOp found;
    function->walk([&](Operation *nested) {
      if (auto recurrence = dyn_cast<RecurrenceOp>(nested))
        found = recurrence;
      else if (auto inner = dyn_cast<CustomVjpOp>(nested))
        found = findRecurrence(inner, visited);
      return found ? WalkResult::interrupt() : WalkResult::advance();
    });
    if (found)
      return found;
  }
  return {};
}

LogicalResult RecurrenceDifferentiator::checkStep() {
  WalkResult result = loop.getBody().walk([&](RecurrenceOp inner) {
    inner.emitOpError("is nested in the step of a recurrence that is differentiated, which is not supported: write "
                      "one recurrence over the steps of both")
            .attachNote(loop.getLoc())
        << "the recurrence";
    return WalkResult::interrupt();
  });
  if (result.wasInterrupted())
    return failure();
  SmallPtrSet<Operation *, 4> visited;
  result = loop.getBody().walk([&](CustomVjpOp custom) {
    RecurrenceOp inner = findRecurrence(custom, visited);
    if (!inner)
      return WalkResult::advance();
    InFlightDiagnostic error = custom.emitOpError("calls a function with a recurrence in the step of a recurrence that "
                                                  "is differentiated, which is not supported: write one recurrence "
                                                  "over the steps of both");
    error.attachNote(inner.getLoc()) << "the recurrence in the function";
    error.attachNote(loop.getLoc()) << "the recurrence around it";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

/// A carry is varied if it depends on what the gradient is taken by, through its
/// initial value or through a step; it is useful if a result with a cotangent
/// depends on it, through any number of steps. Both are least fixpoints.
void RecurrenceDifferentiator::findActiveParts() {
  Block &step = loop.getStep();
  YieldOp yield = loop.getYield();
  SetVector<Value> captures;
  getUsedValuesDefinedAbove(loop.getBody(), captures);
  SmallVector<Value> inputs, outputs;
  for (Value capture : captures)
    if (adjoint.isActive(capture))
      inputs.push_back(capture);
  for (auto [scan, element] : llvm::zip_equal(loop.getScans(), loop.getElements()))
    if (adjoint.isActive(scan))
      inputs.push_back(element);
  for (auto [emitted, stacked] : llvm::zip_equal(yield.getEmits(), loop.getStacked()))
    if (adjoint.getCotangent(stacked))
      outputs.push_back(emitted);
  SmallVector<Value> fromCarries, toCarries;
  size_t numCarries = loop.getInits().size();
  BitVector varied(numCarries), useful(numCarries);
  auto addVaried = [&](size_t index) {
    varied.set(index);
    inputs.push_back(loop.getCarries()[index]);
  };
  auto addUseful = [&](size_t index) {
    useful.set(index);
    outputs.push_back(yield.getCarries()[index]);
  };
  for (size_t index = 0; index < numCarries; ++index) {
    if (adjoint.isActive(loop.getInits()[index]))
      addVaried(index);
    if (adjoint.getCotangent(loop.getFinalCarries()[index]))
      addUseful(index);
  }
  for (bool changed = true; changed;) {
    changed = false;
    Activity activity(step, inputs, outputs);
    for (size_t index = 0; index < numCarries; ++index) {
      if (!varied[index] && activity.isVaried(yield.getCarries()[index])) {
        addVaried(index);
        changed = true;
      }
      if (!useful[index] && activity.isUseful(loop.getCarries()[index])) {
        addUseful(index);
        changed = true;
      }
    }
  }

  Activity activity(step, inputs, outputs);
  for (size_t index = 0; index < numCarries; ++index)
    if (varied[index] && useful[index])
      active.carries.push_back(index);
  for (auto [index, scan] : llvm::enumerate(loop.getScans()))
    if (activity.isActive(loop.getElements()[index]))
      active.scans.push_back(index);
  for (auto [index, stacked] : llvm::enumerate(loop.getStacked()))
    if (adjoint.getCotangent(stacked) && activity.isVaried(yield.getEmits()[index]))
      active.emits.push_back(index);
  for (Value capture : captures)
    if (activity.isActive(capture))
      active.captures.push_back(capture);
}

BpttOp RecurrenceDifferentiator::createForward() {
  OpBuilder builder(loop);
  SmallVector<Type> types(loop.getResultTypes());
  types.push_back(HistoryType::get(loop.getContext()));
  auto forward = BpttOp::create(builder, loop.getLoc(), types, loop.getCount(), loop.getInits(), loop.getScans(),
                                loop.getReversed(), active.carries, active.scans, active.emits);
  forward->setDiscardableAttrs(loop->getDiscardableAttrDictionary());
  return forward;
}

/// Calls with a derivative of their own are calls again once it has been used, and
/// so is what stops a gradient.
static LogicalResult dropDerivativeMarks(Block &joint) {
  SmallVector<Operation *> marks;
  joint.walk([&](Operation *op) {
    if (isa<CustomVjpOp, StopGradientOp>(op))
      marks.push_back(op);
  });
  for (Operation *op : marks) {
    SmallVector<Value> results = {op->getNumOperands() ? op->getOperand(0) : Value()};
    if (auto call = dyn_cast<CustomVjpOp>(op)) {
      FailureOr<FunctionOpInterface> callee = getStraightLineFunction(op, call.getCalleeAttr());
      if (failed(callee))
        return failure();
      OpBuilder builder(op);
      results = copyFunctionBody(*callee, call.getArgs(), builder);
    }
    op->replaceAllUsesWith(results);
    op->erase();
  }
  return success();
}

/// Simplifies a step and its adjoint together, so that they share what they can.
/// Nobody else reads the accumulators.
static LogicalResult simplify(BpttOp scratch, ArrayRef<Value> accumulators) {
  MLIRContext *context = scratch.getContext();
  RewritePatternSet patterns(context);
  for (RegisteredOperationName name : context->getRegisteredOperations())
    if (isa<arith::ArithDialect, linalg::LinalgDialect, math::MathDialect, tensor::TensorDialect>(name.getDialect()))
      name.getCanonicalizationPatterns(patterns, context);
  StrongProductOp::getCanonicalizationPatterns(patterns, context);
  StrongQuotientOp::getCanonicalizationPatterns(patterns, context);
  populateSimplifyAdjointPatterns(
      patterns, [&](BlockArgument argument) { return llvm::is_contained(accumulators, Value(argument)); });
  FrozenRewritePatternSet frozen(std::move(patterns));
  // What common subexpressions uncover is simplified in a second round.
  for (int round = 0; round < 2; ++round) {
    SmallVector<Operation *> operations;
    scratch->walk([&](Operation *op) {
      if (op != scratch && !op->hasTrait<OpTrait::IsTerminator>())
        operations.push_back(op);
    });
    if (failed(applyOpPatternsGreedily(operations, frozen)))
      return scratch.emitOpError("has a step whose simplification does not come to an end");
    IRRewriter rewriter(context);
    DominanceInfo dominance(scratch);
    eliminateCommonSubExpressions(rewriter, dominance, scratch);
  }
  dropCotangentSumMarks(scratch);
  return success();
}

/// Gives \p ranges what is known of the carries and of what the step reads.
void RecurrenceDifferentiator::assumeRanges(FloatRanges &ranges, const IRMapping &mapping) {
  SetVector<Value> captures;
  getUsedValuesDefinedAbove(loop.getBody(), captures);
  for (Value capture : captures)
    ranges.assume(capture, adjoint.getRange(capture));
  for (auto [element, scan] : llvm::zip_equal(loop.getElements(), loop.getScans()))
    ranges.assume(mapping.lookup(element), adjoint.getRange(scan));
  for (auto [carry, range] : llvm::zip_equal(loop.getCarries(), getCarryRanges(loop, adjoint.getRanges())))
    ranges.assume(mapping.lookup(carry), range);
}

/// The joint step (StepPartition.h); null after an error. Lies in the reverse region
/// of \p forward until it is split.
Block *RecurrenceDifferentiator::buildJointStep(BpttOp forward) {
  YieldOp yield = loop.getYield();
  IRMapping mapping;
  Block *joint = &forward.getReverse().emplaceBlock();
  for (BlockArgument argument : loop.getStep().getArguments())
    mapping.map(argument, joint->addArgument(argument.getType(), argument.getLoc()));
  OpBuilder builder = OpBuilder::atBlockEnd(joint);
  for (Operation &op : loop.getStep().without_terminator())
    builder.clone(op, mapping);
  auto lookup = [&](Value value) { return mapping.lookupOrDefault(value); };
  auto addCotangentArgument = [&](Value primal) -> Value {
    return joint->addArgument(getCotangentType(primal.getType()), primal.getLoc());
  };
  // A captured scalar is accumulated in a tensor of rank 0, which can be updated in place.
  auto addAccumulator = [&](Value capture) -> Value {
    Type type = getCotangentType(capture.getType());
    return joint->addArgument(isa<RankedTensorType>(type) ? type : RankedTensorType::get({}, type), capture.getLoc());
  };

  SmallVector<Value> inputs, outputs;
  for (int64_t index : active.carries)
    inputs.push_back(lookup(loop.getCarries()[index]));
  for (int64_t index : active.scans)
    inputs.push_back(lookup(loop.getElements()[index]));
  llvm::append_range(inputs, active.captures);
  for (int64_t index : active.carries)
    outputs.push_back(lookup(yield.getCarries()[index]));
  for (int64_t index : active.emits)
    outputs.push_back(lookup(yield.getEmits()[index]));
  BlockDifferentiator stepAdjoint(*joint, inputs, outputs);
  stepAdjoint.setInsertionPointToEnd(joint);
  assumeRanges(stepAdjoint.getRanges(), mapping);
  SmallVector<Value> cotangents = llvm::map_to_vector(outputs, addCotangentArgument);
  SmallVector<Value> accumulators = llvm::map_to_vector(active.captures, addAccumulator);
  // First the accumulators: a captured value may be a next carry as it is.
  for (auto [capture, accumulator] : llvm::zip_equal(active.captures, accumulators)) {
    Value sum = accumulator;
    if (!isa<RankedTensorType>(capture.getType()))
      sum = tensor::ExtractOp::create(stepAdjoint, loop.getLoc(), accumulator, ValueRange());
    stepAdjoint.setCotangent(capture, sum);
  }
  for (auto [output, cotangent] : llvm::zip_equal(outputs, cotangents))
    stepAdjoint.addCotangent(output, cotangent, loop.getLoc());
  if (failed(stepAdjoint.emitAdjoint()))
    return nullptr;

  SmallVector<Value> results;
  for (Value input : inputs)
    results.push_back(stepAdjoint.getCotangentOrZero(input, loop.getLoc()));
  for (auto [result, accumulator] :
       llvm::zip_equal(MutableArrayRef(results).take_back(accumulators.size()), accumulators))
    if (!isa<RankedTensorType>(result.getType()))
      result = tensor::InsertOp::create(stepAdjoint, loop.getLoc(), result, accumulator, ValueRange());
  YieldOp::create(stepAdjoint, loop.getLoc(), llvm::map_to_vector(yield.getCarries(), lookup),
                  llvm::map_to_vector(yield.getEmits(), lookup), results);
  if (failed(dropDerivativeMarks(*joint)) || failed(simplify(forward, accumulators)))
    return nullptr;
  return joint;
}

void RecurrenceDifferentiator::emitUnwind(BpttOp forward) {
  Location loc = loop.getLoc();
  SmallVector<Value> carries, emits, accumulators;
  SmallVector<Type> types;
  for (int64_t index : active.carries) {
    carries.push_back(adjoint.getCotangentOrZero(loop.getFinalCarries()[index], loc));
    types.push_back(carries.back().getType());
  }
  for (int64_t index : active.emits)
    emits.push_back(adjoint.getCotangentOrZero(loop.getStacked()[index], loc));
  for (int64_t index : active.scans)
    types.push_back(getCotangentType(loop.getScans()[index].getType()));
  for (Value capture : active.captures) {
    Value sum = adjoint.getCotangentOrZero(capture, loc);
    if (!isa<RankedTensorType>(sum.getType()))
      sum = tensor::FromElementsOp::create(adjoint, loc, RankedTensorType::get({}, sum.getType()), sum);
    accumulators.push_back(sum);
    types.push_back(sum.getType());
  }
  auto unwind = UnwindOp::create(adjoint, loc, types, forward.getHistory(), carries, emits, accumulators);
  // First the accumulators: a captured value may be a scan or an initial carry as well.
  for (auto [capture, sum] : llvm::zip_equal(active.captures, unwind.getAccumulated())) {
    Value cotangent = sum;
    if (!isa<RankedTensorType>(capture.getType()))
      cotangent = tensor::ExtractOp::create(adjoint, loc, sum, ValueRange());
    adjoint.setCotangent(capture, cotangent);
  }
  for (auto [index, cotangent] : llvm::zip_equal(active.carries, unwind.getInitCotangents()))
    adjoint.addCotangent(loop.getInits()[index], cotangent, loc);
  for (auto [index, cotangent] : llvm::zip_equal(active.scans, unwind.getScanCotangents()))
    adjoint.addCotangent(loop.getScans()[index], cotangent, loc);
}

void remat::registerRecurrenceAdjointModel(DialectRegistry &registry) {
  registry.addExtension(
      +[](MLIRContext *context, RematDialect *) { RecurrenceOp::attachInterface<RecurrenceAdjointModel>(*context); });
}
