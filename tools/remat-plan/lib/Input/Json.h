//===- Json.h - JSON values that know their line --------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Problems come from other programs and from people. LLVM's JSON parser recurses
// without a limit, turns 0.1 into a double and forgets where a value stood; this one
// is iterative, keeps numbers as they are written, and every value knows its line,
// so that a message about what a value *means* can name it too.
//
// A document is one flat array of tokens, 16 bytes each, in the order of the text;
// a container knows the token behind its end. The text must outlive the document.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_JSON_H
#define REMAT_TOOLS_REMAT_PLAN_JSON_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace remat::plantool {

enum class JsonKind : uint8_t { Null, False, True, Number, String, Array, Object };

/// A number exactly as it is written: digits * 10^exponent.
struct Decimal {
  /// Neither the first nor the last one is 0; none for the number 0.
  std::string digits;
  int64_t exponent = 0;
  bool isNegative = false;

  /// Digits behind the point.
  int64_t getFraction() const { return exponent < 0 ? -exponent : 0; }
};

class JsonDocument;

/// A value of a document; cheap to copy, valid as long as the document.
class JsonValue {
public:
  JsonKind getKind() const;
  bool is(JsonKind kind) const { return getKind() == kind; }
  /// Line of the text, from 1.
  unsigned getLine() const;
  /// As written: a number, or a string with quotes and escapes.
  llvm::StringRef getText() const;
  /// The characters of a string.
  std::string getString() const;
  /// The number, or nothing if its exponent is beyond what any text makes up for.
  std::optional<Decimal> getDecimal() const;
  /// What kind of value this is, for messages: "a string".
  llvm::StringRef describe() const;

  /// The elements of an array; for an object keys and values in turn.
  class Iterator {
  public:
    Iterator(const JsonDocument *document, uint32_t index) : document(document), index(index) {}
    JsonValue operator*() const { return {document, index}; }
    Iterator &operator++();
    friend bool operator!=(Iterator a, Iterator b) { return a.index != b.index; }

  private:
    const JsonDocument *document;
    uint32_t index;
  };
  Iterator begin() const { return {document, index + 1}; }
  Iterator end() const;

private:
  friend class JsonDocument;
  JsonValue(const JsonDocument *document, uint32_t index) : document(document), index(index) {}

  const JsonDocument *document;
  uint32_t index;
};

class JsonDocument {
public:
  /// Containers in containers, at most; far more than any problem needs.
  static constexpr unsigned maxNesting = 64;
  /// Longest text, in bytes.
  static constexpr size_t maxLength = size_t(256) << 20;

  /// Reads one value that is all of \p text. \p firstLine is the line that the
  /// text begins on. On failure the document is empty and \p message says what
  /// was expected, \p line where.
  bool parse(llvm::StringRef text, std::string &message, unsigned &line, unsigned firstLine = 1);

  JsonValue getRoot() const { return {this, 0}; }

private:
  friend class JsonValue;
  friend class JsonValue::Iterator;
  friend class JsonParser;

  struct Token {
    uint32_t offset;
    uint32_t line;
    /// Scalars: length of the text. Containers: the token behind the last one.
    uint32_t extent;
    JsonKind kind;
  };
  uint32_t getNext(uint32_t index) const;

  llvm::StringRef text;
  std::vector<Token> tokens;
};

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_JSON_H
