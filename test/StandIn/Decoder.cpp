//===- Decoder.cpp - Functions, variables and branches --------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decoder.h"

#include <algorithm>

using namespace remat::standin;

OpcodeParts::OpcodeParts(std::string_view opcode) {
  while (!opcode.empty()) {
    size_t dot = std::min(opcode.find('.'), opcode.size());
    parts.push_back(opcode.substr(0, dot));
    opcode.remove_prefix(std::min(dot + 1, opcode.size()));
  }
}

bool OpcodeParts::accept(std::string_view part) {
  if (done() || parts[next] != part)
    return false;
  ++next;
  return true;
}

bool OpcodeParts::acceptType(Type &type) {
  if (done() || !parseType(parts[next], type))
    return false;
  ++next;
  return true;
}

void Decoder::unknown() const {
  std::string text = "the opcode '" + current->opcode + "' is not one that the stand-in executes";
  if (current->opcode.find(".approx") != std::string::npos || current->opcode.find(".full") != std::string::npos)
    text += ": approximate results differ from device to device";
  fail(text);
}

uint32_t Decoder::allocateRow(unsigned bytes) {
  uint32_t row = kernel.registerBytes;
  // A predicate is one word; every row begins at a multiple of 64.
  kernel.registerBytes += std::max(64u, Lanes * bytes);
  return row;
}

uint32_t Decoder::allocateSlot(uint64_t bytes) {
  uint32_t slot = kernel.registerBytes;
  if (bytes > 4096)
    fail("variables of calls beyond 4096 bytes are not modelled");
  kernel.registerBytes += (Lanes * bytes + 63) / 64 * 64;
  return slot;
}

/// Behind every variable is a gap that nothing may touch.
uint64_t Decoder::layOut(std::vector<uint8_t> &layout, uint64_t bytes, unsigned align) {
  uint64_t begin = (layout.size() + align - 1) / align * align;
  if (bytes > (1 << 20))
    fail("variables beyond 1 MiB are not modelled here");
  layout.resize(begin, Outside);
  layout.resize(begin + bytes, NeverWritten);
  layout.resize(begin + bytes + 16, Outside);
  return begin;
}

Decoder::Binding Decoder::bindModuleShared(const std::string &name) {
  if (auto found = moduleShared.find(name); found != moduleShared.end())
    return found->second;
  const Variable *variable = module.findVariable(name);
  Binding binding{Binding::Shared, 0, variable->bytes};
  binding.offset = layOut(kernel.sharedLayout, variable->bytes, variable->align);
  kernel.sharedBytes += variable->bytes;
  moduleShared[name] = binding;
  return binding;
}

void Decoder::bindVariables(Instance &instance, const std::vector<Binding> &formals) {
  for (size_t index = 0; index < instance.function->variables.size(); ++index) {
    const Variable &variable = instance.function->variables[index];
    line = variable.line;
    if (index < formals.size()) {
      instance.variables.push_back(formals[index]);
      continue;
    }
    Binding binding;
    binding.bytes = variable.bytes;
    switch (variable.space) {
    case Space::Parameter:
      binding.offset = allocateSlot(variable.bytes);
      break;
    case Space::Shared:
      binding.kind = Binding::Shared;
      binding.offset = layOut(kernel.sharedLayout, variable.bytes, variable.align);
      kernel.sharedBytes += variable.bytes;
      break;
    case Space::Local:
      binding.kind = Binding::Local;
      binding.offset = layOut(kernel.localLayout, variable.bytes, variable.align);
      kernel.localBytes += variable.bytes;
      break;
    default:
      fail("the variable '" + variable.name + "' is not modelled");
    }
    if (variable.unsized)
      fail("'" + variable.name + "' has no size");
    instance.variables.push_back(binding);
  }
  for (const RegisterDeclaration &declared : instance.function->registers)
    instance.registers.push_back(allocateRow(declared.type.bytes));
}

