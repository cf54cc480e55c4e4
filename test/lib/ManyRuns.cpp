//===- ManyRuns.cpp - Many runs of a tool in one process ----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ManyRuns.h"

#include "support/ExitStatus.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <iostream>
#include <optional>
#include <string>
#include <vector>

using namespace remat;

/// The words of one line, with the name of the program first.
static std::optional<std::vector<std::string>> readWords(llvm::StringRef tool, llvm::StringRef line) {
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(line);
  if (!value) {
    llvm::consumeError(value.takeError());
    return std::nullopt;
  }
  const llvm::json::Array *array = value->getAsArray();
  if (!array)
    return std::nullopt;
  std::vector<std::string> words = {tool.str()};
  for (const llvm::json::Value &word : *array) {
    std::optional<llvm::StringRef> text = word.getAsString();
    if (!text)
      return std::nullopt;
    words.push_back(text->str());
  }
  return words;
}

int remat::runMany(
    llvm::StringRef tool,
    llvm::function_ref<int(llvm::ArrayRef<const char *>, llvm::raw_ostream &, llvm::raw_ostream &)> run) {
  for (std::string line; std::getline(std::cin, line);) {
    std::optional<std::vector<std::string>> words = readWords(tool, line);
    if (!words) {
      llvm::errs() << tool << ": error: expects a JSON array of strings, but got: " << line << '\n';
      return static_cast<int>(ExitStatus::Usage);
    }
    std::vector<const char *> arguments;
    for (const std::string &word : *words)
      arguments.push_back(word.c_str());
    std::string output, errors;
    llvm::raw_string_ostream outputStream(output), errorStream(errors);
    int status = run(arguments, outputStream, errorStream);
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
