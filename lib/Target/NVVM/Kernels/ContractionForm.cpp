//===- ContractionForm.cpp - A tile of the result per block -------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A block owns a tile of rows and columns of one product, a thread some elements of it, in
// registers. The block goes through the depth in steps: all threads together copy that part
// of both operands to shared memory, in the result's type, and then each multiplies what it
// needs. An element is summed as docs/Sums.md says, by one thread, whatever the tile:
//
//   outer depth
//     sum blocks        each from zero, unless the depth is short
//       steps           of a block, staged in shared memory
//         depth         fused multiply-adds
//
//===----------------------------------------------------------------------===//

#include "KernelForm.h"
#include "remat/Dialect/Linalg/Contraction.h"
#include "remat/Dialect/Linalg/SumOrder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace remat;

namespace {

/// Threads side by side along a row of the result, if it is long enough.
constexpr int64_t usualColumns = 32;
/// Steps of the depth, all powers of two and divisors of a sum block. Threads with one element each wait
/// for memory most of the time, and take long ones.
constexpr int64_t shortestStep = 16, usualStep = 32, longStep = 64;
/// What a block takes of the 48 KiB of shared memory that every kernel may have.
constexpr int64_t sharedBytes = 32 * 1024;
/// The most rows, or columns, of a tile.
constexpr int64_t mostLines = 128;
/// With fewer blocks, processors of the device stay idle.
constexpr int64_t enoughBlocks = 128;
/// What an extent is taken for that only run time knows.
constexpr int64_t typicalExtent = 64;

static_assert(sumBlock % longStep == 0 && sumBlock % usualStep == 0 && sumBlock % shortestStep == 0);

/// How a block's threads lie in its tile, and how many elements each owns: one in each
/// group of `rowThreads` rows and `columnThreads` columns.
struct Tile {
  int64_t rowThreads, columnThreads;
  int64_t rowsPerThread, columnsPerThread;
  int64_t step;

  int64_t getRows() const { return rowThreads * rowsPerThread; }
  int64_t getColumns() const { return columnThreads * columnsPerThread; }
};

/// An operand as the loops of the tile see it: lines (rows or columns of the result)
/// along the depth.
struct Operand {
  Value memref;
  AffineMap map;
  ArrayRef<unsigned> lineDims;
  int64_t lines; ///< of a tile
  Value firstLine = {}, lineCount = {};
  /// [depth][line]
  Value shared = {};
};

class ContractionForm final : public KernelForm {
public:
  ContractionForm(linalg::GenericOp op, Contraction contraction);

  llvm::StringRef getName() override { return "contraction"; }
  Value countBlocks(KernelBuilder &b) override;
  void emit(KernelBuilder &b, Value block, Value thread, SharedMemory &shared) override;

private:
  Contraction c;
  Tile tile;
};

/// Emits the code of one kernel.
class ContractionEmitter {
public:
  ContractionEmitter(KernelBuilder &builder, linalg::GenericOp op, const Contraction &contraction, const Tile &tile,
                     Value thread)
      : b(builder), c(contraction), tile(tile), extents(getExtents(builder, op)), point(op.getNumLoops()),
        elementType(getElementTypeOrSelf(c.acc->get().getType())), depthDim(c.depth.back()),
        lhs{c.lhs->get(), c.lhsMap, c.rows, tile.getRows()}, rhs{c.rhs->get(), c.rhsMap, c.columns, tile.getColumns()},
        thread(thread) {}
  void emit(Value block, SharedMemory &shared);

private:
  /// A place of the tile that this thread owns.
  struct Element {
    SmallVector<Value> indices;
    Value exists;
  };

  void chooseBlock(Value number);
  SmallVector<Element> locateElements();
  Value createZero();
  SmallVector<Value> createZeros();
  SmallVector<Value> addAll(ArrayRef<Value> lhs, ArrayRef<Value> rhs);
  SmallVector<Value> sumDepth(ArrayRef<Value> outside);
  SmallVector<Value> sumSteps(OpFoldResult from, OpFoldResult to, ArrayRef<Value> start);
  SmallVector<Value> multiply(OpFoldResult count, ArrayRef<Value> sums);
  void stage(const Operand &operand, Value from, OpFoldResult count);

