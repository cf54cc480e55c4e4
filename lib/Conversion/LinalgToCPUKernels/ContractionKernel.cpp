//===- ContractionKernel.cpp - Register-tiled contractions ---- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The kernel keeps a tile of the result in registers and goes once through the
// depth; elements of the left operand are broadcast, rows of the right operand
// are vectors. The loops around it, from the outside:
//
//   batch, outer columns
//     column blocks             as wide as the register tile
//       outer depth             the tile is stored and loaded again: exact
//         depth chunks          so that a chunk of the right operand stays in L1
//           [copy the chunk]    into a panel, where its rows are far apart
//           outer rows, row blocks
//             depth, unrolled   the register tile
//
// The next chunk of a packed right operand is prefetched while the row blocks use
// the present one, a few lines per iteration: without this a weight matrix that
// does not fit in L2 costs up to a factor of two.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"
#include "remat/Analysis/Contraction.h"
#include "remat/Conversion/LinalgToCPUKernels/LinalgToCPUKernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace remat;

namespace {

/// Steps of the depth that the loop of a full tile is unrolled by, and the largest
/// depth without a loop: a short loop would be mispredicted at every exit.
constexpr int64_t kUnroll = 8;
constexpr int64_t kShortDepth = 16;
/// The same for tiles at the edges, which run rarely.
constexpr int64_t kEdgeUnroll = 4;
constexpr int64_t kCacheLineBytes = 64;
/// What a chunk of the right operand may take of the L1 data cache.
constexpr int64_t kChunkBytes = 16 * 1024;
/// A result larger than this does not stay in L1: its rows are prefetched.
constexpr int64_t kResidentBytes = 32 * 1024;

class ContractionEmitter {
public:
  ContractionEmitter(KernelBuilder &builder, linalg::GenericOp op, const Contraction &contraction,
                     const KernelTarget &target);
  void emit();

private:
  /// The columns of a register tile, from the first column on.
  struct Column {
    int64_t offset;
    int64_t lanes;
    Value mask;
  };
  /// The part of the depth that one pass over the rows covers.
  struct Chunk {
    Value from;
    OpFoldResult size;
  };

  void chooseStrategy();
  void emitColumnBlocks();
  void emitColumns(Value firstColumn, ArrayRef<Column> columns);
  void emitChunk(Chunk chunk, ArrayRef<Column> columns);
  void copyChunk(Chunk chunk, ArrayRef<Column> columns);
  void copyTransposed(Chunk chunk, ArrayRef<Column> columns);
  void emitRowBlocks(Chunk chunk, ArrayRef<Column> columns);
  void emitTile(Chunk chunk, int64_t rows, ArrayRef<Column> columns);
  SmallVector<Value> emitStep(Value depth, int64_t rows, ArrayRef<Column> columns, ValueRange accumulators);
  void prefetchNextChunk(Chunk chunk, Value depth, ArrayRef<Column> columns);
  void prefetchNextRows(int64_t rows, ArrayRef<Column> columns);

  Value loadRhs(Value depth, const Column &column);
  int64_t getStaticSize(unsigned dim) { return getConstantIntValue(extents[dim]).value_or(-1); }
  int64_t getStaticStride(OpOperand *operand, AffineMap map, unsigned dim);

  KernelBuilder &b;
  linalg::GenericOp op;
  const Contraction &c;
  const KernelTarget &target;
  SmallVector<OpFoldResult> extents;
  /// The values of the loops that are open; the tile adds its own offsets.
  SmallVector<Value> point;

  Type elementType;
  unsigned columnDim, depthDim;
  std::optional<unsigned> rowDim;
  int64_t totalRows = 1; ///< -1: unknown
  int64_t lanes = 1;
  KernelTarget::Tile tile;
  int64_t chunkSize = 0; ///< 0: the whole depth
  int64_t unroll = kUnroll;
  /// The right operand is [..][depth][tile columns], without gaps.
  bool isPanel = false;
  bool prefetchRows = false;
  /// The copy of a chunk, [depth][columns], or null.
  Value panel;
  Value panelStart;
};

} // namespace

ContractionEmitter::ContractionEmitter(KernelBuilder &builder, linalg::GenericOp op, const Contraction &contraction,
                                       const KernelTarget &target)
    : b(builder), op(op), c(contraction), target(target), extents(getExtents(builder, op)), point(op.getNumLoops()),
      elementType(getElementTypeOrSelf(c.acc->get().getType())), columnDim(c.getVectorDim()), depthDim(c.depth.back()) {
  // The longest row loop is tiled.
  for (unsigned dim : c.rows) {
    if (!rowDim || getStaticSize(*rowDim) < getStaticSize(dim))
      rowDim = dim;
    int64_t size = getStaticSize(dim);
    totalRows = size < 0 || totalRows < 0 ? -1 : totalRows * size;
  }
  chooseStrategy();
}

