//===- RematVerifiers.cpp - Constraints of the operations --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each check carries the number that the operation's description gives it.
//
//===----------------------------------------------------------------------===//

#include "LoopVerifiers.h"
#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace remat;

/// True for a tensor that can be differentiated.
static bool isFloatTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

//===----------------------------------------------------------------------===//
// recurrence
//===----------------------------------------------------------------------===//

// recurrence_c1, recurrence_c2, recurrence_c6
LogicalResult RecurrenceOp::verify() { return verifyLoopOperands(*this, getCount(), getInits(), getScans()); }

LogicalResult RecurrenceOp::verifyRegions() {
  // recurrence_c3
  if (failed(verifyStepArguments(*this, "region", getStep(), getInits(), getScans())))
    return failure();
  // recurrence_c7
  auto yield = dyn_cast<YieldOp>(getStep().getTerminator());
  if (!yield || !yield.getTape().empty())
    return emitOpError("expects its region to end with 'remat.yield' without a tape");
  // recurrence_c4, recurrence_c5, recurrence_c6
  if (failed(verifyStepYield(*this, yield, getInits())) ||
      failed(verifyLoopResults(*this, getCount(), getInits(), yield.getEmits(), getResults())))
    return failure();
  // recurrence_c8
  WalkResult result = getStep().walk([&](Operation *op) {
    if (isa<cf::AssertOp, CheckIndicesOp, CheckRangeOp>(op) || op->hasTrait<OpTrait::HasRecursiveMemoryEffects>() ||
        isa<CallOpInterface, CustomVjpOp, ValueAndGradientOp>(op) || isMemoryEffectFree(op) ||
        // What the threads of an 'scf.forall' put together is its result.
        isa_and_nonnull<InParallelOpInterface>(op->getParentOp()))
      return WalkResult::advance();
    (op->emitOpError("has side effects, which a step of a recurrence must not have").attachNote(getLoc())
     << "the recurrence");
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

//===----------------------------------------------------------------------===//
// value_and_gradient
//===----------------------------------------------------------------------===//

/// Finds a function with a body, or reports at \p op.
static FailureOr<FunctionOpInterface> lookupFunction(Operation *op, FlatSymbolRefAttr name,
                                                     SymbolTableCollection &symbols) {
  auto function = symbols.lookupNearestSymbolFrom<FunctionOpInterface>(op, name);
  if (!function || function.isExternal())
    return op->emitOpError("expects ") << name << " to be a function with a body";
  return function;
}

/// Checks that \p indices increase, lie in range and name float tensors.
static LogicalResult verifyIndices(Operation *op, ArrayRef<int64_t> indices, TypeRange types, StringRef list,
                                   StringRef what) {
  if (indices.empty())
    return op->emitOpError("expects '") << list << "' to name at least one " << what;
  int64_t previous = -1;
  for (int64_t index : indices) {
    if (index <= previous || index >= int64_t(types.size()))
      return op->emitOpError("expects '")
             << list << "' to be increasing indices below " << types.size() << ", but got " << index;
    if (!isFloatTensor(types[index]))
      return op->emitOpError("expects ") << what << " #" << index << " to be a tensor of a float type, but got "
                                         << types[index];
    previous = index;
  }
  return success();
}

LogicalResult ValueAndGradientOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // value_and_gradient_c1
  FailureOr<FunctionOpInterface> callee = lookupFunction(*this, getCalleeAttr(), symbols);
  if (failed(callee))
    return failure();
  // value_and_gradient_c2
  ArrayRef<Type> argumentTypes = callee->getArgumentTypes(), resultTypes = callee->getResultTypes();
  if (getArgs().getTypes() != TypeRange(argumentTypes))
    return emitOpError("expects operands (")
           << TypeRange(argumentTypes) << ") for " << getCalleeAttr() << ", but got (" << getArgs().getTypes() << ")";
  // value_and_gradient_c3, value_and_gradient_c4
  if (failed(verifyIndices(*this, getWrt(), argumentTypes, "wrt", "argument")) ||
      failed(verifyIndices(*this, getOf(), resultTypes, "of", "result")))
    return failure();
  // value_and_gradient_c2, value_and_gradient_c7
  SmallVector<Type> expected(resultTypes);
  for (int64_t index : getWrt())
    expected.push_back(argumentTypes[index]);
  if (getResultTypes() != TypeRange(expected))
    return emitOpError("expects results (") << TypeRange(expected) << "), but got (" << getResultTypes() << ")";
  SmallVector<Type> differentiated;
  for (int64_t index : getOf())
    differentiated.push_back(resultTypes[index]);
  if (getSeeds().empty()) {
    // value_and_gradient_c5
    for (Type type : differentiated)
      if (auto tensor = cast<RankedTensorType>(type); !tensor.hasStaticShape() || tensor.getNumElements() != 1)
        return emitOpError("expects a seed cotangent because a differentiated "
                           "result has the type ")
               << type;
    return success();
  }
  // value_and_gradient_c6
  if (getSeeds().getTypes() != TypeRange(differentiated))
    return emitOpError("expects seeds (")
           << TypeRange(differentiated) << "), but got (" << getSeeds().getTypes() << ")";
  return success();
}

//===----------------------------------------------------------------------===//
// custom_vjp
//===----------------------------------------------------------------------===//

LogicalResult CustomVjpOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // custom_vjp_c1
  FailureOr<FunctionOpInterface> callee = lookupFunction(*this, getCalleeAttr(), symbols);
  if (failed(callee))
    return failure();
  FailureOr<FunctionOpInterface> rule = lookupFunction(*this, getRuleAttr(), symbols);
  if (failed(rule))
    return failure();
  // custom_vjp_c2
  if (getArgs().getTypes() != TypeRange(callee->getArgumentTypes()) ||
      getResultTypes() != TypeRange(callee->getResultTypes()))
    return emitOpError("expects the types of ") << getCalleeAttr();
  // custom_vjp_c3
  SmallVector<Type> inputs(getArgs().getTypes());
  llvm::append_range(inputs, getResultTypes());
  llvm::append_range(inputs, llvm::make_filter_range(getResultTypes(), isFloatOrFloatTensor));
  if (TypeRange(rule->getArgumentTypes()) != TypeRange(inputs))
    return emitOpError("expects the rule to take (")
           << TypeRange(inputs) << "), but " << getRuleAttr() << " takes (" << rule->getArgumentTypes() << ")";
  // custom_vjp_c4
  SmallVector<Type> cotangents(llvm::make_filter_range(getArgs().getTypes(), isFloatOrFloatTensor));
  if (TypeRange(rule->getResultTypes()) != TypeRange(cotangents))
    return emitOpError("expects the rule to return (")
           << TypeRange(cotangents) << "), but " << getRuleAttr() << " returns (" << rule->getResultTypes() << ")";
  return success();
}
