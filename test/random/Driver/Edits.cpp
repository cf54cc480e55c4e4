//===- Edits.cpp - Single simplifications of a program ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Edits.h"

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <optional>

using namespace mlir;
using namespace remat::random;

Value remat::random::makeConstant(OpBuilder &builder, Location loc, Type type) {
  auto makeAttribute = [&](Type element) -> TypedAttr {
    if (isa<FloatType>(element))
      return builder.getFloatAttr(element, 0.5);
    if (element.isIntOrIndex())
      return builder.getIntegerAttr(element, element.isInteger(1) ? 1 : 0);
    return nullptr;
  };
  if (auto tensor = dyn_cast<RankedTensorType>(type)) {
    TypedAttr element = makeAttribute(tensor.getElementType());
    if (!element || !tensor.hasStaticShape())
      return nullptr;
    return arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(tensor, element));
  }
  if (TypedAttr element = makeAttribute(type))
    return arith::ConstantOp::create(builder, loc, element);
  return nullptr;
}

/// Whether \p op may go when nobody uses its results.
static bool isRemovable(Operation *op) {
  if (op->hasTrait<OpTrait::IsTerminator>() || isa<ModuleOp, func::FuncOp>(op))
    return false;
  return isMemoryEffectFree(op) ||
         isa<remat::RecurrenceOp, remat::ValueAndGradientOp, remat::CustomVjpOp, func::CallOp>(op);
}