int64_t ContractionEmitter::getStaticStride(OpOperand *operand, AffineMap map, unsigned dim) {
  SmallVector<int64_t> strides;
  int64_t offset;
  auto type = cast<MemRefType>(operand->get().getType());
  if (failed(type.getStridesAndOffset(strides, offset)))
    return ShapedType::kDynamic;
  for (auto [position, expr] : llvm::enumerate(map.getResults()))
    if (expr.isFunctionOfDim(dim))
      return strides[position];
  return 0;
}

void ContractionEmitter::chooseStrategy() {
  bool accContiguous = isContiguousAlong(c.acc->get().getType(), c.accMap, columnDim);
  bool rhsContiguous = isContiguousAlong(c.rhs->get().getType(), c.rhsMap, columnDim);
  int64_t rowsOfTile = rowDim ? getStaticSize(*rowDim) : 1;
  tile = target.getTile(rowsOfTile);

  auto rhsType = cast<MemRefType>(c.rhs->get().getType());
  int64_t rhsBytes = std::max<int64_t>(1, rhsType.getElementTypeBitWidth() / 8);
  int64_t depthStride = getStaticStride(c.rhs, c.rhsMap, depthDim);
  int64_t depth = getStaticSize(depthDim), columns = getStaticSize(columnDim);
  bool manyRows = totalRows < 0 || totalRows >= 2 * tile.rows;

  bool copy = false;
  if (accContiguous && rhsContiguous) {
    lanes = target.getLanes(elementType);
    isPanel = columns == depthStride && columns <= kPanelColumns;
    // Rows of a wide matrix share few sets of the cache: copy them if the copy is
    // used often enough and the rows do not all fit anyway.
    copy = manyRows && !isPanel && (depth < 0 || depthStride < 0 || depth * depthStride * rhsBytes > kChunkBytes);
  } else if (accContiguous && (totalRows < 0 || totalRows >= tile.rows ||
                               isContiguousAlong(c.rhs->get().getType(), c.rhsMap, depthDim))) {
    // A transposed right operand: worth it even for one row if it is read in vectors.
    lanes = target.getLanes(elementType);
    copy = true;
  }
  if (lanes == 1)
    tile.vectors = std::max<int64_t>(tile.vectors, 8 / tile.rows);

  int64_t width = lanes * tile.vectors;
  int64_t elementBytes = elementType.getIntOrFloatBitWidth() / 8;
  bool reuse = manyRows || copy;
  int64_t largest = kChunkBytes / (width * elementBytes);
  if (totalRows > 32 || totalRows < 0)
    largest *= copy ? 1 : 2;
  if (reuse && (depth < 0 || depth > largest + largest / 2)) {
    // Chunks of nearly equal size, but for dynamic depths.
    int64_t count = depth < 0 ? 0 : (depth + largest - 1) / largest;
    chunkSize = count ? llvm::alignTo((depth + count - 1) / count, kUnroll) : largest;
  }
  if (copy) {
    int64_t panelDepth = chunkSize ? chunkSize : depth;
    OpBuilder::InsertionGuard guard(b);
    auto function = op->getParentOfType<FunctionOpInterface>();
    b.setInsertionPointToStart(&function.getFunctionBody().front());
    auto type = MemRefType::get({panelDepth, width}, elementType);
    panel = memref::AllocaOp::create(b, type, b.getI64IntegerAttr(kCacheLineBytes));
  }

  auto accType = cast<MemRefType>(c.acc->get().getType());
  int64_t passDepth = chunkSize ? chunkSize : depth;
  if (passDepth > 0 && passDepth <= kShortDepth)
    unroll = passDepth;
  prefetchRows = accContiguous && rowDim && passDepth > 0 && passDepth <= 64 &&
                 (!accType.hasStaticShape() || accType.getNumElements() * elementBytes > kResidentBytes);
}

//===----------------------------------------------------------------------===//
// Loops around the tile
//===----------------------------------------------------------------------===//

void ContractionEmitter::emit() {
  b.nest(c.batch, extents, point,
         [&] { b.nest(ArrayRef(c.columns).drop_back(), extents, point, [&] { emitColumnBlocks(); }); });
}

