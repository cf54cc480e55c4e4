//===- Verdict.cpp - What became of a program ------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Verdict.h"

#include "llvm/ADT/StringExtras.h"

#include <iterator>

using namespace remat::random;
using llvm::StringRef;

static constexpr StringRef names[] = {"right",   "refused", "invalid", "crash",  "limit",
                                      "message", "value",   "bits",    "memory", "fault"};

StringRef remat::random::getName(Outcome outcome) { return names[static_cast<size_t>(outcome)]; }

bool remat::random::parseOutcome(StringRef name, Outcome &outcome) {
  for (size_t i = 0; i < std::size(names); ++i)
    if (names[i] == name) {
      outcome = static_cast<Outcome>(i);
      return true;
    }
  return false;
}

/// Without numbers, types and names of values.
static std::string generalize(StringRef text) {
  std::string general;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("tensor<") || text.substr(i).starts_with("memref<") ||
        text.substr(i).starts_with("vector<")) {
      unsigned depth = 0;
      general += text.substr(i, 6).str() + "<>";
      for (; i < text.size(); ++i) {
        depth += text[i] == '<';
        // The arrow of an affine map closes nothing.
        if (text[i] == '>' && text[i - 1] != '-' && --depth == 0)
          break;
      }
      continue;
    }
    if (llvm::isDigit(text[i])) {
      if (general.empty() || general.back() != '#')
        general += '#';
      continue;
    }
    general += text[i];
  }
  return general;
}

std::string Verdict::getKind() const {
  std::string kind = getName(outcome).str();
  StringRef text = detail;
  // Behind the semicolon stands what the values were.
  text = text.split(';').first;
  // Lists of types are of the one program.
  if (outcome == Outcome::Message)
    text = text.split('(').first;
  return kind + ": " + generalize(text);
}

bool remat::random::isInternalMessage(StringRef message, StringRef program) {
  for (StringRef word : {"memref",
                         "vector<",
                         "llvm.",
                         "strided<",
                         "failed to legalize",
                         "bufferiz",
                         "Symbols not found",
                         "JIT session",
                         "equivalent to the corresponding",
                         "unrealized_conversion_cast",
                         "PLEASE submit",
                         "internal:",
                         "this is a bug",
                         "remat.forward_sweep",
                         "remat.backward_sweep",
                         "remat.chain",
                         "remat.bptt",
                         " op expected ",
                         "runs out-of-bounds",
                         "remat.unwind",
                         "does not dominate"})
    if (message.contains(word))
      return true;
  // The operation that a message is about stands in the program; others that it
  // names are advice.
  auto [quoted, rest] = message.split('\'').second.split('\'');
  if (!rest.starts_with(" op "))
    return false;
  bool isName = quoted.contains('.') && !quoted.contains(' ') && !quoted.contains('<') && !quoted.contains('%') &&
                llvm::isLower(quoted.front());
  // func.return and func.call are mostly written without the dialect.
  quoted.consume_front("func.");
  if (isName && !program.contains(quoted))
    return true;
  return false;
}
