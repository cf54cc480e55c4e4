//===- Parser.cpp - Reads a PTX module ------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Directives of a module: version, target, variables, functions. What the
// stand-in does not model is an error, never skipped. The statements of
// functions are read by BodyParser.cpp.
//
//===----------------------------------------------------------------------===//

#include "ParserCore.h"

#include <cstring>

using namespace remat::standin;

bool remat::standin::parseType(std::string_view name, Type &type) {
  if (name == "pred") {
    type = {TypeClass::Predicate, 0};
    return true;
  }
  if (name == "bf16") {
    type = {TypeClass::BFloat, 2};
    return true;
  }
  static constexpr std::pair<const char *, uint8_t> sizes[] = {{"8", 1}, {"16", 2}, {"32", 4}, {"64", 8}};
  for (auto [digits, bytes] : sizes) {
    if (name.size() < 2 || name.substr(1) != digits)
      continue;
    static constexpr std::pair<char, TypeClass> classes[] = {
        {'b', TypeClass::Bits}, {'u', TypeClass::Unsigned}, {'s', TypeClass::Signed}, {'f', TypeClass::Float}};
    for (auto [letter, kind] : classes) {
      if (name[0] != letter || (letter == 'f' && bytes == 1))
        continue;
      type = {kind, bytes};
      return true;
    }
  }
  return false;
}

const Function *Module::find(std::string_view name) const {
  // A declaration may stand in front of the definition.
  const Function *found = nullptr;
  for (const Function &function : functions)
    if (function.name == name && (!found || function.hasBody))
      found = &function;
  return found;
}

const Variable *Module::findVariable(std::string_view name) const {
  for (const Variable &variable : variables)
    if (variable.name == name)
      return &variable;
  return nullptr;
}

void ParserCore::fail(const std::string &text) const { throw PtxError(peek().line, text); }

bool ParserCore::accept(std::string_view text) {
  if (peek().text != text || peek().kind == Token::Text || peek().kind == Token::End)
    return false;
  ++next;
  return true;
}

void ParserCore::expect(std::string_view text) {
  if (!accept(text))
    fail("expects '" + std::string(text) + "', but got '" + std::string(peek().text) + "'");
}

void ParserCore::skipLine() {
  for (unsigned line = peek().line; peek().kind != Token::End && peek().line == line;)
    ++next;
}

std::string ParserCore::name() {
  if (peek().kind != Token::Word || peek().text[0] == '.')
    fail("expects a name, but got '" + std::string(peek().text) + "'");
  return std::string(tokens[next++].text);
}

uint64_t ParserCore::integer() { return parseInteger(tokens[next++]); }

Type ParserCore::type() {
  Type type;
  std::string_view text = peek().text;
  if (text.empty() || text[0] != '.' || !parseType(text.substr(1), type))
    fail("expects a type, but got '" + std::string(text) + "'");
  ++next;
  return type;
}

bool ParserCore::acceptSpace(Space &space) {
  static constexpr std::pair<const char *, Space> spaces[] = {{".global", Space::Global},
                                                              {".const", Space::Constant},
                                                              {".shared", Space::Shared},
                                                              {".local", Space::Local},
                                                              {".param", Space::Parameter}};
  for (auto [text, value] : spaces) {
    if (!accept(text))
      continue;
    space = value;
    return true;
  }
  return false;
}

bool ParserCore::floatConstant(Operand &operand) {
  std::string_view text = peek().text;
  if (peek().kind != Token::Number || text.size() < 2 || text[0] != '0' || !std::strchr("fFdD", text[1]))
    return false;
  bool isDouble = text[1] == 'd' || text[1] == 'D';
  if (text.size() != (isDouble ? 18u : 10u))
    fail("expects 0f and 8 digits or 0d and 16, but got '" + std::string(text) + "'");
  std::string digits = "0x" + std::string(text.substr(2));
  operand.kind = isDouble ? Operand::Float64 : Operand::Float32;
  operand.bits = parseInteger({Token::Number, digits, peek().line});
  ++next;
  return true;
}

/// What stands behind the space: `.align 4 .ptr .b8 name[12]`.
Variable ParserCore::variable(Space space) {
  Variable result;
  result.space = space;
  result.line = peek().line;
  bool aligned = false, typed = false;
  while (!peek().text.empty() && peek().text[0] == '.') {
    if (accept(".align")) {
      uint64_t align = integer();
      if (align == 0 || (align & (align - 1)) != 0 || align > 4096)
        fail("expects an alignment that is a power of two, but got " + std::to_string(align));
      result.align = align;
      aligned = true;
    } else if (space == Space::Parameter && accept(".ptr")) {
      // The alignment behind it is that of what the parameter points to.
      Space pointee;
      acceptSpace(pointee);
      if (accept(".align"))
        integer();
    } else {
      result.type = type();
      typed = true;
    }
  }
  if (!typed || result.type.kind == TypeClass::Predicate)
    fail("expects a type of memory, but got '" + std::string(peek().text) + "'");
  if (!aligned)
    result.align = result.type.bytes;
  result.name = name();
  result.bytes = result.type.bytes;
  while (accept("[")) {
    if (accept("]")) {
      result.unsized = true;
      result.bytes = 0;
      continue;
    }
    if (__builtin_mul_overflow(result.bytes, integer(), &result.bytes) || result.bytes > (uint64_t(1) << 40))
      fail("'" + result.name + "' is too large");
    expect("]");
  }
  return result;
}

