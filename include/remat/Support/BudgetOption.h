//===- BudgetOption.h - Budgets as values of an option ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Budgets and limits are read where they are given: on a command line and in the
// options of passes. Behind that they are values.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SUPPORT_BUDGETOPTION_H
#define REMAT_SUPPORT_BUDGETOPTION_H

#include "remat/Support/Budget.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

namespace remat {

inline llvm::raw_ostream &operator<<(llvm::raw_ostream &stream, const Budget &budget) { return stream << budget.str(); }
inline llvm::raw_ostream &operator<<(llvm::raw_ostream &stream, const ByteLimit &limit) {
  return stream << limit.str();
}

/// A parser of llvm::cl for what \p Read reads.
template <typename Value, std::optional<Value> (*Read)(std::string_view, std::string &)>
class TextParser : public llvm::cl::basic_parser<Value> {
public:
  using llvm::cl::basic_parser<Value>::basic_parser;

  bool parse(llvm::cl::Option &option, llvm::StringRef, llvm::StringRef text, Value &value) {
    std::string problem;
    std::optional<Value> read = Read(text, problem);
    if (!read)
      return option.error(problem);
    value = *read;
    return false;
  }
  llvm::StringRef getValueName() const override { return "bytes"; }
  void printOptionDiff(const llvm::cl::Option &option, const Value &value, llvm::cl::OptionValue<Value>,
                       size_t width) const {
    this->printOptionName(option, width);
    llvm::outs() << "= " << value.str() << '\n';
  }
};

} // namespace remat

namespace llvm::cl {

template <>
class parser<remat::Budget> : public remat::TextParser<remat::Budget, remat::parseBudget> {
public:
  using TextParser::TextParser;
};

template <>
class parser<remat::ByteLimit> : public remat::TextParser<remat::ByteLimit, remat::parseByteLimit> {
public:
  using TextParser::TextParser;
};

} // namespace llvm::cl

#endif // REMAT_SUPPORT_BUDGETOPTION_H
