//===- LinalgModels.cpp - Derivative rules of linalg ---------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Formula.h"
#include "LinalgAdjoint.h"
#include "remat/Interfaces/Adjoint/Models.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/DialectRegistry.h"

using namespace mlir;
using namespace remat;

namespace {
/// Every structured operation, named or generic.
template <typename OpT>
struct StructuredModel : AdjointOpInterface::ExternalModel<StructuredModel<OpT>, OpT> {
  LogicalResult emitAdjoint(Operation *op, AdjointBuilder &adjoint) const {
    return LinalgAdjoint(cast<linalg::LinalgOp>(op), adjoint).emit();
  }
};

/// y = softmax(x): dx = y (dy - sum y dy), from the result alone.
struct SoftmaxModel : AdjointOpInterface::ExternalModel<SoftmaxModel, linalg::SoftmaxOp> {
  bool hasDerivative(Operation *op, OpResult, Value input) const {
    return input == cast<linalg::SoftmaxOp>(op).getInput();
  }

  LogicalResult emitAdjoint(Operation *op, AdjointBuilder &adjoint) const {
    auto softmax = cast<linalg::SoftmaxOp>(op);
    if (!isa<RankedTensorType>(softmax.getInput().getType()))
      return op->emitOpError("has a derivative rule on tensors only");
    if (!adjoint.isActive(softmax.getInput()))
      return success();
    Formula f(op, adjoint);
    Term y = f.y(), weighted = f.dy().times(y);
    int64_t dimension = softmax.getDimension();
    Location loc = op->getLoc();

    SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(adjoint, loc, y);
    sizes.erase(sizes.begin() + dimension);
    Type element = getElementTypeOrSelf(Value(y).getType());
    Value empty = tensor::EmptyOp::create(adjoint, loc, sizes, element);
    Value zeros = adjoint.createZero(empty, loc);
    Value sum = linalg::ReduceOp::create(adjoint, loc, Value(weighted), zeros, ArrayRef<int64_t>{dimension},
                                         [](OpBuilder &inside, Location loc, ValueRange elements) {
                                           Value sum = arith::AddFOp::create(inside, loc, elements[1], elements[0]);
                                           linalg::YieldOp::create(inside, loc, sum);
                                         })
                    .getResult(0);
    Value wide = tensor::EmptyOp::create(adjoint, loc, tensor::getMixedSizes(adjoint, loc, y), element);
    Value spread = linalg::BroadcastOp::create(adjoint, loc, sum, wide, ArrayRef<int64_t>{dimension})->getResult(0);
    adjoint.addCotangent(softmax.getInput(), weighted - Term(f.getScope(), spread).times(y), loc);
    return success();
  }
};
} // namespace

template <typename... OpTs>
static void attachStructured(MLIRContext *context) {
  (OpTs::template attachInterface<StructuredModel<OpTs>>(*context), ...);
}

void remat::registerLinalgAdjointModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, linalg::LinalgDialect *) {
    // The rules write what an adjoint needs beside linalg.
    context->loadDialect<arith::ArithDialect, RematDialect, scf::SCFDialect, tensor::TensorDialect>();
    attachStructured<
#define GET_OP_LIST
#include "mlir/Dialect/Linalg/IR/LinalgStructuredOps.cpp.inc"
        >(context);
    linalg::SoftmaxOp::attachInterface<SoftmaxModel>(*context);
  });
}
