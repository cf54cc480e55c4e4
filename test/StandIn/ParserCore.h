//===- ParserCore.h - What both parts of the parser need --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_PARSERCORE_H
#define REMAT_TEST_STANDIN_PARSERCORE_H

#include "Tokens.h"

namespace remat::standin {

/// A place in the list of tokens, and what is read at it. Everything throws PtxError.
class ParserCore {
public:
  explicit ParserCore(std::vector<Token> tokens) : tokens(std::move(tokens)) {}

  const Token &peek(size_t ahead = 0) const { return tokens[std::min(next + ahead, tokens.size() - 1)]; }
  [[noreturn]] void fail(const std::string &text) const;
  bool accept(std::string_view text);
  void expect(std::string_view text);
  /// Places in a source (.file, .loc) say nothing here.
  void skipLine();
  std::string name();
  uint64_t integer();
  Type type();
  bool acceptSpace(Space &space);
  bool floatConstant(Operand &operand);
  Variable variable(Space space);
  void initializer(Variable &variable);

  std::vector<Token> tokens;
  size_t next = 0;
};

/// Reads the body of a function, from its brace on.
void parseBody(ParserCore &core, Function &function);

} // namespace remat::standin

#endif // REMAT_TEST_STANDIN_PARSERCORE_H
