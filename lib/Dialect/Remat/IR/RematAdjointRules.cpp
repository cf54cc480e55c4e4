//===- RematAdjointRules.cpp - Derivatives of source ops ------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/FunctionBody.h"
#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace remat;

FailureOr<FunctionOpInterface> remat::getStraightLineFunction(Operation *at, FlatSymbolRefAttr name) {
  auto function = SymbolTable::lookupNearestSymbolFrom<FunctionOpInterface>(at, name);
  if (!function || function.isExternal())
    return at->emitOpError("expects ") << name << " to be a function with a body";
  if (!function.getFunctionBody().hasOneBlock())
    return (at->emitOpError("expects ") << name << " to have a body of one block, but got "
                                        << function.getFunctionBody().getBlocks().size()
                                        << ": write 'scf.if' for a branch and 'remat.recurrence' for a loop")
               .attachNote(function->getLoc())
           << "the function";
  return function;
}

SmallVector<Value> remat::copyFunctionBody(FunctionOpInterface function, ValueRange arguments, OpBuilder &builder) {
  Block &body = function.getFunctionBody().front();
  IRMapping mapping;
  mapping.map(body.getArguments(), arguments);
  for (Operation &op : body.without_terminator())
    builder.clone(op, mapping);
  return llvm::map_to_vector(body.getTerminator()->getOperands(),
                             [&](Value result) { return mapping.lookupOrDefault(result); });
}

LogicalResult CustomVjpOp::emitAdjoint(AdjointBuilder &adjoint) {
  FailureOr<FunctionOpInterface> rule = getStraightLineFunction(*this, getRuleAttr());
  if (failed(rule))
    return failure();
  auto isDifferentiable = [](Value value) { return isFloatOrFloatTensor(value.getType()); };
  SmallVector<Value> inputs(getArgs());
  llvm::append_range(inputs, getResults());
  for (Value result : llvm::make_filter_range(getResults(), isDifferentiable))
    inputs.push_back(adjoint.convert(adjoint.getCotangentOrZero(result, getLoc()), result.getType(), getLoc()));
  SmallVector<Value> cotangents = copyFunctionBody(*rule, inputs, adjoint);
  for (auto [argument, cotangent] : llvm::zip_equal(llvm::make_filter_range(getArgs(), isDifferentiable), cotangents))
    adjoint.addCotangent(argument, cotangent, getLoc());
  return success();
}

bool StopGradientOp::hasDerivative(OpResult result, Value input) { return false; }

LogicalResult StopGradientOp::emitAdjoint(AdjointBuilder &adjoint) { return success(); }

/// A loop that was differentiated, met by a second differentiation. Its forward half
/// is met where a value is read, its backward half where the gradient is.
static LogicalResult refuseSecondOrder(Operation *op) {
  return emitError(op->getLoc())
         << "this recurrence was differentiated already, and a gradient of its gradient is not supported; write the "
            "derivative into the step, as a carry beside the value, and take one gradient of that recurrence";
}

LogicalResult BpttOp::emitAdjoint(AdjointBuilder &adjoint) { return refuseSecondOrder(*this); }

LogicalResult UnwindOp::emitAdjoint(AdjointBuilder &adjoint) { return refuseSecondOrder(*this); }
