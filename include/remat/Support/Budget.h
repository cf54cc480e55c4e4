//===- Budget.h - A memory budget as people write it -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one parser of budgets and sizes: the planning pass, remat-run and the
// examples all accept exactly the same spellings. Standard library only.
//
// Grammar (nothing else is accepted, no spaces, no sign):
//
//   budget ::= 'unlimited' | 'min' | size | number '%'
//   size   ::= number unit?        without a unit: a whole number of bytes
//   unit   ::= 'B' | 'KiB' | 'MiB' | 'GiB' | 'TiB' | 'kB' | 'KB' | 'MB' | 'GB' | 'TB'
//   number ::= digits ('.' digits)?      up to nine behind the point
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SUPPORT_BUDGET_H
#define REMAT_SUPPORT_BUDGET_H

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace remat {

/// A budget: no limit, the least that does, a number of bytes, or a share of what the
/// program needs when everything is kept.
class Budget {
public:
  enum class Kind { Unlimited, Bytes, Share, Minimum };

  /// No limit.
  Budget() = default;
  static Budget unlimited() { return Budget(); }
  /// The smallest feasible budget.
  static Budget minimum() { return Budget(Kind::Minimum, 0, 1); }
  static Budget bytes(int64_t count) { return Budget(Kind::Bytes, count, 1); }
  /// \p numerator / \p denominator of the store-all peak: not negative, and positive.
  static Budget share(int64_t numerator, int64_t denominator) { return Budget(Kind::Share, numerator, denominator); }

  Kind getKind() const { return kind; }
  /// The number of bytes, or the share as a fraction.
  int64_t getNumerator() const { return numerator; }
  int64_t getDenominator() const { return denominator; }
  bool isUnlimited() const { return kind == Kind::Unlimited; }

  /// The budget in bytes for a program whose peak is \p storeAllBytes when everything is
  /// kept, a share rounded down; nullopt if there is no limit. `min` is \p minimumBytes; any
  /// other kind may be less. Saturates at the largest int64_t.
  std::optional<int64_t> resolve(int64_t storeAllBytes, int64_t minimumBytes) const;

  /// As parseBudget read it: "2.5%". Other shares are rounded down to whole percents, or to
  /// nine digits.
  std::string str() const;

  bool operator==(const Budget &other) const {
    return kind == other.kind && numerator == other.numerator && denominator == other.denominator;
  }
  bool operator!=(const Budget &other) const { return !(*this == other); }

private:
  Budget(Kind kind, int64_t numerator, int64_t denominator)
      : kind(kind), numerator(numerator), denominator(denominator) {}

  Kind kind = Kind::Unlimited;
  int64_t numerator = 0;
  int64_t denominator = 1;
};

/// A number of bytes that something may take, or no limit.
struct ByteLimit {
  int64_t bytes = std::numeric_limits<int64_t>::max();

  /// As parseByteLimit reads it.
  std::string str() const;
};

/// Reads a budget. On failure returns nullopt and says in \p error what was
/// expected and what was there.
std::optional<Budget> parseBudget(std::string_view text, std::string &error);

/// Reads a size in bytes, with or without a unit; a fraction of a unit is
/// rounded down to a whole number of bytes. Errors as parseBudget.
std::optional<int64_t> parseByteSize(std::string_view text, std::string &error);

/// Reads a limit: a size in bytes, or 'unlimited'. Errors as parseBudget.
std::optional<ByteLimit> parseByteLimit(std::string_view text, std::string &error);

/// A size for people: "4912128 bytes (4.68 MiB)", without the parentheses below
/// 1 KiB.
std::string formatByteSize(int64_t bytes);

} // namespace remat

#endif // REMAT_SUPPORT_BUDGET_H
