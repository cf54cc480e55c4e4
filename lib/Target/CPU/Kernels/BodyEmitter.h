//===- BodyEmitter.h - Vector code of a linalg body ----------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Computes the body of a linalg.generic for a block of points at once. Values
// that do not change along the vector dimension stay scalars and are broadcast
// where they meet vectors.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_CONVERSION_LINALGTOCPUKERNELS_BODYEMITTER_H
#define REMAT_LIB_CONVERSION_LINALGTOCPUKERNELS_BODYEMITTER_H

#include "../../Kernels/KernelBuilder.h"
#include "remat/Dialect/Linalg/VectorLoop.h"

#include "llvm/ADT/DenseMap.h"

namespace remat {

class BodyEmitter {
public:
  /// Analyses the body of \p op for vectors along loop \p vectorDim.
  BodyEmitter(linalg::GenericOp op, unsigned vectorDim) : op(op), vectorDim(vectorDim), vectorBody(op, vectorDim) {}

  /// Whether the body can be computed for several points at once.
  bool isVectorizable() const { return vectorBody.isVectorizable; }

  /// Starts a block: `point[vectorDim]` is its first point.
  void begin(KernelBuilder &builder, ArrayRef<Value> point, const VectorBlock &block);

  /// Gives block argument number \p number its value: a vector of the block's
  /// lanes, or a scalar if the argument does not vary.
  void bind(unsigned number, Value value);

  /// Loads the value of the operand behind argument \p number, from consecutive
  /// addresses, once, or lane by lane, as its map demands.
  Value loadOperand(unsigned number);

  /// The value (scalar or vector) of \p value, which the body computes; emits the
  /// ops it needs, once each.
  Value get(Value value);
  /// The same as a vector.
  Value getVector(Value value);

private:
  Value loadLanes(Value memref, AffineMap map);
  Value emitMemoryRead(Operation *load);
  Value emit(Operation *operation);

  linalg::GenericOp op;
  unsigned vectorDim;
  VectorBody vectorBody;

  KernelBuilder *builder = nullptr;
  SmallVector<Value> point;
  VectorBlock block;
  llvm::DenseMap<Value, Value> values;
};

} // namespace remat

#endif // REMAT_LIB_CONVERSION_LINALGTOCPUKERNELS_BODYEMITTER_H
