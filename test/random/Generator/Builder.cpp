//===- Builder.cpp - A program while it is written ----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Builder.h"

#include "Productions.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>

using namespace remat::random;

/// Larger tensors make programs slow and find nothing more.
static constexpr int64_t mostElements = 1200;

//===----------------------------------------------------------------------===//
// The palette
//===----------------------------------------------------------------------===//

Builder::Builder(const GeneratorOptions &options)
    // Scattered: the streams of neighbouring seeds would be the same but for the first number.
    : random(Random(options.seed * 0x2545f4914f6cdd1du).next()), options(options), profile(getProfile(options.seed)) {
  auto allowed = [&](Element element) {
    return options.types.empty() ||
           std::find(options.types.begin(), options.types.end(), element) != options.types.end();
  };
  auto add = [&](std::vector<Element> &elements, Element element) {
    if (allowed(element) && std::find(elements.begin(), elements.end(), element) == elements.end())
      elements.push_back(element);
  };
  const std::vector<Element> floatChoices = {Element::F32, Element::F64, Element::F16, Element::BF16};
  add(floats, floatChoices[random.pickWeighted({40, 30, 10, 14})]);
  if (random.chance(0.3))
    add(floats, floatChoices[random.pickWeighted({35, 35, 10, 14})]);
  for (Element element : floatChoices)
    if (floats.empty())
      add(floats, element);
  if (floats.empty())
    floats.push_back(Element::F32);
  const std::vector<Element> integerChoices = {Element::I1, Element::I8, Element::I32, Element::I64, Element::Index};
  for (int i = 0; i < 2; ++i)
    add(integers, random.pick(integerChoices));
  for (Element element : integerChoices)
    if (integers.empty())
      add(integers, element);
  if (integers.empty())
    integers.push_back(Element::I32);

  const std::vector<int64_t> awkward = {1, 2, 3, 4, 5, 7, 8, 12, 16, 17, 33};
  const std::vector<double> weights = {10, 10, 14, 10, 10, 8, 4, 4, 8, 8, 4};
  for (int i = 0; i < 3; ++i)
    extents.push_back(awkward[random.pickWeighted(weights)]);
  // A small one, so that several dimensions fit.
  if (*std::min_element(extents.begin(), extents.end()) > 5)
    extents[0] = random.between(1, 4);
  if (random.chance(0.2))
    squareShare = 0.7;
  const std::vector<int64_t> steps = {0, 1, 2, 3, 4, 5, 7, 12};
  const std::vector<double> stepWeights = {4, 8, 14, 20, 14, 14, 6, 3};
  for (int i = 0; i < 2; ++i) {
    int64_t count = steps[random.pickWeighted(stepWeights)];
    if (random.chance(profile.dynamicCount)) {
      dynamicExtents.push_back(count);
      count = -static_cast<int64_t>(dynamicExtents.size());
    }
    counts.push_back(count);
  }
  mayEnd = random.chance(profile.mayEnd);
}

int64_t Builder::countElements(const Type &type) const {
  int64_t number = 1;
  for (int64_t extent : type.shape)
    number *= getExtent(extent);
  return number;
}

Type Builder::drawTensorType(Element element, int64_t maxRank) {
  int64_t rank = static_cast<int64_t>(random.pickWeighted({8, 30, 45, 17}));
  rank = std::min(rank, maxRank);
  Type type = Type::tensor(element, {});
  for (int64_t i = 0; i < rank; ++i) {
    bool isSquare = i > 0 && random.chance(squareShare);
    type.shape.push_back(isSquare ? type.shape.back() : random.pick(extents));
    if (countElements(type) > mostElements)
      type.shape.back() = random.between(1, 3);
  }
  return type;
}

Type Builder::drawWorkingType(bool wantsFloat) {
  bool inBody = function->position == Position::Body;
  // What a step computes has to have a bound that its types say.
  bool mayBeDynamic = function->position == Position::Straight || random.chance(0.2);
  Value value;
  if (random.chance(inBody ? 0.95 : 0.75) && find(
                                                 [&](const Value &value) {
                                                   return (mayBeDynamic || !value.type.isDynamic()) &&
                                                          isFloat(value.type.element) == wantsFloat &&
                                                          value.type.isTensor != inBody &&
                                                          countElements(value.type) <= mostElements;
                                                 },
                                                 value))
    return value.type;
  Element element = wantsFloat ? drawFloat() : drawInteger();
  if (inBody || random.chance(0.05))
    return Type::scalar(element);
  return drawTensorType(element);
}

double Builder::getLimit(Element element) const {
  switch (element) {
  case Element::F16:
  case Element::BF16:
    return 40;
  default:
    return 200;
  }
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

void Builder::line(const std::string &text) {
  function->text += function->indentation + text + "\n";
  for (size_t begin = text.find('%'); begin != std::string::npos; begin = text.find('%', begin + 1)) {
    size_t end = begin + 1;
    while (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end])))
      ++end;
    ++mentions[text.substr(begin, end - begin)];
  }
}

