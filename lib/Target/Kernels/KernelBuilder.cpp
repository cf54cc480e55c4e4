//===- KernelBuilder.cpp - Helpers that emit kernels ---------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything folds constants as it goes: the kernels of static shapes come out
// without index arithmetic on constants, which keeps the IR small.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"

#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace remat;

//===----------------------------------------------------------------------===//
// Index arithmetic
//===----------------------------------------------------------------------===//

KernelBuilder::KernelBuilder(Operation *op) : ImplicitLocOpBuilder(op->getLoc(), op) {
  constantsEnd = arith::ConstantIndexOp::create(*this, 0);
  constants[0] = constantsEnd->getResult(0);
}

Value KernelBuilder::index(int64_t value) {
  Value &constant = constants[value];
  if (!constant) {
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPoint(constantsEnd);
    constant = arith::ConstantIndexOp::create(*this, value);
  }
  return constant;
}

Value KernelBuilder::index(OpFoldResult value) {
  if (std::optional<int64_t> constant = getConstantIntValue(value))
    return index(*constant);
  return cast<Value>(value);
}

Value KernelBuilder::add(Value lhs, Value rhs) { return createOrFold<arith::AddIOp>(lhs, rhs); }

Value KernelBuilder::sub(Value lhs, Value rhs) { return createOrFold<arith::SubIOp>(lhs, rhs); }

Value KernelBuilder::mul(Value lhs, int64_t rhs) {
  return rhs == 1 ? lhs : createOrFold<arith::MulIOp>(lhs, index(rhs));
}

Value KernelBuilder::min(Value lhs, Value rhs) { return createOrFold<arith::MinSIOp>(lhs, rhs); }

