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

/// A step function that is being written: its arguments are appended one by one
/// and stand for values of the region that becomes its body.
class StepFunction {
public:
  StepFunction(Location loc, StringRef name)
      : function(func::FuncOp::create(loc, name, FunctionType::get(loc.getContext(), {}, {}))),
        builder(function.getBody()) {
    function.setPrivate();
    builder.createBlock(&function.getBody());
    step = addArgument(builder.getIndexType());
    position = addArgument(builder.getIndexType());
  }

  Value addArgument(Type type) { return getBlock().addArgument(type, function.getLoc()); }
  SmallVector<Value> addArguments(TypeRange types) {
    return llvm::map_to_vector(types, [&](Type type) { return addArgument(type); });
  }

  /// One argument per value, which stands for it.
  void addArgumentsFor(ValueRange values) {
    for (Value value : values)
      mapping.map(value, addArgument(value.getType()));
  }

  /// The element of \p view at the step's position stands for \p element.
  void extractFor(Value element, tensor::ExtractSliceOp view) {
    mapping.map(element, extractFromView(builder, view, mapping, position));
  }

  /// The elements of \p arrays at the step's position stand for \p elements.
  void extractFor(ValueRange elements, ValueRange arrays) {
    for (auto [element, array] : llvm::zip_equal(elements, arrays))
      mapping.map(element, extractElement(builder, function.getLoc(), array, position));
  }

  void cloneBody(Block &block) {
    for (Operation &op : block.without_terminator())
      builder.clone(op, mapping);
  }

  /// Stores \p elements, rounded to the types of \p arrays, at the step's position; the
  /// new arrays.
  SmallVector<Value> insert(ValueRange elements, ValueRange arrays) {
    SmallVector<Value> stored;
    for (auto [element, array] : llvm::zip_equal(elements, arrays)) {
      Value value = lookup(element);
      auto type = cast<RankedTensorType>(value.getType()).clone(getElementTypeOrSelf(array.getType()));
      if (value.getType() != type)
        value = arith::TruncFOp::create(builder, function.getLoc(), type, value);
      stored.push_back(insertElement(builder, function.getLoc(), value, array, position));
    }
    return stored;
  }

  Value lookup(Value value) const { return mapping.lookupOrDefault(value); }
  SmallVector<Value> lookup(ValueRange values) const {
    return llvm::map_to_vector(values, [&](Value value) { return lookup(value); });
  }

  /// Ends the function with \p results. A step that runs again has passed its
  /// assertions and checks before: they are dropped with \p isRepeated.
  func::FuncOp finish(ValueRange results, bool isRepeated) {
    func::ReturnOp::create(builder, function.getLoc(), results);
    function.setType(builder.getFunctionType(getBlock().getArgumentTypes(), results.getTypes()));
    if (isRepeated)
      function.walk([](Operation *op) {
        if (isa<cf::AssertOp, CheckIndicesOp, CheckRangeOp>(op))
          op->erase();
      });
    eraseDeadOperations(getBlock());
    return function;
  }

  Value step, position;
  IRMapping mapping;

private:
  Block &getBlock() { return function.getBody().front(); }

