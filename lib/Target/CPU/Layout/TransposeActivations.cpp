//===- TransposeActivations.cpp - Products with transposed weights -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The transpose of an activation is a temporary of its step: small, counted in
// the workspace, alive for one product. A copy of the weight is none of these.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Linalg/Contraction.h"
#include "remat/Dialect/Remat/IR/StepFunctions.h"
#include "remat/Target/CPU/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace remat {
#define GEN_PASS_DEF_TRANSPOSEACTIVATIONSPASS
#include "remat/Target/CPU/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// Kernels transpose the result in squares of vectors, the widest of which have 16
/// elements: rows and columns of the product are whole squares.
static constexpr int64_t squareSide = 16;

/// Whether \p contraction is rows of activations times the transpose of a matrix that
/// is an argument of the step.
static bool readsTransposedArgument(linalg::GenericOp op, const Contraction &contraction) {
  if (contraction.lhsMap.getNumResults() != 2 || contraction.rhsMap.getNumResults() != 2 ||
      contraction.accMap.getNumResults() != 2 || !contraction.batch.empty() || contraction.rows.size() != 1 ||
      contraction.depth.size() != 1 || !isa<BlockArgument>(contraction.rhs->get()))
    return false;
  auto isDim = [&](AffineExpr expr, unsigned dim) { return expr == getAffineDimExpr(dim, op.getContext()); };
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  auto isWhole = [&](unsigned dim) { return !ShapedType::isDynamic(ranges[dim]) && ranges[dim] % squareSide == 0; };
  unsigned row = contraction.rows.front(), column = contraction.getVectorDim();
  return isDim(contraction.lhsMap.getResult(0), row) && isDim(contraction.rhsMap.getResult(0), column) &&
         isWhole(row) && isWhole(column);
}

static void transposeLhs(RewriterBase &rewriter, linalg::GenericOp op, const Contraction &contraction) {
  rewriter.setInsertionPoint(op);
  Value lhs = contraction.lhs->get();
  auto type = cast<RankedTensorType>(lhs.getType());
  Value empty =
      tensor::EmptyOp::create(rewriter, op.getLoc(), {type.getDimSize(1), type.getDimSize(0)}, type.getElementType());
  Value transposed =
      linalg::TransposeOp::create(rewriter, op.getLoc(), lhs, empty, ArrayRef<int64_t>{1, 0}).getResult()[0];
  unsigned position = contraction.lhs->getOperandNumber();
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  maps[position] =
      AffineMap::get(op.getNumLoops(), 0, {maps[position].getResult(1), maps[position].getResult(0)}, op.getContext());
  rewriter.modifyOpInPlace(op, [&] {
    op->setOperand(position, transposed);
    op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
  });
}

namespace {

struct TransposeActivationsPass final : remat::impl::TransposeActivationsPassBase<TransposeActivationsPass> {
  using Base::Base;

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    for (ChainOp chain : getChains(getOperation()))
      for (StepFunction &step : getStepFunctions(chain))
        step.function.walk([&](linalg::GenericOp op) {
          FailureOr<Contraction> contraction = Contraction::match(op);
          if (succeeded(contraction) && readsTransposedArgument(op, *contraction))
            transposeLhs(rewriter, op, *contraction);
        });
  }
};

} // namespace