void ParserCore::initializer(Variable &variable) {
  auto element = [&]() {
    Operand constant;
    if (!floatConstant(constant)) {
      bool negative = accept("-");
      if (peek().kind != Token::Number)
        fail("expects a number, but got '" + std::string(peek().text) +
             "'; addresses as initial values are not modelled");
      constant.bits = negative ? -integer() : integer();
    }
    for (unsigned byte = 0; byte < variable.type.bytes; ++byte)
      variable.initial.push_back(constant.bits >> (8 * byte));
  };
  if (accept("{")) {
    if (!accept("}")) {
      do
        element();
      while (accept(","));
      expect("}");
    }
  } else {
    element();
  }
  if (variable.initial.size() > variable.bytes)
    fail("'" + variable.name + "' has more initial values than elements");
}

namespace {

class ModuleParser : ParserCore {
public:
  using ParserCore::ParserCore;

  Module header() {
    expect(".version");
    version();
    while (peek().text == ".target" || peek().text == ".address_size")
      directive();
    return std::move(module);
  }

  Module run() {
    module = header();
    while (peek().kind != Token::End)
      directive();
    return std::move(module);
  }

private:
  void version() {
    std::string_view text = peek().text;
    size_t dot = text.find('.');
    if (dot == text.npos || dot + 2 != text.size())
      fail("expects a version such as 8.1, but got '" + std::string(text) + "'");
    std::string digits(text.substr(0, dot));
    module.version = parseInteger({Token::Number, digits, peek().line}) * 10 + (text[dot + 1] - '0');
    ++next;
  }

  void directive() {
    if (accept(".target")) {
      std::string target = name();
      if (target.rfind("sm_", 0) != 0)
        fail("expects sm_ and a number, but got '" + target + "'");
      module.capability = std::strtoul(target.c_str() + 3, nullptr, 10);
      if (accept(","))
        fail("options of .target are not modelled: '" + std::string(peek().text) + "'");
    } else if (peek().text == ".file") {
      skipLine();
    } else if (accept(".address_size")) {
      if (integer() != 64)
        fail("expects 64-bit addresses");
    } else {
      declaration();
    }
  }

  void declaration() {
    bool isExtern = false;
    for (;;) {
      if (accept(".extern"))
        isExtern = true;
      else if (!accept(".visible") && !accept(".weak"))
        break;
    }
    Space space;
    if (acceptSpace(space)) {
      if (space == Space::Local || space == Space::Parameter)
        fail("expects variables of a module in .global, .const or .shared");
      Variable result = variable(space);
      result.isExtern = isExtern;
      if (accept("=")) {
        if (space == Space::Shared)
          fail("shared memory has no initial values");
        initializer(result);
      }
      expect(";");
      if (isExtern && !(space == Space::Shared && result.unsized))
        fail("'" + result.name + "' is external: there is nothing to link with");
      if (result.unsized && !isExtern)
        fail("'" + result.name + "' has no size");
      if (module.findVariable(result.name))
        fail("'" + result.name + "' is declared twice");
      module.variables.push_back(std::move(result));
    } else if (accept(".entry")) {
      function(true);
    } else if (accept(".func")) {
      function(false);
    } else {
      fail("'" + std::string(peek().text) + "' is not modelled");
    }
  }

  std::vector<Variable> parameters() {
    std::vector<Variable> result;
    expect("(");
    if (accept(")"))
      return result;
    do {
      expect(".param");
      result.push_back(variable(Space::Parameter));
    } while (accept(","));
    expect(")");
    return result;
  }

  void function(bool isEntry) {
    Function result;
    result.isEntry = isEntry;
    if (!isEntry && peek().text == "(")
      result.results = parameters();
    result.line = peek().line;
    result.name = name();
    if (peek().text == "(")
      result.parameters = parameters();
    for (;;) {
      if (accept(".reqntid") || accept(".maxntid")) {
        bool required = tokens[next - 1].text == ".reqntid";
        unsigned extents[3] = {1, 1, 1}, count = 0;
        do
          extents[count++] = integer();
        while (count < 3 && accept(","));
        if (required)
          std::copy(extents, extents + 3, result.requiredThreads);
        result.maximumThreads = extents[0] * extents[1] * extents[2];
      } else if (accept(".minnctapersm") || accept(".maxnreg")) {
        integer(); // Hints for the allocation of registers.
      } else if (!accept(".noreturn")) {
        break;
      }
    }
    result.hasBody = !accept(";");
    if (const Function *other = module.find(result.name); other && other->hasBody && result.hasBody)
      fail("'" + result.name + "' is defined twice");
    if (result.hasBody)
      parseBody(*this, result);
    module.functions.push_back(std::move(result));
  }

  Module module;
};

} // namespace

Module remat::standin::parseModule(std::string_view text) { return ModuleParser(tokenize(text)).run(); }

Module remat::standin::parseHeader(std::string_view text) { return ModuleParser(tokenize(text)).header(); }
