//===- TensorSliceOps.cpp - Slices, concatenation, gather, scatter ------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace remat::interpreter;

namespace {
/// A slice of a tensor: one offset, size and stride per dimension.
struct Slice {
  Shape offsets, sizes, strides;
  bool certain = true;
};
} // namespace

/// Reads the slice of an operation whose dynamic offsets, sizes and strides begin at
/// operand \p operand.
template <typename OpT>
static Slice readSlice(OpT op, const Instruction &instruction, Frame &frame, unsigned operand) {
  Slice slice;
  auto read = [&](llvm::ArrayRef<int64_t> values) {
    Shape result;
    for (int64_t value : values) {
      if (ShapedType::isDynamic(value)) {
        const Datum &dynamic = instruction.get(frame, operand++);
        slice.certain &= dynamic.scalar.isCertain();
        value = dynamic.getInteger();
      }
      result.push_back(value);
    }
    return result;
  };
  slice.offsets = read(op.getStaticOffsets());
  slice.sizes = read(op.getStaticSizes());
  slice.strides = read(op.getStaticStrides());
  return slice;
}

/// Checks that the slice lies inside \p shape.
static bool checkSlice(Machine &machine, Operation *op, const Slice &slice, llvm::ArrayRef<int64_t> shape) {
  if (!slice.certain)
    machine.decideUncertainly();
  for (size_t i = 0; i < shape.size(); ++i) {
    int64_t offset = slice.offsets[i], size = slice.sizes[i], stride = slice.strides[i], last = 0;
    if (size < 0)
      return machine.fail(Failure::Extents, op, "a size of " + llvm::Twine(size));
    bool inside = offset >= 0 && offset <= shape[i];
    if (size > 0)
      inside = offset >= 0 && !llvm::MulOverflow(size - 1, stride, last) && !llvm::AddOverflow(last, offset, last) &&
               last >= 0 && last < shape[i] && offset < shape[i];
    if (!inside)
      return machine.fail(Failure::IndexOutOfRange, op,
                          "offset " + llvm::Twine(offset) + ", size " + llvm::Twine(size) + ", stride " +
                              llvm::Twine(stride) + " in an extent of " + llvm::Twine(shape[i]));
  }
  return true;
}

/// Calls \p visit with the position of each element of the slice, in order.
static void forEachElement(const Slice &slice, llvm::ArrayRef<int64_t> shape, llvm::function_ref<void(int64_t)> visit) {
  Shape strides = getStrides(shape);
  if (llvm::is_contained(slice.sizes, 0))
    return;
  llvm::SmallVector<int64_t> point(shape.size(), 0);
  do {
    int64_t position = 0;
    for (size_t i = 0; i < point.size(); ++i)
      position += (slice.offsets[i] + point[i] * slice.strides[i]) * strides[i];
    visit(position);
  } while (increment(point, slice.sizes));
}

static bool runExtractSlice(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<tensor::ExtractSliceOp>(instruction.op);
  const Tensor &source = *instruction.get(frame, 0).tensor;
  Slice slice = readSlice(op, instruction, frame, 1);
  if (!checkSlice(machine, instruction.op, slice, source.shape))
    return false;
  llvm::SmallBitVector dropped = op.getDroppedDims();
  Shape shape;
  for (size_t i = 0; i < slice.sizes.size(); ++i)
    if (!dropped.test(i))
      shape.push_back(slice.sizes[i]);
  auto tensor = machine.makeTensor(source.elementType, shape);
  if (!tensor)
    return false;
  int64_t position = 0;
  forEachElement(slice, source.shape, [&](int64_t from) { tensor->elements[position++] = source.elements[from]; });
  Datum result{std::shared_ptr<const Tensor>(std::move(tensor))};
  if (!machine.checkType(result, op.getType(), instruction.op))
    return false;
  frame[instruction.results[0]] = slice.certain ? result : machine.makeUncertain(result, op.getType());
  return true;
}

