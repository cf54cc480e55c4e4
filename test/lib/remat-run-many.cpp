//===- remat-run-many.cpp - Many runs of remat-run in one process -------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A sweep runs one program for many trip counts and budgets. Here all of them share
// a process, which spares the start of LLVM, and a cache, which spares compiling the
// same steps and programs again. Each line of standard input is a JSON array of the words
// behind remat-run. The answer is one line,
//
//   {"status": 0, "output": "...", "errors": "..."}
//
// after which the next line is read. Each run has its own MLIR context, so that one
// can not see what another left.
//
//===----------------------------------------------------------------------===//

#include "remat-run/lib/Options.h"
#include "remat-run/lib/ProgramCache.h"
#include "remat-run/lib/Session.h"
#include "support/ExitStatus.h"
#include "support/ToolMain.h"

#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <iostream>

using namespace remat;

/// The words of one line, with the name of the program first.
static std::optional<std::vector<std::string>> readWords(llvm::StringRef line) {
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(line);
  if (!value) {
    llvm::consumeError(value.takeError());
    return std::nullopt;
  }
  const llvm::json::Array *array = value->getAsArray();
  if (!array)
    return std::nullopt;
  std::vector<std::string> words = {"remat-run"};
  for (const llvm::json::Value &word : *array) {
    std::optional<llvm::StringRef> text = word.getAsString();
    if (!text)
      return std::nullopt;
    words.push_back(text->str());
  }
  return words;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  initializeTool("remat-run-many");
  ProgramCache cache(ProgramCache::Keeps::Programs);
  for (std::string line; std::getline(std::cin, line);) {
    std::optional<std::vector<std::string>> words = readWords(line);
    if (!words) {
      llvm::errs() << "remat-run-many: error: expects a JSON array of strings, but got: " << line << '\n';
      return static_cast<int>(ExitStatus::Usage);
    }
    std::vector<const char *> arguments;
    for (const std::string &word : *words)
      arguments.push_back(word.c_str());
    std::string output, errors;
    llvm::raw_string_ostream outputStream(output), errorStream(errors);
    int status = 0;
    // What is wrong with a command line goes to standard error as ever.
    if (auto options = parseCommandLine(static_cast<int>(arguments.size()), arguments.data(), status))
      status = Session(std::move(*options), cache, outputStream, errorStream).run();
    llvm::json::OStream json(llvm::outs());
    json.object([&] {
      json.attribute("status", status);
      json.attribute("output", output);
      json.attribute("errors", errors);
    });
    llvm::outs() << '\n';
    llvm::outs().flush();
  }
  return 0;
}
