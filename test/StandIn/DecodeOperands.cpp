//===- DecodeOperands.cpp - Where operands lie ----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each register, constant and special register has a row in the register file.
//
//===----------------------------------------------------------------------===//

#include "Decoder.h"

using namespace remat::standin;

unsigned Decoder::registerBytes(const Operand &operand) const {
  if (operand.kind == Operand::Special)
    return 4;
  if (operand.kind != Operand::Register)
    fail("expects a register in '" + current->opcode + "'");
  return instance->function->registers[operand.index].type.bytes;
}

uint32_t Decoder::registerRow(const Operand &operand, unsigned bytes) {
  if (operand.kind == Operand::Special)
    fail("'" + operand.name + "' cannot be written");
  if (registerBytes(operand) != bytes)
    fail("'" + current->opcode + "' expects registers of " + std::to_string(8 * bytes) + " bits, but '" + operand.name +
         "' has " + std::to_string(8 * registerBytes(operand)));
  return instance->registers[operand.index];
}

uint32_t Decoder::predicateRow(const Operand &operand) {
  if (operand.kind != Operand::Register || registerBytes(operand) != 0)
    fail("expects a predicate in '" + current->opcode + "'");
  return instance->registers[operand.index];
}

uint32_t Decoder::constantRow(unsigned bytes, uint64_t value) {
  if (bytes < 8)
    value &= (uint64_t(1) << (8 * bytes)) - 1;
  auto [found, isNew] = constantRows.try_emplace({bytes, value}, 0);
  if (isNew) {
    found->second = allocateRow(bytes);
    kernel.constants.push_back({found->second, uint8_t(bytes), value});
  }
  return found->second;
}

uint32_t Decoder::sourceRow(const Operand &operand, unsigned bytes) {
  switch (operand.kind) {
  case Operand::Register:
    return registerRow(operand, bytes);
  case Operand::Special: {
    if (bytes != 4)
      fail("'" + operand.name + "' has 32 bits");
    auto [found, isNew] = specialRows.try_emplace(operand.name, 0);
    if (isNew) {
      found->second = allocateRow(4);
      std::string_view name(operand.name);
      SpecialRow special{found->second, SpecialRow::LaneNumber, uint8_t(name.back() - 'x')};
      static constexpr std::pair<const char *, SpecialRow::Kind> kinds[] = {{"%tid", SpecialRow::Thread},
                                                                            {"%ntid", SpecialRow::Threads},
                                                                            {"%ctaid", SpecialRow::Block},
                                                                            {"%nctaid", SpecialRow::Blocks}};
      for (auto [text, kind] : kinds)
        if (name.substr(0, name.find('.')) == text)
          special.kind = kind;
      kernel.specials.push_back(special);
    }
    return found->second;
  }
  case Operand::Integer:
    if (std::string_view type = std::string_view(current->opcode).substr(current->opcode.rfind('.') + 1);
        (type == "f32" || type == "f64") && current->opcode.rfind("cvt", 0) != 0)
      fail("'" + current->opcode + "' expects a floating-point constant");
    return constantRow(bytes, operand.bits);
  case Operand::Float32:
  case Operand::Float64:
    if (bytes != (operand.kind == Operand::Float32 ? 4 : 8))
      fail("'" + current->opcode + "' expects a constant of " + std::to_string(8 * bytes) + " bits");
    return constantRow(bytes, operand.bits);
  default:
    fail("expects a register or a constant in '" + current->opcode + "'");
  }
}

uint64_t Decoder::symbolAddress(const Operand &operand, Space &space) {
  if (operand.kind == Operand::LocalVariable) {
    const Binding &binding = instance->variables[operand.index];
    if (binding.kind == Binding::Parameter || binding.kind == Binding::Slot)
      fail("the address of the parameter '" + operand.name + "' is not modelled");
    space = binding.kind == Binding::Shared ? Space::Shared : Space::Local;
    return binding.offset + operand.bits;
  }
  const Variable *variable = operand.kind == Operand::Symbol ? module.findVariable(operand.name) : nullptr;
  if (!variable)
    fail("'" + operand.name + "' is not declared");
  space = variable->space;
  return (space == Space::Shared ? bindModuleShared(operand.name).offset : addressOf(operand.name)) + operand.bits;
}