void remat::random::removeUnused(ModuleOp module) {
  bool changed = true;
  while (changed) {
    changed = false;
    module.walk<WalkOrder::PostOrder>([&](Operation *op) {
      if (isRemovable(op) && op->use_empty()) {
        op->erase();
        changed = true;
      }
    });
    for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      if (function.isPrivate() && SymbolTable::symbolKnownUseEmpty(function, module)) {
        function.erase();
        changed = true;
      }
  }
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

namespace {

/// Counts the places that a walk comes by, up to the wanted one.
class Places {
public:
  explicit Places(unsigned site) : left(site) {}
  /// Whether the wanted one is among the next \p count; which of them it is says get().
  bool reach(unsigned count = 1) {
    if (left < count)
      return true;
    left -= count;
    return false;
  }
  unsigned get() const { return left; }

private:
  unsigned left;
};

} // namespace

/// Walks to place \p site. \p edit returns whether it changed the program there, and
/// nothing for an operation that does not have the place.
template <WalkOrder order = WalkOrder::PostOrder>
static Applied editPlace(ModuleOp module, unsigned site,
                         llvm::function_ref<std::optional<bool>(Operation *op, Places &places)> edit) {
  Places places(site);
  Applied applied = Applied::End;
  module.walk<order>([&](Operation *op) {
    std::optional<bool> changed = edit(op, places);
    if (!changed)
      return WalkResult::advance();
    applied = *changed ? Applied::Yes : Applied::No;
    return WalkResult::interrupt();
  });
  return applied;
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// Whether \p op calls \p function in any way.
static bool refersTo(Operation *op, func::FuncOp function) {
  if (auto call = dyn_cast<func::CallOp>(op))
    return call.getCallee() == function.getName();
  if (auto call = dyn_cast<remat::ValueAndGradientOp>(op))
    return call.getCallee() == function.getName();
  if (auto call = dyn_cast<remat::CustomVjpOp>(op))
    return call.getCallee() == function.getName() || call.getRule() == function.getName();
  return false;
}

static SmallVector<Operation *> getCallers(ModuleOp module, func::FuncOp function) {
  SmallVector<Operation *> callers;
  module.walk([&](Operation *op) {
    if (refersTo(op, function))
      callers.push_back(op);
  });
  return callers;
}

/// A request without one result of the callee, argument or gradient. -1: none of it.
static void rebuildRequest(remat::ValueAndGradientOp op, int64_t dropResult, int64_t dropArgument, int64_t dropWrt) {
  OpBuilder builder(op);
  size_t numCallee = op.getNumResults() - op.getWrt().size();
  SmallVector<Value> arguments, kept;
  SmallVector<int64_t> wrt, of;
  SmallVector<Type> types;
  for (auto [i, argument] : llvm::enumerate(op.getArgs()))
    if (static_cast<int64_t>(i) != dropArgument)
      arguments.push_back(argument);
  for (size_t i = 0; i < numCallee; ++i)
    if (static_cast<int64_t>(i) != dropResult)
      kept.push_back(op.getResult(i));
  for (auto [i, number] : llvm::enumerate(op.getWrt()))
    if (static_cast<int64_t>(i) != dropWrt && number != dropArgument) {
      wrt.push_back(number - (dropArgument >= 0 && number > dropArgument));
      kept.push_back(op.getResult(numCallee + i));
    }
  for (int64_t number : op.getOf())
    of.push_back(number - (dropResult >= 0 && number > dropResult));
  for (Value value : kept)
    types.push_back(value.getType());
  auto fresh =
      remat::ValueAndGradientOp::create(builder, op.getLoc(), types, op.getCalleeAttr(), arguments, op.getSeeds(),
                                        builder.getDenseI64ArrayAttr(wrt), builder.getDenseI64ArrayAttr(of));
  for (auto [old, value] : llvm::zip_equal(kept, fresh.getResults()))
    old.replaceAllUsesWith(value);
  op.erase();
}

static Applied dropResult(ModuleOp module, unsigned site) {
  unsigned number = 0;
  for (auto function : module.getOps<func::FuncOp>()) {
    auto returned = cast<func::ReturnOp>(function.getBody().front().getTerminator());
    for (unsigned i = 0; i < returned.getNumOperands(); ++i) {
      if (number++ != site)
        continue;
      SmallVector<Operation *> callers = getCallers(module, function);
      if (returned.getNumOperands() == 1)
        return Applied::No;
      for (Operation *caller : callers) {
        auto request = dyn_cast<remat::ValueAndGradientOp>(caller);
        // What a rule returns is not what the operation has.
        if (isa<remat::CustomVjpOp>(caller) || !caller->getResult(i).use_empty() ||
            (request && llvm::is_contained(request.getOf(), static_cast<int64_t>(i))))
          return Applied::No;
      }
      for (Operation *caller : callers) {
        if (auto request = dyn_cast<remat::ValueAndGradientOp>(caller)) {
          rebuildRequest(request, i, -1, -1);
          continue;
        }
        OpBuilder builder(caller);
        SmallVector<Type> types(caller->getResultTypes());
        types.erase(types.begin() + i);
        auto call = func::CallOp::create(builder, caller->getLoc(), function.getName(), types, caller->getOperands());
        for (unsigned k = 0, next = 0; k < caller->getNumResults(); ++k)
          if (k != i)
            caller->getResult(k).replaceAllUsesWith(call.getResult(next++));
        caller->erase();
      }
      returned->eraseOperand(i);
      return succeeded(function.eraseResult(i)) ? Applied::Yes : Applied::No;
    }
  }
  return Applied::End;
}

static Applied dropArgument(ModuleOp module, unsigned site) {
  unsigned number = 0;
  for (auto function : module.getOps<func::FuncOp>())
    for (unsigned i = 0; i < function.getNumArguments(); ++i) {
      if (number++ != site)
        continue;
      SmallVector<Operation *> callers = getCallers(module, function);
      if (!function.getArgument(i).use_empty())
        return Applied::No;
      for (Operation *caller : callers) {
        auto request = dyn_cast<remat::ValueAndGradientOp>(caller);
        if (isa<remat::CustomVjpOp>(caller))
          return Applied::No;
        if (!request)
          continue;
        // A gradient by this argument that is returned must go first.
        size_t numCallee = request.getNumResults() - request.getWrt().size();
        for (auto [k, position] : llvm::enumerate(request.getWrt()))
          if (position == i && (!request.getResult(numCallee + k).use_empty() || request.getWrt().size() == 1))
            return Applied::No;
      }
      for (Operation *caller : callers) {
        if (auto request = dyn_cast<remat::ValueAndGradientOp>(caller))
          rebuildRequest(request, -1, i, -1);
        else
          caller->eraseOperand(i);
      }
      return succeeded(function.eraseArgument(i)) ? Applied::Yes : Applied::No;
    }
  return Applied::End;
}

static Applied dropGradient(ModuleOp module, unsigned site) {
  return editPlace(module, site, [](Operation *op, Places &places) -> std::optional<bool> {
    auto request = dyn_cast<remat::ValueAndGradientOp>(op);
    size_t numGradients = request ? request.getWrt().size() : 0;
    if (!places.reach(numGradients))
      return std::nullopt;
    if (numGradients == 1 || !request.getResult(request.getNumResults() - numGradients + places.get()).use_empty())
      return false;
    rebuildRequest(request, -1, -1, places.get());
    return true;
  });
}

/// Replaces a call, a rule of its own or a request by the body of the function.
static Applied inlineCall(ModuleOp module, unsigned site) {
  return editPlace(module, site, [&](Operation *op, Places &places) -> std::optional<bool> {
    if (!isa<func::CallOp, remat::CustomVjpOp>(op) || !places.reach())
      return std::nullopt;
    StringRef callee =
        isa<func::CallOp>(op) ? cast<func::CallOp>(op).getCallee() : cast<remat::CustomVjpOp>(op).getCallee();
    auto function = module.lookupSymbol<func::FuncOp>(callee);
    if (!function || function.isExternal())
      return false;
    OpBuilder builder(op);
    IRMapping mapping;
    mapping.map(function.getArguments(), op->getOperands());
    for (Operation &inner : function.getBody().front().without_terminator())
      builder.clone(inner, mapping);
    for (auto [result, value] :
         llvm::zip_equal(op->getResults(), function.getBody().front().getTerminator()->getOperands()))
      result.replaceAllUsesWith(mapping.lookupOrDefault(value));
    op->erase();
    return true;
  });
}

//===----------------------------------------------------------------------===//
// Loops and branches
//===----------------------------------------------------------------------===//

/// A loop without one carry, scan or emitted value; -1: none of it.
static bool rebuildLoop(remat::RecurrenceOp op, int64_t carry, int64_t scan, int64_t emit) {
  OpBuilder builder(op);
  SmallVector<Value> inits(op.getInits()), scans(op.getScans()), results(op.getResults());
  Block &step = op.getStep();
  // The uses first: the step yields what they become.
  if (emit >= 0) {
    Value result = op.getStacked()[emit];
    if (!result.use_empty()) {
      Value constant = makeConstant(builder, op.getLoc(), result.getType());
      if (!constant)
        return false;
      result.replaceAllUsesWith(constant);
    }
    results.erase(results.begin() + inits.size() + emit);
  }
  if (scan >= 0) {
    BlockArgument element = op.getElements()[scan];
    Value constant = makeConstant(builder, op.getLoc(), element.getType());
    if (!constant)
      return false;
    element.replaceAllUsesWith(constant);
    scans.erase(scans.begin() + scan);
  }
  if (carry >= 0) {
    op.getCarries()[carry].replaceAllUsesWith(inits[carry]);
    results[carry].replaceAllUsesWith(inits[carry]);
    results.erase(results.begin() + carry);
  }
  remat::YieldOp yield = op.getYield();
  SmallVector<Value> carries(yield.getCarries()), emits(yield.getEmits());
  if (emit >= 0)
    emits.erase(emits.begin() + emit);
  if (carry >= 0)
    carries.erase(carries.begin() + carry);
  if (carries.empty() && emits.empty())
    return false;
  OpBuilder inner(yield);
  remat::YieldOp::create(inner, yield.getLoc(), carries, emits, ValueRange());
  yield.erase();
  if (scan >= 0)
    step.eraseArgument(1 + inits.size() + scan);
  if (carry >= 0) {
    step.eraseArgument(1 + carry);
    inits.erase(inits.begin() + carry);
  }
  SmallVector<Type> types;
  for (Value result : results)
    types.push_back(result.getType());
  auto fresh =
      remat::RecurrenceOp::create(builder, op.getLoc(), types, op.getCount(), inits, scans, op.getReversedAttr());
  fresh.getBody().takeBody(op.getBody());
  for (auto [old, value] : llvm::zip_equal(results, fresh.getResults()))
    old.replaceAllUsesWith(value);
  op.erase();
  return true;
}

static Applied simplifyLoop(ModuleOp module, unsigned site) {
  return editPlace(module, site, [](Operation *op, Places &places) -> std::optional<bool> {
    auto loop = dyn_cast<remat::RecurrenceOp>(op);
    if (!loop)
      return std::nullopt;
    int64_t numCarries = loop.getInits().size(), numScans = loop.getScans().size(),
            numEmits = loop.getYield().getEmits().size();
    if (!places.reach(numCarries + numScans + numEmits + 1))
      return std::nullopt;
    int64_t part = places.get();
    if (part < numEmits)
      return rebuildLoop(loop, -1, -1, part);
    if ((part -= numEmits) < numCarries)
      return rebuildLoop(loop, part, -1, -1);
    if ((part -= numCarries) < numScans)
      return rebuildLoop(loop, -1, part, -1);
    bool wasReversed = loop.getReversed();
    loop.setReversed(false);
    return wasReversed;
  });
}

static Applied takeBranch(ModuleOp module, unsigned site) {
  return editPlace(module, site, [](Operation *op, Places &places) -> std::optional<bool> {
    if (!isa<scf::IfOp, scf::IndexSwitchOp>(op) || !places.reach(op->getNumRegions()))
      return std::nullopt;
    Region &region = op->getRegion(places.get());
    if (region.empty())
      return false;
    Operation *terminator = region.front().getTerminator();
    for (Operation &inner : llvm::make_early_inc_range(region.front().without_terminator()))
      inner.moveBefore(op);
    op->replaceAllUsesWith(terminator->getOperands());
    op->erase();
    return true;
  });
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// What may stand for a result: an operand of the same type, an argument of the
/// block or the function, or a constant.
static Applied replaceResult(ModuleOp module, unsigned site) {
  return editPlace<WalkOrder::PreOrder>(module, site, [&](Operation *op, Places &places) -> std::optional<bool> {
    if (isa<ModuleOp, func::FuncOp>(op))
      return std::nullopt;
    for (Value result : op->getResults()) {
      if (result.use_empty())
        continue;
      SmallVector<Value> candidates;
      for (Value operand : op->getOperands())
        if (operand.getType() == result.getType() && !operand.getDefiningOp<tensor::EmptyOp>() &&
            !llvm::is_contained(candidates, operand))
          candidates.push_back(operand);
      auto function = op->getParentOfType<func::FuncOp>();
      for (Region *region = op->getParentRegion(); region && region != &module.getBodyRegion();
           region = region->getParentRegion())
        for (Value argument : region->front().getArguments())
          if (argument.getType() == result.getType() && candidates.size() < 4)
            candidates.push_back(argument);
      if (!places.reach(static_cast<unsigned>(candidates.size()) + 1))
        continue;
      bool isConstant = op->hasTrait<OpTrait::ConstantLike>();
      Value replacement;
      if (places.get() < candidates.size()) {
        replacement = candidates[places.get()];
      } else if (function && !(isConstant && !isa<TensorType>(result.getType()))) {
        OpBuilder builder(op);
        replacement = makeConstant(builder, op->getLoc(), result.getType());
      }
      if (replacement)
        result.replaceAllUsesWith(replacement);
      return static_cast<bool>(replacement);
    }
    return std::nullopt;
  });
}

/// A single use becomes a constant.
static Applied replaceOperand(ModuleOp module, unsigned site) {
  return editPlace(module, site, [](Operation *op, Places &places) -> std::optional<bool> {
    if (isa<remat::ValueAndGradientOp>(op))
      return std::nullopt;
    for (OpOperand &operand : op->getOpOperands()) {
      Operation *source = operand.get().getDefiningOp();
      if ((source && source->hasTrait<OpTrait::ConstantLike>()) || !places.reach())
        continue;
      OpBuilder builder(op);
      Value constant = makeConstant(builder, op->getLoc(), operand.get().getType());
      if (constant)
        operand.set(constant);
      return static_cast<bool>(constant);
    }
    return std::nullopt;
  });
}

/// One operation that nobody uses.
static Applied eraseUnused(ModuleOp module, unsigned site) {
  return editPlace(module, site, [](Operation *op, Places &places) -> std::optional<bool> {
    if (!isRemovable(op) || !op->use_empty() || !places.reach())
      return std::nullopt;
    op->erase();
    return true;
  });
}

/// The entry returns an operand of what it returned.
static Applied returnOperand(ModuleOp module, unsigned site) {
  unsigned number = 0;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function.isPublic())
      continue;
    auto returned = cast<func::ReturnOp>(function.getBody().front().getTerminator());
    for (OpOperand &result : returned->getOpOperands()) {
      Operation *source = result.get().getDefiningOp();
      if (!source)
        continue;
      for (Value operand : source->getOperands()) {
        if (!isa<RankedTensorType>(operand.getType()) || operand.getDefiningOp<tensor::EmptyOp>())
          continue;
        if (number++ != site)
          continue;
        if (!getCallers(module, function).empty())
          return Applied::No;
        result.set(operand);
        function.setType(
            FunctionType::get(module.getContext(), function.getArgumentTypes(), returned.getOperandTypes()));
        return Applied::Yes;
      }
    }
  }
  return Applied::End;
}

/// Operands and results of structured operations that nobody reads.
static Applied eraseUnusedOperands(ModuleOp module, unsigned site) {
  if (site > 0)
    return Applied::End;
  RewritePatternSet patterns(module.getContext());
  linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
  return succeeded(applyPatternsGreedily(module, std::move(patterns))) ? Applied::Yes : Applied::No;
}

ArrayRef<Edit> remat::random::getEdits() {
  static const Edit edits[] = {dropResult,   eraseUnused,  returnOperand,       dropGradient, replaceResult, takeBranch,
                               simplifyLoop, dropArgument, eraseUnusedOperands, inlineCall,   replaceOperand};
  return edits;
}
