//===- Tokens.h - The words of a PTX text -----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_TOKENS_H
#define REMAT_TEST_STANDIN_TOKENS_H

#include "Ptx.h"

#include <string_view>
#include <vector>

namespace remat::standin {

struct Token {
  /// Words are names, directives, opcodes and registers: `.reg`, `ld.param.b32`, `%tid.x`, `$L__BB0_1`.
  enum Kind : uint8_t { Word, Number, Text, Punctuation, End };
  Kind kind = End;
  std::string_view text;
  unsigned line = 0;
};

/// Splits a text into words, without comments; the last token is an End. Throws PtxError.
std::vector<Token> tokenize(std::string_view text);

/// The integer that a number stands for (decimal, 0x, octal, with a U behind it or not).
uint64_t parseInteger(const Token &token);

} // namespace remat::standin

#endif // REMAT_TEST_STANDIN_TOKENS_H
