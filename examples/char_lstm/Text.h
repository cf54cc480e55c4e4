//===- Text.h - Training text -----------------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A text file as symbol numbers, and random windows of it as batches.
//
//===----------------------------------------------------------------------===//

#ifndef CHAR_LSTM_TEXT_H
#define CHAR_LSTM_TEXT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

/// Symbols: 0 is the end of a line, 1 to 95 the printable ASCII characters from
/// the space on. Tabs become spaces and every other byte a question mark.
inline constexpr int32_t symbolCount = 96;

class Text {
public:
  /// Reads a file. Fails if it cannot be read or has no more than \p window
  /// bytes.
  static llvm::Expected<Text> read(llvm::StringRef path, int64_t window);

  int64_t size() const { return symbols.size(); }

  /// Fills `characters` and `targets`, both [steps, texts], with random windows:
  /// the target of a character is the one after it.
  void sample(std::mt19937 &random, int64_t steps, int64_t texts, llvm::MutableArrayRef<int32_t> characters,
              llvm::MutableArrayRef<int32_t> targets) const;

private:
  std::vector<int32_t> symbols;
};

#endif // CHAR_LSTM_TEXT_H
