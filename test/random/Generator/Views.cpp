//===- Views.cpp - Operands that are views ------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A value of the wanted type out of a visible one of another: slices with offsets,
// strides and dropped dimensions, permutations, broadcasts, other shapes of the same
// elements, other element types, single elements.
//
//===----------------------------------------------------------------------===//

#include "Builder.h"

#include <algorithm>
#include <numeric>

using namespace remat::random;

bool Builder::makeView(const Type &type, Value &view) {
  ++viewDepth;
  using Maker = bool (Builder::*)(const Type &, Value &);
  std::vector<Maker> makers;
  if (type.isTensor)
    makers = {&Builder::makeSlice,     &Builder::makeSlice,    &Builder::makeTransposed,
              &Builder::makeBroadcast, &Builder::makeReshaped, &Builder::makeConverted};
  else
    makers = {&Builder::makeElement, &Builder::makeConverted};
  // What is read through a permutation has the same type then, and may stand for what is read in place.
  if (std::adjacent_find(type.shape.begin(), type.shape.end()) != type.shape.end())
    makers.insert(makers.end(), 4, &Builder::makeTransposed);
  bool made = false;
  for (int attempt = 0; attempt < 3 && !made; ++attempt)
    made = (this->*random.pick(makers))(type, view);
  --viewDepth;
  return made;
}

/// Dimensions of \p large, in order, that may hold the extents of \p small; the
/// others are dropped. Empty if there are none.
static std::vector<int64_t> placeDimensions(Random &random, const std::vector<int64_t> &large,
                                            const std::vector<int64_t> &small) {
  std::vector<int64_t> places;
  size_t next = 0;
  for (size_t i = 0; i < large.size() && next < small.size(); ++i) {
    bool mustTake = large.size() - i == small.size() - next;
    bool fits = small[next] < 0 ? large[i] == small[next] : large[i] >= small[next] && large[i] > 0;
    if (!fits && mustTake)
      return {};
    if (fits && (mustTake || random.chance(0.6))) {
      places.push_back(static_cast<int64_t>(i));
      ++next;
    }
  }
  return next == small.size() ? places : std::vector<int64_t>();
}

bool Builder::makeSlice(const Type &type, Value &view) {
  Value source;
  std::vector<int64_t> places;
  if (!find(
          [&](const Value &value) {
            if (!value.type.isTensor || value.type.element != type.element || value.type == type ||
                value.type.getRank() < type.getRank() || value.type.getRank() == 0)
              return false;
            for (int64_t extent : value.type.shape)
              if (extent == 0)
                return false;
            // A dynamic extent is taken whole.
            auto isDynamic = [](int64_t extent) { return extent < 0; };
            if (std::count_if(value.type.shape.begin(), value.type.shape.end(), isDynamic) !=
                std::count_if(type.shape.begin(), type.shape.end(), isDynamic))
              return false;
            return type.shape.empty() || !placeDimensions(random, value.type.shape, type.shape).empty();
          },
          source))
    return false;
  places = placeDimensions(random, source.type.shape, type.shape);
  if (places.size() != type.shape.size())
    return false;
  std::vector<std::string> offsets, sizes, strides;
  for (int64_t i = 0; i < source.type.getRank(); ++i) {
    int64_t extent = source.type.shape[i];
    auto place = std::find(places.begin(), places.end(), i);
    if (place == places.end() && extent < 0)
      return false;
    int64_t size = place == places.end() ? 1 : type.shape[place - places.begin()];
    if (size < 0) {
      offsets.push_back("0");
      sizes.push_back(getExtentName(size));
      strides.push_back("1");
      continue;
    }
    int64_t stride = 1;
    if (size > 1 && random.chance(0.35))
      stride = std::min<int64_t>((extent - 1) / (size - 1), 3);
    else if (size == 1 && random.chance(0.1))
      stride = 2;
    int64_t slack = size == 0 ? 0 : extent - 1 - (size - 1) * stride;
    // An offset that only run time knows.
    Value index;
    if (slack > 0 && random.chance(0.15) && function->position != Position::Body) {
      index = getIndexBelow(slack + 1);
      offsets.push_back(index.name);
    } else {
      offsets.push_back(std::to_string(random.below(slack + 1)));
    }
    sizes.push_back(std::to_string(size));
    strides.push_back(std::to_string(stride));
  }
  view = emit("tensor.extract_slice " + source.name + "[" + join(offsets) + "] [" + join(sizes) + "] [" +
                  join(strides) + "] : " + source.type.print() + " to " + type.print(),
              type, source.range, source.exact);
  return true;
}

bool Builder::makeTransposed(const Type &type, Value &view) {
  if (type.getRank() < 2)
    return false;
  std::vector<int64_t> permutation(type.shape.size());
  std::iota(permutation.begin(), permutation.end(), 0);
  for (size_t i = permutation.size() - 1; i > 0; --i)
    std::swap(permutation[i], permutation[random.below(static_cast<int64_t>(i) + 1)]);
  if (std::is_sorted(permutation.begin(), permutation.end()) && random.chance(0.9))
    std::swap(permutation[permutation.size() - 2], permutation.back());
  // Result dimension i is dimension permutation[i] of the source.
  Type sourceType = type;
  for (size_t i = 0; i < permutation.size(); ++i)
    sourceType.shape[permutation[i]] = type.shape[i];
  Value source;
  if (!find([&](const Value &value) { return value.type == sourceType; }, source))
    return false;
  Value destination = empty(type);
  view = emit("linalg.transpose ins(" + source.name + " : " + sourceType.print() + ") outs(" + destination.name +
                  " : " + type.print() + ") permutation = " + printList(permutation),
              type, source.range, source.exact);
  return true;
}

