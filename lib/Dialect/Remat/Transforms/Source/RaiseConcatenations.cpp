//===- RaiseConcatenations.cpp - Branches by position to slices - -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Frontends write a concatenation (and what they make of it: roll, stack, cache
// updates) as one loop over positions that asks at each of them which operand it
// lies in. Which is known here: comparisons of a position with a constant cut the
// iteration space into boxes, and what is read in a box is a slice. As slices it is
// a copy of rows, has a derivative rule, and needs no check of an index.
//
// A condition that cuts no box off, such as the opposite of a conjunction, is no
// obstacle if its values are defined around the box too: they are written first and
// the box over them.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SmallBitVector.h"

namespace remat {
#define GEN_PASS_DEF_RAISECONCATENATIONSPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// Positions and extents above are left alone, so that no sum of two overflows, in
/// 32 bits either.
static constexpr int64_t maxPosition = int64_t(1) << 29;

namespace {
/// A part of the iteration space: low <= position < high in each dimension.
struct Box {
  SmallVector<int64_t> low, high;

  bool isEmpty() const {
    return llvm::any_of(llvm::zip_equal(low, high),
                        [](auto range) { return std::get<0>(range) >= std::get<1>(range); });
  }
  int64_t getSize(unsigned dim) const { return high[dim] - low[dim]; }
};

/// What an index is: a constant, or a dimension of the iteration space plus one.
struct Position {
  std::optional<unsigned> dim;
  int64_t offset;
};

/// What the operation writes in \p box: a scalar, or the elements of a tensor at
/// \p positions.
struct Piece {
  Box box;
  Value source;
  SmallVector<Position> positions;
};

/// The pieces that an operation writes, in an order in which later ones may
/// overwrite earlier ones.
class Pieces {
public:
  explicit Pieces(linalg::GenericOp op) : op(op) {}

  bool collect();
  Value emit(OpBuilder &builder);

private:
  bool collect(Value value, Box box);
  bool collectChoice(Value condition, Value taken, Value other, const Box &box);
  bool addPiece(Piece piece);
  std::optional<Position> getPosition(Value index);
  bool restrictByComparison(arith::CmpIOp comparison, bool isTrue, Box &box);
  bool restrict(Value condition, bool isTrue, Box &box);
  Value emitPiece(const Piece &piece, OpBuilder &builder);

