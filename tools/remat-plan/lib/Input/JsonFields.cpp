//===- JsonFields.cpp - The members of one JSON object --------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "JsonFields.h"

#include "Diagnostics.h"
#include "Numbers.h"

#include "llvm/ADT/STLExtras.h"

using namespace remat;
using namespace remat::plantool;
using llvm::StringRef;

bool JsonReport::fail(JsonValue value, const llvm::Twine &text) {
  if (line == 0) {
    reason = text.str();
    line = value.getLine();
  }
  return false;
}

void JsonReport::warn(JsonValue value, const llvm::Twine &text) {
  if (printWarnings)
    plantool::warn(file, value.getLine(), text);
}

/// The text of a value, shortened.
static std::string quote(JsonValue value) {
  constexpr size_t longest = 40;
  StringRef text = value.getText();
  return text.size() <= longest ? text.str() : (text.take_front(longest) + "...").str();
}

bool JsonReport::failExpected(JsonValue value, const llvm::Twine &wanted) {
  bool isShort = value.is(JsonKind::Number) || value.is(JsonKind::String);
  return fail(value, "expects " + wanted + ", but got " + (isShort ? quote(value) : value.describe().str()));
}

llvm::Error JsonReport::takeError() { return line == 0 ? llvm::Error::success() : makeInputError(file, line, reason); }

JsonFields::JsonFields(JsonReport &report, JsonValue object, StringRef what)
    : report(report), object(object), what(what) {
  if (!object.is(JsonKind::Object)) {
    valid = report.failExpected(object, "an object for " + what);
    return;
  }
  for (auto it = object.begin(), end = object.end(); it != end; ++it) {
    JsonValue keyValue = *it;
    std::string key = keyValue.getString();
    ++it;
    if (llvm::any_of(members, [&](const Member &member) { return member.key == key; }))
      valid = report.fail(keyValue, "expects \"" + key + "\" once in " + what);
    members.push_back({std::move(key), *it, false});
    // More members than this are no object of ours, and the search is linear.
    if (members.size() > 64)
      valid = report.fail(keyValue, "expects at most 64 members in " + what);
    if (!valid)
      return;
  }
}

std::optional<JsonValue> JsonFields::find(StringRef key) {
  for (Member &member : members) {
    if (member.key != key)
      continue;
    member.isKnown = true;
    return member.value;
  }
  return std::nullopt;
}

std::optional<JsonValue> JsonFields::require(StringRef key) {
  std::optional<JsonValue> value = find(key);
  if (!value)
    report.fail(object, "expects \"" + key + "\" in " + what);
  return value;
}

void JsonFields::finish() {
  for (const Member &member : members)
    if (!member.isKnown)
      report.warn(member.value, "unknown member \"" + member.key + "\" in " + what);
}

bool JsonFields::readBool(StringRef key, bool &value) {
  std::optional<JsonValue> member = find(key);
  if (!member)
    return true;
  if (!member->is(JsonKind::True) && !member->is(JsonKind::False))
    return report.failExpected(*member, "true or false for \"" + key + "\"");
  value = member->is(JsonKind::True);
  return true;
}

bool JsonFields::readSize(StringRef key, int64_t &value, bool required) {
  std::optional<JsonValue> member = required ? require(key) : find(key);
  if (!member)
    return !required;
  return readWhole(report, *member, key, 0, value);
}

bool plantool::readWhole(JsonReport &report, JsonValue value, StringRef name, int64_t least, int64_t &result) {
  std::optional<Decimal> decimal;
  std::optional<int64_t> number;
  if (value.is(JsonKind::Number)) {
    decimal = value.getDecimal();
    if (decimal)
      number = scaleDecimal(*decimal, 0);
    if (!number)
      return report.failExpected(value, "a number of 64 bits for \"" + name + "\"");
  }
  if (!number || decimal->getFraction() != 0 || *number < least)
    return report.failExpected(value, "a whole number from " + llvm::Twine(least) + " on for \"" + name + "\"");
  result = *number;
  return true;
}

int64_t TimeUnit::read(const Decimal &time) {
  needed = std::max(needed, time.getFraction());
  std::optional<int64_t> result = scaleDecimal(time, fraction);
  hasOverflowed |= !result;
  vanished += result == 0 && !time.digits.empty();
  return result.value_or(0);
}

bool plantool::readTime(JsonReport &report, JsonValue value, StringRef name, TimeUnit &unit, int64_t &time) {
  if (!value.is(JsonKind::Number))
    return report.failExpected(value, "a number for \"" + name + "\"");
  std::optional<Decimal> decimal = value.getDecimal();
  if (decimal && decimal->isNegative)
    return report.failExpected(value, "a number that is not negative for \"" + name + "\"");
  if (decimal)
    time = unit.read(*decimal);
  if (!decimal || (unit.fraction == 0 && unit.hasOverflowed))
    return report.failExpected(value, "a time of 64 bits for \"" + name + "\"");
  return true;
}

bool plantool::readKind(JsonReport &report, JsonFields &fields, StringRef expected) {
  std::optional<JsonValue> kind = fields.require("kind");
  if (!kind)
    return false;
  if (!kind->is(JsonKind::String) || kind->getString() != expected)
    return report.failExpected(*kind, "\"" + expected + "\" for \"kind\"");
  return true;
}

bool plantool::readBudget(JsonReport &report, JsonFields &fields, bool &hasBudget, int64_t &budget) {
  std::optional<JsonValue> value = fields.find("budget");
  hasBudget = value && !value->is(JsonKind::Null);
  return !hasBudget || readWhole(report, *value, "budget", 0, budget);
}
