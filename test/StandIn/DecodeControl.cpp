//===- DecodeControl.cpp - Branches, calls, barriers ------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decoder.h"

#include <algorithm>

using namespace remat::standin;

uint32_t Decoder::labelTarget(const std::string &name) {
  auto found = instance->function->labels.find(name);
  if (found == instance->function->labels.end())
    fail("the label '" + name + "' is not there");
  return found->second;
}

void Decoder::branch() {
  expectOperands(1, 1);
  uint32_t target = labelTarget(operands()[0].name);
  instance->branches.emplace_back(kernel.instructions.size(), target);
  emit(Step::Branch);
}

void Decoder::indexedBranch() {
  expectOperands(2, 2);
  auto found = instance->function->branchTargets.find(operands()[1].name);
  if (found == instance->function->branchTargets.end())
    fail("the list of labels '" + operands()[1].name + "' is not there");
  Kernel::BranchTable table;
  table.row = registerRow(operands()[0], 4);
  for (const std::string &name : found->second)
    table.targets.push_back(labelTarget(name));
  // The targets are still numbers of statements: body() ends that.
  instance->branchTables.push_back(kernel.branchTables.size());
  emit(Step::IndexedBranch).target = kernel.branchTables.size();
  kernel.branchTables.push_back(std::move(table));
}

void Decoder::call() {
  std::vector<Operand> results, arguments;
  size_t next = 0;
  expectOperands(1, 3);
  if (operands()[0].kind == Operand::List)
    results = operands()[next++].parts;
  if (next >= operands().size() || operands()[next].kind != Operand::Symbol)
    fail("expects the name of a function");
  const std::string name = operands()[next++].name;
  if (next < operands().size())
    arguments = operands()[next++].parts;
  if (next != operands().size())
    fail("calls through a pointer are not modelled");
  const Function *function = module.find(name);
  if (!function || !function->hasBody)
    fail("Unresolved extern function '" + name + "'");
  if (std::find(callStack.begin(), callStack.end(), function) != callStack.end())
    fail("'" + name + "' calls itself, which is not modelled");
  if (current->guarded)
    fail("a call behind a predicate is not modelled");
  if (callStack.size() > 64 || kernel.instructions.size() > 4000000)
    fail("too many calls inside of each other");

  // Parameters and results are the caller's variables.
  Instance called;
  called.function = function;
  std::vector<Binding> formals;
  auto bind = [&](const std::vector<Operand> &actual, const std::vector<Variable> &formal) {
    if (actual.size() != formal.size())
      fail("'" + name + "' expects " + std::to_string(formal.size()) + " operands, but got " +
           std::to_string(actual.size()));
    for (size_t index = 0; index < actual.size(); ++index) {
      if (actual[index].kind != Operand::LocalVariable)
        fail("expects variables in .param as operands of a call");
      Binding binding = instance->variables[actual[index].index];
      if (binding.kind != Binding::Slot || binding.bytes != formal[index].bytes)
        fail("an operand of the call of '" + name + "' has another size than its parameter");
      formals.push_back(binding);
    }
  };
  bind(arguments, function->parameters);
  bind(results, function->results);
  unsigned callLine = line;
  const Statement *callStatement = current;
  callStack.push_back(function);
  bindVariables(called, formals);
  body(called);
  callStack.pop_back();
  line = callLine;
  current = callStatement;
}

void Decoder::leave(bool wholeThread) {
  expectOperands(0, 0);
  if (callStack.size() == 1 || wholeThread) {
    emit(Step::Exit);
    return;
  }
  instance->returns.push_back(kernel.instructions.size());
  emit(Step::Branch);
}

void Decoder::barrier() {
  static constexpr const char *names[] = {"bar.sync",         "bar.cta.sync",
                                          "barrier.sync",     "barrier.sync.aligned",
                                          "barrier.cta.sync", "barrier.cta.sync.aligned"};
  if (std::find(std::begin(names), std::end(names), current->opcode) == std::end(names))
    unknown();
  expectOperands(1, 1);
  if (operands()[0].kind != Operand::Integer || operands()[0].bits != 0)
    fail("barriers other than number 0 of all threads are not modelled");
  emit(Step::Barrier);
}

void Decoder::shuffle() {
  OpcodeParts parts(current->opcode);
  ShuffleOp op;
  static constexpr std::pair<const char *, ShuffleOp::Mode> modes[] = {
      {"up", ShuffleOp::Up}, {"down", ShuffleOp::Down}, {"bfly", ShuffleOp::Butterfly}, {"idx", ShuffleOp::Index}};
  bool known = parts.accept("shfl") && parts.accept("sync");
  bool hasMode = false;
  for (auto [text, mode] : modes) {
    if (!hasMode && parts.accept(text)) {
      op.mode = mode;
      hasMode = true;
    }
  }
  if (!known || !hasMode || !parts.accept("b32") || !parts.done())
    unknown();
  expectOperands(5, 5);
  op.result = registerRow(operands()[0], 4);
  op.source = sourceRow(operands()[1], 4);
  op.amount = sourceRow(operands()[2], 4);
  op.clamp = sourceRow(operands()[3], 4);
  op.members = sourceRow(operands()[4], 4);
  emit(Step::Shuffle).target = kernel.shuffles.size();
  kernel.shuffles.push_back(op);
}