void ContractionEmitter::emitColumnBlocks() {
  OpFoldResult extent = extents[columnDim];
  int64_t width = lanes * tile.vectors;
  SmallVector<Column> full;
  for (int64_t i = 0; i < tile.vectors; ++i)
    full.push_back({i * lanes, lanes, Value()});
  OpFoldResult fullEnd = b.floorTo(extent, width);
  b.loop(b.getIndexAttr(0), fullEnd, width, [&](Value column) { emitColumns(column, full); });

  int64_t size = getStaticSize(columnDim);
  if (size >= 0) {
    // The rest as one block: full vectors and one narrower vector.
    SmallVector<Column> rest;
    for (int64_t offset = 0, left = size % width; offset < left; offset += lanes) {
      int64_t count = std::min(lanes, left - offset);
      bool masked = count < lanes && target.hasMasks;
      rest.push_back({offset, masked ? lanes : count, masked ? b.mask(b.getIndexAttr(count), lanes) : Value()});
    }
    if (!rest.empty())
      emitColumns(b.index(fullEnd), rest);
    return;
  }
  int64_t step = target.hasMasks ? lanes : 1;
  b.loop(fullEnd, extent, step, [&](Value column) {
    Value mask = step == 1 ? Value() : b.mask(b.sub(b.index(extent), column), lanes);
    emitColumns(column, {Column{0, step, mask}});
  });
}

void ContractionEmitter::emitColumns(Value firstColumn, ArrayRef<Column> columns) {
  point[columnDim] = firstColumn;
  b.nest(ArrayRef(c.depth).drop_back(), extents, point, [&] {
    OpFoldResult depth = extents[depthDim];
    if (chunkSize == 0)
      return emitChunk({b.index(0), depth}, columns);
    b.loop(b.getIndexAttr(0), depth, chunkSize, [&](Value from) {
      OpFoldResult size = b.getIndexAttr(chunkSize);
      int64_t total = getStaticSize(depthDim);
      if (total < 0 || total % chunkSize != 0)
        size = b.min(b.sub(b.index(depth), from), b.index(chunkSize));
      emitChunk({from, size}, columns);
    });
  });
}

void ContractionEmitter::emitChunk(Chunk chunk, ArrayRef<Column> columns) {
  if (panel)
    copyChunk(chunk, columns);
  SmallVector<unsigned> outerRows;
  for (unsigned dim : c.rows)
    if (dim != rowDim)
      outerRows.push_back(dim);
  b.nest(outerRows, extents, point, [&] { emitRowBlocks(chunk, columns); });
}

void ContractionEmitter::copyChunk(Chunk chunk, ArrayRef<Column> columns) {
  panelStart = chunk.from;
  if (!isContiguousAlong(c.rhs->get().getType(), c.rhsMap, columnDim))
    return copyTransposed(chunk, columns);
  SmallVector<Value> from(point);
  b.loop(b.getIndexAttr(0), chunk.size, 1, [&](Value row) {
    from[depthDim] = b.add(chunk.from, row);
    for (const Column &column : columns) {
      VectorBlock block{Value(), column.lanes, column.mask};
      from[columnDim] = b.add(point[columnDim], column.offset);
      Value value = b.loadVector(c.rhs->get(), b.indices(c.rhsMap, from), block);
      b.storeVector(b.extend(value, elementType), panel, {row, b.index(column.offset)}, block);
    }
  });
}

/// Fills the panel from a right operand whose columns are contiguous: squares of
/// full vectors through registers, the rest element by element.
void ContractionEmitter::copyTransposed(Chunk chunk, ArrayRef<Column> columns) {
  SmallVector<Value> from(point);
  auto locate = [&](Value row, Value column) {
    from[depthDim] = b.add(chunk.from, row);
    from[columnDim] = b.add(point[columnDim], column);
    return b.indices(c.rhsMap, from);
  };
  auto copyElements = [&](OpFoldResult firstRow, OpFoldResult firstColumn, OpFoldResult endColumn) {
    b.loop(firstColumn, endColumn, 1, [&](Value column) {
      b.loop(firstRow, chunk.size, 1, [&](Value row) {
        Value value = b.loadScalar(c.rhs->get(), locate(row, column));
        memref::StoreOp::create(b, b.extend(value, elementType), panel, ValueRange{row, column});
      });
    });
  };
  const Column &last = columns.back();
  OpFoldResult count = b.getIndexAttr(last.offset + last.lanes);
  if (last.mask)
    count = b.min(b.sub(b.index(extents[columnDim]), point[columnDim]), b.index(last.offset + last.lanes));
  if (!isContiguousAlong(c.rhs->get().getType(), c.rhsMap, depthDim))
    return copyElements(b.getIndexAttr(0), b.getIndexAttr(0), count);

  OpFoldResult fullRows = b.floorTo(chunk.size, lanes), fullColumns = b.floorTo(count, lanes);
  b.loop(b.getIndexAttr(0), fullColumns, lanes, [&](Value column) {
    b.loop(b.getIndexAttr(0), fullRows, lanes, [&](Value row) {
      SmallVector<Value> square;
      for (int64_t i = 0; i < lanes; ++i) {
        Value vector = b.loadVector(c.rhs->get(), locate(row, b.add(column, i)), {Value(), lanes, Value()});
        square.push_back(b.extend(vector, elementType));
      }
      for (auto [i, vector] : llvm::enumerate(b.transpose(square)))
        b.storeVector(vector, panel, {b.add(row, i), column}, {Value(), lanes, Value()});
    });
  });
  copyElements(fullRows, b.getIndexAttr(0), fullColumns);
  copyElements(b.getIndexAttr(0), fullColumns, count);
}

