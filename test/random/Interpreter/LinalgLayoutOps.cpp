//===- LinalgLayoutOps.cpp - linalg operations without a body -----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <cmath>

using namespace mlir;
using namespace remat::interpreter;

/// exp(x - max x) / sum exp(x - max x) along one dimension.
static bool runSoftmax(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<linalg::SoftmaxOp>(instruction.op);
  auto input = instruction.get(frame, 0).tensor;
  auto output = std::make_shared<Tensor>(*instruction.get(frame, 1).tensor);
  if (input->shape != output->shape)
    return machine.fail(Failure::Extents, instruction.op, "input and output have different extents");
  const Format *format = Format::get(input->elementType);
  if (!format)
    return machine.fail(Failure::Unsupported, instruction.op, "elements that are no floats");
  if (!machine.count(4 * input->getNumElements()))
    return false;
  Arithmetic &arithmetic = machine.arithmetic;
  uint64_t dimension = op.getDimension();
  int64_t extent = input->shape[dimension];
  Shape outer = input->shape, strides = getStrides(input->shape);
  outer[dimension] = 1;
  llvm::SmallVector<int64_t> point(outer.size(), 0);
  if (input->elements.empty())
    outer.clear();
  bool more = !outer.empty();
  for (; more; more = increment(point, outer)) {
    int64_t first = linearize(point, strides), stride = strides[dimension];
    auto at = [&](int64_t i) -> const Number & { return input->elements[first + i * stride]; };
    Number largest = at(0);
    double ties = 1;
    for (int64_t i = 1; i < extent; ++i) {
      bool isTie = at(i).value == largest.value;
      const double shares[2] = {ties / (ties + 1), 1 / (ties + 1)};
      ties = isTie ? ties + 1 : at(i).value > largest.value ? 1 : ties;
      largest = arithmetic.selectExtremum(*format, largest, at(i), /*takesLarger=*/true, /*passesNaN=*/true, shares);
    }
    std::vector<Number> powers;
    Number sum = Number::fromFloat(0);
    for (int64_t i = 0; i < extent; ++i) {
      Number difference = arithmetic.subtract(*format, at(i), largest);
      powers.push_back(arithmetic.apply(*format, std::exp, difference, 8, [](const Number &result) { return result; }));
      sum = arithmetic.add(*format, sum, powers.back());
    }
    for (int64_t i = 0; i < extent; ++i)
      output->elements[first + i * stride] = arithmetic.divide(*format, powers[i], sum);
  }
  if (!instruction.results.empty())
    frame[instruction.results[0]] = Datum(std::move(output));
  return true;
}

namespace {
/// The layout of linalg.pack: where an element of the packed tensor comes from.
struct PackedLayout {
  llvm::SmallVector<int64_t> innerDimensions;
  llvm::SmallVector<int64_t> outerPermutation;

  template <typename OpT>
  explicit PackedLayout(OpT op)
      : innerDimensions(op.getInnerDimsPos().begin(), op.getInnerDimsPos().end()),
        outerPermutation(op.getOuterDimsPerm().begin(), op.getOuterDimsPerm().end()) {}

  /// The index in the tensor that is not packed.
  llvm::SmallVector<int64_t> locate(llvm::ArrayRef<int64_t> packed, const Shape &packedShape) const {
    size_t rank = packed.size() - innerDimensions.size();
    llvm::SmallVector<int64_t> index(rank);
    for (size_t i = 0; i < rank; ++i)
      index[outerPermutation.empty() ? i : outerPermutation[i]] = packed[i];
    for (auto [i, dimension] : llvm::enumerate(innerDimensions))
      index[dimension] = index[dimension] * packedShape[rank + i] + packed[rank + i];
    return index;
  }
};
} // namespace

static bool isInside(llvm::ArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape) {
  for (auto [position, extent] : llvm::zip_equal(index, shape))
    if (position >= extent)
      return false;
  return true;
}

static bool runPack(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<linalg::PackOp>(instruction.op);
  auto source = instruction.get(frame, 0).tensor;
  auto result = std::make_shared<Tensor>(*instruction.get(frame, 1).tensor);
  if (!machine.count(result->getNumElements()))
    return false;
  PackedLayout layout(op);
  Shape strides = getStrides(source->shape);
  llvm::SmallVector<int64_t> point(result->shape.size(), 0);
  int64_t position = 0;
  bool more = !result->elements.empty();
  for (; more; more = increment(point, result->shape), ++position) {
    auto index = layout.locate(point, result->shape);
    if (isInside(index, source->shape))
      result->elements[position] = source->elements[linearize(index, strides)];
    else if (op.getPaddingValue())
      result->elements[position] = instruction.get(frame, 2).scalar;
    else
      return machine.fail(Failure::Extents, instruction.op, "tiles that do not divide the extents");
  }
  frame[instruction.results[0]] = Datum(std::move(result));
  return true;
}

static bool runUnpack(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<linalg::UnPackOp>(instruction.op);
  auto source = instruction.get(frame, 0).tensor;
  auto result = std::make_shared<Tensor>(*instruction.get(frame, 1).tensor);
  if (!machine.count(source->getNumElements()))
    return false;
  PackedLayout layout(op);
  Shape strides = getStrides(result->shape);
  llvm::SmallVector<int64_t> point(source->shape.size(), 0);
  int64_t position = 0;
  bool more = !source->elements.empty();
  for (; more; more = increment(point, source->shape), ++position) {
    auto index = layout.locate(point, source->shape);
    if (isInside(index, result->shape))
      result->elements[linearize(index, strides)] = source->elements[position];
  }
  frame[instruction.results[0]] = Datum(std::move(result));
  return true;
}

void remat::interpreter::addLinalgLayoutOps(OperationTable &table) {
  table.handlers["linalg.pack"] = runPack;
  table.handlers["linalg.softmax"] = runSoftmax;
  table.handlers["linalg.unpack"] = runUnpack;
}
