//===- CheckNumbers.cpp - The numbers that programs compute with --------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A type that no kernel knows is refused where the author wrote it. A licence to
// compute something similar is not used: whether two operations meet in one function,
// and so can become one, depends on what is kept, and with it on the budget.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/TypeUtilities.h"

namespace remat {
#define GEN_PASS_DEF_CHECKNUMBERS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;

/// What a value of type \p type is expected to be made of; empty if it is.
static StringRef getExpectation(Type type) {
  Type element = getElementTypeOrSelf(type);
  if (isa<FloatType>(element))
    return element.isF16() || element.isBF16() || element.isF32() || element.isF64()
               ? ""
               : "floats of f16, bf16, f32 or f64";
  if (auto integer = dyn_cast<IntegerType>(element)) {
    if (!integer.isSignless())
      return "integers without a sign in the type, such as i32";
    return integer.getWidth() >= 1 && integer.getWidth() <= 64 ? "" : "integers of 1 to 64 bits";
  }
  if (isa<ShapedType, ComplexType>(type) && !element.isIndex())
    return "elements of a float, integer or index type";
  return "";
}

/// Reports the first of \p types that has no kernel, at \p op.
static LogicalResult check(Operation *op, TypeRange types) {
  for (Type type : types)
    if (StringRef expectation = getExpectation(type); !expectation.empty())
      return op->emitOpError("expects ") << expectation << ", but got " << type;
  return success();
}

static LogicalResult checkNumbers(Operation *op) {
  if (failed(check(op, op->getResultTypes())))
    return failure();
  for (Region &region : op->getRegions())
    for (Block &block : region)
      if (failed(check(op, block.getArgumentTypes())))
        return failure();
  if (auto rounded = dyn_cast<arith::ArithRoundingModeInterface>(op)) {
    arith::RoundingModeAttr mode = rounded.getRoundingModeAttr();
    if (mode && mode.getValue() != arith::RoundingMode::to_nearest_even)
      return op->emitOpError("expects the rounding mode 'to_nearest_even', but got '")
             << arith::stringifyRoundingMode(mode.getValue()) << "'";
  }
  return success();
}

namespace {

struct CheckNumbersPass final : remat::impl::CheckNumbersBase<CheckNumbersPass> {
  using Base::Base;

  void runOnOperation() override {
    getOperation()->walk([&](Operation *op) {
      if (failed(checkNumbers(op)))
        signalPassFailure();
      auto relaxed = dyn_cast<arith::ArithFastMathInterface>(op);
      if (relaxed && relaxed.getFastMathFlagsAttr())
        op->setAttr(relaxed.getFastMathAttrName(),
                    arith::FastMathFlagsAttr::get(&getContext(), arith::FastMathFlags::none));
    });
  }
};

} // namespace