void ContractionEmitter::emitRowBlocks(Chunk chunk, ArrayRef<Column> columns) {
  if (!rowDim)
    return emitTile(chunk, 1, columns);
  int64_t size = getStaticSize(*rowDim);
  auto block = [&](Value row, int64_t rows) {
    point[*rowDim] = row;
    emitTile(chunk, rows, columns);
  };
  if (size < 0) {
    OpFoldResult full = b.floorTo(extents[*rowDim], tile.rows);
    b.loop(b.getIndexAttr(0), full, tile.rows, [&](Value row) { block(row, tile.rows); });
    b.loop(full, extents[*rowDim], 1, [&](Value row) { block(row, 1); });
    return;
  }
  // A last tile takes up to maxRows rows, so that few tiles are small.
  int64_t rest = size % tile.rows, full = size - rest;
  if (size <= tile.maxRows) {
    rest = size;
    full = 0;
  } else if (rest > 0 && tile.rows + rest <= tile.maxRows) {
    rest += tile.rows;
    full -= tile.rows;
  }
  b.loop(b.getIndexAttr(0), b.getIndexAttr(full), tile.rows, [&](Value row) { block(row, tile.rows); });
  if (rest > 0)
    block(b.index(full), rest);
}

//===----------------------------------------------------------------------===//
// The register tile
//===----------------------------------------------------------------------===//

void ContractionEmitter::emitTile(Chunk chunk, int64_t rows, ArrayRef<Column> columns) {
  SmallVector<SmallVector<Value>> accIndices;
  SmallVector<Value> accumulators;
  SmallVector<Value> at(point);
  for (int64_t row = 0; row < rows; ++row) {
    if (rowDim)
      at[*rowDim] = b.add(point[*rowDim], row);
    for (const Column &column : columns) {
      at[columnDim] = b.add(point[columnDim], column.offset);
      accIndices.push_back(b.indices(c.accMap, at));
      accumulators.push_back(b.loadVector(c.acc->get(), accIndices.back(), {Value(), column.lanes, column.mask}));
    }
  }
  bool fullTile = rows == tile.rows && (int64_t)columns.size() == tile.vectors;
  if (prefetchRows && fullTile)
    prefetchNextRows(rows, columns);

  Value from = chunk.from;
  std::optional<int64_t> start = getConstantIntValue(from);
  std::optional<int64_t> size = getConstantIntValue(chunk.size);
  int64_t step = fullTile ? unroll : kEdgeUnroll;
  OpFoldResult unrolled = b.floorTo(chunk.size, step), end = chunk.size;
  auto shift = [&](OpFoldResult offset) -> OpFoldResult {
    if (std::optional<int64_t> constant = getConstantIntValue(offset); constant && start)
      return b.getIndexAttr(*constant + *start);
    return b.add(b.index(offset), from);
  };
  accumulators =
      b.loop(shift(b.getIndexAttr(0)), shift(unrolled), step, accumulators, [&](Value depth, ValueRange carried) {
        if (isPanel && fullTile && !panel && chunkSize && size)
          prefetchNextChunk(chunk, depth, columns);
        SmallVector<Value> values(carried);
        for (int64_t i = 0; i < step; ++i)
          values = emitStep(b.add(depth, i), rows, columns, values);
        return values;
      });
  if (!size || *size % step != 0)
    accumulators = b.loop(shift(unrolled), shift(end), 1, accumulators,
                          [&](Value depth, ValueRange carried) { return emitStep(depth, rows, columns, carried); });

  for (int64_t row = 0, i = 0; row < rows; ++row)
    for (const Column &column : columns) {
      b.storeVector(accumulators[i], c.acc->get(), accIndices[i], {Value(), column.lanes, column.mask});
      ++i;
    }
}

