//===- DecodeArithmetic.cpp - Operations on lanes -------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decoder.h"
#include "Scalars.h"

#include <cstring>

using namespace remat::standin;

void Decoder::lanes() {
  if (tableOperation() || conversion() || roundedArithmetic())
    return;
  std::string_view opcode = current->opcode;
  std::string_view base = opcode.substr(0, opcode.find('.')), type = opcode.substr(opcode.rfind('.') + 1);
  bool fuses = base == "add" || base == "sub" || base == "mul" || base == "fma";
  Type parsed;
  if (fuses &&
      ((parseType(type, parsed) && parsed.isFloat()) || type == "f16x2" || type == "bf16x2" || type == "f32x2") &&
      opcode.find(".r") == opcode.npos)
    fail("'" + current->opcode + "' has no rounding mode, so that it may or may not be fused: expects '" +
         std::string(base) + ".rn'");
  unknown();
}

/// Operations of LaneTable.h. Those of `cvt` are for registers as wide as its types.
bool Decoder::tableOperation() {
  const LaneOp *op = findLaneOp(current->opcode);
  if (!op)
    return false;
  std::string_view signature = op->signature;
  auto bytesOf = [](char letter) { return letter == 'h' ? 2u : letter == 'r' ? 4u : letter == 'd' ? 8u : 0u; };
  bool isConversion = current->opcode.rfind("cvt.", 0) == 0;
  if (operands().size() != signature.size() - 1)
    fail("'" + current->opcode + "' expects " + std::to_string(signature.size() - 1) + " operands, but got " +
         std::to_string(operands().size()));
  if (isConversion &&
      (operands()[0].kind != Operand::Register || registerBytes(operands()[0]) != bytesOf(signature[0])))
    return false;
  if (isConversion && operands()[1].kind == Operand::Register && registerBytes(operands()[1]) != bytesOf(signature[2]))
    return false;
  Rows rows;
  rows.destination =
      signature[0] == 'p' ? predicateRow(operands()[0]) : registerRow(operands()[0], bytesOf(signature[0]));
  for (size_t source = 0; source + 2 < signature.size(); ++source) {
    char letter = signature[source + 2];
    const Operand &operand = operands()[source + 1];
    if (letter != 'p')
      rows.sources[source] = sourceRow(operand, bytesOf(letter));
    else if (operand.kind == Operand::Integer)
      rows.sources[source] = constantRow(4, operand.bits ? ~uint64_t(0) : 0); // `mov.pred %p1, -1`
    else
      rows.sources[source] = predicateRow(operand);
  }
  if (current->opcode == "lop3.b32" && (operands()[4].kind != Operand::Integer || operands()[4].bits > 255))
    fail("'lop3.b32' expects a constant from 0 to 255 as its table");
  // A quotient by zero is whatever a device makes of it.
  bool divides = current->opcode.rfind("div.", 0) == 0 || current->opcode.rfind("rem.", 0) == 0;
  if (divides && current->opcode[4] != 'r') {
    Instruction &check = emit(Step::CheckDivisor);
    check.rows.sources[0] = rows.sources[1];
    check.rows.variant = bytesOf(signature[0]);
  }
  Instruction &instruction = emit(Step::Lanes);
  instruction.handler = op->handler;
  instruction.rows = rows;
  return true;
}

