//===- DeviceForms.cpp - What kernels can compute -----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceForms.h"

#include "../../MathLibrary/MathLibrary.h"
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

/// All of arith but for the products of twice the width. LLVM rounds frem wrongly.
static bool hasArithForm(Operation *op) {
  if (isa<arith::RemFOp>(op))
    return getLibraryFunction(op).has_value();
  return !isa<arith::MulSIExtendedOp, arith::MulUIExtendedOp, arith::ScalingExtFOp, arith::ScalingTruncFOp>(op);
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

static bool hasDeviceForm(Operation *op) {
  if (!llvm::all_of(op->getOperandTypes(), isDeviceType) || !llvm::all_of(op->getResultTypes(), isDeviceType))
    return false;
  if (isa<arith::ArithDialect>(op->getDialect()))
    return hasArithForm(op);
  if (isa<math::MathDialect>(op->getDialect()))
    return hasMathForm(op);
  return isa<affine::AffineApplyOp, affine::AffineMaxOp, affine::AffineMinOp, linalg::IndexOp, linalg::YieldOp,
             memref::DimOp, memref::LoadOp, scf::ConditionOp, scf::ForOp, scf::IfOp, scf::WhileOp, scf::YieldOp>(op);
}

LogicalResult remat::checkDeviceForms(linalg::GenericOp op) {
  if (!llvm::all_of(op->getOperandTypes(), isDeviceType))
    return op.emitOpError("expects numbers of at most 64 bits, which GPUs have");
  WalkResult result = op.getRegion().walk([](Operation *nested) {
    if (hasDeviceForm(nested))
      return WalkResult::advance();
    InFlightDiagnostic diagnostic = nested->emitOpError("has no form on GPUs");
    if (nested->getNumResults() != 0)
      diagnostic << " for " << nested->getResult(0).getType();
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}
