//===- CheckNumbers.cpp - What programs are written in ------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An operation that means nothing to remat and a type that no kernel knows are refused
// where the author wrote them: the dialects that programs are lowered to are loaded, so
// that their operations parse, and no later pass could say whose they are. A licence to
// compute something similar is not used: whether two operations meet in one function,
// and so can become one, depends on what is kept, and with it on the budget.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

namespace remat {
#define GEN_PASS_DEF_CHECKNUMBERSPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// Whether programs may use \p op. Nobody writes a cast that is not realized: it is how
/// the tests come to an error that is remat's own. Nor what of bufferization
/// convert-remat-source-to-scf makes, which checks of gradients compile.
static bool isOfPrograms(Operation *op) {
  if (isa<RecurrenceOp, YieldOp, ValueAndGradientOp, CustomVjpOp, StopGradientOp, affine::AffineApplyOp,
          affine::AffineMaxOp, affine::AffineMinOp, UnrealizedConversionCastOp,
          bufferization::MaterializeInDestinationOp>(op))
    return true;
  // What nothing is copied to holds anything.
  if (auto allocated = dyn_cast<bufferization::AllocTensorOp>(op))
    return allocated.getCopy() != nullptr;
  if (isa<ModuleOp>(op))
    return !op->getParentOp();
  // Branches between blocks have a message of their own (Signature.cpp).
  return isa_and_nonnull<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect, linalg::LinalgDialect,
                         math::MathDialect, scf::SCFDialect, tensor::TensorDialect>(op->getDialect());
}

static LogicalResult checkOperation(Operation *op) {
  if (isOfPrograms(op))
    return success();
  return op->emitOpError("has no place in a program: expects operations of arith, math, linalg, tensor, scf and func, "
                         "'cf.assert', 'affine.apply', 'affine.max', 'affine.min', 'remat.recurrence', "
                         "'remat.value_and_gradient', 'remat.custom_vjp' and 'remat.stop_gradient'");
}

/// Attributes of remat on operations are notes that its passes leave for each other.
static LogicalResult checkAttributes(Operation *op) {
  for (NamedAttribute attribute : op->getDiscardableAttrs())
    if (attribute.getNameDialect() && isa<RematDialect>(attribute.getNameDialect()))
      return op->emitOpError("has the attribute '")
             << attribute.getName().strref() << "', which has no place in a program: remat's passes write it";
  return success();
}

/// What lowerings read off arguments and results says how they are passed, which is decided here; and names become
/// symbols of an object file.
static LogicalResult checkFunction(Operation *op) {
  auto function = dyn_cast<func::FuncOp>(op);
  if (!function)
    return success();
  if (function.getName().contains('\0'))
    return op->emitOpError("expects a name without a zero byte");
  SmallVector<Attribute> dictionaries;
  for (ArrayAttr all : {function.getArgAttrsAttr(), function.getResAttrsAttr()})
    if (all)
      llvm::append_range(dictionaries, all);
  for (Attribute dictionary : dictionaries)
    for (NamedAttribute attribute : cast<DictionaryAttr>(dictionary)) {
      StringRef dialect = attribute.getName().strref().split('.').first;
      if (dialect == "llvm" || dialect == "bufferization")
        return op->emitOpError("has the attribute '")
               << attribute.getName().strref()
               << "' at an argument or result, which has no place in a program: expects "
               << "none of how arrays are passed";
    }
  return success();
}

/// Threads could combine tensors in any order, and no kernel does.
static LogicalResult checkReduction(Operation *op) {
  auto parallel = dyn_cast<scf::ParallelOp>(op);
  for (Type type : parallel ? TypeRange(parallel.getResultTypes()) : TypeRange())
    if (isa<TensorType>(type))
      return op->emitOpError("expects numbers to be combined, but got ")
             << type << "; write 'scf.for' with the tensor as its carry, or 'linalg.reduce'";
  return success();
}

/// Whether the extents that \p type knows fit into any memory. Far below 2^63 bytes, so that
/// sums of a few and their alignment are numbers of 64 bits.
static bool fitsIntoMemory(RankedTensorType type) {
  int64_t bytes = 8;
  for (int64_t extent : type.getShape())
    if (!ShapedType::isDynamic(extent) &&
        (llvm::MulOverflow(bytes, std::max<int64_t>(extent, 1), bytes) || bytes >> 48))
      return false;
  return true;
}

/// What a value of type \p type is expected to be made of; empty if it is.
static StringRef getExpectation(Type type) {
  if (!isa<TensorType, FloatType, IntegerType, IndexType, ComplexType>(type))
    return "tensors and numbers";
  if (auto tensor = dyn_cast<RankedTensorType>(type); tensor && tensor.getEncoding())
    return "tensors without an encoding";
  if (auto tensor = dyn_cast<RankedTensorType>(type); tensor && !fitsIntoMemory(tensor))
    return "tensors of less than 2^45 elements";
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
  if (isa<TensorType, ComplexType>(type) && !element.isIndex())
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

/// The bytes of a resource come from outside of the text: they may be missing, or be another
/// number. Booleans, which have a byte each there, become elements like all others.
static LogicalResult checkResource(Operation *op) {
  auto constant = dyn_cast<arith::ConstantOp>(op);
  auto resource = constant ? dyn_cast<DenseResourceElementsAttr>(constant.getValue()) : DenseResourceElementsAttr();
  if (!resource)
    return success();
  StringRef name = resource.getRawHandle().getKey();
  AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  if (!blob)
    return op->emitOpError("expects the data of the resource '") << name << "', but the program does not hold it";
  ShapedType type = resource.getType();
  Type element = type.getElementType();
  unsigned bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  if (bits != 1 && bits % 8 != 0)
    return op->emitOpError("expects a resource of booleans or whole bytes, but got ") << type;
  int64_t expected = type.getNumElements() * std::max<int64_t>(bits / 8, 1), got = blob->getData().size();
  if (got != expected)
    return op->emitOpError("expects ") << expected << " bytes in the resource '" << name << "' of " << type
                                       << ", but it has " << got;
  if (bits == 1)
    constant.setValueAttr(
        DenseElementsAttr::get(type, llvm::map_to_vector(blob->getData(), [](char byte) { return byte != 0; })));
  return success();
}

namespace {

struct CheckNumbersPass final : remat::impl::CheckNumbersPassBase<CheckNumbersPass> {
  using Base::Base;

  void runOnOperation() override {
    getOperation()->walk([&](Operation *op) {
      if (failed(checkOperation(op)) || failed(checkAttributes(op)) || failed(checkFunction(op)) ||
          failed(checkReduction(op)) || failed(checkNumbers(op)) || failed(checkResource(op)))
        signalPassFailure();
      auto relaxed = dyn_cast<arith::ArithFastMathInterface>(op);
      if (relaxed && relaxed.getFastMathFlagsAttr())
        op->setAttr(relaxed.getFastMathAttrName(),
                    arith::FastMathFlagsAttr::get(&getContext(), arith::FastMathFlags::none));
    });
  }
};

} // namespace
