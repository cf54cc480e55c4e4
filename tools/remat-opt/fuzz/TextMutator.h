//===- TextMutator.h - Changes programs word by word ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Bytes changed at random hardly ever leave a program that parses, and such a program never
// gets to a pass. So a word is replaced by another one of its class (a value, a number, an
// element type, an operation of the same dialect), everywhere or in one place, and lines are
// moved, dropped and taken from other programs.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_OPT_FUZZ_TEXTMUTATOR_H
#define REMAT_TOOLS_REMAT_OPT_FUZZ_TEXTMUTATOR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"

#include <random>
#include <string>
#include <vector>

namespace remat::fuzz {

class TextMutator {
public:
  /// A program that differs from \p input in one place to four. What it remembers of the
  /// inputs before is what it puts into later ones.
  std::string mutate(llvm::StringRef input, unsigned seed);

private:
  enum class Class { Space, Number, Type, Operation, Name, Word, Other };
  struct Token {
    Class kind;
    std::string text;
  };
  /// Words of one class that have been seen, each once.
  class Pool {
  public:
    void add(llvm::StringRef text);
    bool empty() const { return entries.empty(); }
    const std::string &pick(TextMutator &mutator) const { return entries[mutator.below(entries.size())]; }

  private:
    std::vector<std::string> entries;
    llvm::StringSet<> known;
  };

  size_t below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random); }
  static std::vector<Token> split(llvm::StringRef text);
  void remember(llvm::StringRef line);
  /// The tokens of the line that \p position is in.
  static llvm::ArrayRef<Token> getLine(llvm::ArrayRef<Token> tokens, size_t position);
  /// What a line looks like apart from its words: operations that stand in equal lines can
  /// stand for each other.
  static std::string getForm(llvm::ArrayRef<Token> line);
  /// Another word that could stand at \p position.
  std::string replace(llvm::ArrayRef<Token> tokens, size_t position);
  void mutateWords(std::string &text);
  void mutateLines(std::vector<std::string> &lines);
  void mutatePipeline(std::string &line);

  std::mt19937 random;
  Pool lines, pipelines;
  /// By the form of their line.
  llvm::StringMap<Pool> operations;
};

} // namespace remat::fuzz

#endif // REMAT_TOOLS_REMAT_OPT_FUZZ_TEXTMUTATOR_H
