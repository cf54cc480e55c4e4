//===- Shrinker.cpp - Small programs that fail in the same way -------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Shrinker.h"

#include "Edits.h"
#include "Interrupt.h"
#include "remat-run/lib/ProgramFile.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SourceMgr.h"

#include <chrono>
#include <set>

using namespace remat::random;
using llvm::StringRef;

/// More is not worth the wait.
static constexpr unsigned mostTries = 900;
static constexpr double mostSeconds = 240;

std::string remat::random::replaceExtent(StringRef text, int64_t from, int64_t to) {
  std::string number = std::to_string(from), replaced;
  // Offsets, sizes, strides and shapes; other lists hold numbers of dimensions, for
  // which the verifiers are not made to be too large.
  bool isSizes = false;
  for (size_t i = 0; i < text.size();) {
    if (!llvm::isDigit(text[i]) || (i > 0 && (llvm::isAlnum(text[i - 1]) && text[i - 1] != 'x'))) {
      StringRef before = text.take_front(i);
      if (text[i] == '[')
        isSizes = before.ends_with("] ") || before.ends_with("output_shape ") ||
                  (i > 0 && (llvm::isAlnum(before.back()) || before.back() == '_'));
      else if (text[i] == ']' || text[i] == '\n')
        isSizes = false;
      replaced += text[i++];
      continue;
    }
    StringRef token = text.substr(i).take_while(llvm::isDigit);
    StringRef before = text.take_front(i), rest = text.drop_front(i + token.size());
    bool isInteger = !before.ends_with("%") && !before.ends_with("#") && !before.ends_with(".") &&
                     !before.ends_with("-") && !before.ends_with("d") && !rest.starts_with(".");
    bool isExtent = rest.starts_with("x") && (before.ends_with("<") || before.ends_with("x"));
    bool isSize = isSizes && (before.ends_with("[") || before.ends_with(" "));
    bool isIndex = before.ends_with("arith.constant ") && rest.starts_with(" : index");
    replaced += isInteger && token == number && (isExtent || isSize || isIndex) ? std::to_string(to) : token.str();
    i += token.size();
  }
  return replaced;
}

/// Numbers that stand as extents in \p text, largest first.
static std::vector<int64_t> getExtents(StringRef text) {
  std::set<int64_t, std::greater<>> extents;
  for (size_t i = 0; i < text.size(); ++i) {
    bool begins = text.substr(0, i).ends_with("tensor<") || (i > 0 && text[i - 1] == 'x') ||
                  text.substr(0, i).ends_with("arith.constant ");
    StringRef token = text.substr(i).take_while(llvm::isDigit);
    int64_t number = 0;
    if (begins && !token.empty() && !token.getAsInteger(10, number) && number > 0)
      extents.insert(number);
  }
  return {extents.begin(), extents.end()};
}

namespace {

class Shrinker {
public:
  Shrinker(const Case &program, const Verdict &verdict, const JudgeOptions &options, Children &children,
           mlir::MLIRContext &context)
      : best{program, verdict, 0}, kind(verdict.getKind()), options(options), children(children), context(context) {}

  ShrinkResult run();

private:
  bool isSpent() const {
    return getInterrupt() || best.numTried >= mostTries ||
           std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() > mostSeconds;
  }
  mlir::OwningOpRef<mlir::ModuleOp> parse(StringRef text);
  /// Takes \p program if it fails in the same way.
  bool take(const Case &program);
  /// Whether what nobody uses has no part in the fault.
  bool tryToRemoveUnused();
  bool applyEdits();
  bool shrinkExtents();
  bool simplifyInputs();

  ShrinkResult best;
  std::string kind;
  JudgeOptions options;
  Children &children;
  mlir::MLIRContext &context;
  std::set<std::string> tried;
  bool removesUnused = true;
  std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
};

} // namespace

mlir::OwningOpRef<mlir::ModuleOp> Shrinker::parse(StringRef text) {
  mlir::ScopedDiagnosticHandler silence(&context, [](mlir::Diagnostic &) { return mlir::success(); });
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, "program.mlir"), llvm::SMLoc());
  return remat::parseProgram(sources, &context);
}

bool Shrinker::take(const Case &program) {
  std::string key = program.text;
  for (const std::string &input : program.inputs)
    key += input;
  for (const std::string &shape : program.shapes)
    key += shape;
  if (!tried.insert(std::move(key)).second)
    return false;
  ++best.numTried;
  Report report = children.judge(program, options);
  if (report.verdict.getKind() != kind)
    return false;
  best.program = program;
  best.verdict = report.verdict;
  return true;
}

bool Shrinker::tryToRemoveUnused() {
  mlir::OwningOpRef<mlir::ModuleOp> module = parse(best.program.text);
  if (!module)
    return false;
  removeUnused(*module);
  Case smaller = best.program;
  smaller.text.clear();
  llvm::raw_string_ostream(smaller.text) << *module << '\n';
  return take(smaller);
}

