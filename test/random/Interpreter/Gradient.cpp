//===- Gradient.cpp - Derivatives from the tape -------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Gradient.h"

#include "Machine.h"

using namespace mlir;
using namespace remat::interpreter;

namespace {

/// Sets a variable for a while.
template <typename T>
class Scoped {
public:
  Scoped(T &variable, T value) : variable(variable), saved(variable) { variable = value; }
  ~Scoped() { variable = saved; }

private:
  T &variable;
  T saved;
};

/// The cotangents of the nodes from `begin` to `end`.
struct Sweep {
  Machine &machine;
  size_t begin, end;
  std::vector<Number> cotangents;

  Sweep(Machine &machine, size_t begin)
      : machine(machine), begin(begin), end(machine.arithmetic.tape.size()), cotangents(end - begin) {}

  void add(uint32_t node, const Number &cotangent);
  bool run();
  bool runRule(const Machine::CustomCall &call);
};

} // namespace

/// Calls \p visit with each number of a value of a float type.
template <typename ValueT, typename Visit>
static void forEachFloat(ValueT &&value, Type type, Visit visit) {
  if (!Format::get(getElementType(type)))
    return;
  if (!value.tensor)
    return visit(value.scalar);
  for (auto &number : value.tensor->elements)
    visit(number);
}

/// A copy of \p value with each number changed.
static Datum transform(const Datum &value, llvm::function_ref<Number(const Number &)> change) {
  if (!value.tensor)
    return change(value.scalar);
  auto tensor = std::make_shared<Tensor>(*value.tensor);
  for (Number &number : tensor->elements)
    number = change(number);
  return Datum(std::shared_ptr<const Tensor>(std::move(tensor)));
}

Datum remat::interpreter::detach(const Datum &value) {
  return transform(value, [](const Number &number) {
    Number copy = number;
    copy.node = 0;
    return copy;
  });
}

/// Cotangents of narrow floats are f32.
static const Format &getCotangentFormat(const Format &format, MLIRContext *context) {
  const Format *single = Format::get(Float32Type::get(context));
  return format.epsilon > single->epsilon ? *single : format;
}

void Sweep::add(uint32_t node, const Number &cotangent) {
  if (node < begin || node >= end)
    return;
  Arithmetic &arithmetic = machine.arithmetic;
  MLIRContext *context = machine.getContext();
  const Format &format = getCotangentFormat(*arithmetic.tape.nodes[node].format, context);
  Number &sum = cotangents[node - begin];
  sum = sum.isExactZero() ? cotangent : arithmetic.add(format, sum, cotangent);
}

bool Sweep::run() {
  Arithmetic &arithmetic = machine.arithmetic;
  MLIRContext *context = machine.getContext();
  size_t call = machine.customCalls.size();
  while (call > 0 && machine.customCalls[call - 1].firstNode >= end)
    --call;
  for (size_t node = end; node > begin; --node) {
    uint32_t id = static_cast<uint32_t>(node - 1);
    Number cotangent = cotangents[id - begin];
    if (!cotangent.isExactZero()) {
      // The tape grows meanwhile under another gradient.
      for (size_t i = 0, count = arithmetic.tape.getEdges(id).size(); i < count; ++i) {
        Edge edge = arithmetic.tape.getEdges(id)[i];
        if (edge.source < begin)
          continue;
        const Format &format = getCotangentFormat(*arithmetic.tape.nodes[id].format, context);
        const Format &narrow = getCotangentFormat(*arithmetic.tape.nodes[edge.source].format, context);
        Number term = arithmetic.multiplyStrongly(format, cotangent, edge.partial);
        // What comes back through a conversion to a wider type is rounded to the narrower one.
        add(edge.source, narrow.epsilon > format.epsilon ? arithmetic.convert(narrow, term) : term);
      }
    }
    if (call > 0 && machine.customCalls[call - 1].firstNode == id) {
      Machine::CustomCall rule = machine.customCalls[--call];
      if (!runRule(rule))
        return false;
    }
  }
  return !machine.hasFailed();
}

