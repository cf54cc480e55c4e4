//===- ElementwiseKernel.cpp - Vector loops of elementwise ops -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All-parallel generics, with any number of results. Loops that run through
// memory without gaps in every operand are merged first, so that rows of 65
// elements do not each end in a tail of one.
//
//===----------------------------------------------------------------------===//

#include "../../Kernels/KernelBuilder.h"
#include "BodyEmitter.h"
#include "remat/Target/CPU/LinalgToCPUKernels.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace remat;

/// Whether the elements of \p type along dimension \p inner, its last one, would have
/// gaps between them once it is merged with the dimension in front: an extent of
/// one passes on the stride of its neighbour.
static bool losesUnitStride(MemRefType type, unsigned inner) {
  if (inner + 1 != type.getRank() || type.getDimSize(inner) != 1)
    return false;
  SmallVector<int64_t> strides;
  int64_t offset;
  return failed(type.getStridesAndOffset(strides, offset)) || strides[inner - 1] != 1;
}

/// Whether loops \p dim and dim + 1 can become one: each operand has neither, or
/// has them next to each other and can be collapsed there. What is written has to
/// stay contiguous.
static bool canMergeWithNext(linalg::GenericOp op, unsigned dim) {
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    if (!map.isProjectedPermutation())
      return false;
    bool hasOuter = map.isFunctionOfDim(dim), hasInner = map.isFunctionOfDim(dim + 1);
    if (!hasOuter && !hasInner)
      continue;
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (!hasOuter || !hasInner || !type)
      return false;
    unsigned outer = *map.getResultPosition(getAffineDimExpr(dim, op.getContext()));
    unsigned inner = *map.getResultPosition(getAffineDimExpr(dim + 1, op.getContext()));
    if (inner != outer + 1 || (op.isDpsInit(&operand) && losesUnitStride(type, inner)))
      return false;
    SmallVector<ReassociationIndices> groups;
    for (int64_t i = 0; i < type.getRank(); ++i) {
      if (i == inner)
        groups.back().push_back(i);
      else
        groups.push_back({i});
    }
    if (!memref::CollapseShapeOp::isGuaranteedCollapsible(type, groups))
      return false;
  }
  return true;
}

/// Merges loops dim and dim + 1 of \p op.
static linalg::GenericOp mergeWithNext(RewriterBase &rewriter, linalg::GenericOp op, unsigned dim) {
  MLIRContext *context = op.getContext();
  // Old loop -> expression of the new one; dim + 1 disappears.
  SmallVector<AffineExpr> renumbered;
  for (unsigned i = 0, e = op.getNumLoops(); i < e; ++i)
    renumbered.push_back(getAffineDimExpr(i <= dim ? i : i - 1, context));
  SmallVector<AffineMap> maps;
  SmallVector<Value> operands;
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    Value value = operand.get();
    SmallVector<AffineExpr> results;
    SmallVector<ReassociationIndices> groups;
    bool merged = map.isFunctionOfDim(dim);
    for (auto [position, expr] : llvm::enumerate(map.getResults())) {
      unsigned loop = cast<AffineDimExpr>(expr).getPosition();
      if (merged && loop == dim + 1) {
        groups.back().push_back(position);
        continue;
      }
      results.push_back(renumbered[loop]);
      groups.push_back({static_cast<int64_t>(position)});
    }
    if (merged)
      value = memref::CollapseShapeOp::create(rewriter, op.getLoc(), value, groups);
    maps.push_back(AffineMap::get(op.getNumLoops() - 1, 0, results, context));
    operands.push_back(value);
  }
  SmallVector<utils::IteratorType> iterators(op.getNumLoops() - 1, utils::IteratorType::parallel);
  auto inputs = ArrayRef(operands).take_front(op.getNumDpsInputs());
  auto outputs = ArrayRef(operands).drop_front(op.getNumDpsInputs());
  auto merged = linalg::GenericOp::create(rewriter, op.getLoc(), TypeRange(), inputs, outputs, maps, iterators);
  rewriter.inlineRegionBefore(op.getRegion(), merged.getRegion(), merged.getRegion().begin());
  rewriter.eraseOp(op);
  return merged;
}

