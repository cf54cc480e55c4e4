//===- Json.cpp - JSON values that know their line ----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The parser is a loop with a stack of open containers. What it expects next is a
// set of flags; that is all the grammar of JSON needs.
//
//===----------------------------------------------------------------------===//

#include "Json.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/JSON.h"

using namespace remat;
using namespace remat::plantool;
using llvm::StringRef;

namespace remat::plantool {

class JsonParser {
public:
  JsonParser(JsonDocument &document, unsigned firstLine) : document(document), text(document.text), line(firstLine) {}

  bool parse();
  std::string takeMessage() { return std::move(message); }
  unsigned getLine() const { return line; }

private:
  /// What may come next.
  enum class Expect { Value, ValueOrEnd, Key, KeyOrEnd, CommaOrEnd };

  bool parseValue();
  bool parseKey();
  bool parseNumber();
  bool parseString();
  bool parseWord(StringRef word, JsonKind kind);
  bool open(JsonKind kind);
  void close();
  void skipSpace();
  void add(JsonKind kind, size_t begin);
  bool fail(const llvm::Twine &reason);
  bool failExpected(StringRef what);
  bool isAtEnd() const { return position == text.size(); }
  bool consume(char c);
  size_t skipDigits();
  bool isInObject() const { return document.tokens[stack.back()].kind == JsonKind::Object; }

  JsonDocument &document;
  StringRef text;
  unsigned line;
  size_t position = 0;
  Expect expect = Expect::Value;
  llvm::SmallVector<uint32_t, JsonDocument::maxNesting> stack;
  std::string message;
};

} // namespace remat::plantool

bool JsonParser::fail(const llvm::Twine &reason) {
  message = reason.str();
  return false;
}

bool JsonParser::failExpected(StringRef what) {
  if (isAtEnd())
    return fail("expects " + what + ", but the text ends");
  unsigned char c = text[position];
  if (llvm::isPrint(c))
    return fail("expects " + what + ", but got '" + llvm::Twine(static_cast<char>(c)) + "'");
  return fail("expects " + what + ", but got a byte 0x" + llvm::utohexstr(c, /*LowerCase=*/true));
}

void JsonParser::skipSpace() {
  for (; !isAtEnd(); ++position) {
    char c = text[position];
    if (c == '\n')
      ++line;
    else if (c != ' ' && c != '\t' && c != '\r')
      return;
  }
}

bool JsonParser::consume(char c) {
  if (isAtEnd() || text[position] != c)
    return false;
  ++position;
  return true;
}

size_t JsonParser::skipDigits() {
  size_t begin = position;
  while (!isAtEnd() && llvm::isDigit(text[position]))
    ++position;
  return position - begin;
}

void JsonParser::add(JsonKind kind, size_t begin) {
  document.tokens.push_back({static_cast<uint32_t>(begin), line, static_cast<uint32_t>(position - begin), kind});
}

bool JsonParser::open(JsonKind kind) {
  if (stack.size() == JsonDocument::maxNesting)
    return fail("expects at most " + llvm::Twine(JsonDocument::maxNesting) + " values inside each other");
  stack.push_back(static_cast<uint32_t>(document.tokens.size()));
  add(kind, position);
  ++position;
  expect = kind == JsonKind::Array ? Expect::ValueOrEnd : Expect::KeyOrEnd;
  return true;
}

void JsonParser::close() {
  ++position;
  document.tokens[stack.pop_back_val()].extent = static_cast<uint32_t>(document.tokens.size());
  expect = Expect::CommaOrEnd;
}

bool JsonParser::parseWord(StringRef word, JsonKind kind) {
  if (!text.substr(position).starts_with(word))
    return failExpected("a value");
  position += word.size();
  add(kind, position - word.size());
  return true;
}

