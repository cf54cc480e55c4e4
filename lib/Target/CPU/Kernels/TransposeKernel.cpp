//===- TransposeKernel.cpp - Transposes through registers ---- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A copy whose input and output are contiguous along different loops reads or
// writes one element per cache line, whichever loop is inside. Squares of full
// vectors, transposed in registers, do neither. What no square covers is copied
// element by element.
//
//===----------------------------------------------------------------------===//

#include "../../Kernels/KernelBuilder.h"
#include "remat/Target/CPU/LinalgToCPUKernels.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace remat;

/// The loop that \p operand, which every loop moves, is contiguous along.
static std::optional<unsigned> getContiguousDim(linalg::GenericOp op, OpOperand &operand) {
  AffineMap map = op.getMatchingIndexingMap(&operand);
  if (!isa<MemRefType>(operand.get().getType()) || !map.isPermutation())
    return std::nullopt;
  for (unsigned dim = 0, e = op.getNumLoops(); dim < e; ++dim)
    if (isContiguousAlong(operand.get().getType(), map, dim))
      return dim;
  return std::nullopt;
}

LogicalResult remat::lowerTranspose(RewriterBase &rewriter, linalg::GenericOp op, const RegisterFile &registers) {
  if (op.getNumParallelLoops() != op.getNumLoops() || op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 ||
      op.getBody()->getTerminator()->getOperand(0) != op.getBody()->getArgument(0))
    return failure();
  OpOperand &input = *op.getDpsInputOperand(0), &output = *op.getDpsInitOperand(0);
  std::optional<unsigned> rowDim = getContiguousDim(op, input), columnDim = getContiguousDim(op, output);
  Type elementType = getElementTypeOrSelf(input.get().getType());
  int64_t lanes = elementType.isIntOrFloat() ? registers.getLanes(elementType) : 1;
  // The squares are made of vectors of a power of two elements.
  if (!rowDim || !columnDim || *rowDim == *columnDim || lanes == 1 || !llvm::isPowerOf2_64(lanes))
    return failure();

  KernelBuilder b(op);
  SmallVector<OpFoldResult> extents = getExtents(b, op);
  SmallVector<Value> point(op.getNumLoops());
  SmallVector<unsigned> outer;
  for (unsigned dim = 0, e = op.getNumLoops(); dim < e; ++dim)
    if (dim != *rowDim && dim != *columnDim)
      outer.push_back(dim);
  auto locate = [&](OpOperand &operand, Value row, Value column) {
    point[*rowDim] = row;
    point[*columnDim] = column;
    return b.indices(op.getMatchingIndexingMap(&operand), point);
  };
  OpFoldResult rows = extents[*rowDim], columns = extents[*columnDim];
  OpFoldResult fullRows = b.floorTo(rows, lanes), fullColumns = b.floorTo(columns, lanes);
  auto copyElements = [&](OpFoldResult firstRow, OpFoldResult firstColumn, OpFoldResult endColumn) {
    b.loop(firstColumn, endColumn, 1, [&](Value column) {
      b.loop(firstRow, rows, 1, [&](Value row) {
        Value value = b.loadScalar(input.get(), locate(input, row, column));
        memref::StoreOp::create(b, value, output.get(), locate(output, row, column));
      });
    });
  };
  const VectorBlock block{Value(), lanes, Value()};
  b.nest(outer, extents, point, [&] {
    b.loop(b.getIndexAttr(0), fullColumns, lanes, [&](Value column) {
      b.loop(b.getIndexAttr(0), fullRows, lanes, [&](Value row) {
        SmallVector<Value> square;
        for (int64_t i = 0; i < lanes; ++i)
          square.push_back(b.loadVector(input.get(), locate(input, row, b.add(column, i)), block));
        for (auto [i, vector] : llvm::enumerate(b.transpose(square)))
          b.storeVector(vector, output.get(), locate(output, b.add(row, i), column), block);
      });
    });
    copyElements(fullRows, b.getIndexAttr(0), fullColumns);
    copyElements(b.getIndexAttr(0), fullColumns, columns);
  });
  rewriter.eraseOp(op);
  return success();
}