/// The tensor of operand 1 with operand 0 in the slice; null after a failure.
template <typename OpT>
static Datum insertSlice(Machine &machine, OpT op, const Instruction &instruction, Frame &frame) {
  auto source = instruction.get(frame, 0).tensor;
  auto tensor = std::make_shared<Tensor>(*instruction.get(frame, 1).tensor);
  Slice slice = readSlice(op, instruction, frame, 2);
  if (!machine.count(tensor->getNumElements()) || !checkSlice(machine, instruction.op, slice, tensor->shape))
    return {};
  // Unit dimensions of the slice may lack in the source.
  Shape sizes, sourceShape;
  llvm::copy_if(slice.sizes, std::back_inserter(sizes), [](int64_t size) { return size != 1; });
  llvm::copy_if(source->shape, std::back_inserter(sourceShape), [](int64_t size) { return size != 1; });
  if (sizes != sourceShape) {
    machine.fail(Failure::Extents, instruction.op,
                 "a source of " + describe(source->shape, source->elementType) + " in a slice of " +
                     describe(slice.sizes, source->elementType));
    return {};
  }
  int64_t position = 0;
  forEachElement(slice, tensor->shape, [&](int64_t to) { tensor->elements[to] = source->elements[position++]; });
  Datum result{std::shared_ptr<const Tensor>(std::move(tensor))};
  return slice.certain ? result : machine.makeUncertain(result, op.getDest().getType());
}

static bool runInsertSlice(Machine &machine, const Instruction &instruction, Frame &frame) {
  Datum result = insertSlice(machine, cast<tensor::InsertSliceOp>(instruction.op), instruction, frame);
  frame[instruction.results[0]] = result;
  return result.tensor != nullptr;
}

/// The output of the enclosing scf.forall is changed.
static bool runParallelInsertSlice(Machine &machine, const Instruction &instruction, Frame &frame) {
  Datum result = insertSlice(machine, cast<tensor::ParallelInsertSliceOp>(instruction.op), instruction, frame);
  frame[instruction.operands[1]] = result;
  return result.tensor != nullptr;
}

static bool runConcat(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<tensor::ConcatOp>(instruction.op);
  uint64_t dimension = op.getDim();
  Shape shape = instruction.get(frame, 0).tensor->shape;
  shape[dimension] = 0;
  for (uint32_t operand : instruction.operands) {
    Shape other = frame[operand].tensor->shape;
    shape[dimension] += other[dimension];
    other[dimension] = shape[dimension];
    if (other != shape)
      return machine.fail(Failure::Extents, instruction.op, "operands whose other extents differ");
  }
  auto tensor = machine.makeTensor(op.getType().getElementType(), shape);
  if (!tensor)
    return false;
  Slice slice;
  slice.offsets.assign(shape.size(), 0);
  slice.strides.assign(shape.size(), 1);
  for (uint32_t operand : instruction.operands) {
    const Tensor &part = *frame[operand].tensor;
    slice.sizes = part.shape;
    int64_t position = 0;
    forEachElement(slice, shape, [&](int64_t to) { tensor->elements[to] = part.elements[position++]; });
    slice.offsets[dimension] += part.shape[dimension];
  }
  Datum result{std::shared_ptr<const Tensor>(std::move(tensor))};
  frame[instruction.results[0]] = result;
  return machine.checkType(result, op.getType(), instruction.op);
}

//===----------------------------------------------------------------------===//
// Gather and scatter
//===----------------------------------------------------------------------===//