/// `cvt` of any types. Which modifiers a pair of types takes is the assembler's rule.
bool Decoder::conversion() {
  OpcodeParts parts(current->opcode);
  if (!parts.accept("cvt"))
    return false;
  Conversion c;
  bool hasRounding = true;
  static constexpr std::pair<const char *, Rounding> modes[] = {
      {"rn", Rounding::Nearest}, {"rz", Rounding::Zero}, {"rm", Rounding::Down}, {"rp", Rounding::Up}};
  std::string_view mode = parts.peek();
  c.integral = mode.size() == 3 && mode[2] == 'i';
  hasRounding = false;
  for (auto [text, value] : modes) {
    if (mode.substr(0, 2) != text || mode.size() != (c.integral ? 3 : 2))
      continue;
    c.rounding = value;
    hasRounding = true;
    parts.accept(mode);
    break;
  }
  c.integral = c.integral && hasRounding;
  c.flush = parts.accept("ftz");
  c.saturate = parts.accept("sat");
  if (!parts.acceptType(c.to) || !parts.acceptType(c.from) || !parts.done() || c.to.bytes == 0 || c.from.bytes == 0 ||
      c.to.kind == TypeClass::Bits || c.from.kind == TypeClass::Bits)
    unknown();

  bool fromFloat = c.from.isFloat(), toFloat = c.to.isFloat();
  bool same = c.from == c.to;
  // bf16 to f16 and back lose something either way.
  bool narrows = fromFloat && toFloat && !same && (c.to.bytes < c.from.bytes || c.to.bytes == c.from.bytes);
  bool wantsIntegral = fromFloat && !toFloat;
  bool wantsRounding = narrows || (!fromFloat && toFloat);
  if (wantsIntegral && !c.integral)
    fail("'" + current->opcode + "' expects .rni, .rzi, .rmi or .rpi");
  if (wantsRounding && (!hasRounding || c.integral))
    fail("'" + current->opcode + "' expects .rn, .rz, .rm or .rp");
  if (!wantsIntegral && !wantsRounding && hasRounding && !(same && fromFloat && c.integral))
    fail("'" + current->opcode + "' takes no rounding mode");
  Type f32{TypeClass::Float, 4};
  if (c.flush && !(c.from == f32 || c.to == f32))
    fail("'" + current->opcode + "' takes no .ftz");

  expectOperands(2, 2);
  Rows rows;
  auto widthOf = [&](const Operand &operand, Type type) {
    unsigned least = std::max<unsigned>(2, type.bytes);
    unsigned bytes =
        operand.kind == Operand::Register || operand.kind == Operand::Special ? registerBytes(operand) : least;
    if (bytes < least || (type.isFloat() && bytes != least))
      fail("'" + current->opcode + "' expects a register of " + std::to_string(8 * least) + " bits");
    return bytes;
  };
  c.toRegister = widthOf(operands()[0], c.to);
  c.fromRegister = widthOf(operands()[1], c.from);
  rows.destination = registerRow(operands()[0], c.toRegister);
  rows.sources[0] = sourceRow(operands()[1], c.fromRegister);
  rows.variant = c.pack();
  Instruction &instruction = emit(Step::Lanes);
  instruction.handler = &convertLanes;
  instruction.rows = rows;
  return true;
}

/// f32 and f64 with a rounding mode other than .rn, or with .sat.
bool Decoder::roundedArithmetic() {
  OpcodeParts parts(current->opcode);
  RoundedArithmetic variant;
  using R = RoundedArithmetic;
  static constexpr struct {
    const char *name;
    R::Operation operation;
    unsigned sources;
  } operations[] = {{"add", R::Add, 2}, {"sub", R::Sub, 2}, {"mul", R::Mul, 2},  {"div", R::Div, 2},
                    {"fma", R::Fma, 3}, {"rcp", R::Rcp, 1}, {"sqrt", R::Sqrt, 1}};
  unsigned sources = 0;
  for (auto &operation : operations) {
    if (sources == 0 && parts.accept(operation.name)) {
      variant.operation = operation.operation;
      sources = operation.sources;
    }
  }
  static constexpr std::pair<const char *, Rounding> modes[] = {
      {"rn", Rounding::Nearest}, {"rz", Rounding::Zero}, {"rm", Rounding::Down}, {"rp", Rounding::Up}};
  bool hasRounding = false;
  for (auto [text, value] : modes) {
    if (!hasRounding && parts.accept(text)) {
      variant.rounding = value;
      hasRounding = true;
    }
  }
  variant.flush = parts.accept("ftz");
  variant.saturate = parts.accept("sat");
  bool takesSat = variant.operation <= R::Mul || variant.operation == R::Fma;
  Type type;
  if (sources == 0 || !hasRounding || !parts.acceptType(type) || !parts.done() || type.kind != TypeClass::Float ||
      type.bytes < 4 || (type.bytes == 8 && (variant.flush || variant.saturate)) || (variant.saturate && !takesSat))
    return false;
  variant.isDouble = type.bytes == 8;
  expectOperands(sources + 1, sources + 1);
  Rows rows;
  rows.destination = registerRow(operands()[0], type.bytes);
  for (unsigned source = 0; source < 3; ++source)
    rows.sources[source] = sourceRow(operands()[1 + std::min(source, sources - 1)], type.bytes);
  rows.variant = variant.pack();
  Instruction &instruction = emit(Step::Lanes);
  instruction.handler = &roundedLanes;
  instruction.rows = rows;
  return true;
}

