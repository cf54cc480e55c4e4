//===- ChainProgram.cpp - Handmade outlined chains for tests ----- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChainProgram.h"

#include <map>

using namespace remat::test;

/// Replaces each $NAME by its value, which may mention other names.
static std::string substitute(std::string text, const std::map<std::string, std::string> &values) {
  for (size_t at = 0; (at = text.find('$', at)) != std::string::npos;) {
    size_t end = at + 1;
    while (end < text.size() && text[end] >= 'A' && text[end] <= 'Z')
      ++end;
    text.replace(at, end - at, values.at(text.substr(at + 1, end - at - 1)));
  }
  return text;
}

static std::string repeat(int64_t count, std::string (*write)(int64_t)) {
  std::string text;
  for (int64_t index = 0; index < count; ++index)
    text += write(index);
  return text;
}

/// The body of a forward step: %n is the next carry, %tape0, ... the tape.
static const char *const forwardBody = R"(
  %x = tensor.extract_slice %xs[%pos, 0] [1, $N] [1, 1] : $ARRAY to $CARRY
  %e = tensor.empty() : $CARRY
  %p = linalg.mul ins(%h, %w : $CARRY, $CARRY) outs(%e : $CARRY) -> $CARRY
  %n = linalg.add ins(%p, %x : $CARRY, $CARRY) outs(%e : $CARRY) -> $CARRY
)";

static const char *const stepFunctions = R"(
func.func private @$CHAIN_advance(%t: index, %pos: index, %h: $CARRY, %xs: $ARRAY, %w: $CARRY, %ys: $ARRAY)
    -> ($CARRY, $ARRAY) {$FORWARD
  %ys1 = tensor.insert_slice %n into %ys[%pos, 0] [1, $N] [1, 1] : $CARRY into $ARRAY
  return %n, %ys1 : $CARRY, $ARRAY
}
func.func private @$CHAIN_advance_again(%t: index, %pos: index, %h: $CARRY, %xs: $ARRAY, %w: $CARRY) -> $CARRY {$FORWARD
  return %n : $CARRY
}
func.func private @$CHAIN_record(%t: index, %pos: index, %h: $CARRY, %xs: $ARRAY, %w: $CARRY, %ys: $ARRAY)
    -> ($CARRY, $ARRAY$TAPETYPES) {$FORWARD$MAKETAPE
  %ys1 = tensor.insert_slice %n into %ys[%pos, 0] [1, $N] [1, 1] : $CARRY into $ARRAY
  return %n, %ys1$TAPEVALUES : $CARRY, $ARRAY$TAPETYPES
}
func.func private @$CHAIN_record_again(%t: index, %pos: index, %h: $CARRY, %xs: $ARRAY, %w: $CARRY)
    -> ($CARRY$TAPETYPES) {$FORWARD$MAKETAPE
  return %n$TAPEVALUES : $CARRY$TAPETYPES
}
func.func private @$CHAIN_linearize(%t: index, %pos: index, %h: $CARRY, %xs: $ARRAY, %w: $CARRY)
    -> ($TAPELIST) {$MAKETAPE
  return $TAPELISTVALUES : $TAPELIST
}
func.func private @$CHAIN_resume(%t: index, %pos: index$TAPEARGUMENTS, %xs: $ARRAY, %w: $CARRY) -> $CARRY {
  %h = tensor.extract_slice %tape0[0] [$N] [1] : $CARRY to $CARRY$FORWARD
  return %n : $CARRY
}
func.func private @$CHAIN_reverse(%t: index, %pos: index$TAPEARGUMENTS, %xs: $ARRAY, %w: $CARRY, %dh: $CARRY,
    %dys: $ARRAY, %dxs: $ARRAY, %dw: $CARRY) -> ($CARRY, $ARRAY, $CARRY) {
  %dy = tensor.extract_slice %dys[%pos, 0] [1, $N] [1, 1] : $ARRAY to $CARRY
  %e = tensor.empty() : $CARRY
  %d = linalg.add ins(%dh, %dy : $CARRY, $CARRY) outs(%e : $CARRY) -> $CARRY
  %dprev = linalg.mul ins(%d, %w : $CARRY, $CARRY) outs(%e : $CARRY) -> $CARRY
  %dxs1 = tensor.insert_slice %d into %dxs[%pos, 0] [1, $N] [1, 1] : $CARRY into $ARRAY
  %dw0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
    ins(%d, %tape0 : $CARRY, $CARRY) outs(%dw : $CARRY) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %o, %0 : f32
    linalg.yield %1 : f32
  } -> $CARRY$USETAPE
  return %dprev, %dxs1, %dw$LASTTAPE : $CARRY, $ARRAY, $CARRY
}
remat.chain "private" @$CHAIN $REVERSED
  advance(@$CHAIN_advance) advance_again(@$CHAIN_advance_again) record(@$CHAIN_record) record_again(@$CHAIN_record_again)
  linearize(@$CHAIN_linearize) reverse(@$CHAIN_reverse) $RESUME carry [$CARRY] tape [$TAPELIST] gradient [$CARRY]
)";

