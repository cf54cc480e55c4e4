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
//       outer depth
//         depth chunks          so that a chunk of the right operand stays in L1
//           outer rows, row blocks
//             sum blocks        of the depth, as SumOrder.h has them
//               depth, unrolled the register tile
//
// The tile starts from zero and is added to the result at the end of each sum block;
// only for a depth of a few it starts from the result.
//
// Three things change with the layout of the operands:
//
//  * The next chunk of a packed right operand is prefetched while the row blocks use
//    the present one, a few lines per iteration: without this a weight matrix that
//    does not fit in L2 costs up to a factor of two.
//  * A large result with a short depth (the gradient of a weight) is traffic more
//    than arithmetic: row blocks go outside, so that it is read and written in the
//    order in which it lies in memory.
//  * A product with a transposed matrix reads vectors of the left operand, if that
//    one is transposed too, and broadcasts the matrix: the transpose of the result.
//    The tile is transposed in registers when it is loaded and stored.
//
// A right operand that fits none of these is copied in small chunks, on the stack.
//
//===----------------------------------------------------------------------===//

#include "../../Kernels/KernelBuilder.h"
#include "remat/Dialect/Linalg/Contraction.h"
#include "remat/Dialect/Linalg/SumOrder.h"
#include "remat/Target/CPU/LinalgToCPUKernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace remat;

namespace {

/// Steps of the depth that the loop of a full tile is unrolled by, and the largest
/// depth without a loop: a short loop would be mispredicted at every exit.
constexpr int64_t fullUnroll = 8;
constexpr int64_t shortDepth = 16;
/// The same for matrices with gaps between their rows, and for tiles at the edges.
constexpr int64_t sparseUnroll = 4;
/// With a depth of at most this, the result is traffic more than the operands.
constexpr int64_t shallowDepth = 64;
constexpr int64_t cacheLineBytes = 64;
/// Accumulators that hide the latency of the multiply-add.
constexpr int64_t fewestAccumulators = 8;
/// What a chunk of the right operand may take of the L1 data cache.
constexpr int64_t chunkBytes = 16 * 1024;
/// What the copy of a chunk takes of the stack, unless a sum block is more: a page.
constexpr int64_t scratchBytes = 4 * 1024;
/// With fewer rows than this a product waits for its right operand in any case, with
/// more it reads a chunk of it often enough.
constexpr int64_t fewRows = 4;
constexpr int64_t manyRows = 32;
/// Rows further apart lie in pages of their own and are prefetched one by one.
constexpr int64_t farRowBytes = 4 * 1024;
/// A result larger than this does not stay in L1: its rows are prefetched.
constexpr int64_t residentBytes = 32 * 1024;

class ContractionEmitter {
public:
  ContractionEmitter(KernelBuilder &builder, linalg::GenericOp op, const Contraction &contraction,
                     const RegisterFile &registers);
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
  bool canTransposeResult();
  void chooseChunks(bool severalTiles, bool copy);
  void forEachColumnBlock(function_ref<void(ArrayRef<Column>)> body);
  void forEachRowBlock(function_ref<void(int64_t rows)> body);
  void forEachChunk(function_ref<void(Chunk)> body);
  void copyChunk(Chunk chunk, ArrayRef<Column> columns);
  void copyTransposed(Chunk chunk, ArrayRef<Column> columns);
  void forEachSumBlock(Chunk chunk, function_ref<void(Chunk)> body);
  void emitTile(Chunk chunk, int64_t rows, ArrayRef<Column> columns);
  SmallVector<Value> emitDepth(Chunk chunk, Chunk part, int64_t rows, ArrayRef<Column> columns,
                               ArrayRef<Value> accumulators);
  SmallVector<Value> createZeroTile(int64_t rows, ArrayRef<Column> columns);
  SmallVector<Value> emitSteps(Value depth, int64_t count, int64_t rows, ArrayRef<Column> columns,
                               ValueRange accumulators);
  SmallVector<Value> loadTile(int64_t rows, ArrayRef<Column> columns);
  void storeTile(int64_t rows, ArrayRef<Column> columns, ArrayRef<Value> tileValues);
  void addTile(int64_t rows, ArrayRef<Column> columns, ArrayRef<Value> tileValues);
  void forEachVectorOfTile(int64_t rows, ArrayRef<Column> columns,
                           function_ref<void(ArrayRef<Value>, const VectorBlock &)> body);
  void prefetchNextChunk(Chunk chunk, Value depth, ArrayRef<Column> columns);
  void prefetchNextRows(int64_t rows, ArrayRef<Column> columns);
  void prefetchNextColumns(Chunk chunk, Value depth, int64_t count);
  void prefetchFarRows(Value depth, int64_t count, ArrayRef<Column> columns);

