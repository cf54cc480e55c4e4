//===- BodyEmitter.cpp - Vector code of a linalg body --------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The vector form of an op is the same op on vectors, so lane i computes exactly
// what the scalar op would.
//
//===----------------------------------------------------------------------===//

#include "BodyEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace remat;

void BodyEmitter::begin(KernelBuilder &newBuilder, ArrayRef<Value> newPoint, const VectorBlock &newBlock) {
  builder = &newBuilder;
  point = llvm::to_vector(newPoint);
  block = newBlock;
  values.clear();
}

void BodyEmitter::bind(unsigned number, Value value) { values[op.getBody()->getArgument(number)] = value; }

Value BodyEmitter::loadOperand(unsigned number) {
  OpOperand &operand = op->getOpOperand(number);
  AffineMap map = op.getMatchingIndexingMap(&operand);
  Value memref = operand.get();
  if (isInvariantAlong(map, vectorDim))
    return builder->loadScalar(memref, builder->indices(map, point));
  if (isContiguousAlong(memref.getType(), map, vectorDim))
    return builder->loadVector(memref, builder->indices(map, point), block);
  return loadLanes(memref, map);
}

/// One scalar load per lane. Masked lanes read the last valid element again.
Value BodyEmitter::loadLanes(Value memref, AffineMap map) {
  KernelBuilder &b = *builder;
  SmallVector<Value> at(point), lanes;
  Value last;
  if (block.mask) {
    Value count = vector::ReductionOp::create(
        b, vector::CombiningKind::ADD,
        arith::ExtUIOp::create(b, VectorType::get({block.lanes}, b.getI32Type()), block.mask));
    last = b.add(b.add(point[vectorDim], arith::IndexCastOp::create(b, b.getIndexType(), count)), -1);
  }
  for (int64_t lane = 0; lane < block.lanes; ++lane) {
    at[vectorDim] = b.add(point[vectorDim], lane);
    if (last)
      at[vectorDim] = b.min(at[vectorDim], last);
    lanes.push_back(b.loadScalar(memref, b.indices(map, at)));
  }
  return vector::FromElementsOp::create(b, VectorType::get({block.lanes}, lanes.front().getType()), lanes);
}

Value BodyEmitter::getVector(Value value) {
  Value result = get(value);
  return isa<VectorType>(result.getType()) ? result : builder->splat(result, block.lanes);
}

Value BodyEmitter::get(Value value) {
  if (value.getParentBlock() != op.getBody())
    return value;
  if (Value known = values.lookup(value))
    return known;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    Value loaded = loadOperand(argument.getArgNumber());
    values[value] = loaded;
    return loaded;
  }
  Operation *definition = value.getDefiningOp();
  Value first = emit(definition);
  values[definition->getResult(0)] = first;
  // The op may have several results; emit() has entered the others.
  return values.lookup(value);
}

Value BodyEmitter::emitMemoryRead(Operation *operation) {
  KernelBuilder &b = *builder;
  auto load = cast<memref::LoadOp>(operation);
  SmallVector<Value> indices;
  for (Value index : load.getIndices())
    indices.push_back(get(index));
  auto lastIndex = load.getIndices().back().getDefiningOp<linalg::IndexOp>();
  if (lastIndex && lastIndex.getDim() == vectorDim) {
    indices.back() = point[vectorDim];
    return b.loadVector(load.getMemref(), indices, block);
  }
  Value offsets = indices.back();
  indices.back() = b.index(0);
  auto type = VectorType::get({block.lanes}, load.getType());
  Value zero = arith::ConstantOp::create(b, b.getZeroAttr(type));
  Value mask = block.mask ? block.mask : b.mask(b.getIndexAttr(block.lanes), block.lanes);
  return vector::GatherOp::create(b, type, load.getMemref(), indices, offsets, mask, zero);
}

Value BodyEmitter::emit(Operation *operation) {
  KernelBuilder &b = *builder;
  Value first = operation->getResult(0);
  bool varies = vectorBody.varying.contains(first);
  if (auto index = dyn_cast<linalg::IndexOp>(operation)) {
    Value base = point[index.getDim()];
    if (!varies)
      return base;
    auto type = VectorType::get({block.lanes}, b.getIndexType());
    return arith::AddIOp::create(b, b.splat(base, block.lanes), vector::StepOp::create(b, type));
  }
  if (varies && isa<memref::LoadOp>(operation))
    return emitMemoryRead(operation);

  OperationState state(b.getLoc(), operation->getName());
  state.addAttributes(operation->getDiscardableAttrDictionary().getValue());
  state.propertiesAttr = operation->getPropertiesAsAttribute();
  for (Value operand : operation->getOperands())
    state.addOperands(varies ? getVector(operand) : get(operand));
  for (Type type : operation->getResultTypes())
    state.addTypes(varies ? Type(VectorType::get({block.lanes}, type)) : type);
  Operation *clone = b.create(state);
  for (auto [from, to] : llvm::zip_equal(operation->getResults(), clone->getResults()))
    values[from] = to;
  return clone->getResult(0);
}
