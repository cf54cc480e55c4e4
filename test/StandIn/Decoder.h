//===- Decoder.h - From statements to instructions --------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One decoder makes one kernel. Decoder.cpp has functions and variables,
// DecodeControl.cpp branches and calls, DecodeOperands.cpp the places of operands, DecodeMemory.cpp what
// accesses memory, DecodeArithmetic.cpp the rest.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_DECODER_H
#define REMAT_TEST_STANDIN_DECODER_H

#include "Program.h"

namespace remat::standin {

/// The parts of an opcode: `ld.param.v2.b32` is ld, param, v2, b32.
class OpcodeParts {
public:
  explicit OpcodeParts(std::string_view opcode);

  /// Takes the next part if it is this one.
  bool accept(std::string_view part);
  bool acceptType(Type &type);
  bool done() const { return next == parts.size(); }
  std::string_view peek() const { return done() ? std::string_view() : parts[next]; }

private:
  std::vector<std::string_view> parts;
  size_t next = 0;
};

class Decoder {
public:
  Decoder(const Module &module, const SymbolAddress &addressOf) : module(module), addressOf(addressOf) {}

  Kernel decode(const Function &entry);

private:
  /// What a variable of a function is in this call of it.
  struct Binding {
    enum Kind : uint8_t { Parameter, Slot, Shared, Local } kind = Slot;
    uint64_t offset = 0, bytes = 0;
  };

  /// One call of a function: its registers and variables have places of their own.
  struct Instance {
    const Function *function = nullptr;
    std::vector<uint32_t> registers;
    std::vector<Binding> variables;
    /// Branches whose target is a label of this function.
    std::vector<std::pair<uint32_t, uint32_t>> branches;
    std::vector<uint32_t> branchTables;
    std::vector<uint32_t> returns;
  };

  // Decoder.cpp
  [[noreturn]] void fail(const std::string &text) const { throw PtxError(line, text); }
  [[noreturn]] void unknown() const;
  uint32_t allocateRow(unsigned bytes);
  uint32_t allocateSlot(uint64_t bytes);
  uint64_t layOut(std::vector<uint8_t> &layout, uint64_t bytes, unsigned align);
  void bindVariables(Instance &instance, const std::vector<Binding> &formals);
  Binding bindModuleShared(const std::string &name);
  void body(Instance &instance);
  void statement();
  Instruction &emit(Step step);
  void expectOperands(size_t least, size_t most);
  const std::vector<Operand> &operands() const { return current->operands; }

  // DecodeControl.cpp
  void branch();
  void indexedBranch();
  void call();
  void leave(bool wholeThread);
  void barrier();
  void shuffle();
  uint32_t labelTarget(const std::string &name);

  // DecodeOperands.cpp
  unsigned registerBytes(const Operand &operand) const;
  uint32_t registerRow(const Operand &operand, unsigned bytes);
  uint32_t sourceRow(const Operand &operand, unsigned bytes);
  uint32_t predicateRow(const Operand &operand);
  uint32_t constantRow(unsigned bytes, uint64_t value);
  /// The address of a variable in its own space.
  uint64_t symbolAddress(const Operand &operand, Space &space);

  // DecodeMemory.cpp
  void load();
  void store();
  void atomic(bool hasResult);
  void convertAddress();
  bool acceptSpace(OpcodeParts &parts, Space &space);
  void address(const Operand &operand, MemoryOp &op);
  void vectorRows(const Operand &operand, MemoryOp &op, bool isLoad);
  void emitMemory(const MemoryOp &op);

  // DecodeArithmetic.cpp
  void lanes();
  bool tableOperation();
  bool conversion();
  bool roundedArithmetic();
  void move();
  void packOrUnpack();

  const Module &module;
  const SymbolAddress &addressOf;
  Kernel kernel;
  Instance *instance = nullptr;
  const Statement *current = nullptr;
  unsigned line = 0;
  std::vector<const Function *> callStack;
  std::map<std::pair<unsigned, uint64_t>, uint32_t> constantRows;
  std::map<std::string, uint32_t> specialRows;
  std::map<std::string, Binding> moduleShared;
  std::vector<std::string> dynamicShared;
};

} // namespace remat::standin

#endif // REMAT_TEST_STANDIN_DECODER_H