  linalg::GenericOp op;
  SmallVector<Piece> pieces;
};
} // namespace

//===----------------------------------------------------------------------===//
// Positions and conditions
//===----------------------------------------------------------------------===//

std::optional<Position> Pieces::getPosition(Value index) {
  if (std::optional<int64_t> constant = getConstantIntValue(index)) {
    if (std::abs(*constant) > maxPosition)
      return std::nullopt;
    return Position{std::nullopt, *constant};
  }
  Operation *definition = index.getDefiningOp();
  if (auto number = dyn_cast_if_present<linalg::IndexOp>(definition))
    return Position{unsigned(number.getDim()), 0};
  if (isa_and_nonnull<arith::IndexCastOp>(definition)) {
    Type integer = index.getType().isIndex() ? definition->getOperand(0).getType() : index.getType();
    return integer.getIntOrFloatBitWidth() >= 32 ? getPosition(definition->getOperand(0)) : std::nullopt;
  }
  if (!isa_and_nonnull<arith::AddIOp, arith::SubIOp>(definition))
    return std::nullopt;
  std::optional<Position> left = getPosition(definition->getOperand(0)), right = getPosition(definition->getOperand(1));
  if (!left || !right || (left->dim && right->dim) || (right->dim && isa<arith::SubIOp>(definition)))
    return std::nullopt;
  int64_t offset = isa<arith::AddIOp>(definition) ? left->offset + right->offset : left->offset - right->offset;
  if (std::abs(offset) > maxPosition)
    return std::nullopt;
  return Position{left->dim ? left->dim : right->dim, offset};
}

/// Cuts \p box down to where \p comparison is \p isTrue; false if that is no box.
bool Pieces::restrictByComparison(arith::CmpIOp comparison, bool isTrue, Box &box) {
  std::optional<Position> left = getPosition(comparison.getLhs()), right = getPosition(comparison.getRhs());
  if (!left || !right || (left->dim && right->dim))
    return false;
  arith::CmpIPredicate predicate = comparison.getPredicate();
  if (!left->dim) {
    std::swap(left, right);
    // a < b is b > a.
    static const arith::CmpIPredicate swapped[] = {
        arith::CmpIPredicate::eq,  arith::CmpIPredicate::ne,  arith::CmpIPredicate::sgt, arith::CmpIPredicate::sge,
        arith::CmpIPredicate::slt, arith::CmpIPredicate::sle, arith::CmpIPredicate::ugt, arith::CmpIPredicate::uge,
        arith::CmpIPredicate::ult, arith::CmpIPredicate::ule};
    predicate = swapped[static_cast<unsigned>(predicate)];
  }
  if (!left->dim)
    return false;
  // The dimension is compared with this; signs do not matter where none is negative.
  int64_t &low = box.low[*left->dim], &high = box.high[*left->dim];
  int64_t limit = right->offset - left->offset;
  bool isUnsigned = predicate >= arith::CmpIPredicate::ult;
  if (isUnsigned && (right->offset < 0 || low + left->offset < 0))
    return false;
  if (!isTrue)
    predicate = arith::invertPredicate(predicate);
  switch (predicate) {
  case arith::CmpIPredicate::slt:
  case arith::CmpIPredicate::ult:
    high = std::min(high, limit);
    return true;
  case arith::CmpIPredicate::sle:
  case arith::CmpIPredicate::ule:
    high = std::min(high, limit + 1);
    return true;
  case arith::CmpIPredicate::sgt:
  case arith::CmpIPredicate::ugt:
    low = std::max(low, limit + 1);
    return true;
  case arith::CmpIPredicate::sge:
  case arith::CmpIPredicate::uge:
    low = std::max(low, limit);
    return true;
  case arith::CmpIPredicate::eq:
    low = std::max(low, limit);
    high = std::min(high, limit + 1);
    return true;
  case arith::CmpIPredicate::ne:
    if (limit == low)
      ++low;
    else if (limit == high - 1)
      --high;
    else if (low < limit && limit < high)
      return false;
    return true;
  }
  return false;
}

bool Pieces::restrict(Value condition, bool isTrue, Box &box) {
  if (auto comparison = condition.getDefiningOp<arith::CmpIOp>())
    return restrictByComparison(comparison, isTrue, box);
  Operation *definition = condition.getDefiningOp();
  // Both have to hold, or both may not.
  if (isTrue ? isa_and_nonnull<arith::AndIOp>(definition) : isa_and_nonnull<arith::OrIOp>(definition))
    return restrict(definition->getOperand(0), isTrue, box) &&restrict(definition->getOperand(1), isTrue, box);
  return false;
}

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

bool Pieces::addPiece(Piece piece) {
  llvm::SmallBitVector used(op.getNumLoops());
  auto type = dyn_cast<RankedTensorType>(piece.source.getType());
  for (auto [dim, position] : llvm::enumerate(piece.positions)) {
    int64_t size = type.getDimSize(dim);
    int64_t low = position.offset + (position.dim ? piece.box.low[*position.dim] : 0);
    int64_t high = position.offset + (position.dim ? piece.box.high[*position.dim] : 1);
    if (ShapedType::isDynamic(size) || low < 0 || high > size)
      return false;
    if (position.dim && used.test(*position.dim))
      return false;
    if (position.dim)
      used.set(*position.dim);
  }
  pieces.push_back(std::move(piece));
  return true;
}

bool Pieces::collectChoice(Value condition, Value taken, Value other, const Box &box) {
  Box whereTrue = box, whereFalse = box;
  bool isBoxTrue = restrict(condition, true, whereTrue), isBoxFalse = restrict(condition, false, whereFalse);
  if (isBoxTrue && isBoxFalse)
    return collect(taken, whereTrue) && collect(other, whereFalse);
  if (isBoxTrue)
    return collect(other, box) && collect(taken, whereTrue);
  return isBoxFalse && collect(taken, box) && collect(other, whereFalse);
}

/// Collects what \p value is in \p box.
bool Pieces::collect(Value value, Box box) {
  if (box.isEmpty())
    return true;
  if (auto argument = dyn_cast<BlockArgument>(value); argument && argument.getOwner() == op.getBody()) {
    OpOperand *operand = op.getMatchingOpOperand(argument);
    Piece piece{std::move(box), operand->get(), {}};
    for (AffineExpr expression : op.getMatchingIndexingMap(operand).getResults()) {
      if (!isa<RankedTensorType>(operand->get().getType()))
        break;
      if (auto dim = dyn_cast<AffineDimExpr>(expression))
        piece.positions.push_back({dim.getPosition(), 0});
      else if (auto constant = dyn_cast<AffineConstantExpr>(expression))
        piece.positions.push_back({std::nullopt, constant.getValue()});
      else
        return false;
    }
    return addPiece(std::move(piece));
  }
  Operation *definition = value.getDefiningOp();
  if (!definition || !op->isProperAncestor(definition) || definition->hasTrait<OpTrait::ConstantLike>())
    return addPiece({std::move(box), value, {}});
  if (auto conditional = dyn_cast<scf::IfOp>(definition)) {
    unsigned number = cast<OpResult>(value).getResultNumber();
    return collectChoice(conditional.getCondition(), conditional.thenYield().getOperand(number),
                         conditional.elseYield().getOperand(number), box);
  }
  if (auto select = dyn_cast<arith::SelectOp>(definition))
    return collectChoice(select.getCondition(), select.getTrueValue(), select.getFalseValue(), box);
  auto extract = dyn_cast<tensor::ExtractOp>(definition);
  if (!extract || op->isProperAncestor(extract.getTensor().getParentRegion()->getParentOp()) ||
      op.getBody() == extract.getTensor().getParentBlock())
    return false;
  Piece piece{std::move(box), extract.getTensor(), {}};
  for (Value index : extract.getIndices()) {
    std::optional<Position> position = getPosition(index);
    if (!position)
      return false;
    piece.positions.push_back(*position);
  }
  return addPiece(std::move(piece));
}

bool Pieces::collect() {
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (op.getNumDpsInits() != 1 || !type || !type.hasStaticShape() || type.getRank() == 0 ||
      op.getNumReductionLoops() != 0 || !op.getIndexingMapsArray().back().isIdentity() ||
      llvm::any_of(type.getShape(), [](int64_t size) { return size > maxPosition; }))
    return false;
  // Without an index there is nothing to raise: a generic that copies is left alone.
  bool hasPosition = false;
  op->walk([&](linalg::IndexOp) { hasPosition = true; });
  Box all{SmallVector<int64_t>(type.getRank(), 0), SmallVector<int64_t>(type.getShape())};
  return hasPosition && collect(op.getBody()->getTerminator()->getOperand(0), all) && !pieces.empty();
}

//===----------------------------------------------------------------------===//
// Slices
//===----------------------------------------------------------------------===//

/// The elements of \p piece, as a tensor of the extents of its box.
Value Pieces::emitPiece(const Piece &piece, OpBuilder &builder) {
  Location loc = op.getLoc();
  unsigned numDims = op.getNumLoops();
  SmallVector<int64_t> shape;
  for (unsigned dim = 0; dim < numDims; ++dim)
    shape.push_back(piece.box.getSize(dim));
  auto sourceType = dyn_cast<RankedTensorType>(piece.source.getType());
  Type elementType = getElementTypeOrSelf(piece.source.getType());
  auto createEmpty = [&] { return tensor::EmptyOp::create(builder, loc, shape, elementType).getResult(); };
  if (!sourceType) {
    Value scalar = piece.source;
    if (Operation *constant = scalar.getDefiningOp(); constant && op->isProperAncestor(constant))
      scalar = builder.clone(*constant)->getResult(0);
    return linalg::FillOp::create(builder, loc, scalar, createEmpty()).getResult(0);
  }

  SmallVector<OpFoldResult> offsets, sizes, strides(sourceType.getRank(), builder.getIndexAttr(1));
  SmallVector<int64_t> keptShape;
  SmallVector<AffineExpr> keptDims;
  for (const Position &position : piece.positions) {
    offsets.push_back(builder.getIndexAttr(position.offset + (position.dim ? piece.box.low[*position.dim] : 0)));
    sizes.push_back(builder.getIndexAttr(position.dim ? shape[*position.dim] : 1));
    if (!position.dim)
      continue;
    keptShape.push_back(shape[*position.dim]);
    keptDims.push_back(builder.getAffineDimExpr(*position.dim));
  }
  Value slice = piece.source;
  if (ArrayRef<int64_t>(keptShape) != sourceType.getShape())
    slice = tensor::ExtractSliceOp::create(builder, loc, RankedTensorType::get(keptShape, elementType), slice, offsets,
                                           sizes, strides);
  // Dimensions in another order, or some that the source has not.
  AffineMap map = AffineMap::get(numDims, 0, keptDims, builder.getContext());
  if (map.isIdentity())
    return slice;
  SmallVector<utils::IteratorType> iterators(numDims, utils::IteratorType::parallel);
  Value empty = createEmpty();
  return linalg::GenericOp::create(builder, loc, empty.getType(), slice, empty,
                                   ArrayRef<AffineMap>{map, builder.getMultiDimIdentityMap(numDims)}, iterators,
                                   [](OpBuilder &body, Location place, ValueRange elements) {
                                     linalg::YieldOp::create(body, place, elements[0]);
                                   })
      .getResult(0);
}

Value Pieces::emit(OpBuilder &builder) {
  Location loc = op.getLoc();
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  Value result = tensor::EmptyOp::create(builder, loc, type.getShape(), type.getElementType());
  for (const Piece &piece : pieces) {
    Value elements = emitPiece(piece, builder);
    if (elements.getType() == type) {
      result = elements;
      continue;
    }
    SmallVector<OpFoldResult> strides(type.getRank(), builder.getIndexAttr(1));
    result = tensor::InsertSliceOp::create(
        builder, loc, elements, result, getAsIndexOpFoldResult(builder.getContext(), piece.box.low),
        getAsIndexOpFoldResult(builder.getContext(), cast<RankedTensorType>(elements.getType()).getShape()), strides);
  }
  return result;
}

namespace {
struct RaiseConcatenationsPass final : remat::impl::RaiseConcatenationsPassBase<RaiseConcatenationsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<linalg::GenericOp> generics;
    getOperation()->walk([&](linalg::GenericOp op) {
      if (op.hasPureTensorSemantics() && op->getNumResults() == 1)
        generics.push_back(op);
    });
    for (linalg::GenericOp op : generics) {
      Pieces pieces(op);
      if (!pieces.collect())
        continue;
      OpBuilder builder(op);
      op->getResult(0).replaceAllUsesWith(pieces.emit(builder));
      op.erase();
    }
  }
};
} // namespace
