//===- JsonFields.h - The members of one JSON object ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every reader of a format asks for the members it knows, by name; what it did not
// ask for is unknown and gets a warning, because a misspelled optional member would
// otherwise change the meaning of a file without a word. The first error wins.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_JSONFIELDS_H
#define REMAT_TOOLS_REMAT_PLAN_JSONFIELDS_H

#include "Json.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/Twine.h"

#include <optional>

namespace remat::plantool {

/// Where a reader's messages go.
class JsonReport {
public:
  /// An unknown member is a warning on standard error only if \p printWarnings.
  JsonReport(llvm::StringRef file, bool printWarnings) : file(file), printWarnings(printWarnings) {}

  /// Notes an error and returns false.
  bool fail(JsonValue value, const llvm::Twine &reason);
  void warn(JsonValue value, const llvm::Twine &text);
  /// "expects WHAT, but got ...".
  bool failExpected(JsonValue value, const llvm::Twine &what);
  llvm::Error takeError();

private:
  llvm::StringRef file;
  bool printWarnings;
  std::string reason;
  unsigned line = 0;
};

class JsonFields {
public:
  /// \p what names the object in messages: "a stage".
  JsonFields(JsonReport &report, JsonValue object, llvm::StringRef what);

  /// False if the value is no object or has a member twice.
  bool isValid() const { return valid; }

  /// The member, if it is there.
  std::optional<JsonValue> find(llvm::StringRef key);
  /// The same; notes an error if it is not there.
  std::optional<JsonValue> require(llvm::StringRef key);
  /// Warns about members nobody asked for.
  void finish();

  /// Members of simple types; they keep \p value if the member is not there.
  bool readBool(llvm::StringRef key, bool &value);
  /// A whole number that is not negative.
  bool readSize(llvm::StringRef key, int64_t &value, bool required);

private:
  struct Member {
    std::string key;
    JsonValue value;
    bool isKnown;
  };
  JsonReport &report;
  JsonValue object;
  llvm::StringRef what;
  bool valid = true;
  llvm::SmallVector<Member, 8> members;
};

/// How times are read: in units of 10^-fraction, rounded to nearest.
struct TimeUnit {
  int fraction = 0;
  /// Of all times that have been read: the most digits behind the point, whether one does
  /// not fit in 64 bits, and how many became 0 that are not.
  int64_t needed = 0;
  bool hasOverflowed = false;
  int64_t vanished = 0;

  /// The time, or 0 if it does not fit.
  int64_t read(const Decimal &time);
};

/// A time. One that does not fit in 64 bits is an error if it is read as a whole number.
bool readTime(JsonReport &report, JsonValue value, llvm::StringRef name, TimeUnit &unit, int64_t &time);

/// A whole number from \p least on; \p name names it in messages.
bool readWhole(JsonReport &report, JsonValue value, llvm::StringRef name, int64_t least, int64_t &result);

/// Members of every problem: "kind" must be \p expected, and "budget" may be absent
/// or null.
bool readKind(JsonReport &report, JsonFields &fields, llvm::StringRef expected);
bool readBudget(JsonReport &report, JsonFields &fields, bool &hasBudget, int64_t &budget);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_JSONFIELDS_H
