//===- TensorOps.cpp - The tensor dialect but for slices ----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace remat::interpreter;

/// The extents of a result: the static ones of its type, the others from operands.
static Shape readShape(const Instruction &instruction, Frame &frame, unsigned firstOperand) {
  auto type = cast<RankedTensorType>(instruction.op->getResult(0).getType());
  Shape shape;
  for (int64_t extent : type.getShape())
    shape.push_back(ShapedType::isDynamic(extent) ? instruction.get(frame, firstOperand++).getInteger() : extent);
  return shape;
}

static bool setTensor(const Instruction &instruction, Frame &frame, std::shared_ptr<Tensor> tensor) {
  if (!tensor)
    return false;
  frame[instruction.results[0]] = Datum(std::shared_ptr<const Tensor>(std::move(tensor)));
  return true;
}

//===----------------------------------------------------------------------===//
// New tensors
//===----------------------------------------------------------------------===//

/// What nobody has written is zero.
static bool runEmpty(Machine &machine, const Instruction &instruction, Frame &frame) {
  Type element = getElementType(instruction.op->getResult(0).getType());
  return setTensor(instruction, frame, machine.makeTensor(element, readShape(instruction, frame, 0)));
}

static bool runSplat(Machine &machine, const Instruction &instruction, Frame &frame) {
  Type element = getElementType(instruction.op->getResult(0).getType());
  auto tensor = machine.makeTensor(element, readShape(instruction, frame, 1));
  if (tensor)
    tensor->elements.assign(tensor->elements.size(), instruction.get(frame, 0).scalar);
  return setTensor(instruction, frame, std::move(tensor));
}

static bool runFromElements(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto type = cast<RankedTensorType>(instruction.op->getResult(0).getType());
  auto tensor = machine.makeTensor(type.getElementType(), type.getShape());
  if (tensor)
    for (auto [number, operand] : llvm::zip_equal(tensor->elements, instruction.operands))
      number = frame[operand].scalar;
  return setTensor(instruction, frame, std::move(tensor));
}

/// Runs a region at each of the indices that \p wants; its value becomes the element.
static bool fillFromRegion(Machine &machine, const Instruction &instruction, Frame &frame, Tensor &tensor,
                           llvm::function_ref<bool(llvm::ArrayRef<int64_t>)> wants) {
  llvm::SmallVector<int64_t> point(tensor.shape.size(), 0);
  int64_t position = 0;
  const Code &body = *instruction.regions[0];
  for (bool more = !tensor.elements.empty(); more; more = increment(point, tensor.shape), ++position) {
    if (!wants(point))
      continue;
    for (size_t i = 0; i < point.size(); ++i)
      frame[body.arguments[i]] = Number::fromBits(static_cast<uint64_t>(point[i]));
    if (!machine.run(body, frame))
      return false;
    tensor.elements[position] = machine.yielded[0].scalar;
  }
  return true;
}

static bool runGenerate(Machine &machine, const Instruction &instruction, Frame &frame) {
  Type element = getElementType(instruction.op->getResult(0).getType());
  auto tensor = machine.makeTensor(element, readShape(instruction, frame, 0));
  if (!tensor || !fillFromRegion(machine, instruction, frame, *tensor, [](llvm::ArrayRef<int64_t>) { return true; }))
    return false;
  return setTensor(instruction, frame, std::move(tensor));
}

