//===- DeviceForms.cpp - What kernels can compute -----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceForms.h"

#include "../../MathLibrary/MathLibrary.h"
#include "DeviceChecks.h"
#include "remat/Target/CPU/ExpandMath.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace remat;

/// Numbers that memory and registers of the device have.
static bool isDeviceType(Type type) {
  if (auto memref = dyn_cast<MemRefType>(type))
    return isDeviceType(memref.getElementType());
  return type.isF16() || type.isBF16() || type.isF32() || type.isF64() || type.isIndex() ||
         (type.isInteger() && type.getIntOrFloatBitWidth() <= 64);
}

/// What one instruction computes, or a few, rounded to nearest; LLVM rounds frem wrongly, and conversions
/// always to nearest.
static bool hasArithForm(Operation *op) {
  if (isa<arith::RemFOp>(op))
    return getLibraryFunction(op).has_value();
  if (auto rounded = dyn_cast<arith::ArithRoundingModeInterface>(op))
    if (arith::RoundingModeAttr mode = rounded.getRoundingModeAttr();
        mode && mode.getValue() != arith::RoundingMode::to_nearest_even)
      return false;
  return isa<arith::AddFOp, arith::AddIOp, arith::AddUIExtendedOp, arith::AndIOp, arith::BitcastOp, arith::CeilDivSIOp,
             arith::CeilDivUIOp, arith::CmpFOp, arith::CmpIOp, arith::ConstantOp, arith::DivFOp, arith::DivSIOp,
             arith::DivUIOp, arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp, arith::FPToSIOp, arith::FPToUIOp,
             arith::FloorDivSIOp, arith::IndexCastOp, arith::IndexCastUIOp, arith::MaxNumFOp, arith::MaxSIOp,
             arith::MaxUIOp, arith::MaximumFOp, arith::MinNumFOp, arith::MinSIOp, arith::MinUIOp, arith::MinimumFOp,
             arith::MulFOp, arith::MulIOp, arith::NegFOp, arith::OrIOp, arith::RemSIOp, arith::RemUIOp, arith::SIToFPOp,
             arith::SelectOp, arith::ShLIOp, arith::ShRSIOp, arith::ShRUIOp, arith::SubFOp, arith::SubIOp,
             arith::TruncFOp, arith::TruncIOp, arith::UIToFPOp, arith::XOrIOp>(op);
}

/// What one instruction computes, or a few; f32 functions with a polynomial, which narrower
/// types use as well; and what libclc has.
static bool hasMathForm(Operation *op) {
  if (isa<math::AbsFOp, math::AbsIOp, math::CeilOp, math::CopySignOp, math::CountLeadingZerosOp,
          math::CountTrailingZerosOp, math::CtPopOp, math::FloorOp, math::FmaOp, math::IsFiniteOp, math::IsInfOp,
          math::IsNaNOp, math::IsNormalOp, math::RoundOp, math::RoundEvenOp, math::RsqrtOp, math::SqrtOp,
          math::TruncOp>(op))
    return true;
  Type type = op->getResult(0).getType();
  return (hasPolynomial(op->getName().getStringRef()) && !type.isF64()) || getLibraryFunction(op).has_value();
}

/// What all threads of a block do, in the body of a linalg op and outside of it.
static bool hasDeviceForm(Operation *op) {
  if (isa<arith::ArithDialect>(op->getDialect()))
    return hasArithForm(op);
  if (isa<math::MathDialect>(op->getDialect()))
    return hasMathForm(op);
  return isa<affine::AffineApplyOp, affine::AffineMaxOp, affine::AffineMinOp, memref::DimOp, memref::LoadOp,
             scf::ConditionOp, scf::ForOp, scf::IfOp, scf::IndexSwitchOp, scf::WhileOp, scf::YieldOp>(op);
}

/// What a block does in order.
static bool hasFormInRegion(Operation *op) {
  // Bytes from outside begin where the kernel is told.
  if (auto view = dyn_cast<memref::ViewOp>(op))
    return !op->getParentOfType<OnDeviceOp>()->isAncestor(view.getSource().getParentBlock()->getParentOp());
  // The device has a copy of arrays that do not change.
  if (auto array = dyn_cast<memref::GetGlobalOp>(op)) {
    auto global = SymbolTable::lookupNearestSymbolFrom<memref::GlobalOp>(op, array.getNameAttr());
    return global && global.getConstant();
  }
  return isa<linalg::GenericOp, memref::CastOp, memref::CollapseShapeOp, memref::ExpandShapeOp,
             memref::ExtractStridedMetadataOp, memref::ReinterpretCastOp, memref::StoreOp, memref::SubViewOp, CountOp,
             ResetCountersOp>(op) ||
         DeviceChecks::isCheck(op) || hasDeviceForm(op);
}

LogicalResult remat::checkDeviceForms(OnDeviceOp region) {
  WalkResult result = region.getBody().walk<WalkOrder::PreOrder>([](Operation *op) {
    bool hasTypes =
        llvm::all_of(op->getOperandTypes(), isDeviceType) && llvm::all_of(op->getResultTypes(), isDeviceType);
    if (isa<linalg::GenericOp>(op) && !hasTypes) {
      op->emitOpError("expects numbers that GPUs have: f16, bf16, f32, f64, index and integers of at most 64 bits");
      return WalkResult::interrupt();
    }
    bool isInBody = op->getParentOfType<linalg::GenericOp>() != nullptr;
    if (hasTypes && (isInBody ? isa<linalg::IndexOp, linalg::YieldOp>(op) || hasDeviceForm(op) : hasFormInRegion(op)))
      return WalkResult::advance();
    InFlightDiagnostic diagnostic = op->emitOpError("has no form on GPUs");
    if (op->getNumResults() != 0)
      diagnostic << " for " << op->getResult(0).getType();
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}