  Value loadRhs(Value depth, const Column &column);
  bool isFullTile(int64_t rows, ArrayRef<Column> columns) const {
    return rows == tile.rows && int64_t(columns.size()) == tile.vectors;
  }
  int64_t getStaticSize(unsigned dim) { return getConstantIntValue(extents[dim]).value_or(-1); }
  int64_t getStaticStride(OpOperand *operand, AffineMap map, unsigned dim);

  KernelBuilder &b;
  linalg::GenericOp op;
  /// The left and the right operand change places if the result is transposed.
  Contraction c;
  const RegisterFile &registers;
  SmallVector<OpFoldResult> extents;
  /// The values of the loops that are open; the tile adds its own offsets.
  SmallVector<Value> point;

  Type elementType;
  unsigned columnDim, depthDim;
  std::optional<unsigned> rowDim;
  int64_t totalRows = 1; ///< -1: unknown
  int64_t lanes = 1;
  RegisterFile::Tile tile;
  int64_t chunkSize = 0; ///< 0: the whole depth
  int64_t unroll = fullUnroll;
  /// The right operand is [..][depth][tile columns], without gaps.
  bool isPanel = false;
  /// The right operand is read through its whole depth where it lies, with gaps
  /// between its rows; these may be far apart.
  bool isDirect = false;
  bool hasFarRows = false;
  bool prefetchRows = false;
  /// Row blocks go around column blocks.
  bool rowsOutside = false;
  /// Columns of the tile are rows of the result.
  bool isTransposed = false;
  /// The copy of a chunk, [depth][columns], or null.
  Value panel;
  Value panelStart;
};

} // namespace

