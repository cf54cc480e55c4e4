//===- TextMutator.cpp - Changes programs word by word ------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TextMutator.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace remat::fuzz;
using llvm::StringRef;

/// Extents around the width of a register, counts, indices, and what does not fit.
static constexpr StringRef numbers[] = {"0",  "1",  "2",   "3",    "5",          "7",
                                        "8",  "15", "16",  "17",   "33",         "64",
                                        "-1", "?",  "0.0", "1e30", "4294967296", "9223372036854775807"};
static constexpr StringRef types[] = {"f32", "f64", "f16", "bf16", "f80", "f8E5M2", "i1",
                                      "i2",  "i8",  "i24", "i32",  "i64", "ui8",    "index"};
/// What pools keep at most.
static constexpr size_t poolSize = 4096;

void TextMutator::Pool::add(StringRef text) {
  if (entries.size() < poolSize && known.insert(text).second)
    entries.push_back(text.str());
}

static bool isWordCharacter(char c) { return llvm::isAlnum(c) || c == '_' || c == '.' || c == '$'; }

std::vector<TextMutator::Token> TextMutator::split(StringRef text) {
  std::vector<Token> tokens;
  auto take = [&](Class kind, size_t size) {
    tokens.push_back({kind, text.take_front(size).str()});
    text = text.drop_front(size);
  };
  while (!text.empty()) {
    char first = text.front();
    if (llvm::isSpace(first)) {
      take(Class::Space, 1);
    } else if (llvm::isDigit(first)) {
      size_t size = text.take_while([](char c) { return llvm::isDigit(c) || c == '.'; }).size();
      take(Class::Number, size);
      // What separates extents begins no word.
      if (text.starts_with("x"))
        take(Class::Other, 1);
    } else if (first == '?') {
      take(Class::Number, 1);
      if (text.starts_with("x"))
        take(Class::Other, 1);
    } else if (first == '%' || first == '@' || first == '^' || first == '#' || first == '!') {
      take(Class::Name, 1 + text.drop_front().take_while(isWordCharacter).size());
    } else if (isWordCharacter(first)) {
      StringRef word = text.take_while(isWordCharacter);
      take(llvm::is_contained(types, word) ? Class::Type
           : word.contains('.')            ? Class::Operation
                                           : Class::Word,
           word.size());
    } else if (first == '"') {
      size_t end = text.find('"', 1);
      StringRef quoted = text.take_front(end == StringRef::npos ? 1 : end + 1);
      take(quoted.contains('.') ? Class::Operation : Class::Word, quoted.size());
    } else {
      take(Class::Other, 1);
    }
  }
  return tokens;
}

llvm::ArrayRef<TextMutator::Token> TextMutator::getLine(llvm::ArrayRef<Token> tokens, size_t position) {
  auto isEnd = [](const Token &token) { return token.text == "\n"; };
  size_t begin = position, end = position;
  while (begin > 0 && !isEnd(tokens[begin - 1]))
    --begin;
  while (end < tokens.size() && !isEnd(tokens[end]))
    ++end;
  return tokens.slice(begin, end - begin);
}

std::string TextMutator::getForm(llvm::ArrayRef<Token> line) {
  std::string form;
  for (const Token &token : line) {
    if (token.kind == Class::Other)
      form += token.text;
    else if (token.kind != Class::Space)
      form += static_cast<char>('A' + static_cast<int>(token.kind));
  }
  return form;
}

void TextMutator::remember(StringRef line) {
  lines.add(line);
  std::vector<Token> tokens = split(line);
  std::string form = getForm(tokens);
  for (const Token &token : tokens)
    if (token.kind == Class::Operation)
      operations[form].add(token.text);
}

std::string TextMutator::replace(llvm::ArrayRef<Token> tokens, size_t position) {
  const Token &token = tokens[position];
  switch (token.kind) {
  case Class::Number:
    return numbers[below(std::size(numbers))].str();
  case Class::Type:
    return types[below(std::size(types))].str();
  case Class::Operation: {
    const Pool &others = operations[getForm(getLine(tokens, position))];
    return others.empty() ? token.text : others.pick(*this);
  }
  default: {
    // Words of the same line are more likely to fit.
    llvm::ArrayRef<Token> place = below(2) ? getLine(tokens, position) : tokens;
    llvm::SmallVector<const Token *> others;
    for (const Token &other : place)
      if (other.kind == token.kind && other.text != token.text &&
          (token.kind == Class::Word || other.text.front() == token.text.front()))
        others.push_back(&other);
    return others.empty() ? token.text : others[below(others.size())]->text;
  }
  }
}

void TextMutator::mutateWords(std::string &text) {
  std::vector<Token> tokens = split(text);
  llvm::SmallVector<size_t> words;
  for (const auto &[position, token] : llvm::enumerate(tokens))
    if (token.kind != Class::Space)
      words.push_back(position);
  if (words.empty())
    return;
  size_t position = words[below(words.size())];
  // Punctuation is most of a program, but changing it hardly ever leaves one.
  for (int attempts = 0; attempts < 4 && tokens[position].kind == Class::Other; ++attempts)
    position = words[below(words.size())];
  size_t choice = below(16);
  if (choice == 0) {
    tokens.erase(tokens.begin() + position);
  } else if (choice == 1) {
    Token copy = tokens[words[below(words.size())]];
    tokens.insert(tokens.begin() + position, copy);
  } else {
    Token former = tokens[position];
    std::string other = replace(tokens, position);
    bool isEverywhere = choice < 9 && former.kind != Class::Other;
    for (Token &token : tokens)
      if (isEverywhere && token.kind == former.kind && token.text == former.text)
        token.text = other;
    tokens[position].text = other;
  }
  text.clear();
  for (const Token &token : tokens)
    text += token.text;
}

void TextMutator::mutateLines(std::vector<std::string> &program) {
  if (program.empty())
    return;
  size_t position = below(program.size());
  switch (below(4)) {
  case 0:
    program.erase(program.begin() + position);
    break;
  case 1:
    std::swap(program[position], program[below(program.size())]);
    break;
  case 2: {
    std::string copy = program[below(program.size())];
    program.insert(program.begin() + position, copy);
    break;
  }
  default:
    program.insert(program.begin() + position, lines.pick(*this));
  }
}

void TextMutator::mutatePipeline(std::string &line) {
  line = pipelines.pick(*this);
  // One of its passes alone; no comma stands in the options of one.
  llvm::SmallVector<StringRef> passes;
  StringRef(line).split(passes, ',');
  if (!StringRef(line).contains('(') && below(2) == 0)
    line = std::string(passes[below(passes.size())]);
}

std::string TextMutator::mutate(StringRef input, unsigned seed) {
  random.seed(seed);
  auto [pipeline, text] = input.split('\n');
  llvm::SmallVector<StringRef> former;
  text.split(former, '\n');
  pipelines.add(pipeline);
  for (StringRef line : former)
    remember(line);

  std::string passes = pipeline.str();
  std::string program = text.str();
  // Each may be the end of a program that parses.
  for (size_t changes = below(2) ? 1 : 1 + below(4); changes > 0; --changes) {
    size_t choice = below(16);
    if (choice == 0) {
      mutatePipeline(passes);
    } else if (choice < 12) {
      mutateWords(program);
    } else {
      std::vector<std::string> changed;
      for (StringRef line : llvm::split(program, '\n'))
        changed.push_back(line.str());
      mutateLines(changed);
      program = llvm::join(changed, "\n");
    }
  }
  return passes + "\n" + program;
}
