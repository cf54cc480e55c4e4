//===- Tokens.cpp - The words of a PTX text -------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tokens.h"

#include <cctype>

using namespace remat::standin;

static bool isWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || c == '.';
}

std::vector<Token> remat::standin::tokenize(std::string_view text) {
  std::vector<Token> tokens;
  unsigned line = 1;
  size_t at = 0;
  auto take = [&](Token::Kind kind, size_t end) {
    tokens.push_back({kind, text.substr(at, end - at), line});
    at = end;
  };
  while (at < text.size()) {
    char c = text[at];
    if (c == '\n') {
      ++line;
      ++at;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at;
    } else if (text.compare(at, 2, "//") == 0) {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.compare(at, 2, "/*") == 0) {
      size_t end = text.find("*/", at + 2);
      if (end == text.npos)
        throw PtxError(line, "the comment has no end");
      for (; at < end + 2; ++at)
        line += text[at] == '\n';
    } else if (c == '"') {
      size_t end = text.find_first_of("\"\n", at + 1);
      if (end == text.npos || text[end] == '\n')
        throw PtxError(line, "the string has no end");
      take(Token::Text, end + 1);
    } else if (std::isdigit(static_cast<unsigned char>(c))) {
      size_t end = at;
      while (end < text.size() && isWordCharacter(text[end]))
        ++end;
      take(Token::Number, end);
    } else if (isWordCharacter(c) || c == '%') {
      size_t end = at + 1;
      while (end < text.size() && isWordCharacter(text[end]))
        ++end;
      take(Token::Word, end);
    } else if (std::string_view("{}[](),;:@!+-<>=|").find(c) != std::string_view::npos) {
      take(Token::Punctuation, at + 1);
    } else {
      throw PtxError(line, std::string("unexpected character '") + c + "'");
    }
  }
  tokens.push_back({Token::End, {}, line});
  return tokens;
}

uint64_t remat::standin::parseInteger(const Token &token) {
  std::string_view digits = token.text;
  if (!digits.empty() && (digits.back() == 'U' || digits.back() == 'u'))
    digits.remove_suffix(1);
  unsigned base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    base = digits[1] == 'x' || digits[1] == 'X' ? 16 : 8;
    digits.remove_prefix(base == 16 ? 2 : 1);
  }
  uint64_t value = 0;
  bool valid = !digits.empty();
  for (char c : digits) {
    unsigned digit = std::isdigit(static_cast<unsigned char>(c)) ? c - '0' : 99;
    if (std::isxdigit(static_cast<unsigned char>(c)) && digit == 99)
      digit = std::tolower(c) - 'a' + 10;
    valid = valid && digit < base && !__builtin_mul_overflow(value, uint64_t(base), &value) &&
            !__builtin_add_overflow(value, uint64_t(digit), &value);
  }
  if (token.kind != Token::Number || !valid)
    throw PtxError(token.line, "expects an integer, but got '" + std::string(token.text) + "'");
  return value;
}