Value ContractionEmitter::loadRhs(Value depth, const Column &column) {
  if (panel)
    return b.loadVector(panel, {b.sub(depth, panelStart), b.index(column.offset)},
                        {Value(), column.lanes, column.mask});
  SmallVector<Value> at(point);
  at[depthDim] = depth;
  at[columnDim] = b.add(point[columnDim], column.offset);
  Value value = b.loadVector(c.rhs->get(), b.indices(c.rhsMap, at), {Value(), column.lanes, column.mask});
  return b.extend(value, elementType);
}

SmallVector<Value> ContractionEmitter::emitStep(Value depth, int64_t rows, ArrayRef<Column> columns,
                                                ValueRange accumulators) {
  SmallVector<Value> rhs, result;
  for (const Column &column : columns)
    rhs.push_back(loadRhs(depth, column));
  SmallVector<Value> at(point);
  at[depthDim] = depth;
  for (int64_t row = 0; row < rows; ++row) {
    if (rowDim)
      at[*rowDim] = b.add(point[*rowDim], row);
    Value scalar = b.extend(b.loadScalar(c.lhs->get(), b.indices(c.lhsMap, at)), elementType);
    for (auto [column, value] : llvm::zip_equal(columns, rhs)) {
      Value acc = accumulators[result.size()];
      result.push_back(vector::FMAOp::create(b, b.splat(scalar, column.lanes), value, acc));
    }
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Prefetch
//===----------------------------------------------------------------------===//

void ContractionEmitter::prefetchNextChunk(Chunk chunk, Value depth, ArrayRef<Column> columns) {
  // All tiles of this chunk together have as many iterations as the next chunk has
  // lines, or a multiple: tile i prefetches the i-th part. Chunks follow each other
  // in memory, so the flat offset may exceed the innermost dimension; past the last
  // chunk the prefetch is harmless.
  auto rhsType = cast<MemRefType>(c.rhs->get().getType());
  int64_t lineElements = kCacheLineBytes * 8 / rhsType.getElementTypeBitWidth();
  int64_t rowElements = getStaticSize(columnDim);
  int64_t linesPerRow = std::max<int64_t>(1, rowElements / lineElements);
  int64_t rows = getStaticSize(*rowDim);
  int64_t tiles = std::max<int64_t>(1, rows < 0 ? 8 : rows / tile.rows);
  int64_t lines = std::max<int64_t>(1, unroll * linesPerRow / tiles);
  Value iteration = arith::DivUIOp::create(b, b.sub(depth, chunk.from), b.index(unroll));
  Value tileNumber = b.createOrFold<arith::DivUIOp>(point[*rowDim], b.index(tile.rows));
  Value line = b.add(b.mul(tileNumber, chunkSize / unroll), iteration);
  SmallVector<Value> at(point);
  at[depthDim] = b.add(chunk.from, chunkSize);
  for (int64_t i = 0; i < lines; ++i) {
    at[columnDim] = b.add(b.mul(line, lines * lineElements), i * lineElements);
    memref::PrefetchOp::create(b, c.rhs->get(), b.indices(c.rhsMap, at), /*isWrite=*/false,
                               /*localityHint=*/3, /*isDataCache=*/true);
  }
}

void ContractionEmitter::prefetchNextRows(int64_t rows, ArrayRef<Column> columns) {
  SmallVector<Value> at(point);
  for (int64_t row = 0; row < rows; ++row) {
    at[*rowDim] = b.add(point[*rowDim], rows + row);
    for (const Column &column : columns) {
      at[columnDim] = b.add(point[columnDim], column.offset);
      memref::PrefetchOp::create(b, c.acc->get(), b.indices(c.accMap, at), /*isWrite=*/true,
                                 /*localityHint=*/3, /*isDataCache=*/true);
    }
  }
}

LogicalResult remat::lowerContraction(RewriterBase &rewriter, linalg::GenericOp op, const KernelTarget &target) {
  FailureOr<Contraction> contraction = Contraction::match(op);
  if (failed(contraction))
    return failure();
  KernelBuilder builder(op);
  ContractionEmitter(builder, op, *contraction, target).emit();
  rewriter.eraseOp(op);
  return success();
}