bool JsonParser::parseNumber() {
  size_t begin = position;
  consume('-');
  size_t first = position;
  size_t digits = skipDigits();
  if (digits == 0)
    return failExpected("a digit");
  if (digits > 1 && text[first] == '0')
    return fail("expects a number without leading zeros, but got '" + text.slice(begin, position) + "'");
  if (consume('.') && skipDigits() == 0)
    return failExpected("a digit");
  if (consume('e') || consume('E')) {
    if (!consume('+'))
      consume('-');
    if (skipDigits() == 0)
      return failExpected("a digit");
  }
  add(JsonKind::Number, begin);
  return true;
}

bool JsonParser::parseString() {
  size_t begin = position++;
  while (!isAtEnd() && text[position] != '"') {
    unsigned char c = text[position];
    if (c < 0x20)
      return fail("expects no control character in a string");
    ++position;
    if (c != '\\')
      continue;
    if (isAtEnd())
      break;
    char escape = text[position];
    if (escape != 'u' && !StringRef("\"\\/bfnrt").contains(escape))
      return failExpected("one of \"\\/bfnrtu behind a backslash");
    ++position;
    for (int i = 0; escape == 'u' && i < 4; ++i, ++position)
      if (isAtEnd() || !llvm::isHexDigit(text[position]))
        return failExpected("four hexadecimal digits");
  }
  if (isAtEnd())
    return failExpected("a closing quote");
  ++position;
  add(JsonKind::String, begin);
  return true;
}

bool JsonParser::parseKey() {
  if (isAtEnd() || text[position] != '"')
    return failExpected(expect == Expect::Key ? "a key in quotes" : "a key in quotes or '}'");
  if (!parseString())
    return false;
  skipSpace();
  if (!consume(':'))
    return failExpected("':'");
  expect = Expect::Value;
  return true;
}

bool JsonParser::parseValue() {
  if (isAtEnd())
    return failExpected("a value");
  char c = text[position];
  if (c == '[')
    return open(JsonKind::Array);
  if (c == '{')
    return open(JsonKind::Object);
  expect = Expect::CommaOrEnd;
  if (c == '"')
    return parseString();
  if (c == '-' || llvm::isDigit(c))
    return parseNumber();
  if (c == 't')
    return parseWord("true", JsonKind::True);
  if (c == 'f')
    return parseWord("false", JsonKind::False);
  return c == 'n' ? parseWord("null", JsonKind::Null) : failExpected("a value");
}

bool JsonParser::parse() {
  do {
    skipSpace();
    char closing = stack.empty() ? '\0' : isInObject() ? '}' : ']';
    bool mayClose = expect == Expect::ValueOrEnd || expect == Expect::KeyOrEnd || expect == Expect::CommaOrEnd;
    if (!stack.empty() && mayClose && !isAtEnd() && text[position] == closing) {
      close();
      continue;
    }
    if (expect == Expect::CommaOrEnd) {
      if (!consume(','))
        return failExpected(closing == '}' ? "',' or '}'" : "',' or ']'");
      expect = closing == '}' ? Expect::Key : Expect::Value;
      continue;
    }
    bool isKey = expect == Expect::Key || expect == Expect::KeyOrEnd;
    if (!(isKey ? parseKey() : parseValue()))
      return false;
  } while (!stack.empty());
  skipSpace();
  return isAtEnd() || failExpected("nothing behind the value");
}

bool JsonDocument::parse(StringRef newText, std::string &message, unsigned &line, unsigned firstLine) {
  text = newText;
  tokens.clear();
  line = firstLine;
  if (text.size() > maxLength) {
    message = "expects at most " + std::to_string(maxLength >> 20) + " MiB of JSON";
    return false;
  }
  size_t wrong = 0;
  if (!llvm::json::isUTF8(text, &wrong)) {
    line += text.take_front(wrong).count('\n');
    message = "expects UTF-8";
    return false;
  }
  JsonParser parser(*this, firstLine);
  if (parser.parse())
    return true;
  message = parser.takeMessage();
  line = parser.getLine();
  tokens.clear();
  return false;
}