  func::FuncOp function;
  OpBuilder builder;
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
  }

  void run(StringRef base) {
    // The chain takes its name first, so that the functions are named after it.
    OpBuilder builder(loop.getContext());
    chainName = makeUnique(base);
    FlatSymbolRefAttr advance = outlineForward("advance", loop.getAdvance(), /*isRepeated=*/false);
    FlatSymbolRefAttr replay, record, replayRecord, linearize, reverse, resume;
    bool hasStacked = !readEmits.empty();
    if (unwind) {
      if (hasStacked)
        replay = outlineForward("replay", loop.getAdvance(), /*isRepeated=*/true);
      record = outlineForward("record", loop.getRecord(), /*isRepeated=*/false);
      if (hasStacked)
        replayRecord = outlineForward("replay_record", loop.getRecord(), /*isRepeated=*/true);
      linearize = outlineLinearize();
      reverse = outlineReverse();
      if (!loop.getResume().empty())
        resume = outlineResume();
    }
    SmallVector<Type> tapeTypes, gradientTypes;
    if (unwind) {
      llvm::append_range(tapeTypes, loop.getTapeTypes());
      llvm::append_range(gradientTypes, unwind.getCarries().getTypes());
    }
    auto chain = ChainOp::create(
        builder, loop.getLoc(), builder.getStringAttr("private"), builder.getStringAttr(chainName),
        loop.getReversedAttr(), advance, replay, record, replayRecord, linearize, reverse, resume,
        builder.getTypeArrayAttr(SmallVector<Type>(loop.getInits().getTypes())), builder.getTypeArrayAttr(tapeTypes),
        builder.getDenseI64ArrayAttr(tapeCarries), builder.getTypeArrayAttr(gradientTypes),
        /*gradients_in_place=*/DenseI64ArrayAttr(), /*workspace_bytes=*/DenseI64ArrayAttr(),
        /*copy_bytes=*/DenseI64ArrayAttr(), PlanAttr(), FrameAttr(),
        /*plan_position=*/IntegerAttr());
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

  std::string nameFor(StringRef form) { return makeUnique(chainName + "_" + form.str()); }

  void findTapeCarries();

  /// The elements at the step's position stand for those of \p block. The first
  /// is argument \p first; \p arrays stand for the scans that are arrays.
  void extractScans(StepFunction &function, Block &block, size_t first, ValueRange arrays);

  /// Arguments of \p function for what a forward step takes besides stacked arrays, and
  /// for those if the step \p writes any; these are returned.
  SmallVector<Value> addForwardArguments(StepFunction &function, Block &block, bool writes);

  /// Those of one value per component of the tape that a step computes.
  SmallVector<Value> pickRecorded(ValueRange tape) const;

  /// Those of one value per emitted one that are read after the loop.
  SmallVector<Value> pickRead(ValueRange values) const {
    return llvm::map_to_vector(readEmits, [&](unsigned index) { return values[index]; });
  }

  FlatSymbolRefAttr outlineForward(StringRef form, Region &region, bool isRepeated);
  FlatSymbolRefAttr outlineLinearize();
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

void LoopOutliner::extractScans(StepFunction &function, Block &block, size_t first, ValueRange arrays) {
  SmallVector<Value> elements;
  for (auto [index, view] : llvm::enumerate(views)) {
    Value element = block.getArgument(first + index);
    if (view)
      function.extractFor(element, view);
    else
      elements.push_back(element);
  }
  function.extractFor(elements, arrays);
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

SmallVector<Value> LoopOutliner::addForwardArguments(StepFunction &function, Block &block, bool writes) {
  function.mapping.map(block.getArgument(0), function.step);
  function.addArgumentsFor(block.getArguments().slice(1, loop.getInits().size()));
  SmallVector<Value> arrays = function.addArguments(ValueRange(scans).getTypes());
  function.addArgumentsFor(captures);
  SmallVector<Value> stacked;
  if (writes)
    stacked = function.addArguments(TypeRange(ValueRange(pickRead(loop.getStacked()))));
  extractScans(function, block, 1 + loop.getInits().size(), arrays);
  return stacked;
}

FlatSymbolRefAttr LoopOutliner::outlineForward(StringRef form, Region &region, bool isRepeated) {
  Block &block = region.front();
  auto yield = cast<YieldOp>(block.getTerminator());
  StepFunction function(loop.getLoc(), nameFor(form));
  SmallVector<Value> stacked = addForwardArguments(function, block, /*writes=*/!isRepeated);
  function.cloneBody(block);

  SmallVector<Value> results = function.lookup(yield.getCarries());
  if (!isRepeated)
    llvm::append_range(results, function.insert(pickRead(yield.getEmits()), stacked));
  llvm::append_range(results, function.lookup(pickRecorded(yield.getTape())));
  return insert(function.finish(results, isRepeated));
}

/// What is left of the step if nobody reads its next carry.
FlatSymbolRefAttr LoopOutliner::outlineLinearize() {
  Block &block = loop.getRecord().front();
  auto yield = cast<YieldOp>(block.getTerminator());
  StepFunction function(loop.getLoc(), nameFor("linearize"));
  addForwardArguments(function, block, /*writes=*/false);
  function.cloneBody(block);
  return insert(function.finish(function.lookup(pickRecorded(yield.getTape())), /*isRepeated=*/true));
}

FlatSymbolRefAttr LoopOutliner::outlineReverse() {
  Block &block = loop.getReverse().front();
  YieldAdjointOp yield = loop.getReverseYield();
  size_t numScans = loop.getScans().size(), numTape = loop.getTapeTypes().size();
  size_t numCarries = loop.getActiveCarries().size(), numEmits = loop.getActiveEmits().size();
  ValueRange arguments = block.getArguments();
  ValueRange tape = arguments.slice(1 + numScans, numTape);
  ValueRange cotangents = arguments.drop_front(1 + numScans + numTape);

  StepFunction function(loop.getLoc(), nameFor("reverse"));
  function.mapping.map(block.getArgument(0), function.step);
  function.addArgumentsFor(tape);
  SmallVector<Value> arrays = function.addArguments(ValueRange(scans).getTypes());
  function.addArgumentsFor(captures);
  function.addArgumentsFor(cotangents.take_front(numCarries));
  SmallVector<Value> stackedCotangents = function.addArguments(unwind.getEmits().getTypes());
  SmallVector<Value> scanGradients = function.addArguments(getScanGradientTypes(unwind));
  function.addArgumentsFor(cotangents.drop_front(numCarries + numEmits));
  extractScans(function, block, 1, arrays);
  function.extractFor(cotangents.slice(numCarries, numEmits), stackedCotangents);
  function.cloneBody(block);

  SmallVector<Value> results = function.lookup(yield.getCarries());
  llvm::append_range(results, function.insert(yield.getScans(), scanGradients));
  llvm::append_range(results, function.lookup(yield.getAccumulators()));
  return insert(function.finish(results, /*isRepeated=*/true));
}

FlatSymbolRefAttr LoopOutliner::outlineResume() {
  Block &block = loop.getResume().front();
  auto yield = cast<YieldOp>(block.getTerminator());
  StepFunction function(loop.getLoc(), nameFor("resume"));
  function.mapping.map(block.getArgument(0), function.step);
  function.addArgumentsFor(block.getArguments().drop_front(1 + loop.getScans().size()));
  SmallVector<Value> arrays = function.addArguments(ValueRange(scans).getTypes());
  function.addArgumentsFor(captures);
  extractScans(function, block, 1, arrays);
  function.cloneBody(block);
  return insert(function.finish(function.lookup(yield.getCarries()), /*isRepeated=*/true));
}

void LoopOutliner::replaceBySweeps() {
  Location loc = loop.getLoc();
  OpBuilder builder(loop);
  Value count = loop.getCount();
  SmallVector<Value> read = pickRead(loop.getStacked()), stacked, finals;
  SmallVector<Type> types(ValueRange(read).getTypes());
  for (Type type : types)
    stacked.push_back(createArray(builder, loc, type, count));
  for (Type type : loop.getInits().getTypes())
    finals.push_back(createArray(builder, loc, type, count));
  llvm::append_range(types, loop.getInits().getTypes());
  Type historyType = unwind ? HistoryType::get(loop.getContext()) : Type();
  auto forward =
      ForwardSweepOp::create(builder, loc, types, historyType, FlatSymbolRefAttr::get(loop.getContext(), chainName),
                             count, loop.getInits(), scans, captures, stacked, finals);
  for (auto [array, output] : llvm::zip(read, forward.getOutputs()))
    array.replaceAllUsesWith(output);
  loop.getFinalCarries().replaceAllUsesWith(forward.getOutputs().drop_front(stacked.size()));

  if (unwind) {
    builder.setInsertionPoint(unwind);
    SmallVector<Value> initGradients, scanGradients;
    for (Type type : unwind.getInitCotangents().getTypes())
      initGradients.push_back(createArray(builder, unwind.getLoc(), type, count));
    for (Type type : getScanGradientTypes(unwind))
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