bool Sweep::runRule(const Machine::CustomCall &call) {
  bool isNeeded = false;
  for (uint32_t node = call.firstNode; node < call.endNode; ++node)
    isNeeded |= !cotangents[node - begin].isExactZero();
  if (!isNeeded)
    return true;
  llvm::SmallVector<Datum, 8> arguments, results;
  arguments.append(call.arguments);
  arguments.append(call.results);
  for (auto [value, type] : llvm::zip_equal(call.results, call.op->getResultTypes()))
    if (Format::get(getElementType(type)))
      arguments.push_back(transform(value, [&](const Number &number) { return cotangents[number.node - begin]; }));
  if (!machine.call(call.rule, arguments, results))
    return false;
  if (results.size() != static_cast<size_t>(llvm::count_if(call.op->getOperandTypes(), [](Type type) {
        return Format::get(getElementType(type)) != nullptr;
      })))
    return machine.fail(Failure::Usage, call.op, "the rule does not return one cotangent per float argument");
  auto *cotangent = results.begin();
  for (auto [value, type] : llvm::zip_equal(call.arguments, call.op->getOperandTypes())) {
    if (!Format::get(getElementType(type)))
      continue;
    const Datum &contribution = *cotangent++;
    int64_t element = 0;
    bool isScalar = !contribution.tensor;
    forEachFloat(value, type, [&](const Number &number) {
      add(number.node, isScalar ? contribution.scalar : contribution.tensor->elements[element]);
      ++element;
    });
  }
  return true;
}

bool remat::interpreter::evaluateGradient(Machine &machine, const GradientRequest &request,
                                          llvm::SmallVectorImpl<Datum> &results) {
  Arithmetic &arithmetic = machine.arithmetic;
  size_t begin = arithmetic.tape.size(), firstCall = machine.customCalls.size();
  auto function = machine.findFunction(request.callee);
  if (!function)
    return false;

  llvm::SmallVector<Datum, 4> arguments = request.arguments;
  {
    Scoped<unsigned> audible(arithmetic.silence, 0);
    Scoped<unsigned> deeper(arithmetic.depth, arithmetic.depth + 1);
    for (int64_t number : request.wrt) {
      const Format &format = *Format::get(getElementType(function.getArgumentTypes()[number]));
      arguments[number] =
          transform(arguments[number], [&](const Number &source) { return arithmetic.makeLeaf(format, source); });
    }
    if (!machine.call(function, arguments, results) || !machine.count(0))
      return false;
  }

  Scoped<unsigned> unrounded(arithmetic.unrounded, arithmetic.unrounded + 1);
  Sweep sweep(machine, begin);
  for (auto [i, number] : llvm::enumerate(request.of)) {
    const Datum *seed = request.seeds.empty() ? nullptr : &request.seeds[i];
    if (seed && seed->tensor && seed->tensor->shape != results[number].tensor->shape)
      return machine.fail(Failure::Extents, "a seed and its result have different extents");
    int64_t element = 0;
    forEachFloat(results[number], function.getResultTypes()[number], [&](const Number &result) {
      sweep.add(result.node, !seed          ? Number::fromFloat(1)
                             : seed->tensor ? seed->tensor->elements[element]
                                            : seed->scalar);
      ++element;
    });
  }
  if (!sweep.run())
    return false;
  {
    // The result has the type of the argument.
    Scoped<unsigned> rounded(arithmetic.unrounded, 0);
    for (int64_t number : request.wrt) {
      const Format &format = *Format::get(getElementType(function.getArgumentTypes()[number]));
      results.push_back(transform(arguments[number], [&](const Number &leaf) {
        Number gradient = arithmetic.convert(format, sweep.cotangents[leaf.node - begin]);
        // What is added to a zero, and in which order, is not settled.
        gradient.hasCertainSign &= gradient.value != 0;
        return gradient;
      }));
    }
  }
  if (arithmetic.depth == 0) {
    arithmetic.tape.truncate(begin);
    machine.customCalls.resize(firstCall);
    for (Datum &result : results)
      result = detach(result);
  }
  return machine.count(0);
}

bool remat::interpreter::callWithRule(Machine &machine, Operation *op, StringRef callee, StringRef rule,
                                      llvm::ArrayRef<Datum> arguments, llvm::SmallVectorImpl<Datum> &results) {
  Arithmetic &arithmetic = machine.arithmetic;
  if (arithmetic.depth == 0 || arithmetic.silence)
    return machine.call(callee, arguments, results);
  llvm::SmallVector<Datum, 4> constants;
  for (const Datum &argument : arguments)
    constants.push_back(detach(argument));
  {
    Scoped<unsigned> silent(arithmetic.silence, 1);
    if (!machine.call(callee, constants, results))
      return false;
  }
  Machine::CustomCall call;
  call.op = op;
  call.rule = rule.str();
  call.arguments.assign(arguments.begin(), arguments.end());
  call.firstNode = static_cast<uint32_t>(arithmetic.tape.size());
  for (auto [result, type] : llvm::zip_equal(results, op->getResultTypes())) {
    result = detach(result);
    if (const Format *format = Format::get(getElementType(type)))
      result = transform(result, [&](const Number &number) { return arithmetic.makeLeaf(*format, number); });
  }
  call.results.assign(results.begin(), results.end());
  call.endNode = static_cast<uint32_t>(arithmetic.tape.size());
  if (!machine.count(0))
    return false;
  if (call.endNode > call.firstNode)
    machine.customCalls.push_back(std::move(call));
  return true;
}