  KernelBuilder &b;
  const Contraction &c;
  const Tile &tile;
  SmallVector<OpFoldResult> extents;
  SmallVector<Value> point;
  Type elementType;
  unsigned depthDim;
  Operand lhs, rhs;
  Value thread, threadRow, threadColumn;
};

} // namespace

//===----------------------------------------------------------------------===//
// The tile
//===----------------------------------------------------------------------===//

/// The product of \p sizes[dims], with a guess for what is not known.
static int64_t estimate(ArrayRef<unsigned> dims, ArrayRef<int64_t> sizes) {
  int64_t count = 1;
  for (unsigned dim : dims)
    count *= ShapedType::isDynamic(sizes[dim]) ? typicalExtent : sizes[dim];
  return std::max<int64_t>(count, 1);
}

static Tile chooseTile(int64_t products, int64_t rows, int64_t columns, int64_t depth, int64_t elementBytes) {
  int64_t columnThreads = std::min<int64_t>(llvm::PowerOf2Ceil(columns), usualColumns);
  int64_t rowThreads = std::min<int64_t>(llvm::PowerOf2Ceil(rows), threadsPerBlock / columnThreads);
  // Few rows: a longer piece of them.
  Tile tile{rowThreads, threadsPerBlock / rowThreads, 1, 1, longStep};
  // The more elements a thread owns, the less often an operand is read.
  for (auto [rowsPerThread, columnsPerThread] : {std::pair(4, 2), std::pair(4, 1), std::pair(2, 1)}) {
    Tile larger{rowThreads, tile.columnThreads, rowsPerThread, columnsPerThread, usualStep};
    int64_t blocks =
        products * llvm::divideCeil(rows, larger.getRows()) * llvm::divideCeil(columns, larger.getColumns());
    if (blocks < enoughBlocks || larger.getRows() > mostLines || larger.getColumns() > mostLines)
      continue;
    tile = larger;
    break;
  }
  while (tile.step > shortestStep && tile.step * (tile.getRows() + tile.getColumns() + 2) * elementBytes > sharedBytes)
    tile.step /= 2;
  while (tile.step / 2 >= depth)
    tile.step /= 2;
  return tile;
}

ContractionForm::ContractionForm(linalg::GenericOp op, Contraction contraction)
    : KernelForm(op), c(std::move(contraction)) {
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  tile = chooseTile(estimate(c.batch, sizes), estimate(c.rows, sizes), estimate(c.columns, sizes),
                    estimate(c.depth.back(), sizes),
                    getElementTypeOrSelf(c.acc->get().getType()).getIntOrFloatBitWidth() / 8);
}

Value ContractionForm::countBlocks(KernelBuilder &b) {
  SmallVector<OpFoldResult> extents = getExtents(b, op);
  Value rowTiles = ceilDiv(b, countPoints(b, c.rows, extents), tile.getRows());
  Value columnTiles = ceilDiv(b, countPoints(b, c.columns, extents), tile.getColumns());
  Value tiles = b.createOrFold<arith::MulIOp>(rowTiles, columnTiles);
  Value blocks = b.createOrFold<arith::MulIOp>(countPoints(b, c.batch, extents), tiles);
  return b.createOrFold<arith::MaxUIOp>(blocks, b.index(1));
}

void ContractionForm::emit(KernelBuilder &b, Value block, Value thread, SharedMemory &shared) {
  ContractionEmitter(b, op, c, tile, thread).emit(block, shared);
}

