//===- Machine.cpp - Runs operations ------------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace remat::interpreter;

Type remat::interpreter::getElementType(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  return shaped ? shaped.getElementType() : type;
}

bool remat::interpreter::yieldOperands(Machine &machine, const Instruction &instruction, Frame &frame) {
  machine.yielded.clear();
  for (uint32_t operand : instruction.operands)
    machine.yielded.push_back(frame[operand]);
  return true;
}

Machine::Machine(ModuleOp module, const InterpretOptions &options)
    : arithmetic(options), options(options), module(module) {
  addArithOps(table);
  addMathOps(table);
  addControlOps(table);
  addLinalgOps(table);
  addLinalgLayoutOps(table);
  addTensorOps(table);
  addTensorSliceOps(table);
  addSCFOps(table);
  addRematOps(table);
}

//===----------------------------------------------------------------------===//
// Failures and limits
//===----------------------------------------------------------------------===//

bool Machine::fail(Failure kind, const llvm::Twine &reason) {
  if (failure == Failure::None) {
    failure = kind;
    why = reason.str();
  }
  return false;
}

bool Machine::fail(Failure kind, Operation *op, const llvm::Twine &reason) {
  std::string place;
  llvm::raw_string_ostream stream(place);
  if (auto location = dyn_cast<FileLineColLoc>(op->getLoc()))
    stream << location.getLine() << ':' << location.getColumn() << ": ";
  stream << op->getName() << ": " << reason;
  return fail(kind, place);
}

bool Machine::count(int64_t more) {
  operations += more;
  if (operations > options.operationLimit)
    return fail(Failure::Limit, "more than " + llvm::Twine(options.operationLimit) + " operations");
  if (arithmetic.depth > 0 && arithmetic.isFull())
    return fail(Failure::Limit, "more than " + llvm::Twine(options.tapeLimit) + " operations under a gradient");
  return true;
}

std::shared_ptr<Tensor> Machine::makeTensor(Type elementType, llvm::ArrayRef<int64_t> shape) {
  std::optional<int64_t> size = countElements(shape);
  if (!size) {
    fail(Failure::Extents, "a tensor of " + describe(shape, elementType));
    return nullptr;
  }
  if (*size > options.elementLimit) {
    fail(Failure::Limit, "a tensor of " + describe(shape, elementType));
    return nullptr;
  }
  if (!Format::get(elementType) && getIntegerWidth(elementType) == 0) {
    fail(Failure::Unsupported, "a tensor of " + describe(shape, elementType));
    return nullptr;
  }
  if (!count(*size))
    return nullptr;
  auto tensor = std::make_shared<Tensor>();
  tensor->elementType = elementType;
  tensor->shape.assign(shape.begin(), shape.end());
  tensor->elements.resize(*size, Format::get(elementType) ? Number() : Number::fromBits(0));
  return tensor;
}

Datum Machine::makeUncertain(const Datum &value, Type type) {
  const Format *format = Format::get(getElementType(type));
  auto change = [&](Number &number) {
    number.setError(infinity);
    if (format)
      arithmetic.record(*format, number, {&number},
                        [](Number *partials) { partials[0] = Number::fromFloat(1, infinity); });
  };
  if (!value.tensor) {
    Number number = value.scalar;
    change(number);
    return number;
  }
  auto tensor = std::make_shared<Tensor>(*value.tensor);
  for (Number &number : tensor->elements)
    change(number);
  return Datum(std::move(tensor));
}

bool Machine::checkType(const Datum &value, Type type, Operation *op) {
  auto tensorType = dyn_cast<RankedTensorType>(type);
  if (!tensorType || !value.tensor)
    return true;
  for (auto [expected, extent] : llvm::zip_equal(tensorType.getShape(), value.tensor->shape))
    if (!ShapedType::isDynamic(expected) && expected != extent)
      return fail(Failure::Extents, op,
                  "a tensor of " + describe(value.tensor->shape, value.tensor->elementType) + " where " +
                      describe(tensorType.getShape(), tensorType.getElementType()) + " is expected");
  return true;
}

//===----------------------------------------------------------------------===//
// Translation
//===----------------------------------------------------------------------===//

Instruction Machine::translate(Operation &op, llvm::DenseMap<mlir::Value, uint32_t> &places) {
  Instruction instruction;
  instruction.op = &op;
  auto getPlace = [&](mlir::Value value) {
    return places.try_emplace(value, static_cast<uint32_t>(places.size())).first->second;
  };
  for (mlir::Value operand : op.getOperands())
    instruction.operands.push_back(getPlace(operand));
  for (mlir::Value result : op.getResults())
    instruction.results.push_back(getPlace(result));
  auto describeType = [](Type type, const Format *&format, unsigned &width) {
    Type element = getElementType(type);
    format = Format::get(element);
    width = getIntegerWidth(element);
  };
  if (op.getNumOperands() > 0)
    describeType(op.getOperand(0).getType(), instruction.operandFormat, instruction.operandWidth);
  if (op.getNumResults() > 0)
    describeType(op.getResult(0).getType(), instruction.format, instruction.width);
  if (auto compare = dyn_cast<arith::CmpFOp>(op))
    instruction.predicate = static_cast<unsigned>(compare.getPredicate());
  else if (auto compare = dyn_cast<arith::CmpIOp>(op))
    instruction.predicate = static_cast<unsigned>(compare.getPredicate());

  StringRef name = op.getName().getStringRef();
  instruction.kernel = table.kernels.lookup(name);
  instruction.handler = table.handlers.lookup(name);
  if (!instruction.kernel && !instruction.handler && name.starts_with("linalg."))
    instruction.handler = table.handlers.lookup("linalg.generic");
  for (Region &region : op.getRegions()) {
    // Several blocks: the interpreter does not jump.
    instruction.regions.push_back(region.hasOneBlock() ? translate(region.front(), places) : nullptr);
    if (!region.empty() && !region.hasOneBlock())
      instruction.handler = nullptr;
  }
  return instruction;
}

