//===- GuardedExtracts.cpp - Gathers out of their branches ----- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rule of a gather needs the gathered element as a value of the body itself: the
// adjoint of the body gives it a cotangent, which is then added to the table. An
// element that is read in a branch is such a value once the reading is taken out of
// the rest of its branch, together with the conditions that it stands under:
//
//   if c { v = t[i]; f(v) }   ->   v = if c { t[i] } else { 0 };   if c { f(v) }
//
//===----------------------------------------------------------------------===//

#include "LinalgAdjoint.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace remat;

namespace {
/// What of the branches around an extraction is needed to do it apart from them.
class BranchSlice {
public:
  BranchSlice(Block &body, tensor::ExtractOp extract) : body(body), extract(extract) {}

  /// False if something other than conditionals is around it, or what it depends on
  /// has effects.
  bool collect();
  Value emit(OpBuilder &builder, IRMapping &mapping, size_t depth = 0);

private:
  bool collectValue(Value value);

  Block &body;
  tensor::ExtractOp extract;
  /// The branches around it, outermost first.
  SmallVector<Block *> branches;
  /// Operations of these branches, in an order in which they can be copied.
  llvm::SetVector<Operation *> needed;
};
} // namespace

static scf::IfOp getConditional(Block *branch) { return cast<scf::IfOp>(branch->getParentOp()); }

bool BranchSlice::collectValue(Value value) {
  Block *block = value.getParentBlock();
  if (!llvm::is_contained(branches, block))
    return true;
  Operation *op = value.getDefiningOp();
  if (needed.contains(op))
    return true;
  if (!isMemoryEffectFree(op) || !llvm::all_of(getInputs(op), [&](Value input) { return collectValue(input); }))
    return false;
  needed.insert(op);
  return true;
}

bool BranchSlice::collect() {
  for (Operation *inner = extract; inner->getBlock() != &body; inner = inner->getParentOp()) {
    if (!isa<scf::IfOp>(inner->getParentOp()))
      return false;
    branches.insert(branches.begin(), inner->getBlock());
  }
  return llvm::all_of(branches, [&](Block *branch) { return collectValue(getConditional(branch).getCondition()); }) &&
         llvm::all_of(extract->getOperands(), [&](Value operand) { return collectValue(operand); });
}

Value BranchSlice::emit(OpBuilder &builder, IRMapping &mapping, size_t depth) {
  if (depth != 0)
    for (Operation *op : needed)
      if (op->getBlock() == branches[depth - 1])
        builder.clone(*op, mapping);
  if (depth == branches.size())
    return builder.clone(*extract, mapping)->getResult(0);
  Location loc = extract.getLoc();
  scf::IfOp conditional = getConditional(branches[depth]);
  auto guarded = scf::IfOp::create(builder, loc, extract.getType(), mapping.lookupOrDefault(conditional.getCondition()),
                                   /*addThenBlock=*/true, /*addElseBlock=*/true);
  Block *taken = guarded.thenBlock(), *other = guarded.elseBlock();
  if (branches[depth] != conditional.thenBlock())
    std::swap(taken, other);
  OpBuilder inside = OpBuilder::atBlockEnd(taken), outside = OpBuilder::atBlockEnd(other);
  scf::YieldOp::create(inside, loc, emit(inside, mapping, depth + 1));
  Value zero = arith::ConstantOp::create(outside, loc, outside.getZeroAttr(extract.getType()));
  scf::YieldOp::create(outside, loc, zero);
  return guarded.getResult(0);
}

FailureOr<Value> remat::separateFromBranches(Block &body, tensor::ExtractOp extract) {
  if (extract->getBlock() == &body)
    return extract.getResult();
  BranchSlice slice(body, extract);
  if (!slice.collect())
    return failure();
  Operation *outermost = body.findAncestorOpInBlock(*extract);
  OpBuilder builder(outermost);
  IRMapping mapping;
  Value separate = slice.emit(builder, mapping);
  extract.replaceAllUsesWith(separate);
  extract.erase();
  return separate;
}

tensor::ExtractOp remat::getGuardedExtract(Value element, SmallVectorImpl<Block *> &branches) {
  while (auto conditional = element.getDefiningOp<scf::IfOp>()) {
    // The branch that does not yield the constant.
    Block *branch = conditional.thenBlock();
    if (isa_and_nonnull<arith::ConstantOp>(branch->getTerminator()->getOperand(0).getDefiningOp()))
      branch = conditional.elseBlock();
    branches.push_back(branch);
    element = branch->getTerminator()->getOperand(0);
  }
  return element.getDefiningOp<tensor::ExtractOp>();
}
