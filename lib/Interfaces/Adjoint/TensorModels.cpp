//===- TensorModels.cpp - Derivative rules of tensor ---------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// These operations move elements, and so do their adjoints. A rule whose result is
// a part of its operand adds into that part of the cotangent: one cotangent is
// built up from the slices of a tensor, and not one full tensor per slice.
//
//===----------------------------------------------------------------------===//

#include "remat/Interfaces/Adjoint/Models.h"
#include "remat/Interfaces/AdjointOpInterface.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/DialectRegistry.h"

using namespace mlir;
using namespace remat;

/// The type of a cotangent with the shape of \p like and the elements of \p from.
static RankedTensorType getTypeLike(Type like, Value from) {
  return cast<RankedTensorType>(like).clone(getElementTypeOrSelf(from.getType()));
}

/// The sum of all elements of \p tensor, as a scalar.
static Value emitSum(OpBuilder &builder, Location loc, Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  Value zero = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type.getElementType()));
  Value empty = tensor::EmptyOp::create(builder, loc, ArrayRef<int64_t>{}, type.getElementType());
  Value zeros = linalg::FillOp::create(builder, loc, zero, empty).getResult(0);
  auto dimensions = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
  auto add = [](OpBuilder &inside, Location loc, ValueRange elements) {
    Value sum = arith::AddFOp::create(inside, loc, elements[1], elements[0]);
    linalg::YieldOp::create(inside, loc, sum);
  };
  Value sum = type.getRank() == 0 ? tensor
                                  : linalg::ReduceOp::create(builder, loc, tensor, zeros, dimensions, add).getResult(0);
  return tensor::ExtractOp::create(builder, loc, sum, ValueRange());
}

