//===- Interpreter.cpp - What a program means ---------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Interpreter.h"

#include "Machine.h"

using namespace mlir;
using namespace remat::interpreter;

llvm::StringRef remat::interpreter::getName(Failure kind) {
  switch (kind) {
  case Failure::None:
    return "none";
  case Failure::Assertion:
    return "assertion";
  case Failure::IndexOutOfRange:
    return "index out of range";
  case Failure::Extents:
    return "extents disagree";
  case Failure::Undefined:
    return "undefined";
  case Failure::Limit:
    return "too large";
  case Failure::Unsupported:
    return "unsupported";
  case Failure::Usage:
    return "usage";
  }
  return "";
}

int64_t Array::getNumElements() const { return countElements(shape).value_or(0); }

/// Reads an argument; false after a failure.
static bool readArgument(Machine &machine, const Array &array, Type type, unsigned number, Datum &value) {
  Type element = getElementType(type);
  unsigned bytes = getByteSize(element);
  auto shaped = dyn_cast<RankedTensorType>(type);
  bool matches = array.elementType == element && bytes > 0 && countElements(array.shape) &&
                 array.shape.size() == static_cast<size_t>(shaped ? shaped.getRank() : 0) &&
                 array.bytes.size() == static_cast<size_t>(array.getNumElements()) * bytes;
  if (matches && shaped)
    for (auto [expected, extent] : llvm::zip_equal(shaped.getShape(), array.shape))
      matches &= ShapedType::isDynamic(expected) || expected == extent;
  if (!matches)
    return machine.fail(Failure::Usage, "argument " + llvm::Twine(number) + " does not have the type of the entry");
  if (!shaped) {
    value = load(element, array.bytes.data());
    return true;
  }
  auto tensor = machine.makeTensor(element, array.shape);
  if (!tensor)
    return false;
  for (int64_t i = 0; i < tensor->getNumElements(); ++i)
    tensor->elements[i] = load(element, array.bytes.data() + i * bytes);
  value = Datum(std::shared_ptr<const Tensor>(std::move(tensor)));
  return true;
}

static void writeResult(const Datum &value, Type type, Outcome &outcome) {
  Array array;
  array.elementType = getElementType(type);
  unsigned bytes = getByteSize(array.elementType);
  llvm::ArrayRef<Number> numbers(value.scalar);
  if (value.tensor) {
    array.shape.assign(value.tensor->shape.begin(), value.tensor->shape.end());
    numbers = value.tensor->elements;
  }
  array.bytes.resize(numbers.size() * bytes);
  std::vector<double> errors;
  for (auto [position, number] : llvm::enumerate(numbers)) {
    store(array.elementType, number, array.bytes.data() + position * bytes);
    bool isUnsignedZero = Format::get(array.elementType) && number.value == 0 && !number.hasCertainSign;
    // A zero of either sign: the smallest bound that is none.
    errors.push_back(number.error == 0 && isUnsignedZero ? std::numeric_limits<double>::denorm_min() : number.error);
  }
  outcome.results.push_back(std::move(array));
  outcome.errors.push_back(std::move(errors));
}

Outcome remat::interpreter::interpret(ModuleOp module, llvm::StringRef entry, llvm::ArrayRef<Array> arguments,
                                      const InterpretOptions &options) {
  Outcome outcome;
  Machine machine(module, options);
  llvm::SmallVector<Datum, 4> values, results;
  auto function = machine.findFunction(entry);
  bool done =
      function &&
      (function.getNumArguments() == arguments.size() ||
       machine.fail(Failure::Usage, "@" + entry + " has " + llvm::Twine(function.getNumArguments()) + " arguments"));
  for (unsigned i = 0; done && i < arguments.size(); ++i) {
    values.emplace_back();
    done = readArgument(machine, arguments[i], function.getArgumentTypes()[i], i, values.back());
  }
  done = done && machine.call(function, values, results);
  outcome.uncertain = machine.uncertain;
  if (!done) {
    outcome.failed = true;
    outcome.kind = machine.failure;
    outcome.why = machine.why;
    return outcome;
  }
  for (auto [value, type] : llvm::zip_equal(results, function.getResultTypes()))
    writeResult(value, type, outcome);
  return outcome;
}