bool Builder::makeBroadcast(const Type &type, Value &view) {
  Value source;
  if (!find(
          [&](const Value &value) {
            if (value.type.element != type.element || value.type.getRank() >= type.getRank())
              return false;
            if (!value.type.isTensor)
              return true;
            size_t next = 0;
            for (int64_t extent : type.shape)
              if (next < value.type.shape.size() && extent == value.type.shape[next])
                ++next;
            return next == value.type.shape.size();
          },
          source))
    return false;
  if (!source.type.isTensor) {
    if (type.isDynamic())
      return false;
    view = emit("tensor.splat " + source.name + " : " + type.print(), type, source.range, source.exact);
    return true;
  }
  std::vector<int64_t> added;
  size_t next = 0;
  for (size_t i = 0; i < type.shape.size(); ++i) {
    bool mustTake = type.shape.size() - i == source.type.shape.size() - next;
    if (next < source.type.shape.size() && type.shape[i] == source.type.shape[next] && (mustTake || random.chance(0.6)))
      ++next;
    else
      added.push_back(static_cast<int64_t>(i));
  }
  if (next != source.type.shape.size())
    return false;
  Value destination = empty(type);
  view = emit("linalg.broadcast ins(" + source.name + " : " + source.type.print() + ") outs(" + destination.name +
                  " : " + type.print() + ") dimensions = " + printList(added),
              type, source.range, source.exact);
  return true;
}

bool remat::random::findReassociation(const std::vector<int64_t> &large, const std::vector<int64_t> &small,
                                      std::string &text) {
  std::vector<std::string> groups;
  size_t next = 0;
  for (size_t i = 0; i < small.size(); ++i) {
    std::vector<int64_t> group;
    int64_t product = 1;
    while (next < large.size() && (group.empty() || product < small[i])) {
      product *= large[next];
      group.push_back(static_cast<int64_t>(next++));
    }
    // Extents of one that are left over belong to the last group.
    if (i + 1 == small.size())
      while (next < large.size() && large[next] == 1)
        group.push_back(static_cast<int64_t>(next++));
    if (product != small[i] || group.empty())
      return false;
    groups.push_back(printList(group));
  }
  if (next != large.size())
    return false;
  text = "[" + join(groups) + "]";
  return true;
}

bool Builder::makeReshaped(const Type &type, Value &view) {
  auto isPositive = [](const Type &type) {
    return std::all_of(type.shape.begin(), type.shape.end(), [](int64_t extent) { return extent > 0; });
  };
  if (!isPositive(type))
    return false;
  Value source;
  std::string text;
  if (!find(
          [&](const Value &value) {
            return value.type.isTensor && value.type.element == type.element &&
                   value.type.getRank() != type.getRank() && isPositive(value.type) &&
                   countElements(value.type) == countElements(type) &&
                   (value.type.getRank() > type.getRank() ? findReassociation(value.type.shape, type.shape, text)
                                                          : findReassociation(type.shape, value.type.shape, text));
          },
          source))
    return false;
  if (source.type.getRank() > type.getRank()) {
    findReassociation(source.type.shape, type.shape, text);
    view = emit("tensor.collapse_shape " + source.name + " " + text + " : " + source.type.print() + " into " +
                    type.print(),
                type, source.range, source.exact);
  } else {
    findReassociation(type.shape, source.type.shape, text);
    view = emit("tensor.expand_shape " + source.name + " " + text + " output_shape " + printList(type.shape) + " : " +
                    source.type.print() + " into " + type.print(),
                type, source.range, source.exact);
  }
  return true;
}

bool Builder::makeConverted(const Type &type, Value &view) {
  Value source;
  if (!isFloat(type.element) || !find(
                                    [&](const Value &value) {
                                      return value.type.isTensor == type.isTensor && value.type.shape == type.shape &&
                                             isFloat(value.type.element) && value.type.element != type.element &&
                                             getBits(value.type.element) != getBits(type.element);
                                    },
                                    source))
    return false;
  bool widens = getBits(source.type.element) < getBits(type.element);
  // What is rounded once more may differ by a whole unit of the narrow type.
  view = emit((widens ? "arith.extf " : "arith.truncf ") + source.name + " : " + source.type.print() + " to " +
                  type.print(),
              type, source.range, source.exact);
  return true;
}

bool Builder::makeElement(const Type &type, Value &view) {
  Value source;
  if (!find(
          [&](const Value &value) {
            return value.type.isTensor && value.type.element == type.element && countElements(value.type) > 0;
          },
          source))
    return false;
  std::vector<std::string> indices;
  for (int64_t extent : source.type.shape)
    indices.push_back(getIndexBelow(extent).name);
  view = emit("tensor.extract " + source.name + "[" + join(indices) + "] : " + source.type.print(), type, source.range,
              source.exact);
  return true;
}
