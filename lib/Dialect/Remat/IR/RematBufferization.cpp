//===- RematBufferization.cpp - Bufferization of sweeps ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sweeps are in destination style, so they bufferize in place: each destination
// becomes the buffer of the result beside it. A forward sweep cannot implement
// DestinationStyleOpInterface, which has no room for the history.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace remat;

/// The operand numbers of the destinations, which are the last operands and
/// stand in the order of the outputs.
static unsigned getFirstDestination(Operation *op, ResultRange outputs) {
  return op->getNumOperands() - outputs.size();
}

static bool isDestination(OpOperand &operand, ResultRange outputs) {
  return operand.getOperandNumber() >= getFirstDestination(operand.getOwner(), outputs);
}

static AliasingValueList getAliases(OpOperand &operand, ResultRange outputs) {
  if (!isDestination(operand, outputs))
    return {};
  unsigned first = getFirstDestination(operand.getOwner(), outputs);
  return {{Value(outputs[operand.getOperandNumber() - first]), BufferRelation::Equivalent}};
}

/// \p buffer as a whole array, which is what step functions take. Views have been
/// copied before (remat-prepare-views), so that what is written is the destination
/// itself; an operand that is only read can still be.
static FailureOr<Value> getWholeArray(RewriterBase &rewriter, Operation *op, Value buffer, bool isWritten,
                                      const BufferizationOptions &options) {
  auto type = dyn_cast<MemRefType>(buffer.getType());
  if (!type)
    return op->emitOpError("expects buffers of known rank, but got ") << buffer.getType();
  auto whole = MemRefType::get(type.getShape(), type.getElementType());
  if (type == whole)
    return buffer;
  if (isWritten && !type.getLayout().isIdentity())
    return op->emitOpError("expects destinations to be whole arrays, but got ") << type;
  return castOrReallocMemRefValue(rewriter, buffer, whole, options);
}

/// Replaces tensor operands by buffers; the outputs become the destinations.
static LogicalResult bufferizeSweep(RewriterBase &rewriter, Operation *op, ResultRange outputs,
                                    const BufferizationOptions &options, const BufferizationState &state,
                                    llvm::function_ref<Operation *(ValueRange)> create) {
  SmallVector<Value> operands;
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<TensorType>(operand.get().getType())) {
      operands.push_back(operand.get());
      continue;
    }
    FailureOr<Value> buffer = getBuffer(rewriter, operand.get(), options, state);
    if (succeeded(buffer))
      buffer = getWholeArray(rewriter, op, *buffer, isDestination(operand, outputs), options);
    if (failed(buffer))
      return failure();
    operands.push_back(*buffer);
  }
  SmallVector<Value> replacements(ArrayRef(operands).take_back(outputs.size()));
  Operation *buffered = create(operands);
  llvm::append_range(replacements, buffered->getResults());
  replaceOpWithBufferizedValues(rewriter, op, replacements);
  return success();
}

//===----------------------------------------------------------------------===//
// forward_sweep
//===----------------------------------------------------------------------===//

bool ForwardSweepOp::bufferizesToMemoryRead(OpOperand &operand, const AnalysisState &) {
  // Every element of a stacked array and of a final carry is written.
  return !isDestination(operand, getOutputs());
}

bool ForwardSweepOp::bufferizesToMemoryWrite(OpOperand &operand, const AnalysisState &) {
  return isDestination(operand, getOutputs());
}

AliasingValueList ForwardSweepOp::getAliasingValues(OpOperand &operand, const AnalysisState &) {
  return getAliases(operand, getOutputs());
}

LogicalResult ForwardSweepOp::bufferize(RewriterBase &rewriter, const BufferizationOptions &options,
                                        BufferizationState &state) {
  return bufferizeSweep(rewriter, *this, getOutputs(), options, state, [&](ValueRange operands) {
    SmallVector<Type> results;
    if (getHistory())
      results.push_back(getHistory().getType());
    auto properties = getProperties();
    properties.resultSegmentSizes = {0, int32_t(results.size())};
    auto sweep = ForwardSweepOp::create(rewriter, getLoc(), results, operands, properties,
                                        llvm::to_vector((*this)->getDiscardableAttrs()));
    return sweep.getOperation();
  });
}

//===----------------------------------------------------------------------===//
// backward_sweep
//===----------------------------------------------------------------------===//

bool BackwardSweepOp::bufferizesToMemoryRead(OpOperand &operand, const AnalysisState &) {
  // Only the gradients of the initial carries are written without being read.
  unsigned first = getFirstDestination(*this, getOutputs());
  unsigned number = operand.getOperandNumber();
  return number < first || number >= first + getInitGradients().size();
}

bool BackwardSweepOp::bufferizesToMemoryWrite(OpOperand &operand, const AnalysisState &) {
  return isDestination(operand, getOutputs());
}

AliasingValueList BackwardSweepOp::getAliasingValues(OpOperand &operand, const AnalysisState &) {
  return getAliases(operand, getOutputs());
}

LogicalResult BackwardSweepOp::bufferize(RewriterBase &rewriter, const BufferizationOptions &options,
                                         BufferizationState &state) {
  return bufferizeSweep(rewriter, *this, getOutputs(), options, state, [&](ValueRange operands) {
    auto sweep = BackwardSweepOp::create(rewriter, getLoc(), TypeRange(), operands, getProperties(),
                                         llvm::to_vector((*this)->getDiscardableAttrs()));
    return sweep.getOperation();
  });
}

//===----------------------------------------------------------------------===//
// Memory effects
//===----------------------------------------------------------------------===//

/// On memrefs: reads of all operands, writes of those from `firstWritten` on.
static void addEffects(Operation *op, unsigned firstWritten,
                       SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    effects.emplace_back(MemoryEffects::Read::get(), &operand, SideEffects::DefaultResource::get());
    if (operand.getOperandNumber() >= firstWritten)
      effects.emplace_back(MemoryEffects::Write::get(), &operand, SideEffects::DefaultResource::get());
  }
}

/// Whether a step may end the run. Then the sweep is no dead code, whoever reads its results.
static bool mayFail(ForwardSweepOp sweep) {
  auto chain = SymbolTable::lookupNearestSymbolFrom<ChainOp>(sweep, sweep.getChainAttr());
  if (!chain)
    return true;
  auto step = SymbolTable::lookupNearestSymbolFrom<FunctionOpInterface>(chain, chain.getAdvanceAttr());
  auto isCheck = [](Operation *op) {
    return isa<cf::AssertOp, CheckIndicesOp, CheckRangeOp>(op) ? WalkResult::interrupt() : WalkResult::advance();
  };
  return !step || step->walk(isCheck).wasInterrupted();
}

void ForwardSweepOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, getNumOperands() - getStacked().size() - getFinals().size(), effects);
  if (mayFail(*this))
    effects.emplace_back(MemoryEffects::Write::get());
}

void BackwardSweepOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, getNumOperands() - getInitGradients().size() - getScanGradients().size() - getAccumulators().size(),
             effects);
}