uint32_t JsonDocument::getNext(uint32_t index) const {
  JsonKind kind = tokens[index].kind;
  return kind == JsonKind::Array || kind == JsonKind::Object ? tokens[index].extent : index + 1;
}

JsonKind JsonValue::getKind() const { return document->tokens[index].kind; }

unsigned JsonValue::getLine() const { return document->tokens[index].line; }

StringRef JsonValue::getText() const {
  const JsonDocument::Token &token = document->tokens[index];
  return document->text.substr(token.offset, token.extent);
}

JsonValue::Iterator JsonValue::end() const { return {document, document->getNext(index)}; }

JsonValue::Iterator &JsonValue::Iterator::operator++() {
  index = document->getNext(index);
  return *this;
}

StringRef JsonValue::describe() const {
  switch (getKind()) {
  case JsonKind::Null:
    return "null";
  case JsonKind::False:
  case JsonKind::True:
    return "a truth value";
  case JsonKind::Number:
    return "a number";
  case JsonKind::String:
    return "a string";
  case JsonKind::Array:
    return "an array";
  case JsonKind::Object:
    return "an object";
  }
  return "a value";
}

/// The four hexadecimal digits at the front of \p text.
static unsigned consumeUnit(StringRef &text) {
  unsigned unit = 0;
  for (char c : text.take_front(4))
    unit = unit * 16 + llvm::hexDigitValue(c);
  text = text.drop_front(4);
  return unit;
}

static void appendCodePoint(StringRef &text, std::string &result) {
  unsigned code = consumeUnit(text);
  if (code >= 0xd800 && code < 0xdc00 && text.starts_with("\\u")) {
    StringRef rest = text.drop_front(2);
    unsigned low = consumeUnit(rest);
    if (low >= 0xdc00 && low < 0xe000) {
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      text = rest;
    }
  }
  char buffer[4];
  char *end = buffer;
  // Half a pair becomes the replacement character.
  if (!llvm::ConvertCodePointToUTF8(code, end)) {
    end = buffer;
    llvm::ConvertCodePointToUTF8(0xfffd, end);
  }
  result.append(buffer, end);
}

std::string JsonValue::getString() const {
  std::string result;
  StringRef rest = getText().drop_front().drop_back();
  while (!rest.empty()) {
    size_t plain = rest.find('\\');
    result += rest.take_front(plain).str();
    rest = rest.drop_front(std::min(plain, rest.size()));
    if (rest.empty())
      break;
    char escape = rest[1];
    rest = rest.drop_front(2);
    if (escape == 'u')
      appendCodePoint(rest, result);
    else if (size_t which = StringRef("bfnrt").find(escape); which != StringRef::npos)
      result += "\b\f\n\r\t"[which];
    else
      result += escape;
  }
  return result;
}

std::optional<Decimal> JsonValue::getDecimal() const {
  auto [mantissa, exponentText] = getText().split(getText().contains('e') ? 'e' : 'E');
  Decimal result;
  result.isNegative = mantissa.consume_front("-");
  auto [whole, fraction] = mantissa.split('.');
  std::string digits = (whole + fraction).str();
  StringRef significant = StringRef(digits).rtrim('0');
  int64_t zeros = static_cast<int64_t>(digits.size() - significant.size());
  result.digits = significant.ltrim('0').str();
  if (result.digits.empty())
    return Decimal();

  exponentText.consume_front("+");
  // The digits of a text can make up for its exponent, but not beyond this.
  constexpr int64_t maxExponent = 2 * static_cast<int64_t>(JsonDocument::maxLength);
  if (!exponentText.empty() &&
      (exponentText.getAsInteger(10, result.exponent) || std::abs(result.exponent) > maxExponent))
    return std::nullopt;
  result.exponent += zeros - static_cast<int64_t>(fraction.size());
  return result;
}
