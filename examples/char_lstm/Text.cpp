//===- Text.cpp - Training text ---------------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Text.h"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/MemoryBuffer.h"

static int32_t getSymbol(unsigned char byte) {
  if (byte == '\n')
    return 0;
  if (byte == '\t')
    byte = ' ';
  if (byte < ' ' || byte > '~')
    byte = '?';
  return byte - ' ' + 1;
}

llvm::Expected<Text> Text::read(llvm::StringRef path, int64_t window) {
  auto file = llvm::MemoryBuffer::getFile(path);
  if (!file)
    return llvm::createStringError(file.getError(), "cannot read the text " + path + ": " + file.getError().message());
  llvm::StringRef bytes = (*file)->getBuffer();
  if (static_cast<int64_t>(bytes.size()) <= window)
    return llvm::createStringError("the text " + path + " has " + llvm::Twine(bytes.size()) + " bytes, but more than " +
                                   llvm::Twine(window) + " are needed");
  Text text;
  text.symbols.reserve(bytes.size());
  for (unsigned char byte : bytes)
    text.symbols.push_back(getSymbol(byte));
  return text;
}

void Text::sample(std::mt19937 &random, int64_t steps, int64_t texts, llvm::MutableArrayRef<int32_t> characters,
                  llvm::MutableArrayRef<int32_t> targets) const {
  std::uniform_int_distribution<int64_t> starts(0, size() - steps - 1);
  for (int64_t text = 0; text < texts; ++text) {
    int64_t start = starts(random);
    for (int64_t step = 0; step < steps; ++step) {
      characters[step * texts + text] = symbols[start + step];
      targets[step * texts + text] = symbols[start + step + 1];
    }
  }
}
