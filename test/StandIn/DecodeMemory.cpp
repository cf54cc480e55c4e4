//===- DecodeMemory.cpp - ld, st, atom, cvta ------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decoder.h"

using namespace remat::standin;

bool Decoder::acceptSpace(OpcodeParts &parts, Space &space) {
  static constexpr std::pair<const char *, Space> spaces[] = {{"global", Space::Global},
                                                              {"const", Space::Constant},
                                                              {"shared", Space::Shared},
                                                              {"local", Space::Local},
                                                              {"param", Space::Parameter}};
  for (auto [text, value] : spaces) {
    if (!parts.accept(text))
      continue;
    space = value;
    return true;
  }
  space = Space::Generic;
  return false;
}

void Decoder::address(const Operand &operand, MemoryOp &op) {
  if (operand.kind != Operand::Address)
    fail("'" + current->opcode + "' expects an address");
  op.offset = operand.bits;
  if (operand.parts.empty())
    return;
  const Operand &base = operand.parts[0];
  if (base.kind == Operand::Register) {
    if (op.space == Space::Parameter)
      fail("parameters at an address that is not constant are not modelled");
    op.hasAddressRow = true;
    op.addressBytes = registerBytes(base);
    if (op.addressBytes != 8 && !(op.addressBytes == 4 && op.space != Space::Global && op.space != Space::Generic))
      fail("expects an address of 64 bits");
    op.addressRow = registerRow(base, op.addressBytes);
    return;
  }
  if (base.kind == Operand::LocalVariable && op.space == Space::Parameter) {
    const Binding &binding = instance->variables[base.index];
    if (binding.kind != Binding::Parameter && binding.kind != Binding::Slot)
      fail("'" + base.name + "' is no parameter");
    if (op.offset > binding.bytes || op.bytes() > binding.bytes - op.offset)
      fail("the access leaves the parameter '" + base.name + "'");
    if (op.offset % op.bytes() != 0)
      fail("the access to the parameter '" + base.name + "' is misaligned");
    if (binding.kind == Binding::Parameter && op.action != MemoryOp::Load)
      fail("the parameter '" + base.name + "' cannot be written");
    op.slot = binding.kind == Binding::Slot;
    op.slotBytes = binding.bytes;
    op.offset += binding.offset;
    return;
  }
  Space space;
  Operand symbol = base;
  symbol.bits = 0;
  op.offset += symbolAddress(symbol, space);
  if (op.space == Space::Generic && (space == Space::Global || space == Space::Constant))
    op.space = Space::Global;
  if (space != op.space)
    fail("'" + base.name + "' lies in another space than '" + current->opcode + "' accesses");
}

void Decoder::vectorRows(const Operand &operand, MemoryOp &op, bool isLoad) {
  const std::vector<Operand> single{operand};
  const std::vector<Operand> &elements = operand.kind == Operand::Vector ? operand.parts : single;
  if (elements.size() != op.count)
    fail("'" + current->opcode + "' expects " + std::to_string(op.count) + " registers, but got " +
         std::to_string(elements.size()));
  bool first = true;
  for (size_t index = 0; index < elements.size(); ++index) {
    const Operand &element = elements[index];
    unsigned bytes = op.type.bytes < 2 ? 2 : op.type.bytes;
    if (element.kind == Operand::Register)
      bytes = registerBytes(element);
    else if (element.kind == Operand::Sink && isLoad)
      bytes = first ? bytes : op.registerBytes;
    if (bytes < op.type.bytes || bytes == 0)
      fail("'" + current->opcode + "' expects registers of at least " + std::to_string(8 * op.type.bytes) + " bits");
    if (!first && bytes != op.registerBytes)
      fail("'" + current->opcode + "' expects registers of one width");
    op.registerBytes = bytes;
    first = false;
    if (!isLoad)
      op.rows[index] = sourceRow(element, bytes);
    else
      op.rows[index] = element.kind == Operand::Sink ? allocateRow(bytes) : registerRow(element, bytes);
  }
}

void Decoder::emitMemory(const MemoryOp &op) {
  emit(Step::Memory).target = kernel.memoryOps.size();
  kernel.memoryOps.push_back(op);
}

void Decoder::load() {
  expectOperands(2, 2);
  OpcodeParts parts(current->opcode);
  parts.accept("ld");
  MemoryOp op;
  parts.accept("volatile");
  acceptSpace(parts, op.space);
  if (op.space == Space::Global)
    op.readOnly = parts.accept("nc");
  op.count = parts.accept("v2") ? 2 : parts.accept("v4") ? 4 : parts.accept("v8") ? 8 : 1;
  if (!parts.acceptType(op.type) || !parts.done() || op.type.bytes == 0 || op.bytes() > 32)
    unknown();
  address(operands()[1], op);
  vectorRows(operands()[0], op, true);
  emitMemory(op);
}

