//===- Recurrences.cpp - Loops over time -----------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>
#include <cmath>

using namespace remat::random;

namespace {

/// A carry: its step sees `inside`, and whatever it yields lies in that range.
struct Carry {
  Value init, inside, result;
};

} // namespace

/// What may be carried, scanned and stacked: floats and integers, no indices.
static Element drawElement(Builder &builder, bool wantsFloat) {
  Element element = wantsFloat ? builder.drawFloat() : builder.drawInteger();
  return element == Element::Index ? Element::I32 : element;
}

static Carry drawCarry(Builder &builder) {
  bool wantsFloat = builder.random.chance(0.85);
  Type type = builder.drawWorkingType(wantsFloat);
  if (!type.isTensor || type.isDynamic() || type.element == Element::Index)
    type = builder.drawTensorType(drawElement(builder, wantsFloat), 2);
  for (int64_t &extent : type.shape)
    if (extent == 0)
      extent = 1;
  if (builder.random.chance(0.15))
    type.shape.clear();
  Range range = wantsFloat ? Range::symmetric(builder.random.chance(0.3) ? 1 : 2.5) : getFullRange(type.element);
  // Bits of a float carry are rarely certain.
  bool exact = !wantsFloat || builder.random.chance(0.12);
  Value init = builder.get(type, Want{range, exact});
  return Carry{init, Value{builder.newName("c"), type, range, exact}, Value{builder.newName("r"), type, range, exact}};
}

static bool writeRecurrence(Builder &builder) {
  int64_t count = builder.random.pick(builder.counts);
  int64_t actual = builder.getExtent(count);
  Type index = Type::scalar(Element::Index);
  std::string countName =
      count < 0 ? builder.getExtentName(count) : builder.constant(index, static_cast<double>(count)).name;
  bool reversed = builder.random.chance(0.3);

  std::vector<Carry> carries;
  int64_t numCarries = static_cast<int64_t>(builder.random.pickWeighted({3, 35, 35, 20, 7}));
  for (int64_t i = 0; i < numCarries; ++i)
    carries.push_back(drawCarry(builder));
  std::vector<Value> scans, elements;
  int64_t numScans = static_cast<int64_t>(builder.random.pickWeighted({35, 45, 20}));
  for (int64_t i = 0; i < numScans; ++i) {
    Type type = builder.drawTensorType(drawElement(builder, builder.random.chance(0.8)), 2);
    // Elements may be what a carry is, which makes them meet.
    if (!carries.empty() && builder.random.chance(0.5))
      type = builder.random.pick(carries).init.type;
    type.shape.insert(type.shape.begin(), count);
    Value scan = builder.get(type, isFloat(type.element) ? Want{Range::symmetric(20), false} : Want());
    scans.push_back(scan);
    Type element = type.with(std::vector<int64_t>(type.shape.begin() + 1, type.shape.end()));
    elements.push_back(Value{builder.newName("x"), element, scan.range, scan.exact});
  }

  Value time{builder.newName("t"), index, {0, static_cast<double>(std::max<int64_t>(actual - 1, 0))}, true};
  std::vector<Value> yielded, emitted;
  bool outerNeverRuns = builder.neverRuns;
  builder.neverRuns |= actual == 0;
  std::string region = builder.writeRegion(Position::Step, [&] {
    builder.addValue(time);
    // Twice, so that they are drawn more often than captures.
    for (int i = 0; i < 2; ++i) {
      for (const Value &element : elements)
        builder.addValue(element);
      for (const Carry &carry : carries)
        builder.addValue(carry.inside);
    }
    builder.writeOperations(static_cast<unsigned>(builder.random.between(1, 6)));
    for (const Carry &carry : carries) {
      Want want{carry.inside.range, carry.inside.exact};
      Value next;
      auto isNew = [&](const Value &value) {
        return value.type == carry.inside.type && value.name != carry.inside.name && value.name[1] == 'v' &&
               (value.exact || !want.exact) && std::isfinite(value.range.high);
      };
      // Mostly something computed; rarely the carry itself or another one.
      if (builder.random.chance(0.7) && builder.find(isNew, next)) {
        if (isFloat(next.type.element) && builder.random.chance(0.5))
          next =
              builder.emit("arith.addf " + next.name + ", " + carry.inside.name + " : " + next.type.print(), next.type,
                           {next.range.low + carry.inside.range.low, next.range.high + carry.inside.range.high},
                           next.exact && carry.inside.exact);
        yielded.push_back(builder.coerce(next, want));
      } else {
        yielded.push_back(builder.get(carry.inside.type, want));
      }
    }
    int64_t numEmits = static_cast<int64_t>(builder.random.pickWeighted({50, 38, 12}));
    if (carries.empty())
      numEmits = std::max<int64_t>(numEmits, 1);
    for (int64_t i = 0; i < numEmits; ++i) {
      Type type = builder.drawWorkingType(builder.random.chance(0.85));
      if (!type.isTensor || type.isDynamic() || type.element == Element::Index ||
          std::find(type.shape.begin(), type.shape.end(), 0) != type.shape.end())
        continue;
      if (builder.countElements(type) * std::max<int64_t>(actual, 1) > 4000)
        continue;
      Value value = builder.get(type);
      emitted.push_back(value);
    }
    std::string text = "remat.yield";
    if (!yielded.empty())
      text += " carry(" + printNames(yielded) + " : " + printTypes(yielded) + ")";
    if (!emitted.empty())
      text += " emit(" + printNames(emitted) + " : " + printTypes(emitted) + ")";
    builder.line(text);
  });
  builder.neverRuns = outerNeverRuns;
  if (carries.empty() && emitted.empty())
    return false;

  std::vector<Value> results, stacked;
  std::vector<std::string> inits, slices;
  for (const Carry &carry : carries) {
    results.push_back(carry.result);
    inits.push_back(carry.inside.name + " = " + carry.init.name + " : " + carry.init.type.print());
  }
  for (size_t i = 0; i < scans.size(); ++i)
    slices.push_back(elements[i].name + " = " + scans[i].name + " : " + scans[i].type.print());
  for (const Value &value : emitted) {
    Type type = value.type;
    type.shape.insert(type.shape.begin(), count);
    stacked.push_back(Value{builder.newName("r"), type, value.range, value.exact});
    results.push_back(stacked.back());
  }
  std::string text = printNames(results) + " = remat.recurrence" + (reversed ? " reversed" : "") + " count(" +
                     countName + ") at(" + time.name + ")";
  if (!inits.empty())
    text += " carry(" + join(inits) + ")";
  if (!slices.empty())
    text += " scan(" + join(slices) + ")";
  if (!stacked.empty())
    text += " -> " + printTypes(stacked);
  builder.line(text + " {");
  builder.function->text += region;
  builder.line("}");
  for (const Value &result : results)
    builder.addValue(result);
  return true;
}

void remat::random::addRecurrenceProductions(ProductionTable &table) {
  table.push_back({"remat.recurrence", 10, Places::Function, writeRecurrence});
}
