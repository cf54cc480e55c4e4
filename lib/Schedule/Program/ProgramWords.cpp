//===- ProgramWords.cpp - A program's description as words ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The compiler leaves a problem as a constant beside the program; the runtime reads
// it back. One list of fields per record serves both directions, so they cannot
// differ. Words that are read may come from anywhere.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/Program.h"

using namespace remat;
using namespace remat::schedule;

namespace {

class WordWriter {
public:
  void visit(const int64_t &value) { words.push_back(value); }
  void visit(const bool &value) { words.push_back(value ? 1 : 0); }
  template <typename Enum>
  void visitEnum(const Enum &value, int64_t) {
    words.push_back(static_cast<int64_t>(value));
  }

  std::vector<int64_t> words;
};

class WordReader {
public:
  WordReader(const int64_t *begin, const int64_t *end) : next(begin), end(end) {}

  void visit(int64_t &value) { value = take(); }
  void visit(bool &value) { value = takeBelow(2) != 0; }
  template <typename Enum>
  void visitEnum(Enum &value, int64_t limit) {
    value = static_cast<Enum>(takeBelow(limit));
  }

  int64_t take() {
    if (next == end) {
      isGood = false;
      return 0;
    }
    return *next++;
  }

  int64_t takeBelow(int64_t limit) {
    int64_t value = take();
    isGood &= value >= 0 && value < limit;
    return isGood ? value : 0;
  }

  /// The number of records that follow, each of at least one word.
  size_t takeLength() { return static_cast<size_t>(takeBelow(end - next + 1)); }

  bool isAtEnd() const { return isGood && next == end; }

private:
  const int64_t *next;
  const int64_t *end;
  bool isGood = true;
};

} // namespace

template <typename Visitor, typename Loop>
static void visitLoop(Visitor &visitor, Loop &loop) {
  // Its only stage, whose words have no length in front; see ProgramProblem::validate.
  auto &stage = loop.stages.front();
  visitor.visit(stage.count);
  visitor.visit(stage.stateBytes);
  visitor.visit(stage.tapeBytes);
  visitor.visit(stage.carriedBytes);
  visitor.visit(loop.gradientBytes);
  visitor.visit(stage.forwardWorkspaceBytes);
  visitor.visit(stage.turnWorkspaceBytes);
  visitor.visit(stage.reverseWorkspaceBytes);
  visitor.visit(stage.linearizeWorkspaceBytes);
  visitor.visit(stage.againWorkspaceBytes);
  visitor.visit(stage.advanceTime);
  visitor.visit(stage.recordTime);
  visitor.visit(stage.reverseTime);
  visitor.visit(loop.isDifferentiated);
  visitor.visit(stage.isRestartable);
  visitor.visit(loop.initialBytes);
  visitor.visit(loop.splatBytes);
  visitor.visit(loop.forward);
  visitor.visit(loop.backward);
  visitor.visit(loop.filled);
}

template <typename Visitor, typename Buffer>
static void visitBuffer(Visitor &visitor, Buffer &buffer) {
  visitor.visit(buffer.bytes);
  visitor.visit(buffer.count);
  visitor.visit(buffer.first);
  visitor.visit(buffer.last);
  visitor.visitEnum(buffer.home, 3);
  visitor.visit(buffer.loop);
  visitor.visit(buffer.offsetInHome);
  visitor.visit(buffer.isCertain);
  visitor.visit(buffer.endsInFirstReverse);
}

std::vector<int64_t> ProgramProblem::write() const {
  WordWriter writer;
  writer.words = {programMagic, 0};
  writer.visitEnum(policy, 0);
  writer.visitEnum(budget.getKind(), 0);
  writer.visit(budget.getNumerator());
  writer.visit(budget.getDenominator());
  writer.visit(numCounts);
  writer.visit(parameterBytes);
  writer.visit(static_cast<int64_t>(loops.size()));
  for (const ProgramLoop &loop : loops)
    visitLoop(writer, loop);
  writer.visit(static_cast<int64_t>(buffers.size()));
  for (const ProgramBuffer &buffer : buffers)
    visitBuffer(writer, buffer);
  writer.words[1] = static_cast<int64_t>(writer.words.size());
  return std::move(writer.words);
}

static Budget makeBudget(Budget::Kind kind, int64_t numerator, int64_t denominator) {
  switch (kind) {
  case Budget::Kind::Bytes:
    return Budget::bytes(numerator);
  case Budget::Kind::Share:
    return Budget::share(numerator, denominator);
  case Budget::Kind::Minimum:
    return Budget::minimum();
  case Budget::Kind::Unlimited:
    break;
  }
  return Budget::unlimited();
}

Verdict ProgramProblem::read(const int64_t *words, int64_t numWords, ProgramProblem &problem) {
  if (numWords < 2 || words[0] != programMagic)
    return {Status::BadValue, "these words are no description of a program"};
  if (words[1] != numWords)
    return {Status::BadValue, "the description of a program has " + std::to_string(words[1]) + " words, but got " +
                                  std::to_string(numWords)};
  WordReader reader(words + 2, words + numWords);
  problem = ProgramProblem();
  reader.visitEnum(problem.policy, countProgramPolicies());
  Budget::Kind kind;
  reader.visitEnum(kind, static_cast<int64_t>(Budget::Kind::Minimum) + 1);
  int64_t numerator = reader.take(), denominator = reader.take();
  if (numerator < 0 || denominator < 1)
    return {Status::BadValue, "the budget of a program is negative"};
  problem.budget = makeBudget(kind, numerator, denominator);
  reader.visit(problem.numCounts);
  reader.visit(problem.parameterBytes);
  problem.loops.resize(reader.takeLength());
  for (ProgramLoop &loop : problem.loops)
    visitLoop(reader, loop);
  problem.buffers.resize(reader.takeLength());
  for (ProgramBuffer &buffer : problem.buffers)
    visitBuffer(reader, buffer);
  if (!reader.isAtEnd())
    return {Status::BadValue, "the description of a program is malformed"};
  return problem.validate();
}
