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

#include "KernelBuilder.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace remat {

class BodyEmitter {
public:
  /// Analyses the body of \p op for vectors along loop \p vectorDim.
  BodyEmitter(linalg::GenericOp op, unsigned vectorDim);

  /// Whether every op of the body that varies along the vector dimension has a
  /// vector form: elementwise ops, reads of memrefs that move in the last index
  /// only; no control flow, no integer division (a masked lane could trap).
  bool isVectorizable() const { return vectorizable; }

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
  void analyze();
  bool isVectorizableLoad(Operation *load) const;
  Value loadLanes(Value memref, AffineMap map);
  Value emitMemoryRead(Operation *load);
  Value emit(Operation *operation);

  linalg::GenericOp op;
  unsigned vectorDim;
  bool vectorizable = true;
  /// Values of the body that differ between the lanes.
  llvm::DenseSet<Value> varying;

  KernelBuilder *builder = nullptr;
  SmallVector<Value> point;
  VectorBlock block;
  llvm::DenseMap<Value, Value> values;
};

} // namespace remat

#endif // REMAT_LIB_CONVERSION_LINALGTOCPUKERNELS_BODYEMITTER_H