ContractionEmitter::ContractionEmitter(KernelBuilder &builder, linalg::GenericOp op, const Contraction &contraction,
                                       const RegisterFile &registers)
    : b(builder), op(op), c(contraction), registers(registers), extents(getExtents(builder, op)),
      point(op.getNumLoops()), elementType(getElementTypeOrSelf(c.acc->get().getType())), columnDim(c.getVectorDim()),
      depthDim(c.depth.back()) {
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

/// Whether the transpose of the result can be computed in squares of full vectors
/// from operands that lie as this needs them.
bool ContractionEmitter::canTransposeResult() {
  if (!rowDim)
    return false;
  int64_t size = registers.getLanes(elementType);
  int64_t rows = getStaticSize(*rowDim), columns = getStaticSize(columnDim);
  return size >= fewestAccumulators && rows > 0 && rows % size == 0 && columns > 0 && columns % size == 0 &&
         isContiguousAlong(c.lhs->get().getType(), c.lhsMap, *rowDim) &&
         isContiguousAlong(c.rhs->get().getType(), c.rhsMap, depthDim);
}

void ContractionEmitter::chooseStrategy() {
  bool accContiguous = isContiguousAlong(c.acc->get().getType(), c.accMap, columnDim);
  bool rhsContiguous = isContiguousAlong(c.rhs->get().getType(), c.rhsMap, columnDim);
  tile = registers.getTile(rowDim ? getStaticSize(*rowDim) : 1);
  if (accContiguous && !rhsContiguous && canTransposeResult()) {
    lanes = registers.getLanes(elementType);
    std::swap(c.lhs, c.rhs);
    std::swap(c.lhsMap, c.rhsMap);
    std::swap(columnDim, *rowDim);
    isTransposed = true;
    tile = {lanes, lanes, 1};
    unroll = fullUnroll;
    return;
  }

  auto accType = cast<MemRefType>(c.acc->get().getType());
  int64_t elementBytes = elementType.getIntOrFloatBitWidth() / 8;
  int64_t depth = getStaticSize(depthDim), columns = getStaticSize(columnDim);
  int64_t depthStride = getStaticStride(c.rhs, c.rhsMap, depthDim);
  bool severalTiles = totalRows < 0 || totalRows >= 2 * tile.rows;
  bool isLarge = !accType.hasStaticShape() || accType.getNumElements() * elementBytes > residentBytes;
  bool copy = false;
  if (accContiguous && rhsContiguous) {
    lanes = registers.getLanes(elementType);
    isPanel = columns == depthStride && columns <= panelColumns;
    rowsOutside = severalTiles && isLarge && depth > 0 && depth <= shallowDepth && !isPanel;
    isDirect = !isPanel && !rowsOutside && depth > 0 && totalRows >= fewRows && totalRows <= manyRows;
    hasFarRows = depthStride < 0 || depthStride * elementBytes > farRowBytes;
  } else if (accContiguous && (totalRows < 0 || totalRows >= tile.rows ||
                               isContiguousAlong(c.rhs->get().getType(), c.rhsMap, depthDim))) {
    // A transposed right operand: worth it even for one row if it is read in vectors.
    lanes = registers.getLanes(elementType);
    copy = true;
  }
  if (lanes == 1)
    tile.vectors = std::max<int64_t>(tile.vectors, 8 / tile.rows);
  if (!isPanel)
    unroll = sparseUnroll;
  if (!rowsOutside && !isDirect)
    chooseChunks(severalTiles, copy);

  int64_t passDepth = chunkSize ? chunkSize : depth;
  if (passDepth > 0 && passDepth <= shortDepth)
    unroll = passDepth;
  prefetchRows = accContiguous && rowDim && passDepth > 0 && passDepth <= shallowDepth && isLarge;
}

/// Chunks of the depth, and the copy of one if \p copy is set.
void ContractionEmitter::chooseChunks(bool severalTiles, bool copy) {
  int64_t depth = getStaticSize(depthDim);
  int64_t width = lanes * tile.vectors, rowBytes = width * elementType.getIntOrFloatBitWidth() / 8;
  int64_t largest = (copy ? scratchBytes : chunkBytes) / rowBytes;
  if (!copy && (totalRows > manyRows || totalRows < 0))
    largest *= 2;
  // Between the chunks of one sum block the tile would have to be kept.
  largest = std::max(llvm::alignDown(largest, sumBlock), uint64_t(sumBlock));
  if ((severalTiles || copy) && (depth < 0 || depth > (copy ? largest : largest + largest / 2))) {
    // Chunks of nearly equal size, but for dynamic depths.
    int64_t count = depth < 0 ? 0 : (depth + largest - 1) / largest;
    chunkSize = count ? llvm::alignTo((depth + count - 1) / count, sumBlock) : largest;
  }
  if (!copy)
    return;
  OpBuilder::InsertionGuard guard(b);
  auto function = op->getParentOfType<FunctionOpInterface>();
  b.setInsertionPointToStart(&function.getFunctionBody().front());
  auto type = MemRefType::get({chunkSize ? chunkSize : depth, width}, elementType);
  panel = memref::AllocaOp::create(b, type, b.getI64IntegerAttr(cacheLineBytes));
}

//===----------------------------------------------------------------------===//
// Loops around the tile
//===----------------------------------------------------------------------===//

void ContractionEmitter::emit() {
  SmallVector<unsigned> outer(c.batch);
  for (unsigned dim : c.columns)
    if (dim != columnDim && dim != rowDim)
      outer.push_back(dim);
  b.nest(outer, extents, point, [&] {
    if (rowsOutside)
      return forEachChunk([&](Chunk chunk) {
        forEachRowBlock([&](int64_t rows) {
          forEachColumnBlock([&](ArrayRef<Column> columns) { emitTile(chunk, rows, columns); });
        });
      });
    forEachColumnBlock([&](ArrayRef<Column> columns) {
      forEachChunk([&](Chunk chunk) {
        if (panel)
          copyChunk(chunk, columns);
        forEachRowBlock([&](int64_t rows) { emitTile(chunk, rows, columns); });
      });
    });
  });
}

void ContractionEmitter::forEachColumnBlock(function_ref<void(ArrayRef<Column>)> body) {
  OpFoldResult extent = extents[columnDim];
  int64_t width = lanes * tile.vectors;
  auto block = [&](Value first, ArrayRef<Column> columns) {
    point[columnDim] = first;
    body(columns);
  };
  SmallVector<Column> full;
  for (int64_t i = 0; i < tile.vectors; ++i)
    full.push_back({i * lanes, lanes, Value()});
  OpFoldResult fullEnd = b.floorTo(extent, width);
  b.loop(b.getIndexAttr(0), fullEnd, width, [&](Value column) { block(column, full); });

  int64_t size = getStaticSize(columnDim);
  if (size >= 0) {
    // The rest as one block: full vectors and one narrower vector.
    SmallVector<Column> rest;
    for (int64_t offset = 0, left = size % width; offset < left; offset += lanes) {
      int64_t count = std::min(lanes, left - offset);
      bool masked = count < lanes && registers.hasMasks;
      rest.push_back({offset, masked ? lanes : count, masked ? b.mask(b.getIndexAttr(count), lanes) : Value()});
    }
    if (!rest.empty())
      block(b.index(fullEnd), rest);
    return;
  }
  int64_t step = registers.hasMasks ? lanes : 1;
  b.loop(fullEnd, extent, step, [&](Value column) {
    Value mask = step == 1 ? Value() : b.mask(b.sub(b.index(extent), column), lanes);
    block(column, {Column{0, step, mask}});
  });
}

void ContractionEmitter::forEachChunk(function_ref<void(Chunk)> body) {
  b.nest(ArrayRef(c.depth).drop_back(), extents, point, [&] {
    OpFoldResult depth = extents[depthDim];
    if (chunkSize == 0)
      return body({b.index(0), depth});
    b.loop(b.getIndexAttr(0), depth, chunkSize, [&](Value from) {
      OpFoldResult size = b.getIndexAttr(chunkSize);
      int64_t total = getStaticSize(depthDim);
      if (total < 0 || total % chunkSize != 0)
        size = b.min(b.sub(b.index(depth), from), b.index(chunkSize));
      body({from, size});
    });
  });
}

void ContractionEmitter::forEachRowBlock(function_ref<void(int64_t rows)> body) {
  if (!rowDim)
    return body(1);
  SmallVector<unsigned> outerRows;
  for (unsigned dim : c.rows)
    if (dim != rowDim && dim != columnDim)
      outerRows.push_back(dim);
  int64_t size = getStaticSize(*rowDim);
  auto block = [&](Value row, int64_t rows) {
    point[*rowDim] = row;
    body(rows);
  };
  b.nest(outerRows, extents, point, [&] {
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
  });
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

//===----------------------------------------------------------------------===//
// The register tile
//===----------------------------------------------------------------------===//

SmallVector<Value> ContractionEmitter::loadTile(int64_t rows, ArrayRef<Column> columns) {
  SmallVector<Value> values, at(point);
  forEachVectorOfTile(rows, columns, [&](ArrayRef<Value> indices, const VectorBlock &block) {
    values.push_back(b.loadVector(c.acc->get(), indices, block));
  });
  return isTransposed ? b.transpose(values) : values;
}

void ContractionEmitter::storeTile(int64_t rows, ArrayRef<Column> columns, ArrayRef<Value> tileValues) {
  SmallVector<Value> values = isTransposed ? b.transpose(tileValues) : SmallVector<Value>(tileValues);
  size_t next = 0;
  forEachVectorOfTile(rows, columns, [&](ArrayRef<Value> indices, const VectorBlock &block) {
    b.storeVector(values[next++], c.acc->get(), indices, block);
  });
}

/// Adds a tile that started from zero to the result.
void ContractionEmitter::addTile(int64_t rows, ArrayRef<Column> columns, ArrayRef<Value> tileValues) {
  SmallVector<Value> values = isTransposed ? b.transpose(tileValues) : SmallVector<Value>(tileValues);
  size_t next = 0;
  forEachVectorOfTile(rows, columns, [&](ArrayRef<Value> indices, const VectorBlock &block) {
    Value old = b.loadVector(c.acc->get(), indices, block);
    b.storeVector(arith::AddFOp::create(b, old, values[next++]), c.acc->get(), indices, block);
  });
}

SmallVector<Value> ContractionEmitter::createZeroTile(int64_t rows, ArrayRef<Column> columns) {
  SmallVector<Value> row;
  for (const Column &column : columns)
    row.push_back(arith::ConstantOp::create(b, b.getZeroAttr(VectorType::get({column.lanes}, elementType))));
  SmallVector<Value> values;
  for (int64_t i = 0; i < rows; ++i)
    llvm::append_range(values, row);
  return values;
}

/// Calls \p body for the vectors of the result in the tile at the point: one row
/// after the other, or, transposed, one column (a row of the result) after the other.
void ContractionEmitter::forEachVectorOfTile(int64_t rows, ArrayRef<Column> columns,
                                             function_ref<void(ArrayRef<Value>, const VectorBlock &)> body) {
  SmallVector<Value> at(point);
  if (isTransposed) {
    for (int64_t column = 0; column < columns.front().lanes; ++column) {
      at[columnDim] = b.add(point[columnDim], column);
      body(b.indices(c.accMap, at), {Value(), rows, Value()});
    }
    return;
  }
  for (int64_t row = 0; row < rows; ++row) {
    if (rowDim)
      at[*rowDim] = b.add(point[*rowDim], row);
    for (const Column &column : columns) {
      at[columnDim] = b.add(point[columnDim], column.offset);
      body(b.indices(c.accMap, at), {Value(), column.lanes, column.mask});
    }
  }
}

/// The sum blocks of \p chunk, which begins where one of them begins.
void ContractionEmitter::forEachSumBlock(Chunk chunk, function_ref<void(Chunk)> body) {
  int64_t depth = getStaticSize(depthDim), largest = chunkSize ? chunkSize : depth;
  if (largest >= 0 && largest <= sumBlock)
    return body(chunk);
  OpFoldResult full = b.floorTo(chunk.size, sumBlock);
  b.loop(b.getIndexAttr(0), full, sumBlock,
         [&](Value start) { body({b.add(chunk.from, start), b.getIndexAttr(sumBlock)}); });
  if (std::optional<int64_t> size = getConstantIntValue(chunk.size)) {
    if (int64_t rest = *size % sumBlock)
      body({b.add(chunk.from, b.index(full)), b.getIndexAttr(rest)});
    return;
  }
  b.loop(full, chunk.size, sumBlock,
         [&](Value start) { body({b.add(chunk.from, start), b.sub(b.index(chunk.size), start)}); });
}

void ContractionEmitter::emitTile(Chunk chunk, int64_t rows, ArrayRef<Column> columns) {
  if (prefetchRows && isFullTile(rows, columns))
    prefetchNextRows(rows, columns);
  if (!startsFromZero(getStaticSize(depthDim)))
    return storeTile(rows, columns, emitDepth(chunk, chunk, rows, columns, loadTile(rows, columns)));
  forEachSumBlock(chunk, [&](Chunk block) {
    addTile(rows, columns, emitDepth(chunk, block, rows, columns, createZeroTile(rows, columns)));
  });
}

/// Goes through \p part of \p chunk.
SmallVector<Value> ContractionEmitter::emitDepth(Chunk chunk, Chunk part, int64_t rows, ArrayRef<Column> columns,
                                                 ArrayRef<Value> tileValues) {
  SmallVector<Value> accumulators(tileValues);
  bool fullTile = isFullTile(rows, columns);
  Value from = part.from;
  std::optional<int64_t> start = getConstantIntValue(from);
  std::optional<int64_t> size = getConstantIntValue(part.size);
  int64_t step = fullTile ? unroll : sparseUnroll;
  OpFoldResult unrolled = b.floorTo(part.size, step), end = part.size;
  auto shift = [&](OpFoldResult offset) -> OpFoldResult {
    if (std::optional<int64_t> constant = getConstantIntValue(offset); constant && start)
      return b.getIndexAttr(*constant + *start);
    return b.add(b.index(offset), from);
  };
  bool isStaticChunk = getConstantIntValue(chunk.size).has_value();
  accumulators =
      b.loop(shift(b.getIndexAttr(0)), shift(unrolled), step, accumulators, [&](Value depth, ValueRange carried) {
        if (isPanel && fullTile && chunkSize && isStaticChunk)
          prefetchNextChunk(chunk, depth, columns);
        if (isDirect && fullTile && hasFarRows)
          prefetchFarRows(depth, step, columns);
        else if (isDirect && fullTile && isStaticChunk)
          prefetchNextColumns(chunk, depth, step);
        return emitSteps(depth, step, rows, columns, carried);
      });
  if (!size || *size % step != 0)
    accumulators = b.loop(shift(unrolled), shift(end), 1, accumulators,
                          [&](Value depth, ValueRange carried) { return emitSteps(depth, 1, rows, columns, carried); });
  return accumulators;
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

/// \p count steps of the depth for \p rows rows. A transposed tile reads one line
/// of each row, and rows that lie a power of two apart share few sets of the cache:
/// half of the rows go through all steps before the other half.
SmallVector<Value> ContractionEmitter::emitSteps(Value depth, int64_t count, int64_t rows, ArrayRef<Column> columns,
                                                 ValueRange accumulators) {
  SmallVector<Value> result(accumulators), at(point);
  int64_t group = isTransposed ? fewestAccumulators : rows;
  for (int64_t first = 0; first < rows; first += group)
    for (int64_t step = 0; step < count; ++step) {
      at[depthDim] = b.add(depth, step);
      SmallVector<Value> rhs;
      for (const Column &column : columns)
        rhs.push_back(loadRhs(at[depthDim], column));
      for (int64_t row = first; row < std::min(first + group, rows); ++row) {
        if (rowDim)
          at[*rowDim] = b.add(point[*rowDim], row);
        Value scalar = b.extend(b.loadScalar(c.lhs->get(), b.indices(c.lhsMap, at)), elementType);
        for (auto [number, column] : llvm::enumerate(columns)) {
          Value &acc = result[row * columns.size() + number];
          acc = vector::FMAOp::create(b, b.splat(scalar, column.lanes), rhs[number], acc);
        }
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
  int64_t lineElements = cacheLineBytes * 8 / rhsType.getElementTypeBitWidth();
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

/// The columns of the next block, a few lines per iteration, like the next chunk. Their
/// rows share few sets of L1, so they go to L2.
void ContractionEmitter::prefetchNextColumns(Chunk chunk, Value depth, int64_t count) {
  int64_t lineElements = cacheLineBytes * 8 / getElementTypeOrSelf(c.rhs->get().getType()).getIntOrFloatBitWidth();
  int64_t width = tile.vectors * lanes, linesPerRow = std::max<int64_t>(1, width / lineElements);
  int64_t tiles = std::max<int64_t>(1, totalRows / tile.rows);
  int64_t lines = std::max<int64_t>(1, count * linesPerRow / tiles);
  int64_t iterations = getStaticSize(depthDim) / count;
  Value iteration = b.createOrFold<arith::DivUIOp>(b.sub(depth, chunk.from), b.index(count));
  Value tileNumber = rowDim ? b.createOrFold<arith::DivUIOp>(point[*rowDim], b.index(tile.rows)) : b.index(0);
  Value first = b.mul(b.add(b.mul(tileNumber, iterations), iteration), lines);
  SmallVector<Value> at(point);
  for (int64_t i = 0; i < lines; ++i) {
    Value line = b.add(first, i);
    at[depthDim] = b.createOrFold<arith::DivUIOp>(line, b.index(linesPerRow));
    Value column = b.createOrFold<arith::RemUIOp>(line, b.index(linesPerRow));
    at[columnDim] = b.add(b.add(point[columnDim], width), b.mul(column, lineElements));
    memref::PrefetchOp::create(b, c.rhs->get(), b.indices(c.rhsMap, at), /*isWrite=*/false,
                               /*localityHint=*/2, /*isDataCache=*/true);
  }
}

/// Rows of the right operand that lie in pages of their own, a few steps ahead: the
/// hardware does not follow them.
void ContractionEmitter::prefetchFarRows(Value depth, int64_t count, ArrayRef<Column> columns) {
  SmallVector<Value> at(point);
  for (int64_t i = 0; i < count; ++i) {
    at[depthDim] = b.add(depth, fullUnroll + i);
    for (const Column &column : columns) {
      at[columnDim] = b.add(point[columnDim], column.offset);
      memref::PrefetchOp::create(b, c.rhs->get(), b.indices(c.rhsMap, at), /*isWrite=*/false,
                                 /*localityHint=*/3, /*isDataCache=*/true);
    }
  }
}

LogicalResult remat::lowerContraction(RewriterBase &rewriter, linalg::GenericOp op, const RegisterFile &registers) {
  FailureOr<Contraction> contraction = Contraction::match(op);
  if (failed(contraction))
    return failure();
  KernelBuilder builder(op);
  ContractionEmitter(builder, op, *contraction, registers).emit();
  rewriter.eraseOp(op);
  return success();
}