/// Calls \p visit for each tuple of coordinates with its number and the slice of
/// \p shape that it names: one index in each of \p dimensions, all else whole.
static bool forEachTuple(Machine &machine, Operation *op, const Tensor &indices, llvm::ArrayRef<int64_t> dimensions,
                         llvm::ArrayRef<int64_t> shape, llvm::function_ref<void(const Slice &)> visit) {
  size_t tuple = dimensions.size();
  unsigned width = getIntegerWidth(indices.elementType);
  Slice slice;
  slice.strides.assign(shape.size(), 1);
  for (size_t first = 0; first + tuple <= indices.elements.size(); first += tuple) {
    slice.offsets.assign(shape.size(), 0);
    slice.sizes.assign(shape.begin(), shape.end());
    slice.certain = true;
    for (auto [i, dimension] : llvm::enumerate(dimensions)) {
      const Number &index = indices.elements[first + i];
      slice.certain &= index.isCertain();
      slice.offsets[dimension] = signExtend(index.bits, width);
      slice.sizes[dimension] = 1;
    }
    if (!checkSlice(machine, op, slice, shape))
      return false;
    visit(slice);
  }
  return true;
}

static bool runGather(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<tensor::GatherOp>(instruction.op);
  const Tensor &source = *instruction.get(frame, 0).tensor, &indices = *instruction.get(frame, 1).tensor;
  Shape shape(indices.shape.begin(), indices.shape.end() - 1), kept;
  llvm::ArrayRef<int64_t> dimensions = op.getGatherDims();
  size_t rank = static_cast<size_t>(op.getResultType().getRank());
  bool keepsUnits = rank == shape.size() + source.shape.size();
  for (size_t i = 0; i < source.shape.size(); ++i) {
    bool gathered = llvm::is_contained(dimensions, static_cast<int64_t>(i));
    if (!gathered || keepsUnits)
      shape.push_back(gathered ? 1 : source.shape[i]);
  }
  auto tensor = machine.makeTensor(source.elementType, shape);
  if (!tensor)
    return false;
  int64_t position = 0;
  bool certain = true;
  if (!forEachTuple(machine, instruction.op, indices, dimensions, source.shape, [&](const Slice &slice) {
        certain &= slice.certain;
        forEachElement(slice, source.shape,
                       [&](int64_t from) { tensor->elements[position++] = source.elements[from]; });
      }))
    return false;
  Datum result{std::shared_ptr<const Tensor>(std::move(tensor))};
  if (!machine.checkType(result, op.getType(), instruction.op))
    return false;
  frame[instruction.results[0]] = certain ? result : machine.makeUncertain(result, op.getType());
  return true;
}

static bool runScatter(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<tensor::ScatterOp>(instruction.op);
  const Tensor &source = *instruction.get(frame, 0).tensor, &indices = *instruction.get(frame, 2).tensor;
  auto tensor = std::make_shared<Tensor>(*instruction.get(frame, 1).tensor);
  if (!machine.count(tensor->getNumElements()))
    return false;
  int64_t position = 0;
  bool certain = true, enough = true;
  if (!forEachTuple(machine, instruction.op, indices, op.getScatterDims(), tensor->shape, [&](const Slice &slice) {
        certain &= slice.certain;
        forEachElement(slice, tensor->shape, [&](int64_t to) {
          enough &= position < source.getNumElements();
          if (enough)
            tensor->elements[to] = source.elements[position++];
        });
      }))
    return false;
  if (!enough || position != source.getNumElements())
    return machine.fail(Failure::Extents, instruction.op, "the source has another number of elements than the slices");
  Datum result{std::shared_ptr<const Tensor>(std::move(tensor))};
  frame[instruction.results[0]] = certain ? result : machine.makeUncertain(result, op.getType());
  return true;
}

void remat::interpreter::addTensorSliceOps(OperationTable &table) {
  auto &handlers = table.handlers;
  handlers["tensor.concat"] = runConcat;
  handlers["tensor.extract_slice"] = runExtractSlice;
  handlers["tensor.gather"] = runGather;
  handlers["tensor.insert_slice"] = runInsertSlice;
  handlers["tensor.parallel_insert_slice"] = runParallelInsertSlice;
  handlers["tensor.scatter"] = runScatter;
}