Kernel Decoder::decode(const Function &entry) {
  kernel.name = entry.name;
  kernel.registerBytes = 64; // The carry flag.
  std::copy(entry.requiredThreads, entry.requiredThreads + 3, kernel.requiredThreads);
  if (entry.maximumThreads)
    kernel.maximumThreads = std::min(1024u, entry.maximumThreads);
  std::vector<Binding> formals;
  for (const Variable &parameter : entry.parameters) {
    uint32_t offset = (kernel.parameterBytes + parameter.align - 1) / parameter.align * parameter.align;
    formals.push_back({Binding::Parameter, offset, parameter.bytes});
    kernel.parameters.push_back({offset, uint32_t(parameter.bytes)});
    kernel.parameterBytes = offset + parameter.bytes;
  }
  line = entry.line;
  if (kernel.parameterBytes > 32764)
    fail("expects at most 32764 bytes of parameters, but got " + std::to_string(kernel.parameterBytes));
  if (!entry.hasBody)
    fail("the entry '" + entry.name + "' has no body");

  // Shared memory whose size the launch gives begins behind all others, so those come first.
  for (const Variable &variable : module.variables) {
    if (variable.space != Space::Shared || !variable.unsized)
      continue;
    dynamicShared.push_back(variable.name);
    kernel.dynamicShared = true;
  }
  if (kernel.dynamicShared)
    for (const Variable &variable : module.variables)
      if (variable.space == Space::Shared && !variable.unsized)
        bindModuleShared(variable.name);

  Instance instance;
  instance.function = &entry;
  callStack.push_back(&entry);
  bindVariables(instance, formals);
  if (kernel.dynamicShared) {
    kernel.sharedLayout.resize((kernel.sharedLayout.size() + 1023) / 1024 * 1024, Outside);
    for (const std::string &name : dynamicShared)
      moduleShared[name] = {Binding::Shared, kernel.sharedLayout.size(), 0};
  }
  size_t sharedOfEntry = kernel.sharedLayout.size();
  body(instance);
  if (kernel.dynamicShared && kernel.sharedLayout.size() != sharedOfEntry)
    fail("shared memory in a called function, beside memory that the launch sizes, is not modelled");
  if (kernel.sharedBytes > 48 * 1024)
    fail("uses too much shared data (" + std::to_string(kernel.sharedBytes) + " bytes, 49152 max)");
  return std::move(kernel);
}

void Decoder::body(Instance &called) {
  Instance *caller = instance;
  instance = &called;
  std::vector<uint32_t> places;
  for (const Statement &statement : called.function->statements) {
    places.push_back(kernel.instructions.size());
    current = &statement;
    line = statement.line;
    this->statement();
  }
  places.push_back(kernel.instructions.size());
  // A function that runs into its end returns.
  line = called.function->line;
  emit(callStack.size() == 1 ? Step::Exit : Step::Nothing);
  uint32_t end = kernel.instructions.size() - 1;
  for (auto [instruction, statement] : called.branches)
    kernel.instructions[instruction].target = places[statement];
  for (uint32_t table : called.branchTables)
    for (uint32_t &target : kernel.branchTables[table].targets)
      target = places[target];
  for (uint32_t instruction : called.returns)
    kernel.instructions[instruction].target = end;
  instance = caller;
}

Instruction &Decoder::emit(Step step) {
  Instruction instruction;
  instruction.step = step;
  instruction.line = line;
  if (current && current->guarded && instance) {
    instruction.guarded = true;
    instruction.guardNegated = current->guardNegated;
    instruction.guard = instance->registers[current->guard];
  }
  kernel.instructions.push_back(instruction);
  return kernel.instructions.back();
}

void Decoder::expectOperands(size_t least, size_t most) {
  if (operands().size() < least || operands().size() > most)
    fail("'" + current->opcode + "' expects " + std::to_string(least) +
         (most > least ? " to " + std::to_string(most) : "") + " operands, but got " +
         std::to_string(operands().size()));
}

void Decoder::statement() {
  const std::string &opcode = current->opcode;
  std::string_view base = std::string_view(opcode).substr(0, opcode.find('.'));
  if (opcode == "bra" || opcode == "bra.uni")
    branch();
  else if (opcode == "brx.idx" || opcode == "brx.idx.uni")
    indexedBranch();
  else if (opcode == "call" || opcode == "call.uni")
    call();
  else if (opcode == "ret" || opcode == "ret.uni")
    leave(false);
  else if (opcode == "exit")
    leave(true);
  else if (opcode == "trap")
    emit(Step::Trap);
  else if (base == "bar" || base == "barrier")
    barrier();
  else if (base == "shfl")
    shuffle();
  else if (opcode == "membar.cta" || opcode == "membar.gl" || opcode == "membar.sys")
    expectOperands(0, 0); // Threads here see each other's writes in order.
  else if (base == "fence") {
    OpcodeParts parts(opcode);
    parts.accept("fence");
    if (!(parts.accept("acq_rel") || parts.accept("sc")) ||
        !(parts.accept("cta") || parts.accept("gpu") || parts.accept("sys")) || !parts.done())
      unknown();
    expectOperands(0, 0);
  } else if (base == "ld" || base == "ldu")
    load();
  else if (base == "st")
    store();
  else if (base == "atom")
    atomic(true);
  else if (base == "red")
    atomic(false);
  else if (base == "cvta")
    convertAddress();
  else if (base == "mov")
    move();
  else
    lanes();
}

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

Kernel remat::standin::decodeKernel(const Module &module, const Function &entry, const SymbolAddress &addressOf) {
  return Decoder(module, addressOf).decode(entry);
}