void Decoder::store() {
  expectOperands(2, 2);
  OpcodeParts parts(current->opcode);
  parts.accept("st");
  MemoryOp op;
  op.action = MemoryOp::Store;
  parts.accept("volatile");
  acceptSpace(parts, op.space);
  op.count = parts.accept("v2") ? 2 : parts.accept("v4") ? 4 : parts.accept("v8") ? 8 : 1;
  if (!parts.acceptType(op.type) || !parts.done() || op.type.bytes == 0 || op.bytes() > 32 ||
      op.space == Space::Constant)
    unknown();
  address(operands()[0], op);
  vectorRows(operands()[1], op, false);
  emitMemory(op);
}

void Decoder::atomic(bool hasResult) {
  OpcodeParts parts(current->opcode);
  MemoryOp op;
  op.action = MemoryOp::Atomic;
  op.noResult = !hasResult;
  parts.accept(hasResult ? "atom" : "red");
  // One order of all accesses is more than any of these ask for.
  if (parts.accept("relaxed") || parts.accept("acquire") || parts.accept("release") || parts.accept("acq_rel"))
    if (!parts.accept("cta") && !parts.accept("gpu") && !parts.accept("sys"))
      unknown();
  acceptSpace(parts, op.space);
  if (op.space != Space::Global && op.space != Space::Shared && op.space != Space::Generic)
    unknown();
  if (!parts.accept("cta") && !parts.accept("gpu"))
    parts.accept("sys");
  static constexpr std::pair<const char *, AtomicOp> names[] = {
      {"add", AtomicOp::Add},       {"and", AtomicOp::And},           {"or", AtomicOp::Or},   {"xor", AtomicOp::Xor},
      {"min", AtomicOp::Min},       {"max", AtomicOp::Max},           {"inc", AtomicOp::Inc}, {"dec", AtomicOp::Dec},
      {"exch", AtomicOp::Exchange}, {"cas", AtomicOp::CompareAndSwap}};
  bool found = false;
  for (auto [text, value] : names) {
    if (!found && parts.accept(text)) {
      op.atomic = value;
      found = true;
    }
  }
  bool unflushed = parts.accept("noftz");
  if (!found || !parts.acceptType(op.type) || !parts.done())
    unknown();
  using C = TypeClass;
  C kind = op.type.kind;
  bool isInteger = (kind == C::Unsigned || kind == C::Signed) && op.type.bytes >= 4;
  bool isBits = kind == C::Bits && op.type.bytes >= 4;
  bool valid = false;
  switch (op.atomic) {
  case AtomicOp::Add:
    valid = (op.type == Type{C::Unsigned, 4}) || (op.type == Type{C::Signed, 4}) || (op.type == Type{C::Unsigned, 8}) ||
            (op.type.isFloat() && op.type.bytes >= 4 && !unflushed) ||
            (op.type.isFloat() && op.type.bytes == 2 && unflushed);
    break;
  case AtomicOp::Min:
  case AtomicOp::Max:
    valid = isInteger && !unflushed;
    break;
  case AtomicOp::Inc:
  case AtomicOp::Dec:
    valid = op.type == Type{C::Unsigned, 4} && !unflushed;
    break;
  case AtomicOp::And:
  case AtomicOp::Or:
  case AtomicOp::Xor:
  case AtomicOp::Exchange:
    valid = isBits && !unflushed;
    break;
  case AtomicOp::CompareAndSwap:
    valid = (isBits || op.type == Type{C::Bits, 2}) && !unflushed;
    break;
  }
  if (!valid)
    unknown();
  size_t values = op.atomic == AtomicOp::CompareAndSwap ? 2 : 1, next = hasResult ? 1 : 0;
  expectOperands(next + 1 + values, next + 1 + values);
  op.registerBytes = op.type.bytes;
  if (hasResult && operands()[0].kind != Operand::Sink)
    op.rows[0] = registerRow(operands()[0], op.registerBytes);
  else
    op.noResult = true;
  address(operands()[next], op);
  for (size_t index = 0; index < values; ++index)
    op.operands[index] = sourceRow(operands()[next + 1 + index], op.registerBytes);
  emitMemory(op);
}

/// Generic addresses of shared and local memory are theirs plus the begin of a window.
void Decoder::convertAddress() {
  expectOperands(2, 2);
  OpcodeParts parts(current->opcode);
  parts.accept("cvta");
  bool toSpace = parts.accept("to");
  Space space;
  if (!acceptSpace(parts, space) || space == Space::Parameter || !parts.accept("u64") || !parts.done())
    unknown();
  uint64_t window = space == Space::Shared ? SharedWindow : space == Space::Local ? LocalWindow : 0;
  uint32_t source;
  if (operands()[1].kind == Operand::Symbol || operands()[1].kind == Operand::LocalVariable) {
    Space actual;
    source = constantRow(8, symbolAddress(operands()[1], actual));
    if (actual != space)
      fail("'" + operands()[1].name + "' lies in another space");
  } else {
    source = sourceRow(operands()[1], 8);
  }
  uint32_t destination = registerRow(operands()[0], 8);
  uint32_t distance = constantRow(8, toSpace ? -window : window);
  Instruction &instruction = emit(Step::Lanes);
  instruction.handler = findLaneOp("add.u64")->handler;
  instruction.rows.destination = destination;
  instruction.rows.sources[0] = source;
  instruction.rows.sources[1] = distance;
}