bool Shrinker::applyEdits() {
  bool changed = false;
  for (Edit edit : getEdits())
    for (unsigned site = 0; !isSpent();) {
      mlir::OwningOpRef<mlir::ModuleOp> module = parse(best.program.text);
      if (!module)
        return changed;
      mlir::ScopedDiagnosticHandler silence(&context, [](mlir::Diagnostic &) { return mlir::success(); });
      Applied applied = edit(*module, site);
      if (applied == Applied::End)
        break;
      bool taken = false;
      if (applied == Applied::Yes) {
        if (removesUnused)
          removeUnused(*module);
        Case smaller = best.program;
        smaller.text.clear();
        if (succeeded(mlir::verify(*module))) {
          llvm::raw_string_ostream(smaller.text) << *module << '\n';
          // Shorter each time, so that there is an end.
          bool isFirst =
              !StringRef(best.program.text).starts_with("module") && !StringRef(best.program.text).contains("\nmodule");
          taken = (smaller.text.size() < best.program.text.size() || isFirst) && take(smaller);
        }
      }
      changed |= taken;
      // The next place has come here.
      site += taken ? 0 : 1;
    }
  return changed;
}

bool Shrinker::shrinkExtents() {
  bool changed = false;
  for (int64_t extent : getExtents(best.program.text))
    for (int64_t smaller : {int64_t(1), int64_t(2), int64_t(3), extent / 2, extent - 1}) {
      if (isSpent())
        return changed;
      if (smaller >= extent || smaller < 1)
        continue;
      Case program = best.program;
      program.text = replaceExtent(program.text, extent, smaller);
      if (program.text == best.program.text || !parse(program.text))
        continue;
      if (take(program)) {
        changed = true;
        break;
      }
    }
  // Dynamic extents and counts: the numbers behind the equals sign.
  for (std::vector<std::string> Case::*list : {&Case::shapes, &Case::inputs})
    for (size_t i = 0; i < (best.program.*list).size(); ++i) {
      auto [name, value] = StringRef((best.program.*list)[i]).split('=');
      int64_t extent = 0;
      StringRef first = value.split('x').first;
      if (first.getAsInteger(10, extent))
        continue;
      for (int64_t smaller : {int64_t(0), int64_t(1), int64_t(2), extent - 1}) {
        if (smaller < 0 || smaller >= extent || isSpent())
          continue;
        // All arrays of this length, and all counts.
        Case program = best.program;
        for (std::vector<std::string> Case::*other : {&Case::shapes, &Case::inputs})
          for (std::string &text : program.*other) {
            auto [otherName, otherValue] = StringRef(text).split('=');
            auto [otherFirst, rest] = otherValue.split('x');
            if (otherFirst == first)
              text = (otherName + "=" + llvm::Twine(smaller) + (rest.empty() ? "" : "x") + rest).str();
          }
        if (take(program)) {
          changed = true;
          break;
        }
      }
    }
  return changed;
}

bool Shrinker::simplifyInputs() {
  bool changed = false;
  // Those of arguments that are gone.
  Case program = best.program;
  auto isGone = [&](StringRef text) {
    return !StringRef(program.text).contains(("remat.name = \"" + text.split('=').first + "\"").str()) &&
           !StringRef(program.text).contains(("%" + text.split('=').first + ":").str());
  };
  llvm::erase_if(program.inputs, isGone);
  llvm::erase_if(program.shapes, isGone);
  best.program = program;
  for (size_t i = 0; i < best.program.inputs.size() && !isSpent(); ++i) {
    auto [name, value] = StringRef(best.program.inputs[i]).split('=');
    if (!value.contains(':'))
      continue;
    Case simpler = best.program;
    simpler.inputs[i] = (name + (value.starts_with("int") ? "=1" : "=0.5")).str();
    changed |= take(simpler);
  }
  return changed;
}

ShrinkResult Shrinker::run() {
  // One variant is enough for most faults.
  JudgeOptions all = options;
  for (const std::string &variant : all.variants) {
    options.variants = {variant};
    if (variant.find("min") == std::string::npos && variant.find("between") == std::string::npos && take(best.program))
      break;
    options = all;
    tried.clear();
  }
  removesUnused = tryToRemoveUnused();
  while (!isSpent()) {
    bool changed = applyEdits();
    changed |= shrinkExtents();
    changed |= simplifyInputs();
    if (!changed)
      break;
  }
  best.verdict = children.judge(best.program, options).verdict;
  return best;
}

ShrinkResult remat::random::shrink(const Case &program, const Verdict &verdict, const JudgeOptions &options,
                                   Children &children, mlir::MLIRContext &context) {
  return Shrinker(program, verdict, options, children, context).run();
}
