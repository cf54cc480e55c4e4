//===- WidenFloats.cpp - Compute a whole program in f64 -----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Central differences of an f32 program have about three correct digits. The same
// program in f64 has ten, which tells a wrong derivative from rounding. Types are
// replaced everywhere at once, attributes included, so no operation needs to be
// known here except the conversions between float types.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/BuiltinOps.h"

namespace remat {
#define GEN_PASS_DEF_WIDENFLOATSPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;

static APFloat widen(const APFloat &value) {
  APFloat wide = value;
  bool losesInfo = false;
  wide.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
  return wide;
}

/// Dense elements of a float type in f64, null for other elements.
static DenseElementsAttr widenElements(DenseElementsAttr elements) {
  if (!isa<FloatType>(elements.getElementType()))
    return nullptr;
  auto type = cast<ShapedType>(elements.getType().clone(Float64Type::get(elements.getContext())));
  if (elements.isSplat())
    return DenseElementsAttr::get(type, widen(elements.getSplatValue<APFloat>()));
  llvm::SmallVector<APFloat> values;
  values.reserve(elements.getNumElements());
  for (const APFloat &value : elements.getValues<APFloat>())
    values.push_back(widen(value));
  return DenseElementsAttr::get(type, values);
}

namespace {

struct WidenFloatsPass final : remat::impl::WidenFloatsPassBase<WidenFloatsPass> {
  using Base::Base;

  void runOnOperation() override {
    Type wide = Float64Type::get(&getContext());
    AttrTypeReplacer replacer;
    replacer.addReplacement([&](FloatType type) { return wide; });
    replacer.addReplacement(
        [&](FloatAttr attribute) -> Attribute { return FloatAttr::get(wide, widen(attribute.getValue())); });
    // Returned unchanged, the attribute would get a new type over its old bytes.
    replacer.addReplacement([](DenseElementsAttr elements) -> std::optional<std::pair<Attribute, WalkResult>> {
      if (DenseElementsAttr widened = widenElements(elements))
        return std::make_pair(Attribute(widened), WalkResult::skip());
      return std::make_pair(Attribute(elements), WalkResult::skip());
    });
    replacer.recursivelyReplaceElementsIn(getOperation(), /*replaceAttrs=*/true,
                                          /*replaceLocs=*/false, /*replaceTypes=*/true);
    removeConversions();
  }

private:
  /// Conversions between float types now have equal types on both sides.
  void removeConversions() {
    llvm::SmallVector<Operation *> conversions;
    getOperation().walk([&](Operation *op) {
      if (isa<arith::ExtFOp, arith::TruncFOp>(op))
        conversions.push_back(op);
    });
    for (Operation *op : conversions) {
      op->getResult(0).replaceAllUsesWith(op->getOperand(0));
      op->erase();
    }
  }
};

} // namespace