/// More tape than the step needs: copies of the old carry, each used once.
static std::string makeTape(int64_t index) {
  std::string i = std::to_string(index);
  return "\n  %e" + i + " = tensor.empty() : $CARRY\n  %tape" + i + " = linalg.copy ins(%h : $CARRY) outs(%e" + i +
         " : $CARRY) -> $CARRY";
}
static std::string useTape(int64_t index) {
  std::string i = std::to_string(index + 1), before = "%dw" + std::to_string(index);
  return "\n  %dw" + i + " = linalg.add ins(" + before + ", %tape" + i + " : $CARRY, $CARRY) outs(" + before +
         " : $CARRY) -> $CARRY";
}

static const char *const entryBegin = R"(
func.func @gradient(%xs: $ARRAY, %h0: $CARRY, %w: $CARRY, %dhT: $CARRY, %dys: $ARRAY) -> ($RESULTTYPES) {
  %count = arith.constant $T : index
  %zero = arith.constant dense<0.0> : $CARRY
  %carry = tensor.empty() : $CARRY
  %stack = tensor.empty() : $ARRAY
)";

static const char *const computeStart = R"(
  %start = linalg.add ins(%h0, %w : $CARRY, $CARRY) outs(%carry : $CARRY) -> $CARRY
)";

static const char *const forwardSweep = R"(
  %ys$I, %hT$I, %history$I = remat.forward_sweep @$CHAIN count(%count) init($START : $CARRY) scan($SCAN : $ARRAY)
    capture(%w : $CARRY) stacked(%stack : $ARRAY) final(%carry : $CARRY) -> $ARRAY, $CARRY history !remat.history
)";

static const char *const backwardSweep = R"(
  %dh0$I, %dxs$I, %dw$I = remat.backward_sweep @$CHAIN history(%history$I) count(%count) init($START : $CARRY)
    scan($SCAN : $ARRAY) capture(%w : $CARRY) final_cotangent(%dhT : $CARRY) stacked_cotangent($COTANGENT : $ARRAY)
    init_gradient(%carry : $CARRY) scan_gradient(%stack : $ARRAY) accumulator(%zero : $CARRY)
    -> $CARRY, $ARRAY, $CARRY
)";

std::string ChainProgram::getText() const {
  std::string n = std::to_string(size), t = std::to_string(steps);
  std::map<std::string, std::string> values = {
      {"N", n},
      {"T", t},
      {"CARRY", "tensor<" + n + "xf32>"},
      {"ARRAY", "tensor<" + t + "x" + n + "xf32>"},
      {"FORWARD", forwardBody},
      {"REVERSED", reversed ? "reversed" : ""},
      {"RESUME", restartable ? "resume(@$CHAIN_resume)" : ""},
      {"TAPETYPES", repeat(tapes, [](int64_t) { return std::string(", $CARRY"); })},
      {"TAPEVALUES", repeat(tapes, [](int64_t i) { return ", %tape" + std::to_string(i); })},
      {"TAPEARGUMENTS", repeat(tapes, [](int64_t i) { return ", %tape" + std::to_string(i) + ": $CARRY"; })},
      {"TAPELIST", repeat(tapes, [](int64_t i) { return std::string(i == 0 ? "$CARRY" : ", $CARRY"); })},
      {"TAPELISTVALUES", repeat(tapes, [](int64_t i) { return (i == 0 ? "%tape" : ", %tape") + std::to_string(i); })},
      {"MAKETAPE", repeat(tapes, makeTape)},
      {"USETAPE", repeat(tapes - 1, useTape)},
      {"LASTTAPE", std::to_string(tapes - 1)}};
  auto chain = [&](const std::string &text, const std::string &name, const std::string &index, const std::string &scan,
                   const std::string &start, const std::string &cotangent) {
    std::map<std::string, std::string> all = values;
    all["CHAIN"] = name;
    all["START"] = start;
    all["SCAN"] = scan;
    all["COTANGENT"] = cotangent;
    all["I"] = index;
    return substitute(text, all);
  };
  std::string start = computedStart ? "%start" : "%h0";
  std::string text = "#id = affine_map<(i) -> (i)>\n";
  text += chain(stepFunctions, "first", "1", "", "", "");
  if (stackedTwice)
    text += chain(stepFunctions, "second", "2", "", "", "");
  std::string resultTypes = "$ARRAY, $ARRAY, $CARRY, $CARRY", results = "%dxs1, %ys1, %dh01, %dw1";
  if (returnsFinal) {
    resultTypes += ", $CARRY";
    results += ", %hT1";
  }
  values["RESULTTYPES"] = resultTypes;
  text += chain(entryBegin, "first", "1", "", "", "");
  if (computedStart)
    text += chain(computeStart, "first", "1", "", "", "");
  text += chain(forwardSweep, "first", "1", "%xs", start, "");
  if (stackedTwice) {
    text += chain(forwardSweep, "second", "2", "%ys1", "%w", "");
    text += chain(backwardSweep, "second", "2", "%ys1", "%w", "%dys");
    text += chain(backwardSweep, "first", "1", "%xs", start, "%dxs2");
  } else {
    text += chain(backwardSweep, "first", "1", "%xs", start, "%dys");
  }
  text += chain("  return " + results + " : $RESULTTYPES\n}\n", "first", "1", "", "", "");
  return text;
}

int64_t ChainProgram::getNumResults() const { return returnsFinal ? 5 : 4; }

int64_t ChainProgram::getResultSize(int64_t index) const { return isArray(index) ? steps * size : size; }