namespace {
/// The rule of \p OpT, given as a function of the operation and the cotangent of
/// its one result.
template <typename OpT, LogicalResult (*emit)(OpT, Value, AdjointBuilder &)>
struct Model : AdjointOpInterface::ExternalModel<Model<OpT, emit>, OpT> {
  LogicalResult emitAdjoint(Operation *op, AdjointBuilder &adjoint) const {
    return emit(cast<OpT>(op), adjoint.getCotangent(op->getResult(0)), adjoint);
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Slices
//===----------------------------------------------------------------------===//

static LogicalResult emitExtractSlice(tensor::ExtractSliceOp op, Value dy, AdjointBuilder &adjoint) {
  Location loc = op.getLoc();
  SmallVector<OpFoldResult> offsets = op.getMixedOffsets(), sizes = op.getMixedSizes(), strides = op.getMixedStrides();
  Value sum = dy, whole = adjoint.getCotangent(op.getSource());
  if (whole) {
    Value old =
        tensor::ExtractSliceOp::create(adjoint, loc, getTypeLike(op.getType(), dy), whole, offsets, sizes, strides);
    sum = adjoint.addToCotangent(old, dy, loc);
  } else {
    whole = adjoint.createZero(op.getSource(), loc);
  }
  adjoint.setCotangent(op.getSource(),
                       tensor::InsertSliceOp::create(adjoint, loc, sum, whole, offsets, sizes, strides));
  return success();
}

static LogicalResult emitInsertSlice(tensor::InsertSliceOp op, Value dy, AdjointBuilder &adjoint) {
  Location loc = op.getLoc();
  SmallVector<OpFoldResult> offsets = op.getMixedOffsets(), sizes = op.getMixedSizes(), strides = op.getMixedStrides();
  if (adjoint.isActive(op.getSource())) {
    Value part =
        tensor::ExtractSliceOp::create(adjoint, loc, getTypeLike(op.getSourceType(), dy), dy, offsets, sizes, strides);
    adjoint.addCotangent(op.getSource(), part, loc);
  }
  if (adjoint.isActive(op.getDest())) {
    Value zeros = adjoint.createZero(op.getSource(), loc);
    Value rest = tensor::InsertSliceOp::create(adjoint, loc, zeros, dy, offsets, sizes, strides);
    adjoint.addCotangent(op.getDest(), rest, loc);
  }
  return success();
}

static LogicalResult emitConcat(tensor::ConcatOp op, Value dy, AdjointBuilder &adjoint) {
  Location loc = op.getLoc();
  int64_t rank = op.getResultType().getRank(), dim = op.getDim();
  SmallVector<OpFoldResult> offsets(rank, adjoint.getIndexAttr(0)), strides(rank, adjoint.getIndexAttr(1));
  for (Value input : op.getInputs()) {
    SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(adjoint, loc, input);
    if (adjoint.isActive(input)) {
      Value part =
          tensor::ExtractSliceOp::create(adjoint, loc, getTypeLike(input.getType(), dy), dy, offsets, sizes, strides);
      adjoint.addCotangent(input, part, loc);
    }
    AffineExpr sum = getAffineSymbolExpr(0, op.getContext()) + getAffineSymbolExpr(1, op.getContext());
    offsets[dim] = affine::makeComposedFoldedAffineApply(adjoint, loc, sum, {offsets[dim], sizes[dim]});
  }
  return success();
}

static LogicalResult emitPad(tensor::PadOp op, Value dy, AdjointBuilder &adjoint) {
  Location loc = op.getLoc();
  Value padding = op.getConstantPaddingValue();
  if (!padding)
    return op.emitOpError("has a derivative rule for a constant padding value only");
  SmallVector<OpFoldResult> offsets = op.getMixedLowPad();
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(adjoint, loc, op.getSource());
  SmallVector<OpFoldResult> strides(sizes.size(), adjoint.getIndexAttr(1));
  if (adjoint.isActive(op.getSource())) {
    Value inner =
        tensor::ExtractSliceOp::create(adjoint, loc, getTypeLike(op.getSourceType(), dy), dy, offsets, sizes, strides);
    adjoint.addCotangent(op.getSource(), inner, loc);
  }
  if (adjoint.isActive(padding)) {
    Value zeros = adjoint.createZero(op.getSource(), loc);
    Value border = tensor::InsertSliceOp::create(adjoint, loc, zeros, dy, offsets, sizes, strides);
    adjoint.addCotangent(padding, emitSum(adjoint, loc, border), loc);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

static LogicalResult emitExtract(tensor::ExtractOp op, Value dy, AdjointBuilder &adjoint) {
  Location loc = op.getLoc();
  Value sum = dy, whole = adjoint.getCotangent(op.getTensor());
  if (whole) {
    Value old = tensor::ExtractOp::create(adjoint, loc, whole, op.getIndices());
    sum = adjoint.addToCotangent(old, dy, loc);
  } else {
    whole = adjoint.createZero(op.getTensor(), loc);
  }
  adjoint.setCotangent(op.getTensor(), tensor::InsertOp::create(adjoint, loc, sum, whole, op.getIndices()));
  return success();
}

static LogicalResult emitInsert(tensor::InsertOp op, Value dy, AdjointBuilder &adjoint) {
  Location loc = op.getLoc();
  if (adjoint.isActive(op.getScalar()))
    adjoint.addCotangent(op.getScalar(), tensor::ExtractOp::create(adjoint, loc, dy, op.getIndices()), loc);
  if (adjoint.isActive(op.getDest())) {
    Value zero = adjoint.createZero(op.getScalar(), loc);
    adjoint.addCotangent(op.getDest(), tensor::InsertOp::create(adjoint, loc, zero, dy, op.getIndices()), loc);
  }
  return success();
}

static LogicalResult emitFromElements(tensor::FromElementsOp op, Value dy, AdjointBuilder &adjoint) {
  Location loc = op.getLoc();
  ArrayRef<int64_t> shape = op.getType().getShape();
  SmallVector<int64_t> strides = computeStrides(shape);
  for (auto [number, element] : llvm::enumerate(op.getElements())) {
    if (!adjoint.isActive(element))
      continue;
    SmallVector<Value> indices;
    for (int64_t index : delinearize(number, strides))
      indices.push_back(arith::ConstantIndexOp::create(adjoint, loc, index));
    adjoint.addCotangent(element, tensor::ExtractOp::create(adjoint, loc, dy, indices), loc);
  }
  return success();
}

static LogicalResult emitSplat(tensor::SplatOp op, Value dy, AdjointBuilder &adjoint) {
  adjoint.addCotangent(op.getInput(), emitSum(adjoint, op.getLoc(), dy), op.getLoc());
  return success();
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

static LogicalResult emitCast(tensor::CastOp op, Value dy, AdjointBuilder &adjoint) {
  Type type = op.getSource().getType().cloneWith(std::nullopt, getElementTypeOrSelf(dy.getType()));
  adjoint.addCotangent(op.getSource(), tensor::CastOp::create(adjoint, op.getLoc(), type, dy), op.getLoc());
  return success();
}

static LogicalResult emitExpandShape(tensor::ExpandShapeOp op, Value dy, AdjointBuilder &adjoint) {
  Value collapsed = tensor::CollapseShapeOp::create(adjoint, op.getLoc(), getTypeLike(op.getSrcType(), dy), dy,
                                                    op.getReassociationIndices());
  adjoint.addCotangent(op.getSrc(), collapsed, op.getLoc());
  return success();
}

static LogicalResult emitCollapseShape(tensor::CollapseShapeOp op, Value dy, AdjointBuilder &adjoint) {
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(adjoint, op.getLoc(), op.getSrc());
  Value expanded = tensor::ExpandShapeOp::create(adjoint, op.getLoc(), getTypeLike(op.getSrcType(), dy), dy,
                                                 op.getReassociationIndices(), sizes);
  adjoint.addCotangent(op.getSrc(), expanded, op.getLoc());
  return success();
}

static LogicalResult emitReshape(tensor::ReshapeOp op, Value dy, AdjointBuilder &adjoint) {
  Location loc = op.getLoc();
  auto sourceType = dyn_cast<RankedTensorType>(op.getSource().getType());
  if (!sourceType || !isa<RankedTensorType>(op.getType()))
    return op.emitOpError("has a derivative rule for ranked tensors only");
  SmallVector<Value> sizes =
      getValueOrCreateConstantIndexOp(adjoint, loc, tensor::getMixedSizes(adjoint, loc, op.getSource()));
  auto shapeType = RankedTensorType::get({sourceType.getRank()}, adjoint.getIndexType());
  Value shape = tensor::FromElementsOp::create(adjoint, loc, shapeType, sizes);
  Value reshaped = tensor::ReshapeOp::create(adjoint, loc, getTypeLike(sourceType, dy), dy, shape);
  adjoint.addCotangent(op.getSource(), reshaped, loc);
  return success();
}

template <typename OpT, LogicalResult (*emit)(OpT, Value, AdjointBuilder &)>
static void attach(MLIRContext *context) {
  OpT::template attachInterface<Model<OpT, emit>>(*context);
}

void remat::registerTensorAdjointModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, tensor::TensorDialect *) {
    attach<tensor::CastOp, emitCast>(context);
    attach<tensor::CollapseShapeOp, emitCollapseShape>(context);
    attach<tensor::ConcatOp, emitConcat>(context);
    attach<tensor::ExpandShapeOp, emitExpandShape>(context);
    attach<tensor::ExtractOp, emitExtract>(context);
    attach<tensor::ExtractSliceOp, emitExtractSlice>(context);
    attach<tensor::FromElementsOp, emitFromElements>(context);
    attach<tensor::InsertOp, emitInsert>(context);
    attach<tensor::InsertSliceOp, emitInsertSlice>(context);
    attach<tensor::PadOp, emitPad>(context);
    attach<tensor::ReshapeOp, emitReshape>(context);
    attach<tensor::SplatOp, emitSplat>(context);
  });
}
