//===- BodyParser.cpp - Reads the body of a PTX function ------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Names of registers and variables obey the braces around them (each call has
// a `param0` of its own), so they become numbers here.
//
//===----------------------------------------------------------------------===//

#include "ParserCore.h"

#include <algorithm>

using namespace remat::standin;

namespace {

class BodyParser {
public:
  BodyParser(ParserCore &core, Function &function) : core(core), function(function) {}

  void run() {
    scopes.emplace_back();
    for (const auto *list : {&function.parameters, &function.results})
      for (const Variable &variable : *list)
        declareVariable(variable);
    core.expect("{");
    block();
  }

private:
  struct Scope {
    std::map<std::string, uint32_t> registers, variables;
  };

  void block() {
    scopes.emplace_back();
    while (!core.accept("}"))
      item();
    scopes.pop_back();
  }

  void item() {
    if (core.peek().kind == Token::End)
      core.fail("the body of '" + function.name + "' has no end");
    Space space;
    if (core.accept("{")) {
      block();
    } else if (core.accept(".reg")) {
      registers();
    } else if (core.peek().text == ".loc") {
      core.skipLine();
    } else if (core.accept(".pragma")) {
      ++core.next; // Hints such as "nounroll".
      core.expect(";");
    } else if (core.acceptSpace(space)) {
      do
        declareVariable(core.variable(space));
      while (core.accept(","));
      core.expect(";");
    } else if (core.peek().kind == Token::Word && core.peek(1).text == ":") {
      label();
    } else {
      statement();
    }
  }

  void declareVariable(const Variable &variable) {
    if (variable.space == Space::Global || variable.space == Space::Constant)
      core.fail("variables of a function in .global or .const are not modelled");
    if (!scopes.back().variables.emplace(variable.name, function.variables.size()).second)
      core.fail("'" + variable.name + "' is declared twice");
    function.variables.push_back(variable);
  }

  void declareRegister(const std::string &name, Type type) {
    if (!scopes.back().registers.emplace(name, function.registers.size()).second)
      core.fail("'" + name + "' is declared twice");
    function.registers.push_back({name, type});
  }

  void registers() {
    Type type = core.type();
    if (type.bytes == 1)
      core.fail("registers of 8 bits are not modelled");
    do {
      std::string name = core.name();
      if (!core.accept("<")) {
        declareRegister(name, type);
        continue;
      }
      uint64_t count = core.integer();
      core.expect(">");
      if (count > 1000000)
        core.fail("too many registers");
      for (uint64_t index = 0; index < count; ++index)
        declareRegister(name + std::to_string(index), type);
    } while (core.accept(","));
    core.expect(";");
  }

  void label() {
    std::string name = core.name();
    core.expect(":");
    if (core.accept(".branchtargets")) {
      std::vector<std::string> &targets = function.branchTargets[name];
      do
        targets.push_back(core.name());
      while (core.accept(","));
      core.expect(";");
    } else if (!function.labels.emplace(name, function.statements.size()).second) {
      core.fail("the label '" + name + "' stands twice");
    }
  }

  void statement() {
    Statement result;
    if (core.accept("@")) {
      result.guarded = true;
      result.guardNegated = core.accept("!");
      Operand guard = operand();
      if (guard.kind != Operand::Register || function.registers[guard.index].type.kind != TypeClass::Predicate)
        core.fail("expects a predicate behind '@'");
      result.guard = guard.index;
    }
    result.line = core.peek().line;
    result.opcode = core.name();
    if (!core.accept(";")) {
      do
        result.operands.push_back(operand());
      while (core.accept(","));
      core.expect(";");
    }
    function.statements.push_back(std::move(result));
  }

  std::vector<Operand> operands(std::string_view end) {
    std::vector<Operand> result;
    if (core.accept(end))
      return result;
    do
      result.push_back(operand());
    while (core.accept(","));
    core.expect(end);
    return result;
  }

  Operand operand() {
    Operand result;
    if (core.accept("{")) {
      result.kind = Operand::Vector;
      result.parts = operands("}");
    } else if (core.accept("(")) {
      result.kind = Operand::List;
      result.parts = operands(")");
    } else if (core.accept("[")) {
      address(result);
    } else if (core.peek().kind == Token::Number || core.peek().text == "-") {
      if (!core.floatConstant(result)) {
        result.kind = Operand::Integer;
        bool negative = core.accept("-");
        result.bits = core.integer();
        result.bits = negative ? -result.bits : result.bits;
      }
    } else {
      named(result);
    }
    return result;
  }

  void address(Operand &result) {
    result.kind = Operand::Address;
    if (core.peek().kind == Token::Number) {
      result.bits = core.integer();
    } else {
      result.parts.push_back(operand());
      result.bits = result.parts[0].bits;
      bool minus = core.peek().text == "-";
      if (core.accept("+") || core.accept("-")) {
        bool negative = core.accept("-") != minus;
        uint64_t offset = core.integer();
        result.bits += negative ? -offset : offset;
      }
    }
    core.expect("]");
  }

  void named(Operand &result) {
    result.name = core.name();
    if (result.name == "_") {
      result.kind = Operand::Sink;
      return;
    }
    for (size_t depth = scopes.size(); depth-- > 0;) {
      if (auto found = scopes[depth].registers.find(result.name); found != scopes[depth].registers.end()) {
        result.kind = Operand::Register;
        result.index = found->second;
        return;
      }
      if (auto found = scopes[depth].variables.find(result.name); found != scopes[depth].variables.end()) {
        result.kind = Operand::LocalVariable;
        result.index = found->second;
        plusOffset(result);
        return;
      }
    }
    static constexpr const char *specials[] = {"%tid.x",    "%tid.y",    "%tid.z",   "%ntid.x",  "%ntid.y",
                                               "%ntid.z",   "%ctaid.x",  "%ctaid.y", "%ctaid.z", "%nctaid.x",
                                               "%nctaid.y", "%nctaid.z", "%laneid"};
    if (std::find(std::begin(specials), std::end(specials), result.name) != std::end(specials)) {
      result.kind = Operand::Special;
    } else if (result.name[0] == '%') {
      core.fail("the register '" + result.name + "' is not declared");
    } else {
      result.kind = Operand::Symbol;
      plusOffset(result);
    }
  }

  /// `table+8`
  void plusOffset(Operand &result) {
    if (core.peek().text == "+" && core.peek(1).kind == Token::Number) {
      core.accept("+");
      result.bits = core.integer();
    }
  }

  ParserCore &core;
  Function &function;
  std::vector<Scope> scopes;
};

} // namespace

void remat::standin::parseBody(ParserCore &core, Function &function) { BodyParser(core, function).run(); }