static bool runPad(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<tensor::PadOp>(instruction.op);
  auto source = instruction.get(frame, 0).tensor;
  unsigned operand = 1;
  auto read = [&](llvm::ArrayRef<int64_t> amounts) {
    Shape values;
    for (int64_t amount : amounts)
      values.push_back(ShapedType::isDynamic(amount) ? instruction.get(frame, operand++).getInteger() : amount);
    return values;
  };
  Shape low = read(op.getStaticLow()), high = read(op.getStaticHigh()), shape;
  for (size_t i = 0; i < low.size(); ++i) {
    // Padding by less than nothing cuts off.
    shape.push_back(low[i] + source->shape[i] + high[i]);
    if (shape.back() < 0)
      return machine.fail(Failure::Extents, instruction.op, "a padding that cuts off more than there is");
  }
  auto tensor = machine.makeTensor(source->elementType, shape);
  if (!tensor)
    return false;
  Shape strides = getStrides(source->shape);
  llvm::SmallVector<int64_t> inner(low.size());
  auto locate = [&](llvm::ArrayRef<int64_t> point) {
    for (size_t i = 0; i < inner.size(); ++i) {
      inner[i] = point[i] - low[i];
      if (inner[i] < 0 || inner[i] >= source->shape[i])
        return false;
    }
    return true;
  };
  if (!fillFromRegion(machine, instruction, frame, *tensor,
                      [&](llvm::ArrayRef<int64_t> point) { return !locate(point); }))
    return false;
  llvm::SmallVector<int64_t> point(shape.size(), 0);
  int64_t position = 0;
  for (bool more = !tensor->elements.empty(); more; more = increment(point, shape), ++position)
    if (locate(point))
      tensor->elements[position] = source->elements[linearize(inner, strides)];
  Datum result{std::shared_ptr<const Tensor>(std::move(tensor))};
  if (!machine.checkType(result, op.getType(), instruction.op))
    return false;
  frame[instruction.results[0]] = result;
  return true;
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/// The position of the element that the operands from \p firstOperand name, or a
/// failure; \p certain is cleared if it hangs on rounding.
static std::optional<int64_t> locate(Machine &machine, const Instruction &instruction, Frame &frame,
                                     const Tensor &tensor, unsigned firstOperand, bool &certain) {
  int64_t position = 0;
  Shape strides = getStrides(tensor.shape);
  for (size_t i = 0; i < tensor.shape.size(); ++i) {
    const Datum &value = instruction.get(frame, firstOperand + i);
    certain &= value.scalar.isCertain();
    int64_t index = value.getInteger();
    if (index < 0 || index >= tensor.shape[i]) {
      if (!certain)
        machine.decideUncertainly();
      machine.fail(Failure::IndexOutOfRange, instruction.op,
                   "index " + llvm::Twine(index) + " in an extent of " + llvm::Twine(tensor.shape[i]));
      return std::nullopt;
    }
    position += index * strides[i];
  }
  if (!certain)
    machine.decideUncertainly();
  return position;
}

static bool runExtract(Machine &machine, const Instruction &instruction, Frame &frame) {
  const Tensor &tensor = *instruction.get(frame, 0).tensor;
  bool certain = true;
  auto position = locate(machine, instruction, frame, tensor, 1, certain);
  if (!position)
    return false;
  Datum element = tensor.elements[*position];
  frame[instruction.results[0]] = certain ? element : machine.makeUncertain(element, tensor.elementType);
  return true;
}

static bool runInsert(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto tensor = std::make_shared<Tensor>(*instruction.get(frame, 1).tensor);
  bool certain = true;
  auto position = locate(machine, instruction, frame, *tensor, 2, certain);
  if (!position || !machine.count(tensor->getNumElements() / 8))
    return false;
  tensor->elements[*position] = instruction.get(frame, 0).scalar;
  Datum result{std::shared_ptr<const Tensor>(std::move(tensor))};
  if (!certain)
    result = machine.makeUncertain(result, instruction.op->getResult(0).getType());
  frame[instruction.results[0]] = result;
  return true;
}

static bool runDim(Machine &machine, const Instruction &instruction, Frame &frame) {
  const Shape &shape = instruction.get(frame, 0).tensor->shape;
  int64_t dimension = instruction.get(frame, 1).getInteger();
  if (dimension < 0 || dimension >= static_cast<int64_t>(shape.size()))
    return machine.fail(Failure::IndexOutOfRange, instruction.op,
                        "dimension " + llvm::Twine(dimension) + " of a rank of " + llvm::Twine(shape.size()));
  frame[instruction.results[0]] = Number::fromBits(static_cast<uint64_t>(shape[dimension]));
  return true;
}

static bool runRank(Machine &machine, const Instruction &instruction, Frame &frame) {
  frame[instruction.results[0]] = Number::fromBits(instruction.get(frame, 0).tensor->shape.size());
  return true;
}

//===----------------------------------------------------------------------===//
// The same elements in another shape
//===----------------------------------------------------------------------===//

static bool runCast(Machine &machine, const Instruction &instruction, Frame &frame) {
  const Datum &value = instruction.get(frame, 0);
  if (!machine.checkType(value, instruction.op->getResult(0).getType(), instruction.op))
    return false;
  frame[instruction.results[0]] = value;
  return true;
}

static bool reshape(Machine &machine, const Instruction &instruction, Frame &frame, const Shape &shape) {
  const Tensor &source = *instruction.get(frame, 0).tensor;
  if (countElements(shape) != source.getNumElements())
    return machine.fail(Failure::Extents, instruction.op,
                        "a tensor of " + describe(source.shape, source.elementType) + " in the shape of " +
                            describe(shape, source.elementType));
  auto tensor = std::make_shared<Tensor>(source);
  tensor->shape = shape;
  Datum result{std::shared_ptr<const Tensor>(std::move(tensor))};
  if (!machine.count(source.getNumElements()) ||
      !machine.checkType(result, instruction.op->getResult(0).getType(), instruction.op))
    return false;
  frame[instruction.results[0]] = result;
  return true;
}

static bool runReshape(Machine &machine, const Instruction &instruction, Frame &frame) {
  const Tensor &extents = *instruction.get(frame, 1).tensor;
  Shape shape;
  for (const Number &extent : extents.elements)
    shape.push_back(signExtend(extent.bits, getIntegerWidth(extents.elementType)));
  return reshape(machine, instruction, frame, shape);
}

static bool runCollapseShape(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<tensor::CollapseShapeOp>(instruction.op);
  const Tensor &source = *instruction.get(frame, 0).tensor;
  Shape shape;
  for (const auto &group : op.getReassociationIndices()) {
    int64_t extent = 1;
    for (int64_t dimension : group)
      extent *= source.shape[dimension];
    shape.push_back(extent);
  }
  return reshape(machine, instruction, frame, shape);
}

static bool runExpandShape(Machine &machine, const Instruction &instruction, Frame &frame) {
  auto op = cast<tensor::ExpandShapeOp>(instruction.op);
  const Tensor &source = *instruction.get(frame, 0).tensor;
  Shape shape;
  unsigned operand = 1;
  for (int64_t extent : op.getStaticOutputShape())
    shape.push_back(ShapedType::isDynamic(extent) ? instruction.get(frame, operand++).getInteger() : extent);
  for (auto [number, group] : llvm::enumerate(op.getReassociationIndices())) {
    int64_t extent = 1;
    for (int64_t dimension : group)
      extent *= shape[dimension];
    if (extent != source.shape[number])
      return machine.fail(Failure::Extents, instruction.op,
                          "an extent of " + llvm::Twine(source.shape[number]) + " expands to " + llvm::Twine(extent));
  }
  return reshape(machine, instruction, frame, shape);
}

static bool runBitcast(Machine &machine, const Instruction &instruction, Frame &frame) {
  const Tensor &source = *instruction.get(frame, 0).tensor;
  auto tensor = machine.makeTensor(getElementType(instruction.op->getResult(0).getType()), source.shape);
  if (!tensor)
    return false;
  const Format *from = Format::get(source.elementType), *to = Format::get(tensor->elementType);
  for (auto [number, old] : llvm::zip_equal(tensor->elements, source.elements)) {
    number = old;
    if (from == to)
      continue;
    uint64_t bits = from ? encode(*from, old.value) : old.bits;
    bool certain = old.error == 0 && !(from && std::isnan(old.value));
    number = to ? Number::fromFloat(decode(*to, bits), certain ? 0 : infinity) : Number::fromBits(bits, certain);
  }
  return setTensor(instruction, frame, std::move(tensor));
}

void remat::interpreter::addTensorOps(OperationTable &table) {
  auto &handlers = table.handlers;
  handlers["tensor.bitcast"] = runBitcast;
  handlers["tensor.cast"] = runCast;
  handlers["tensor.collapse_shape"] = runCollapseShape;
  handlers["tensor.dim"] = runDim;
  handlers["tensor.empty"] = runEmpty;
  handlers["tensor.expand_shape"] = runExpandShape;
  handlers["tensor.extract"] = runExtract;
  handlers["tensor.from_elements"] = runFromElements;
  handlers["tensor.generate"] = runGenerate;
  handlers["tensor.insert"] = runInsert;
  handlers["tensor.pad"] = runPad;
  handlers["tensor.rank"] = runRank;
  handlers["tensor.reshape"] = runReshape;
  handlers["tensor.splat"] = runSplat;
  handlers["tensor.yield"] = yieldOperands;
}
