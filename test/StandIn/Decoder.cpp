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

Kernel remat::standin::decodeKernel(const Module &module, const Function &entry, const SymbolAddress &addressOf) {
  return Decoder(module, addressOf).decode(entry);
}
