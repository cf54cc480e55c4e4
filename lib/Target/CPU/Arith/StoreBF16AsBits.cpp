//===- StoreBF16AsBits.cpp - No bfloat reaches LLVM ---------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where a processor has no bfloat, LLVM calls functions of compiler-rt that are in
// neither libgcc nor a process, even to store a vector of three. Where it has one,
// its conversion flushes denormals whatever the mode says. What is left of bf16
// once its arithmetic is done in f32 are sixteen bits that are moved, so sixteen
// bits they become; the conversions are a few operations on integers.
//
//===----------------------------------------------------------------------===//

#include "Lanes.h"
#include "remat/Target/CPU/Passes.h"

#include "mlir/IR/AttrTypeSubElements.h"

namespace remat {
#define GEN_PASS_DEF_STOREBF16ASBITSPASS
#include "remat/Target/CPU/Passes.h.inc"
} // namespace remat

using namespace remat;

static bool isBF16(Type type) { return getElementTypeOrSelf(type).isBF16(); }

/// The upper half of an f32.
static Value extendBits(Lanes &b, arith::ExtFOp op) {
  Type f32 = withElement(op.getType(), b.getF32Type()), word = withElement(op.getType(), b.getI32Type());
  Value bits = arith::BitcastOp::create(b, withElement(word, b.getI16Type()), op.getIn());
  Value shifted = arith::ShLIOp::create(b, arith::ExtUIOp::create(b, word, bits), b.integer(word, 16));
  Value number = arith::BitcastOp::create(b, f32, shifted);
  return f32 == op.getType() ? number : arith::ExtFOp::create(b, op.getType(), number).getResult();
}

/// The nearest bf16, of two the one whose last bit is 0; no number stays none.
static Value truncateBits(Lanes &b, arith::TruncFOp op) {
  Type word = withElement(op.getType(), b.getI32Type());
  Value bits = arith::BitcastOp::create(b, word, op.getIn());
  Value upper = arith::ShRUIOp::create(b, bits, b.integer(word, 16));
  Value isOdd = arith::AndIOp::create(b, upper, b.integer(word, 1));
  Value half = arith::AddIOp::create(b, isOdd, b.integer(word, 0x7fff));
  Value rounded = arith::ShRUIOp::create(b, arith::AddIOp::create(b, bits, half), b.integer(word, 16));
  Value quiet = arith::OrIOp::create(b, upper, b.integer(word, 0x40));
  Value isNaN = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, op.getIn(), op.getIn());
  Value result = arith::SelectOp::create(b, isNaN, quiet, rounded);
  result = arith::TruncIOp::create(b, withElement(word, b.getI16Type()), result);
  return arith::BitcastOp::create(b, op.getType(), result);
}

namespace {

struct StoreBF16AsBitsPass final : remat::impl::StoreBF16AsBitsPassBase<StoreBF16AsBitsPass> {
  using StoreBF16AsBitsPassBase::StoreBF16AsBitsPassBase;

  void runOnOperation() override {
    expandConversions();
    SmallVector<std::pair<func::FuncOp, SmallVector<unsigned>>> entries = findScalarArguments();
    replaceTypes();
    for (auto &[entry, numbers] : entries)
      restoreArguments(entry, numbers);
    // Both sides are integers now.
    SmallVector<arith::BitcastOp> casts;
    getOperation().walk([&](arith::BitcastOp cast) {
      if (cast.getIn().getType() == cast.getType())
        casts.push_back(cast);
    });
    for (arith::BitcastOp cast : casts) {
      cast.replaceAllUsesWith(cast.getIn());
      cast.erase();
    }
  }

private:
  void expandConversions() {
    SmallVector<Operation *> conversions;
    getOperation().walk([&](Operation *op) {
      if ((isa<arith::ExtFOp>(op) && isBF16(op->getOperand(0).getType())) ||
          (isa<arith::TruncFOp>(op) && isBF16(op->getResult(0).getType())))
        conversions.push_back(op);
    });
    for (Operation *op : conversions) {
      Lanes b(op);
      auto extension = dyn_cast<arith::ExtFOp>(op);
      Value value = extension ? extendBits(b, extension) : truncateBits(b, cast<arith::TruncFOp>(op));
      op->getResult(0).replaceAllUsesWith(value);
      op->erase();
    }
  }

  void replaceTypes() {
    Type bits = IntegerType::get(&getContext(), 16);
    AttrTypeReplacer replacer;
    replacer.addReplacement([&](FloatType type) { return type.isBF16() ? bits : Type(type); });
    replacer.addReplacement([&](FloatAttr attribute) -> Attribute {
      if (!attribute.getType().isBF16())
        return attribute;
      return IntegerAttr::get(bits, attribute.getValue().bitcastToAPInt());
    });
    // The bytes of the elements stay what they are.
    replacer.addReplacement([&](DenseElementsAttr elements) -> std::optional<std::pair<Attribute, WalkResult>> {
      if (elements.getElementType().isBF16())
        elements = elements.bitcast(bits);
      return std::make_pair(Attribute(elements), WalkResult::skip());
    });
    replacer.recursivelyReplaceElementsIn(getOperation(), /*replaceAttrs=*/true, /*replaceLocs=*/false,
                                          /*replaceTypes=*/true);
  }

  /// The arguments that callers of C pass in a register for floats.
  SmallVector<std::pair<func::FuncOp, SmallVector<unsigned>>> findScalarArguments() {
    SmallVector<std::pair<func::FuncOp, SmallVector<unsigned>>> found;
    for (auto entry : getOperation().getOps<func::FuncOp>()) {
      if (!entry.isPublic() || entry.isExternal())
        continue;
      SmallVector<unsigned> numbers;
      for (auto [number, type] : llvm::enumerate(entry.getArgumentTypes()))
        if (type.isBF16())
          numbers.push_back(number);
      if (!numbers.empty())
        found.push_back({entry, numbers});
    }
    return found;
  }

  static void restoreArguments(func::FuncOp entry, ArrayRef<unsigned> numbers) {
    SmallVector<Type> types(entry.getArgumentTypes());
    OpBuilder builder = OpBuilder::atBlockBegin(&entry.getBody().front());
    for (unsigned number : numbers) {
      BlockArgument argument = entry.getArgument(number);
      Type bits = argument.getType();
      types[number] = builder.getBF16Type();
      argument.setType(types[number]);
      auto cast = arith::BitcastOp::create(builder, entry.getLoc(), bits, argument);
      argument.replaceAllUsesExcept(cast.getResult(), cast);
    }
    entry.setFunctionType(builder.getFunctionType(types, entry.getResultTypes()));
  }
};

} // namespace