/// Which product and which tile of it block number \p number has, and where in it the thread is.
void ContractionEmitter::chooseBlock(Value number) {
  lhs.lineCount = countPoints(b, c.rows, extents);
  rhs.lineCount = countPoints(b, c.columns, extents);
  Value columnTiles = ceilDiv(b, rhs.lineCount, rhs.lines), rowTiles = ceilDiv(b, lhs.lineCount, lhs.lines);
  // Without any results there is one block, which must not divide by zero.
  columnTiles = b.createOrFold<arith::MaxUIOp>(columnTiles, b.index(1));
  rowTiles = b.createOrFold<arith::MaxUIOp>(rowTiles, b.index(1));
  rhs.firstLine = b.mul(b.createOrFold<arith::RemUIOp>(number, columnTiles), rhs.lines);
  number = b.createOrFold<arith::DivUIOp>(number, columnTiles);
  lhs.firstLine = b.mul(b.createOrFold<arith::RemUIOp>(number, rowTiles), lhs.lines);
  number = b.createOrFold<arith::DivUIOp>(number, rowTiles);
  setPoint(b, number, c.batch, extents, point);
  // Without products the one block there is has nothing to do.
  Value products = countPoints(b, c.batch, extents), none = b.index(0);
  if (std::optional<int64_t> known = getConstantIntValue(products); !known || *known == 0) {
    Value exists = isLess(b, number, products);
    lhs.lineCount = arith::SelectOp::create(b, exists, lhs.lineCount, none);
    rhs.lineCount = arith::SelectOp::create(b, exists, rhs.lineCount, none);
  }
  Value columnThreads = b.index(tile.columnThreads);
  threadRow = b.createOrFold<arith::DivUIOp>(thread, columnThreads);
  threadColumn = b.createOrFold<arith::RemUIOp>(thread, columnThreads);
}