OpFoldResult KernelBuilder::floorTo(OpFoldResult value, int64_t step) {
  if (std::optional<int64_t> constant = getConstantIntValue(value))
    return getIndexAttr(*constant / step * step);
  if (step == 1)
    return value;
  Value dynamic = index(value);
  return sub(dynamic, createOrFold<arith::RemSIOp>(dynamic, index(step)));
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// The number of iterations, if it is known.
static std::optional<int64_t> getTripCount(OpFoldResult from, OpFoldResult to, int64_t step) {
  std::optional<int64_t> lower = getConstantIntValue(from), upper = getConstantIntValue(to);
  if (!lower || !upper)
    return std::nullopt;
  return *upper <= *lower ? 0 : (*upper - *lower + step - 1) / step;
}

SmallVector<Value> KernelBuilder::loop(OpFoldResult from, OpFoldResult to, int64_t step, ValueRange init,
                                       function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  std::optional<int64_t> count = getTripCount(from, to, step);
  if (count && *count == 0)
    return llvm::to_vector(init);
  if (count && *count == 1)
    return body(index(from), init);
  auto forOp = scf::ForOp::create(*this, index(from), index(to), index(step), init);
  OpBuilder::InsertionGuard guard(*this);
  if (init.empty())
    setInsertionPoint(forOp.getBody()->getTerminator());
  else
    setInsertionPointToEnd(forOp.getBody());
  SmallVector<Value> yielded = body(forOp.getInductionVar(), forOp.getRegionIterArgs());
  if (!init.empty())
    scf::YieldOp::create(*this, yielded);
  return llvm::to_vector(ValueRange(forOp.getResults()));
}

void KernelBuilder::loop(OpFoldResult from, OpFoldResult to, int64_t step, function_ref<void(Value)> body) {
  loop(from, to, step, ValueRange(), [&](Value iv, ValueRange) {
    body(iv);
    return SmallVector<Value>();
  });
}

SmallVector<Value> KernelBuilder::nest(ArrayRef<unsigned> dims, ArrayRef<OpFoldResult> extents,
                                       MutableArrayRef<Value> point, ValueRange init,
                                       function_ref<SmallVector<Value>(ValueRange)> body) {
  if (dims.empty())
    return body(init);
  return loop(getIndexAttr(0), extents[dims.front()], 1, init, [&](Value iv, ValueRange carried) {
    point[dims.front()] = iv;
    return nest(dims.drop_front(), extents, point, carried, body);
  });
}

void KernelBuilder::nest(ArrayRef<unsigned> dims, ArrayRef<OpFoldResult> extents, MutableArrayRef<Value> point,
                         function_ref<void()> body) {
  nest(dims, extents, point, ValueRange(), [&](ValueRange) {
    body();
    return SmallVector<Value>();
  });
}

SmallVector<Value> KernelBuilder::vectorLoop(OpFoldResult extent, int64_t lanes, bool hasMasks, ValueRange init,
                                             function_ref<SmallVector<Value>(VectorBlock, ValueRange)> body) {
  OpFoldResult full = floorTo(extent, lanes);
  SmallVector<Value> carried = loop(getIndexAttr(0), full, lanes, init, [&](Value iv, ValueRange values) {
    return body(VectorBlock{iv, lanes, Value()}, values);
  });
  if (lanes == 1)
    return carried;

  std::optional<int64_t> size = getConstantIntValue(extent);
  if (size && *size % lanes == 0)
    return carried;
  if (size && !hasMasks)
    return body(VectorBlock{index(full), *size % lanes, Value()}, carried);
  if (size)
    return body(VectorBlock{index(full), lanes, mask(getIndexAttr(*size % lanes), lanes)}, carried);
  if (!hasMasks)
    return loop(full, extent, 1, carried,
                [&](Value iv, ValueRange values) { return body(VectorBlock{iv, 1, Value()}, values); });
  return loop(full, extent, lanes, carried, [&](Value iv, ValueRange values) {
    return body(VectorBlock{iv, lanes, mask(sub(index(extent), iv), lanes)}, values);
  });
}

void KernelBuilder::vectorLoop(OpFoldResult extent, int64_t lanes, bool hasMasks,
                               function_ref<void(VectorBlock)> body) {
  vectorLoop(extent, lanes, hasMasks, ValueRange(), [&](VectorBlock block, ValueRange) {
    body(block);
    return SmallVector<Value>();
  });
}

Value KernelBuilder::mask(OpFoldResult count, int64_t lanes) {
  auto type = VectorType::get({lanes}, getI1Type());
  if (std::optional<int64_t> constant = getConstantIntValue(count))
    return vector::ConstantMaskOp::create(*this, type, ArrayRef<int64_t>{*constant});
  return vector::CreateMaskOp::create(*this, type, ValueRange{index(count)});
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

SmallVector<Value> KernelBuilder::indices(AffineMap map, ArrayRef<Value> point) {
  SmallVector<Value> result;
  for (AffineExpr expr : map.getResults()) {
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      result.push_back(point[dim.getPosition()]);
    else
      result.push_back(affine::expandAffineExpr(*this, getLoc(), expr, point, {}));
  }
  return result;
}

Value KernelBuilder::loadScalar(Value operand, ValueRange indices) {
  if (!isa<MemRefType>(operand.getType()))
    return operand;
  return memref::LoadOp::create(*this, operand, indices);
}

Value KernelBuilder::loadVector(Value memref, ValueRange indices, const VectorBlock &block) {
  auto type = cast<MemRefType>(memref.getType());
  if (block.lanes == 1 && !block.mask)
    return splat(loadScalar(memref, indices), 1);
  auto vectorType = VectorType::get({block.lanes}, type.getElementType());
  if (!block.mask)
    return vector::LoadOp::create(*this, vectorType, memref, indices);
  Value zero = arith::ConstantOp::create(*this, getZeroAttr(vectorType));
  return vector::MaskedLoadOp::create(*this, vectorType, memref, indices, block.mask, zero);
}

/// Whether \p mask is the first lane alone.
static bool isFirstLane(Value mask) {
  auto constant = mask ? mask.getDefiningOp<vector::ConstantMaskOp>() : vector::ConstantMaskOp();
  return constant && constant.getMaskDimSizes() == ArrayRef<int64_t>(1);
}

void KernelBuilder::storeVector(Value vector, Value memref, ValueRange indices, const VectorBlock &block) {
  // One lane is stored as a number: LLVM 22 stores a masked lane of a truncated vector in the
  // width that it had before, over what lies behind (lib/Target/Host/MachineCode.cpp).
  if (isFirstLane(block.mask) || (block.lanes == 1 && !block.mask)) {
    Value scalar = vector::ExtractOp::create(*this, vector, ArrayRef<int64_t>{0});
    memref::StoreOp::create(*this, scalar, memref, indices);
  } else if (block.mask) {
    vector::MaskedStoreOp::create(*this, memref, indices, block.mask, vector);
  } else {
    vector::StoreOp::create(*this, vector, memref, indices);
  }
}

Value KernelBuilder::splat(Value scalar, int64_t lanes) {
  return vector::BroadcastOp::create(*this, VectorType::get({lanes}, scalar.getType()), scalar);
}

SmallVector<Value> KernelBuilder::transpose(ArrayRef<Value> rows) {
  // Quadrants change places, then quadrants of quadrants, down to single elements.
  SmallVector<Value> result(rows);
  int64_t size = rows.size();
  for (int64_t half = size / 2; half >= 1; half /= 2) {
    SmallVector<int64_t> upper, lower;
    for (int64_t lane = 0; lane < size; ++lane) {
      bool left = (lane & half) == 0;
      upper.push_back(left ? lane : size + lane - half);
      lower.push_back(left ? lane + half : size + lane);
    }
    for (int64_t row = 0; row < size; ++row) {
      if (row & half)
        continue;
      Value first = result[row], second = result[row + half];
      result[row] = vector::ShuffleOp::create(*this, first, second, upper);
      result[row + half] = vector::ShuffleOp::create(*this, first, second, lower);
    }
  }
  return result;
}

Value KernelBuilder::extend(Value value, Type elementType) {
  if (getElementTypeOrSelf(value.getType()) == elementType)
    return value;
  Type type = elementType;
  if (auto vectorType = dyn_cast<VectorType>(value.getType()))
    type = vectorType.clone(elementType);
  return arith::ExtFOp::create(*this, type, value);
}

//===----------------------------------------------------------------------===//
// Bodies
//===----------------------------------------------------------------------===//

SmallVector<Value> KernelBuilder::inlineBody(linalg::GenericOp op, ArrayRef<Value> point, ArrayRef<Value> arguments) {
  IRMapping values;
  values.map(op.getBody()->getArguments(), arguments);
  for (Operation &operation : op.getBody()->without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(operation)) {
      values.map(index.getResult(), point[index.getDim()]);
      continue;
    }
    Operation *copy = clone(operation, values);
    copy->walk([&](linalg::IndexOp index) {
      index.replaceAllUsesWith(point[index.getDim()]);
      index.erase();
    });
  }
  return llvm::map_to_vector(op.getBody()->getTerminator()->getOperands(),
                             [&](Value yielded) { return values.lookupOrDefault(yielded); });
}

//===----------------------------------------------------------------------===//
// Operands of linalg ops
//===----------------------------------------------------------------------===//

SmallVector<OpFoldResult> remat::getExtents(KernelBuilder &builder, linalg::GenericOp op) {
  SmallVector<OpFoldResult> extents(op.getNumLoops());
  // A static size beats a dynamic one of another operand.
  for (bool wantStatic : {true, false}) {
    for (OpOperand &operand : op->getOpOperands()) {
      auto type = dyn_cast<MemRefType>(operand.get().getType());
      if (!type)
        continue;
      for (auto [position, expr] : llvm::enumerate(op.getMatchingIndexingMap(&operand).getResults())) {
        auto dim = dyn_cast<AffineDimExpr>(expr);
        if (!dim || extents[dim.getPosition()])
          continue;
        if (!type.isDynamicDim(position))
          extents[dim.getPosition()] = builder.getIndexAttr(type.getDimSize(position));
        else if (!wantStatic)
          extents[dim.getPosition()] = memref::DimOp::create(builder, operand.get(), position).getResult();
      }
    }
  }
  return extents;
}

bool remat::isContiguousAlong(Type type, AffineMap map, unsigned dim) {
  auto memrefType = dyn_cast<MemRefType>(type);
  if (!memrefType || map.getNumResults() == 0)
    return false;
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(memrefType.getStridesAndOffset(strides, offset)) || strides.back() != 1)
    return false;
  if (map.getResults().back() != getAffineDimExpr(dim, map.getContext()))
    return false;
  return llvm::none_of(map.getResults().drop_back(), [&](AffineExpr expr) { return expr.isFunctionOfDim(dim); });
}