Code *Machine::translate(Block &block, llvm::DenseMap<mlir::Value, uint32_t> &places) {
  codes.push_back(std::make_unique<Code>());
  Code *code = codes.back().get();
  for (BlockArgument argument : block.getArguments())
    code->arguments.push_back(places.try_emplace(argument, static_cast<uint32_t>(places.size())).first->second);
  for (Operation &op : block)
    code->instructions.push_back(translate(op, places));
  return code;
}

Function &Machine::translate(func::FuncOp function) {
  auto [entry, isNew] = functions.try_emplace(function);
  if (isNew && function.getBody().hasOneBlock()) {
    llvm::DenseMap<mlir::Value, uint32_t> places;
    entry->second.body = translate(function.getBody().front(), places);
    entry->second.frameSize = places.size();
  }
  return entry->second;
}

//===----------------------------------------------------------------------===//
// Execution
//===----------------------------------------------------------------------===//

func::FuncOp Machine::findFunction(StringRef name) {
  auto function = module.lookupSymbol<func::FuncOp>(name);
  if (!function)
    fail(Failure::Usage, "there is no function @" + name);
  return function;
}

bool Machine::call(StringRef callee, llvm::ArrayRef<Datum> arguments, llvm::SmallVectorImpl<Datum> &results) {
  auto function = findFunction(callee);
  return function && call(function, arguments, results);
}

bool Machine::call(func::FuncOp function, llvm::ArrayRef<Datum> arguments, llvm::SmallVectorImpl<Datum> &results) {
  if (callDepth > 200)
    return fail(Failure::Limit, function, "calls itself too deeply");
  Function translated = translate(function);
  if (!translated.body)
    return fail(Failure::Unsupported, function, "a function without a body or with several blocks");
  Frame frame(translated.frameSize);
  ++callDepth;
  bool done = run(*translated.body, frame, arguments);
  --callDepth;
  results.assign(yielded.begin(), yielded.end());
  return done;
}

bool Machine::run(const Code &code, Frame &frame, llvm::ArrayRef<Datum> arguments) {
  for (auto [place, argument] : llvm::zip_equal(code.arguments, arguments))
    frame[place] = argument;
  return run(code, frame);
}

/// Runs a kernel on scalars, or on all elements of tensors; a scalar among tensors
/// stands for each element.
static bool runKernel(Machine &machine, const Instruction &instruction, Frame &frame) {
  constexpr unsigned limit = 4;
  unsigned numOperands = instruction.operands.size(), numResults = instruction.results.size();
  if (numOperands > limit || numResults > limit)
    return machine.fail(Failure::Unsupported, instruction.op, "too many operands");
  Number in[limit], out[limit];
  const Tensor *tensors[limit] = {}, *shape = nullptr;
  for (unsigned i = 0; i < numOperands; ++i) {
    tensors[i] = instruction.get(frame, i).tensor.get();
    if (!tensors[i])
      in[i] = instruction.get(frame, i).scalar;
    else if (!shape)
      shape = tensors[i];
    else if (shape->shape != tensors[i]->shape)
      return machine.fail(Failure::Extents, instruction.op,
                          "operands of " + describe(shape->shape, shape->elementType) + " and " +
                              describe(tensors[i]->shape, tensors[i]->elementType));
  }
  if (!shape) {
    if (!machine.count(1))
      return false;
    instruction.kernel(machine, instruction, in, out);
    for (unsigned i = 0; i < numResults; ++i)
      frame[instruction.results[i]] = out[i];
    return !machine.hasFailed();
  }
  std::shared_ptr<Tensor> results[limit];
  for (unsigned i = 0; i < numResults; ++i) {
    results[i] = machine.makeTensor(getElementType(instruction.op->getResult(i).getType()), shape->shape);
    if (!results[i])
      return false;
  }
  for (int64_t element = 0, end = shape->getNumElements(); element < end; ++element) {
    for (unsigned i = 0; i < numOperands; ++i)
      if (tensors[i])
        in[i] = tensors[i]->elements[element];
    instruction.kernel(machine, instruction, in, out);
    if (machine.hasFailed())
      return false;
    for (unsigned i = 0; i < numResults; ++i)
      results[i]->elements[element] = out[i];
  }
  for (unsigned i = 0; i < numResults; ++i)
    frame[instruction.results[i]] = Datum(std::move(results[i]));
  return machine.count(0);
}

bool Machine::run(const Code &code, Frame &frame) {
  for (const Instruction &instruction : code.instructions) {
    if (instruction.kernel) {
      if (!runKernel(*this, instruction, frame))
        return false;
      continue;
    }
    if (!instruction.handler)
      return fail(Failure::Unsupported, instruction.op, "the interpreter does not know it");
    if (!count(1) || !instruction.handler(*this, instruction, frame))
      return false;
  }
  return true;
}