void Decoder::move() {
  if (operands().size() == 2 && (operands()[0].kind == Operand::Vector || operands()[1].kind == Operand::Vector)) {
    packOrUnpack();
    return;
  }
  expectOperands(2, 2);
  const Operand &source = operands()[1];
  if (source.kind != Operand::Symbol && source.kind != Operand::LocalVariable) {
    if (!tableOperation())
      unknown();
    return;
  }
  if (current->opcode != "mov.b64" && current->opcode != "mov.u64")
    fail("'" + current->opcode + "' expects no address");
  Space space;
  Instruction instruction;
  instruction.rows.sources[0] = constantRow(8, symbolAddress(source, space));
  instruction.rows.destination = registerRow(operands()[0], 8);
  Instruction &emitted = emit(Step::Lanes);
  emitted.handler = findLaneOp("mov.b64")->handler;
  emitted.rows = instruction.rows;
}

/// Sources side by side: what a `mov` with braces reads or writes is the first `rows.variant & 15` of them.
static void pack(const Rows &rows, char *registers, uint32_t mask) {
  unsigned count = rows.variant & 15, bytes = rows.variant >> 4;
  for (unsigned lane = 0; lane < Lanes; ++lane)
    if (mask >> lane & 1) {
      char whole[8];
      for (unsigned part = 0; part < count; ++part)
        std::memcpy(whole + part * bytes, registers + rows.sources[part] + lane * bytes, bytes);
      std::memcpy(registers + rows.destination + lane * count * bytes, whole, count * bytes);
    }
}

/// Here the parts are the `sources`, and what they are taken from is the `destination`.
static void unpack(const Rows &rows, char *registers, uint32_t mask) {
  unsigned count = rows.variant & 15, bytes = rows.variant >> 4;
  for (unsigned lane = 0; lane < Lanes; ++lane)
    if (mask >> lane & 1) {
      char whole[8];
      std::memcpy(whole, registers + rows.destination + lane * count * bytes, count * bytes);
      for (unsigned part = 0; part < count; ++part)
        std::memcpy(registers + rows.sources[part] + lane * bytes, whole + part * bytes, bytes);
    }
}

void Decoder::packOrUnpack() {
  bool packs = operands()[1].kind == Operand::Vector;
  const std::vector<Operand> &elements = operands()[packs ? 1 : 0].parts;
  const Operand &whole = operands()[packs ? 0 : 1];
  unsigned total = current->opcode == "mov.b32" ? 4 : current->opcode == "mov.b64" ? 8 : 0;
  if (total == 0 || elements.size() < 2 || total / elements.size() < 2 || total % elements.size() != 0)
    unknown();
  unsigned bytes = total / elements.size();
  Rows rows;
  rows.variant = elements.size() | bytes << 4;
  for (size_t part = 0; part < elements.size(); ++part)
    rows.sources[part] = packs                                  ? sourceRow(elements[part], bytes)
                         : elements[part].kind == Operand::Sink ? allocateRow(bytes)
                                                                : registerRow(elements[part], bytes);
  rows.destination = packs ? registerRow(whole, total) : sourceRow(whole, total);
  Instruction &instruction = emit(Step::Lanes);
  instruction.handler = packs ? &pack : &unpack;
  instruction.rows = rows;
}
