//===- Ptx.h - What a PTX text says -----------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The syntax tree of a PTX module, as the parser leaves it: opcodes are still
// text, registers and variables of functions are resolved to numbers, labels
// and symbols of the module still have names.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_PTX_H
#define REMAT_TEST_STANDIN_PTX_H

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace remat::standin {

/// What is wrong with a PTX text, and in which of its lines.
struct PtxError : std::runtime_error {
  PtxError(unsigned line, const std::string &text) : std::runtime_error(text), line(line) {}
  unsigned line;
};

enum class TypeClass : uint8_t { Bits, Unsigned, Signed, Float, BFloat, Predicate };

struct Type {
  TypeClass kind = TypeClass::Bits;
  /// 0 for a predicate.
  uint8_t bytes = 0;

  bool isFloat() const { return kind == TypeClass::Float || kind == TypeClass::BFloat; }
  bool operator==(const Type &other) const { return kind == other.kind && bytes == other.bytes; }
};

/// The type that a name without its dot has ("u32"); false if there is none.
bool parseType(std::string_view name, Type &type);

enum class Space : uint8_t { Generic, Global, Constant, Shared, Local, Parameter };

struct Variable {
  std::string name;
  Space space = Space::Generic;
  Type type;
  unsigned align = 1;
  uint64_t bytes = 0;
  /// `name[]` of `.extern .shared`: the launch says how large.
  bool unsized = false;
  bool isExtern = false;
  std::vector<uint8_t> initial;
  unsigned line = 0;
};

struct Operand {
  enum Kind : uint8_t {
    Register,
    Special,
    Integer,
    Float32,
    Float64,
    LocalVariable,
    Symbol,
    Address,
    Vector,
    List,
    Sink
  };
  Kind kind = Sink;
  /// A register or variable of the function, by number.
  uint32_t index = 0;
  /// Integer and floating-point constants; the offset of an address.
  uint64_t bits = 0;
  /// Special registers, labels, functions, variables of the module.
  std::string name;
  /// The elements of a vector or a list; what an address begins at, if anything.
  std::vector<Operand> parts;
};

struct Statement {
  std::string opcode;
  std::vector<Operand> operands;
  bool guarded = false, guardNegated = false;
  uint32_t guard = 0;
  unsigned line = 0;
};

struct RegisterDeclaration {
  std::string name;
  Type type;
};

struct Function {
  std::string name;
  bool isEntry = false, hasBody = false;
  unsigned line = 0;
  std::vector<Variable> parameters, results;
  std::vector<RegisterDeclaration> registers;
  std::vector<Variable> variables;
  std::vector<Statement> statements;
  /// Number of the statement behind each label.
  std::map<std::string, uint32_t> labels;
  std::map<std::string, std::vector<std::string>> branchTargets;
  /// `.reqntid` and `.maxntid`; 0 where they say nothing.
  unsigned requiredThreads[3] = {0, 0, 0}, maximumThreads = 0;
};

struct Module {
  unsigned version = 0;    // 81 for 8.1
  unsigned capability = 0; // 80 for sm_80
  std::vector<Variable> variables;
  std::vector<Function> functions;

  const Function *find(std::string_view name) const;
  const Variable *findVariable(std::string_view name) const;
};

/// Reads a module; throws PtxError.
Module parseModule(std::string_view text);

/// Reads version and target alone.
Module parseHeader(std::string_view text);

} // namespace remat::standin

#endif // REMAT_TEST_STANDIN_PTX_H