static linalg::GenericOp mergeLoops(RewriterBase &rewriter, linalg::GenericOp op) {
  if (!op.getBody()->getOps<linalg::IndexOp>().empty())
    return op;
  for (unsigned dim = op.getNumLoops(); dim-- > 1;) {
    if (dim < op.getNumLoops() && canMergeWithNext(op, dim - 1)) {
      rewriter.setInsertionPoint(op);
      op = mergeWithNext(rewriter, op, dim - 1);
    }
  }
  return op;
}

/// The loop to vectorize: every result is contiguous along it. Among these, the
/// one along which most inputs are contiguous or constant; later loops win.
static std::optional<unsigned> chooseVectorDim(linalg::GenericOp op) {
  std::optional<unsigned> best;
  int64_t bestScore = -1;
  for (unsigned dim = op.getNumLoops(); dim-- > 0;) {
    if (!llvm::all_of(op.getDpsInitsMutable(), [&](OpOperand &init) {
          return isContiguousAlong(init.get().getType(), op.getMatchingIndexingMap(&init), dim);
        }))
      continue;
    int64_t score = 0;
    for (OpOperand *input : op.getDpsInputOperands()) {
      AffineMap map = op.getMatchingIndexingMap(input);
      score += isInvariantAlong(map, dim) || isContiguousAlong(input->get().getType(), map, dim);
    }
    if (score > bestScore) {
      best = dim;
      bestScore = score;
    }
  }
  return best;
}

/// The widest float of the operands decides how many lanes a vector has.
static Type getWidestElement(linalg::GenericOp op) {
  Type widest;
  for (Value operand : op->getOperands()) {
    Type type = getElementTypeOrSelf(operand.getType());
    if (type.isIntOrFloat() && (!widest || type.getIntOrFloatBitWidth() > widest.getIntOrFloatBitWidth()))
      widest = type;
  }
  return widest;
}

LogicalResult remat::lowerElementwise(RewriterBase &rewriter, linalg::GenericOp &op, const RegisterFile &registers) {
  if (op.getNumParallelLoops() != op.getNumLoops() || op.getNumLoops() == 0)
    return failure();
  std::optional<unsigned> vectorDim = chooseVectorDim(op);
  if (!vectorDim || !BodyEmitter(op, *vectorDim).isVectorizable())
    return failure();
  op = mergeLoops(rewriter, op);
  vectorDim = chooseVectorDim(op);
  if (!vectorDim)
    return failure();
  BodyEmitter body(op, *vectorDim);

  KernelBuilder b(op);
  SmallVector<OpFoldResult> extents = getExtents(b, op);
  SmallVector<Value> point(op.getNumLoops());
  SmallVector<unsigned> outer;
  for (unsigned dim = 0, e = op.getNumLoops(); dim < e; ++dim)
    if (dim != *vectorDim)
      outer.push_back(dim);
  Type widest = getWidestElement(op);
  // A single element of a column is no vector.
  int64_t lanes = widest && !isOneInteger(extents[*vectorDim]) ? registers.getLanes(widest) : 1;
  auto yield = cast<linalg::YieldOp>(op.getBody()->getTerminator());
  b.nest(outer, extents, point, [&] {
    b.vectorLoop(extents[*vectorDim], lanes, registers.hasMasks, [&](VectorBlock block) {
      point[*vectorDim] = block.start;
      body.begin(b, point, block);
      // All reads come before the first write: results may share buffers with
      // inputs that have the same map.
      SmallVector<Value> results;
      for (Value value : yield.getOperands())
        results.push_back(body.getVector(value));
      for (auto [init, value] : llvm::zip_equal(op.getDpsInitsMutable(), results))
        b.storeVector(value, init.get(), b.indices(op.getMatchingIndexingMap(&init), point), block);
    });
  });
  rewriter.eraseOp(op);
  return success();
}
