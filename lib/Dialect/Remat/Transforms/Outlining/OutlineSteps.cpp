//===- OutlineSteps.cpp - Steps become functions -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A plan needs the exact size of everything that a step touches, and a schedule
// calls the same step from several places. Both want the step to be a function
// of its own, compiled once, in front of any decision about when it runs.
//
//===----------------------------------------------------------------------===//

#include "LoopViews.h"

#include "remat/Dialect/Remat/IR/StepSignature.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Dialect/Remat/Transforms/Recurrence.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"

namespace remat {
#define GEN_PASS_DEF_OUTLINESTEPSPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// \p array with \p element at \p position.
static Value insertElement(OpBuilder &builder, Location loc, Value element, Value array, Value position) {
  SmallVector<OpFoldResult> offsets = {position}, sizes = {builder.getIndexAttr(1)};
  for (int64_t size : cast<RankedTensorType>(element.getType()).getShape()) {
    offsets.push_back(builder.getIndexAttr(0));
    sizes.push_back(builder.getIndexAttr(size));
  }
  SmallVector<OpFoldResult> strides(sizes.size(), builder.getIndexAttr(1));
  return tensor::InsertSliceOp::create(builder, loc, element, array, offsets, sizes, strides);
}

/// An array over time to be written into.
static Value createArray(OpBuilder &builder, Location loc, Type type, Value count) {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<Value> sizes;
  if (tensor.getRank() > 0 && tensor.isDynamicDim(0))
    sizes.push_back(count);
  return tensor::EmptyOp::create(builder, loc, tensor, sizes);
}

/// What rounds \p cotangent, if nothing else happens to it; null otherwise.
static arith::TruncFOp getOnlyRounding(Value cotangent) {
  return cotangent.hasOneUse() ? dyn_cast<arith::TruncFOp>(*cotangent.user_begin()) : arith::TruncFOp();
}

/// The types of the arrays that take the cotangents of scans. Cotangents of narrow types are
/// rounded once, in the end; each element is written once, and can be rounded there and then.
static SmallVector<Type> getScanGradientTypes(UnwindOp unwind) {
  return llvm::map_to_vector(unwind.getScanCotangents(), [](Value cotangent) {
    arith::TruncFOp rounding = getOnlyRounding(cotangent);
    return rounding ? rounding.getType() : cotangent.getType();
  });
}

static void eraseDeadOperations(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

namespace {

/// A step function that is being written: its arguments stand for values of the region
/// that becomes its body.
class StepWriter {
public:
  StepWriter(Location loc, StringRef name, StepRole role, const ByStepValue<Type> &types)
      : function(func::FuncOp::create(loc, name, FunctionType::get(loc.getContext(), {}, {}))),
        builder(function.getBody()), role(role) {
    function.setPrivate();
    builder.createBlock(&function.getBody());
    for (StepValue kind : StepSignature(role).getArguments())
      for (Type type : types[kind])
        arguments[kind].push_back(getBlock().addArgument(type, loc));
  }

  ArrayRef<Value> getArguments(StepValue kind) const { return arguments[kind]; }
  /// Whether the step has and gives back arrays of this kind.
  bool writes(StepValue kind) const { return StepSignature(role).isInPlace(kind); }

  /// The arguments of \p kind stand for \p values.
  void standFor(ValueRange values, StepValue kind) {
    for (auto [value, argument] : llvm::zip_equal(values, arguments[kind]))
      mapping.map(value, argument);
  }

  /// The element of \p view at the step's position stands for \p element.
  void extractFor(Value element, tensor::ExtractSliceOp view) {
    mapping.map(element, extractFromView(builder, view, mapping, getPosition()));
  }

  /// The elements of \p arrays at the step's position stand for \p elements.
  void extractFor(ValueRange elements, ValueRange arrays) {
    for (auto [element, array] : llvm::zip_equal(elements, arrays))
      mapping.map(element, extractElement(builder, function.getLoc(), array, getPosition()));
  }

  void cloneBody(Block &block) {
    for (Operation &op : block.without_terminator())
      builder.clone(op, mapping);
  }

  /// Returns what stands for \p values as the results of \p kind.
  void give(StepValue kind, ValueRange values) {
    for (Value value : values)
      results[kind].push_back(mapping.lookupOrDefault(value));
  }

  /// Stores \p elements, rounded to the types of the arrays of \p kind, at the step's
  /// position, and returns these.
  void insert(StepValue kind, ValueRange elements) {
    for (auto [element, array] : llvm::zip_equal(elements, arguments[kind])) {
      Value value = mapping.lookupOrDefault(element);
      auto type = cast<RankedTensorType>(value.getType()).clone(getElementTypeOrSelf(array.getType()));
      if (value.getType() != type)
        value = arith::TruncFOp::create(builder, function.getLoc(), type, value);
      results[kind].push_back(insertElement(builder, function.getLoc(), value, array, getPosition()));
    }
  }

  /// Ends the function. A step that runs again has passed its assertions and checks before:
  /// they are dropped. The adjoint has those of rules, which ran nowhere else.
  func::FuncOp finish() {
    SmallVector<Value> returned = results.join(StepSignature(role).getResults());
    func::ReturnOp::create(builder, function.getLoc(), returned);
    function.setType(builder.getFunctionType(getBlock().getArgumentTypes(), ValueRange(returned).getTypes()));
    if (role != StepRole::Advance && role != StepRole::Record && role != StepRole::Reverse)
      function.walk([](Operation *op) {
        if (isa<cf::AssertOp, CheckIndicesOp, CheckRangeOp>(op))
          op->erase();
      });
    eraseDeadOperations(getBlock());
    return function;
  }

private:
  Block &getBlock() { return function.getBody().front(); }
  Value getPosition() { return arguments[StepValue::Position].front(); }

  func::FuncOp function;
  OpBuilder builder;
  StepRole role;
  ByStepValue<Value> arguments, results;
  IRMapping mapping;
};

/// Outlines one `remat.bptt` and its `remat.unwind`.
class LoopOutliner {
public:
  LoopOutliner(BpttOp loop, SymbolTable &symbols, Operation *insertAfter)
      : loop(loop), unwind(loop.getUnwind()), symbols(symbols), insertAfter(insertAfter) {
    SetVector<Value> values;
    for (Region *region : {&loop.getAdvance(), &loop.getRecord(), &loop.getReverse(), &loop.getResume()}) {
      if (region->empty() || (!unwind && region != &loop.getAdvance()))
        continue;
      sinkConstants(*region);
      sinkViews(*region);
      getUsedValuesDefinedAbove(*region, values);
    }
    for (Value scan : loop.getScans()) {
      views.push_back(getScannedView(scan, loop.getCount()));
      if (!views.back()) {
        scans.push_back(scan);
        continue;
      }
      for (Value operand : views.back()->getOperands())
        values.insert(operand);
    }
    captures = values.takeVector();
    for (auto [index, array] : llvm::enumerate(loop.getStacked()))
      if (!array.use_empty())
        readEmits.push_back(index);
    if (unwind)
      findTapeCarries();
    collectTypes();
  }

  void run(StringRef base) {
    // The chain takes its name first, so that the functions are named after it.
    OpBuilder builder(loop.getContext());
    chainName = makeUnique(base);
    FlatSymbolRefAttr advance = outlineForward(StepRole::Advance, loop.getAdvance());
    FlatSymbolRefAttr advanceAgain, record, recordAgain, linearize, reverse, resume;
    bool hasStacked = !readEmits.empty();
    if (unwind) {
      if (hasStacked)
        advanceAgain = outlineForward(StepRole::AdvanceAgain, loop.getAdvance());
      record = outlineForward(StepRole::Record, loop.getRecord());
      if (hasStacked)
        recordAgain = outlineForward(StepRole::RecordAgain, loop.getRecord());
      linearize = outlineForward(StepRole::Linearize, loop.getRecord());
      reverse = outlineReverse();
      if (!loop.getResume().empty())
        resume = outlineResume();
    }
    auto chain = ChainOp::create(
        builder, loop.getLoc(), builder.getStringAttr("private"), builder.getStringAttr(chainName),
        loop.getReversedAttr(), advance, advanceAgain, record, recordAgain, linearize, reverse, resume,
        builder.getTypeArrayAttr(types[StepValue::Carry]), builder.getTypeArrayAttr(types[StepValue::Tape]),
        builder.getDenseI64ArrayAttr(tapeCarries), builder.getTypeArrayAttr(types[StepValue::Gradient]),
        /*gradients_in_place=*/DenseI64ArrayAttr(), /*workspace_bytes=*/DenseI64ArrayAttr(), PlanAttr(), LayoutAttr(),
        /*loop_number=*/IntegerAttr());
    insert(chain);
    replaceBySweeps();
  }

private:
  /// A name that no symbol has yet.
  std::string makeUnique(StringRef base) {
    std::string name = base.str();
    for (unsigned suffix = 0; symbols.lookup(name); ++suffix)
      name = (base + "_" + Twine(suffix)).str();
    return name;
  }

  FlatSymbolRefAttr insert(Operation *symbol) {
    symbols.insert(symbol, std::next(Block::iterator(insertAfter)));
    insertAfter = symbol;
    return FlatSymbolRefAttr::get(symbol->getContext(), SymbolTable::getSymbolName(symbol));
  }

  StepWriter beginStep(StepRole role) {
    return StepWriter(loop.getLoc(), makeUnique(chainName + "_" + stringifyStepRole(role).str()), role, types);
  }

  void findTapeCarries();
  void collectTypes();

  /// The elements of scans at the step's position stand for those of \p block. The first
  /// is argument \p first.
  void extractScans(StepWriter &function, Block &block, size_t first);

  /// Those of one value per component of the tape that a step computes.
  SmallVector<Value> pickRecorded(ValueRange tape) const;

  /// Those of one value per emitted one that are read after the loop.
  SmallVector<Value> pickRead(ValueRange values) const {
    return llvm::map_to_vector(readEmits, [&](unsigned index) { return values[index]; });
  }

  FlatSymbolRefAttr outlineForward(StepRole role, Region &region);
  FlatSymbolRefAttr outlineReverse();
  FlatSymbolRefAttr outlineResume();
  void replaceBySweeps();

  BpttOp loop;
  UnwindOp unwind; // null if there is no backward half
  SymbolTable &symbols;
  Operation *insertAfter;
  /// What the loop scans: arrays, and for each of its scans the slice that it is taken
  /// from in the step, or null.
  SmallVector<Value> scans;
  SmallVector<tensor::ExtractSliceOp> views;
  SmallVector<Value> captures;
  /// The emitted values that are read after the loop. A gradient may be asked of one
  /// whose value nobody asked for: its cotangents are read, but it is not stored.
  SmallVector<unsigned> readEmits;
  /// The carry that each component of the tape is, or -1; empty if no component is one.
  SmallVector<int64_t> tapeCarries;
  /// Of what step functions take.
  ByStepValue<Type> types;
  std::string chainName;
};

struct OutlineStepsPass final : remat::impl::OutlineStepsPassBase<OutlineStepsPass> {
  using Base::Base;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<BpttOp> loops;
    getOperation().walk([&](BpttOp loop) { loops.push_back(loop); });
    for (BpttOp loop : loops) {
      auto function = loop->getParentOfType<func::FuncOp>();
      if (!function || function->getParentOp() != getOperation() || loop->getParentOfType<BpttOp>()) {
        loop.emitOpError("expects to be in a function of the module and in no other loop over time");
        return signalPassFailure();
      }
      LoopOutliner(loop, symbols, function).run((function.getSymName() + "_loop").str());
    }
  }
};

} // namespace

void LoopOutliner::extractScans(StepWriter &function, Block &block, size_t first) {
  SmallVector<Value> elements;
  for (auto [index, view] : llvm::enumerate(views)) {
    Value element = block.getArgument(first + index);
    if (view)
      function.extractFor(element, view);
    else
      elements.push_back(element);
  }
  function.extractFor(elements, function.getArguments(StepValue::Scan));
}

/// A component of the tape that is a carry as the step came upon it. The same carry a
/// second time is a copy like any other value: a reverse step may overwrite either.
void LoopOutliner::findTapeCarries() {
  Block &block = loop.getRecord().front();
  for (Value component : cast<YieldOp>(block.getTerminator()).getTape()) {
    auto argument = dyn_cast<BlockArgument>(component);
    int64_t carry = argument && argument.getOwner() == &block ? int64_t(argument.getArgNumber()) - 1 : -1;
    bool isNew = carry < int64_t(loop.getInits().size()) && !llvm::is_contained(tapeCarries, carry);
    tapeCarries.push_back(isNew ? carry : -1);
  }
  if (llvm::all_of(tapeCarries, [](int64_t carry) { return carry < 0; }))
    tapeCarries.clear();
}

SmallVector<Value> LoopOutliner::pickRecorded(ValueRange tape) const {
  SmallVector<Value> recorded;
  for (auto [component, value] : llvm::enumerate(tape))
    if (tapeCarries.empty() || tapeCarries[component] < 0)
      recorded.push_back(value);
  return recorded;
}

void LoopOutliner::collectTypes() {
  auto set = [&](StepValue kind, TypeRange ofKind) { types[kind].assign(ofKind.begin(), ofKind.end()); };
  for (StepValue kind : {StepValue::Step, StepValue::Position})
    set(kind, IndexType::get(loop.getContext()));
  set(StepValue::Carry, loop.getInits().getTypes());
  set(StepValue::Scan, ValueRange(scans).getTypes());
  set(StepValue::Capture, ValueRange(captures).getTypes());
  set(StepValue::Stacked, ValueRange(pickRead(loop.getStacked())).getTypes());
  if (!unwind)
    return;
  set(StepValue::Tape, loop.getTapeTypes());
  set(StepValue::Gradient, unwind.getCarries().getTypes());
  set(StepValue::StackedCotangent, unwind.getEmits().getTypes());
  set(StepValue::ScanGradient, getScanGradientTypes(unwind));
  set(StepValue::Accumulator, unwind.getAccumulators().getTypes());
}

/// For `linearize`, what is left of the step if nobody reads its next carry.
FlatSymbolRefAttr LoopOutliner::outlineForward(StepRole role, Region &region) {
  Block &block = region.front();
  auto yield = cast<YieldOp>(block.getTerminator());
  size_t numCarries = loop.getInits().size();
  StepWriter function = beginStep(role);
  function.standFor(block.getArgument(0), StepValue::Step);
  function.standFor(block.getArguments().slice(1, numCarries), StepValue::Carry);
  function.standFor(captures, StepValue::Capture);
  extractScans(function, block, 1 + numCarries);
  function.cloneBody(block);

  function.give(StepValue::NextCarry, yield.getCarries());
  if (function.writes(StepValue::Stacked))
    function.insert(StepValue::Stacked, pickRead(yield.getEmits()));
  function.give(StepValue::Recorded, pickRecorded(yield.getTape()));
  return insert(function.finish());
}

FlatSymbolRefAttr LoopOutliner::outlineReverse() {
  Block &block = loop.getReverse().front();
  YieldAdjointOp yield = loop.getReverseYield();
  size_t numScans = loop.getScans().size(), numTape = loop.getTapeTypes().size();
  size_t numCarries = loop.getActiveCarries().size(), numEmits = loop.getActiveEmits().size();
  ValueRange arguments = block.getArguments();
  ValueRange cotangents = arguments.drop_front(1 + numScans + numTape);

  StepWriter function = beginStep(StepRole::Reverse);
  function.standFor(block.getArgument(0), StepValue::Step);
  function.standFor(arguments.slice(1 + numScans, numTape), StepValue::Tape);
  function.standFor(captures, StepValue::Capture);
  function.standFor(cotangents.take_front(numCarries), StepValue::Gradient);
  function.standFor(cotangents.drop_front(numCarries + numEmits), StepValue::Accumulator);
  extractScans(function, block, 1);
  function.extractFor(cotangents.slice(numCarries, numEmits), function.getArguments(StepValue::StackedCotangent));
  function.cloneBody(block);

  function.give(StepValue::PreviousGradient, yield.getCarries());
  function.insert(StepValue::ScanGradient, yield.getScans());
  function.give(StepValue::Accumulator, yield.getAccumulators());
  return insert(function.finish());
}

FlatSymbolRefAttr LoopOutliner::outlineResume() {
  Block &block = loop.getResume().front();
  auto yield = cast<YieldOp>(block.getTerminator());
  StepWriter function = beginStep(StepRole::Resume);
  function.standFor(block.getArgument(0), StepValue::Step);
  function.standFor(block.getArguments().drop_front(1 + loop.getScans().size()), StepValue::Tape);
  function.standFor(captures, StepValue::Capture);
  extractScans(function, block, 1);
  function.cloneBody(block);
  function.give(StepValue::NextCarry, yield.getCarries());
  return insert(function.finish());
}

void LoopOutliner::replaceBySweeps() {
  Location loc = loop.getLoc();
  OpBuilder builder(loop);
  Value count = loop.getCount();
  SmallVector<Value> read = pickRead(loop.getStacked()), stacked, finals;
  SmallVector<Type> outputTypes(ValueRange(read).getTypes());
  for (Type type : outputTypes)
    stacked.push_back(createArray(builder, loc, type, count));
  for (Type type : loop.getInits().getTypes())
    finals.push_back(createArray(builder, loc, type, count));
  llvm::append_range(outputTypes, loop.getInits().getTypes());
  Type historyType = unwind ? HistoryType::get(loop.getContext()) : Type();
  auto forward = ForwardSweepOp::create(builder, loc, outputTypes, historyType,
                                        FlatSymbolRefAttr::get(loop.getContext(), chainName), count, loop.getInits(),
                                        scans, captures, stacked, finals);
  for (auto [array, output] : llvm::zip(read, forward.getOutputs()))
    array.replaceAllUsesWith(output);
  loop.getFinalCarries().replaceAllUsesWith(forward.getOutputs().drop_front(stacked.size()));

  if (unwind) {
    builder.setInsertionPoint(unwind);
    SmallVector<Value> initGradients, scanGradients;
    for (Type type : unwind.getInitCotangents().getTypes())
      initGradients.push_back(createArray(builder, unwind.getLoc(), type, count));
    for (Type type : types[StepValue::ScanGradient])
      scanGradients.push_back(createArray(builder, unwind.getLoc(), type, count));
    SmallVector<Type> gradientTypes(unwind.getInitCotangents().getTypes());
    llvm::append_range(gradientTypes, ValueRange(scanGradients).getTypes());
    llvm::append_range(gradientTypes, unwind.getAccumulated().getTypes());
    auto backward =
        BackwardSweepOp::create(builder, unwind.getLoc(), gradientTypes, forward.getChainAttr(), forward.getHistory(),
                                count, loop.getInits(), scans, captures, unwind.getCarries(), unwind.getEmits(),
                                initGradients, scanGradients, unwind.getAccumulators());
    for (auto [cotangent, output] : llvm::zip_equal(unwind.getResults(), backward.getOutputs())) {
      if (cotangent.getType() == output.getType()) {
        cotangent.replaceAllUsesWith(output);
        continue;
      }
      arith::TruncFOp rounding = getOnlyRounding(cotangent);
      rounding.replaceAllUsesWith(output);
      rounding.erase();
    }
    unwind.erase();
  }
  loop.erase();
}