bool Builder::isUnused(const Value &value) const {
  auto place = mentions.find(value.name);
  // What an operation gives is named once where it is computed; arguments are not.
  bool isResult = value.name[1] == 'v' || value.name[1] == 'r';
  return place == mentions.end() || place->second <= (isResult ? 1u : 0u);
}

Value Builder::emit(const std::string &text, const Type &type, const Range &range, bool exact) {
  Value value{newName(), type, range, exact};
  line(value.name + " = " + text);
  addValue(value);
  return value;
}

std::string Builder::writeRegion(Position position, const std::function<void()> &write) {
  std::string text = std::move(function->text);
  std::string indentation = function->indentation;
  std::vector<Value> values = function->values;
  Position outer = function->position;
  unsigned outerViewDepth = viewDepth;
  function->text.clear();
  function->indentation += "  ";
  function->position = position;
  ++function->depth;
  viewDepth = 0;
  write();
  viewDepth = outerViewDepth;
  --function->depth;
  function->position = outer;
  // Arguments made inside are visible outside too.
  function->values = std::move(values);
  for (const Argument &argument : function->arguments)
    if (std::none_of(function->values.begin(), function->values.end(),
                     [&](const Value &value) { return value.name == argument.value.name; }))
      function->values.push_back(argument.value);
  function->indentation = std::move(indentation);
  std::string region = std::move(function->text);
  function->text = std::move(text);
  return region;
}

std::string Builder::getMap(const std::string &map) {
  auto [place, inserted] = maps.try_emplace(map, "#m" + std::to_string(maps.size()));
  return place->second;
}

std::string Builder::printLiteral(Element element, double value) {
  char text[64];
  if (element == Element::I1)
    return value != 0 ? "true" : "false";
  if (!isFloat(element)) {
    snprintf(text, sizeof(text), "%lld", static_cast<long long>(value));
    return text;
  }
  snprintf(text, sizeof(text), "%.6e", value);
  return text;
}

std::string remat::random::join(const std::vector<std::string> &texts, const char *separator) {
  std::string joined;
  for (const std::string &text : texts)
    joined += (joined.empty() ? "" : separator) + text;
  return joined;
}

std::string remat::random::printNames(const std::vector<Value> &values) {
  std::vector<std::string> texts;
  for (const Value &value : values)
    texts.push_back(value.name);
  return join(texts);
}

std::string remat::random::printTypes(const std::vector<Value> &values) {
  std::vector<std::string> texts;
  for (const Value &value : values)
    texts.push_back(value.type.print());
  return join(texts);
}

std::string remat::random::printList(const std::vector<int64_t> &numbers) {
  std::vector<std::string> texts;
  for (int64_t number : numbers)
    texts.push_back(std::to_string(number));
  return "[" + join(texts) + "]";
}

//===----------------------------------------------------------------------===//
// Operations and functions
//===----------------------------------------------------------------------===//

void Builder::writeOperation() {
  const ProductionTable &table = getProductions();
  for (int attempt = 0; attempt < 12; ++attempt) {
    std::vector<double> weights;
    for (const Production &production : table) {
      double weight = suits(production, *this) ? production.weight : 0;
      if (auto factor = profile.factors.find(production.name); factor != profile.factors.end())
        weight *= factor->second;
      // What may be wrong there.
      if (production.isChecked && (mayEnd || neverRuns))
        weight *= 3;
      if (production.name == options.only && weight > 0 && attempt < 6)
        weight = used[production.name] == 0 ? 1e6 : 20;
      weights.push_back(weight);
    }
    const Production &production = table[random.pickWeighted(weights)];
    if (!suits(production, *this))
      return;
    --budget;
    if (production.write(*this)) {
      count(production.name);
      return;
    }
  }
}

void Builder::writeOperations(unsigned number) {
  for (unsigned i = 0; i < number && budget > 0; ++i)
    writeOperation();
}

Builder::Written Builder::writeFunction(const char *prefix, bool isPublic,
                                        const std::function<std::vector<Value>()> &write, bool isHelper) {
  Function written;
  written.name = isPublic ? prefix : newFunctionName(prefix);
  written.isHelper = isHelper;
  written.mayHaveLoops = !isHelper;
  Function *outer = function;
  unsigned outerViewDepth = viewDepth;
  viewDepth = 0;
  function = &written;
  std::vector<Value> results = write();
  function = outer;
  viewDepth = outerViewDepth;

  std::vector<std::string> arguments;
  for (const Argument &argument : written.arguments)
    arguments.push_back(argument.value.name + ": " + argument.value.type.print());
  std::string types = results.size() == 1 ? printTypes(results) : "(" + printTypes(results) + ")";
  std::string text = std::string("func.func ") + (isPublic ? "" : "private ") + "@" + written.name + "(" +
                     join(arguments) + ") -> " + types + " {\n" + written.prologue + written.text + "  return " +
                     printNames(results) + " : " + printTypes(results) + "\n}\n";
  functions.push_back(std::move(text));
  return Written{written.name, written.arguments, std::move(results)};
}