/// The elements of this thread, rows outside.
SmallVector<ContractionEmitter::Element> ContractionEmitter::locateElements() {
  SmallVector<Element> elements;
  for (int64_t i = 0; i < tile.rowsPerThread; ++i) {
    Value row = b.add(b.add(lhs.firstLine, threadRow), i * tile.rowThreads);
    setPoint(b, row, c.rows, extents, point);
    Value hasRow = isLess(b, row, lhs.lineCount);
    for (int64_t j = 0; j < tile.columnsPerThread; ++j) {
      Value column = b.add(b.add(rhs.firstLine, threadColumn), j * tile.columnThreads);
      setPoint(b, column, c.columns, extents, point);
      Value exists = arith::AndIOp::create(b, hasRow, isLess(b, column, rhs.lineCount));
      elements.push_back({b.indices(c.accMap, point), exists});
    }
  }
  return elements;
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

Value ContractionEmitter::createZero() { return arith::ConstantOp::create(b, b.getZeroAttr(elementType)); }

SmallVector<Value> ContractionEmitter::createZeros() {
  return SmallVector<Value>(tile.rowsPerThread * tile.columnsPerThread, createZero());
}

SmallVector<Value> ContractionEmitter::addAll(ArrayRef<Value> left, ArrayRef<Value> right) {
  SmallVector<Value> sums;
  for (auto [first, second] : llvm::zip_equal(left, right))
    sums.push_back(arith::AddFOp::create(b, first, second));
  return sums;
}

/// The whole of the last depth loop, added to what is outside of it.
SmallVector<Value> ContractionEmitter::sumDepth(ArrayRef<Value> outside) {
  OpFoldResult depth = extents[depthDim], zero = b.getIndexAttr(0);
  std::optional<int64_t> size = getConstantIntValue(depth);
  if (!startsFromZero(size.value_or(-1)))
    return sumSteps(zero, depth, outside);
  if (size && *size <= sumBlock)
    return addAll(outside, sumSteps(zero, depth, createZeros()));
  return b.loop(zero, depth, sumBlock, outside, [&](Value start, ValueRange carried) {
    bool isWhole = size && *size % sumBlock == 0;
    Value end = b.add(start, sumBlock);
    if (!isWhole)
      end = b.min(end, b.index(depth));
    return addAll(llvm::to_vector(carried), sumSteps(start, end, createZeros()));
  });
}

/// The steps of one sum block. All threads of the block go through them together.
SmallVector<Value> ContractionEmitter::sumSteps(OpFoldResult from, OpFoldResult to, ArrayRef<Value> start) {
  std::optional<int64_t> depth = getConstantIntValue(extents[depthDim]);
  return b.loop(from, to, tile.step, start, [&](Value step, ValueRange carried) {
    OpFoldResult count = b.getIndexAttr(tile.step);
    if (depth && *depth < tile.step)
      count = b.getIndexAttr(*depth);
    else if (!depth || *depth % tile.step != 0)
      count = b.min(b.sub(b.index(to), step), b.index(tile.step));
    // The step before is over in all threads.
    gpu::BarrierOp::create(b);
    stage(lhs, step, count);
    stage(rhs, step, count);
    gpu::BarrierOp::create(b);
    return multiply(count, llvm::to_vector(carried));
  });
}

SmallVector<Value> ContractionEmitter::multiply(OpFoldResult count, ArrayRef<Value> sums) {
  return b.loop(b.getIndexAttr(0), count, 1, sums, [&](Value depth, ValueRange carried) {
    SmallVector<Value> left, right, next;
    for (int64_t i = 0; i < tile.rowsPerThread; ++i)
      left.push_back(memref::LoadOp::create(b, lhs.shared, ValueRange{depth, b.add(threadRow, i * tile.rowThreads)}));
    for (int64_t j = 0; j < tile.columnsPerThread; ++j)
      right.push_back(
          memref::LoadOp::create(b, rhs.shared, ValueRange{depth, b.add(threadColumn, j * tile.columnThreads)}));
    for (auto [number, sum] : llvm::enumerate(carried))
      next.push_back(
          math::FmaOp::create(b, left[number / tile.columnsPerThread], right[number % tile.columnsPerThread], sum));
    return next;
  });
}

/// Copies \p count steps of the depth of an operand's lines; what does not exist is zero, as
/// LLVM reads some of it to read more at once. Neighbouring threads read neighbours in memory.
void ContractionEmitter::stage(const Operand &operand, Value from, OpFoldResult count) {
  bool alongDepth = isContiguousAlong(operand.memref.getType(), operand.map, depthDim);
  int64_t fast = alongDepth ? tile.step : operand.lines, elements = tile.step * operand.lines;
  b.loop(b.getIndexAttr(0), b.getIndexAttr(elements), threadsPerBlock, [&](Value first) {
    Value number = b.add(first, thread);
    Value isPart = elements % threadsPerBlock == 0 ? Value() : isLess(b, number, b.index(elements));
    emitIf(b, isPart, [&] {
      Value low = b.createOrFold<arith::RemUIOp>(number, b.index(fast));
      Value high = b.createOrFold<arith::DivUIOp>(number, b.index(fast));
      Value depth = alongDepth ? low : high, tileLine = alongDepth ? high : low;
      Value line = b.add(operand.firstLine, tileLine);
      Value exists = arith::AndIOp::create(b, isLess(b, depth, b.index(count)), isLess(b, line, operand.lineCount));
      SmallVector<Value> value = emitIf(b, exists, createZero(), [&]() -> SmallVector<Value> {
        SmallVector<Value> at(point);
        at[depthDim] = b.add(from, depth);
        setPoint(b, line, operand.lineDims, extents, at);
        return {b.extend(b.loadScalar(operand.memref, b.indices(operand.map, at)), elementType)};
      });
      memref::StoreOp::create(b, value.front(), operand.shared, ValueRange{depth, tileLine});
    });
  });
}

void ContractionEmitter::emit(Value block, SharedMemory &shared) {
  chooseBlock(block);
  for (Operand *operand : {&lhs, &rhs}) {
    // One line more, so that threads along the depth write to different banks.
    operand->shared = shared.addArray(b, {tile.step, operand->lines + 1}, elementType);
    static_assert(longStep <= threadsPerBlock);
    emitIf(b, isLess(b, thread, b.index(tile.step)), [&] {
      memref::StoreOp::create(b, createZero(), operand->shared, ValueRange{thread, b.index(operand->lines)});
    });
  }
  SmallVector<Element> elements = locateElements();
  SmallVector<Value> zeros = createZeros(), outside;
  for (const Element &element : elements)
    outside.push_back(emitIf(b, element.exists, zeros.front(), [&]() -> SmallVector<Value> {
                        return {b.loadScalar(c.acc->get(), element.indices)};
                      }).front());
  SmallVector<Value> sums = b.nest(ArrayRef(c.depth).drop_back(), extents, point, outside,
                                   [&](ValueRange carried) { return sumDepth(llvm::to_vector(carried)); });
  for (size_t i = 0; i < elements.size(); ++i)
    emitIf(b, elements[i].exists, [&] { memref::StoreOp::create(b, sums[i], c.acc->get(), elements[i].indices); });
}

std::unique_ptr<KernelForm> remat::matchContractionForm(linalg::GenericOp op) {
  FailureOr<Contraction> contraction = Contraction::match(op);
  if (failed(contraction))
    return nullptr;
  return std::make_unique<ContractionForm>(op, std::move(*contraction));
}
