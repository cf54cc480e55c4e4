//===- FloatTest.cpp - f32 and f64 in the stand-in ------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expected bits were worked out by hand, from the PTX document and IEEE 754.
//
//===----------------------------------------------------------------------===//

#include "Opcodes.h"

#include <gtest/gtest.h>

using namespace remat::standin::test;

namespace {

// f32: one, two, a third, greatest, least normal, greatest and least subnormal.
constexpr uint64_t One = 0x3f800000, Two = 0x40000000, Three = 0x40400000, Half = 0x3f000000, Third = 0x3eaaaaab,
                   Max = 0x7f7fffff, Normal = 0x00800000, Subnormal = 0x007fffff, Least = 0x00000001, Inf = 0x7f800000,
                   NaN = 0x7fffffff, Payload = 0x7fc12345, Minus = 0x80000000;
// 1 + 2^-23, 1 - 2^-24, 2^-24, 2^-25.
constexpr uint64_t Above = 0x3f800001, Below = 0x3f7fffff, Tiny = 0x33800000, Tinier = 0x33000000;

constexpr uint64_t DOne = 0x3ff0000000000000, DTwo = 0x4000000000000000, DThree = 0x4008000000000000,
                   DMax = 0x7fefffffffffffff, DNormal = 0x0010000000000000, DLeast = 1, DInf = 0x7ff0000000000000,
                   DNaN = 0xfff8000000000000, DMinus = 0x8000000000000000, DAbove = 0x3ff0000000000001;
constexpr uint64_t DTiny = 0x3ca0000000000000; // 2^-53

} // namespace

TEST(StandInFloat, Add) {
  expectOpcode("add.rn.f32", "r=rr",
               {{Three, One, Two},
                {One, One, Tiny},         // Halfway: to even.
                {Above + 1, Above, Tiny}, // Halfway: to even, up.
                {One, One, Tinier},
                {0, One, One | Minus}, // +0 of a difference
                {Minus, Minus, Minus},
                {0, 0, Minus},
                {Subnormal, Normal, Least | Minus}, // Subnormal numbers are kept.
                {2, Least, Least},
                {Inf, Max, Max},
                {Inf, Max, 0x73000000}, // Half an ulp of the greatest: to infinity.
                {Max, Max, 0x72ffffff},
                {NaN, Inf, Inf | Minus},
                {NaN, Payload, One},
                {Inf, Inf, One}});
  expectOpcode("add.rn.ftz.f32", "r=rr",
               {{0, Normal, Normal | Minus},
                {0, Least, Least},
                {0, Normal + 1, Normal | Minus},
                {Minus, Least | Minus, Least | Minus},
                {Normal, Normal, Subnormal},
                {NaN, Payload, Least},
                {Minus, (Normal + 1) | Minus, Normal}});
  expectOpcode("add.rz.f32", "r=rr",
               {{One, One, Tiny},
                {Below, One, 0x30000000 | Minus},
                {Max, Max, Max},
                {Max | Minus, Max | Minus, Max | Minus},
                {0, One, One | Minus}});
  expectOpcode("add.rm.f32", "r=rr",
               {{One, One, Tiny},
                {Below, One, 0x30000000 | Minus},
                {Max, Max, Max},
                {Inf | Minus, Max | Minus, Max | Minus},
                {Minus, One, One | Minus}});
  expectOpcode("add.rp.f32", "r=rr",
               {{Above, One, Tinier},
                {One, One, 0x30000000 | Minus},
                {Inf, Max, Max},
                {Max | Minus, Max | Minus, Max | Minus},
                {0, One, One | Minus},
                {NaN, Inf, Inf | Minus}});
  expectOpcode(
      "add.rn.sat.f32", "r=rr",
      {{One, One, Two}, {0, One, Two | Minus}, {Half, One, Half | Minus}, {0, Payload, One}, {0, Minus, Minus}});
  expectOpcode("add.rn.ftz.sat.f32", "r=rr", {{0, Normal + 1, Normal | Minus}, {One, One, One}});
  expectOpcode("add.rn.f64", "d=dd",
               {{DThree, DOne, DTwo},
                {DOne, DOne, DTiny},
                {DAbove + 1, DAbove, DTiny},
                {DInf, DMax, DMax},
                {DNaN, DInf, DInf | DMinus},
                {2, DLeast, DLeast},
                {0, DOne, DOne | DMinus},
                {0x7ff8000000000005, 0x7ff8000000000005, DOne}, // Payloads pass, quiet.
                {0xfff8000000000005, DOne, 0xfff0000000000005},
                {0x7ff8000000000005, 0x7ff0000000000005, 0x7ff8000000000007}});
  expectOpcode("add.rm.f64", "d=dd", {{DOne, DOne, DTiny}, {DMinus, DOne, DOne | DMinus}, {DMax, DMax, DMax}});
  expectOpcode("add.rp.f64", "d=dd", {{DAbove, DOne, DLeast}, {DInf, DMax, DMax}});
  expectOpcode("add.rz.f64", "d=dd", {{DOne, DOne, DTiny}, {0xbff0000000000000, 0xbff0000000000000, DTiny | DMinus}});
}

TEST(StandInFloat, Subtract) {
  expectOpcode("sub.rn.f32", "r=rr",
               {{One, Three, Two},
                {0, One, One},
                {Minus, Minus, 0},
                {0, 0, 0},
                {NaN, Inf, Inf},
                {Subnormal, Normal, Least},
                {One | Minus, Two, Three}});
  expectOpcode("sub.rn.ftz.f32", "r=rr",
               {{Normal, Normal, Least}, {0, Normal + 1, Normal}, {Minus, Normal, Normal + 1}});
  expectOpcode("sub.rn.f64", "d=dd", {{DOne, DThree, DTwo}, {DNaN, DInf, DInf}});
  expectOpcode("sub.rm.f32", "r=rr", {{Below, One, 0x30000000}, {Minus, One, One}});
}

TEST(StandInFloat, Multiply) {
  expectOpcode("mul.rn.f32", "r=rr",
               {{Two, One, Two},
                {Minus, Minus, One},
                {0, Minus, One | Minus},
                {NaN, Inf, 0},
                {Inf, Max, Two},
                {Subnormal + 1, Normal, One},
                {0x00400000, Normal, Half},
                {0, Least, Half},
                {2, 3, Half}, // Halfway between subnormal numbers: to even.
                {2, Least, 0x3fc00000},
                {0x3f800002, Above, Above},
                {NaN, Payload, 0}});
  expectOpcode(
      "mul.rn.ftz.f32", "r=rr",
      {{0, Normal, Half}, {Minus, Normal | Minus, Half}, {0, Subnormal, Two}, {NaN, Inf, Least}, {Two, One, Two}});
  expectOpcode("mul.rz.f32", "r=rr", {{0x3f800002, Above, Above}, {0, Least, 0x3f7fffff}, {Max, Max, Two}});
  expectOpcode("mul.rp.f32", "r=rr", {{0x3f800003, Above, Above}, {Least, Least, Half}, {Minus, Least | Minus, Half}});
  expectOpcode("mul.rm.f32", "r=rr",
               {{0x3f800002, Above, Above}, {0, Least, Half}, {Least | Minus, Least | Minus, Half}});
  expectOpcode(
      "mul.rn.f64", "d=dd",
      {{DTwo, DOne, DTwo}, {0x3ff0000000000002, DAbove, DAbove}, {DNaN, DInf, 0}, {0, DLeast, 0x3fe0000000000000}});
  expectOpcode("mul.rp.f64", "d=dd", {{0x3ff0000000000003, DAbove, DAbove}});
}

TEST(StandInFloat, Divide) {
  expectOpcode("div.rn.f32", "r=rr",
               {{Third, One, Three},
                {Inf, One, 0},
                {Inf | Minus, One, Minus},
                {NaN, 0, 0},
                {NaN, Inf, Inf},
                {0, One, Inf},
                {Minus, One | Minus, Inf},
                {Half, One, Two},
                {0x00400000, Normal, Two},
                {Inf, Max, Half},
                {NaN, Payload, One},
                {Least, Least, One}});
  expectOpcode("div.rn.ftz.f32", "r=rr",
               {{0, Normal, Two}, {Inf, One, Subnormal}, {NaN, Least, Least}, {Third, One, Three}});
  expectOpcode("div.rz.f32", "r=rr", {{0x3eaaaaaa, One, Three}});
  expectOpcode("div.rm.f32", "r=rr", {{0x3eaaaaaa, One, Three}, {0xbeaaaaab, One | Minus, Three}});
  expectOpcode("div.rp.f32", "r=rr", {{0x3eaaaaab, One, Three}, {0xbeaaaaaa, One | Minus, Three}, {Inf, One, 0}});
  expectOpcode(
      "div.rn.f64", "d=dd",
      {{0x3fd5555555555555, DOne, DThree}, {DInf, DOne, 0}, {DNaN, 0, 0}, {0x0008000000000000, DNormal, DTwo}});
  expectOpcode("div.rp.f64", "d=dd", {{0x3fd5555555555556, DOne, DThree}});
  expectOpcode("rcp.rn.f32", "r=r",
               {{Third, Three},
                {Inf, 0},
                {Inf | Minus, Minus},
                {0, Inf},
                {0x00400000, 0x7f000000},
                {NaN, Payload},
                {Inf, Least}});
  expectOpcode("rcp.rn.ftz.f32", "r=r", {{0, 0x7f000000}, {Inf, Subnormal}, {Third, Three}});
  expectOpcode("rcp.rz.f32", "r=r", {{0x3eaaaaaa, Three}});
  expectOpcode("rcp.rn.f64", "d=d", {{0x3fd5555555555555, DThree}, {DInf | DMinus, DMinus}});
}

TEST(StandInFloat, FusedMultiplyAdd) {
  expectOpcode("fma.rn.f32", "r=rrr",
               {{Three, One, Two, One},
                {0x28800000, Above, Above, 0xbf800002}, // (1 + 2^-23)^2 - (1 + 2^-22) = 2^-46, exactly.
                {0, One, One, One | Minus},
                {Minus, Minus, One, Minus},
                {NaN, Inf, 0, One},
                {NaN, Inf, One, Inf | Minus},
                {NaN, One, One, Payload},
                {One, Tiny, One, One},
                {Above, Tiny, Above, One},    // Just over halfway.
                {Max, Max, Two, Max | Minus}, // The product alone would be infinite.
                {2, Least, Half, Least}});
  expectOpcode("fma.rn.ftz.f32", "r=rrr",
               {{0, Normal, Half, 0},
                {One, Subnormal, Max, One},
                {One, One, One, Subnormal},
                {0x28800000, Above, Above, 0xbf800002}});
  expectOpcode("fma.rz.f32", "r=rrr", {{Below, 0x30000000, One | Minus, One}, {Max, Max, Two, 0}});
  expectOpcode("fma.rp.f32", "r=rrr", {{Above, Least, Least, One}, {Minus, Minus, One, Minus}});
  expectOpcode("fma.rm.f32", "r=rrr", {{One, Least, Least, One}, {Minus, One, One, One | Minus}});
  expectOpcode("fma.rn.f64", "d=ddd",
               {{DThree, DOne, DTwo, DOne},
                {0x3970000000000000, DAbove, DAbove, 0xbff0000000000002},
                {DNaN, DInf, 0, DOne},
                {0x7ff8000000000009, DOne, DOne, 0x7ff8000000000009},
                {DNaN, DInf, DOne, DInf | DMinus}});
  expectOpcode("fma.rm.f64", "d=ddd", {{DOne, DLeast, DLeast, DOne}});
  expectOpcode("fma.rp.f64", "d=ddd", {{DAbove, DLeast, DLeast, DOne}});
}

/// Each case in both halves of a register, and with another one in the upper half.
static std::vector<OpcodeCase> pairs(std::vector<OpcodeCase> cases, OpcodeCase upper) {
  for (size_t index = 0, count = cases.size(); index < count; ++index) {
    OpcodeCase low = cases[index];
    for (const OpcodeCase &high : {low, upper})
      cases.push_back(
          {low.expected | high.expected << 32, low.a | high.a << 32, low.b | high.b << 32, low.c | high.c << 32});
  }
  return std::vector<OpcodeCase>(cases.begin() + cases.size() / 3, cases.end());
}

TEST(StandInFloat, Pairs) {
  OpcodeCase sum{Three, One, Two}, difference{One, Three, Two}, product{Two, One, Two}, fused{Three, One, Two, One};
  expectOpcode("add.rn.f32x2", "d=dd",
               pairs({{Three, One, Two}, {One, One, Tiny}, {NaN, Payload, One}, {2, Least, Least}}, sum));
  expectOpcode("add.rn.ftz.f32x2", "d=dd", pairs({{0, Least, Least}, {Minus, Least | Minus, Least | Minus}}, sum));
  expectOpcode("sub.rn.f32x2", "d=dd",
               pairs({{One, Three, Two}, {Subnormal, Normal, Least}, {NaN, Inf, Inf}}, difference));
  expectOpcode("sub.rn.ftz.f32x2", "d=dd", pairs({{0, Normal + 1, Normal}}, difference));
  expectOpcode("mul.rn.f32x2", "d=dd", pairs({{Two, One, Two}, {0x00400000, Normal, Half}, {NaN, Inf, 0}}, product));
  expectOpcode("mul.rn.ftz.f32x2", "d=dd", pairs({{0, Normal, Half}}, product));
  expectOpcode(
      "fma.rn.f32x2", "d=ddd",
      pairs({{Three, One, Two, One}, {0x28800000, Above, Above, 0xbf800002}, {Minus, Minus, One, Minus}}, fused));
  expectOpcode("fma.rn.ftz.f32x2", "d=ddd", pairs({{0, Normal, Half, 0}}, fused));
}

TEST(StandInFloat, SquareRoot) {
  expectOpcode("sqrt.rn.f32", "r=r",
               {{Two, 0x40800000},
                {0x3fb504f3, Two},
                {Minus, Minus},
                {0, 0},
                {NaN, One | Minus},
                {Inf, Inf},
                {NaN, Inf | Minus},
                {0x1a3504f3, Least},
                {NaN, Payload}});
  expectOpcode("sqrt.rn.ftz.f32", "r=r", {{0, Least}, {Minus, Least | Minus}, {0x3fb504f3, Two}});
  expectOpcode("sqrt.rz.f32", "r=r", {{0x3fb504f3, Two}});
  expectOpcode("sqrt.rp.f32", "r=r", {{0x3fb504f4, Two}, {Two, 0x40800000}});
  expectOpcode("sqrt.rn.f64", "d=d", {{0x3ff6a09e667f3bcd, DTwo}, {DNaN, DOne | DMinus}, {DMinus, DMinus}});
  expectOpcode("sqrt.rm.f64", "d=d", {{0x3ff6a09e667f3bcc, DTwo}});
}

TEST(StandInFloat, MinimumAndMaximum) {
  std::vector<OpcodeCase> least = {{One, One, Two},         {One, Two, One},
                                   {Minus, 0, Minus},       {Minus, Minus, 0},
                                   {One, Payload, One},     {One, One, Payload},
                                   {NaN, Payload, Payload}, {Inf | Minus, Inf | Minus, One},
                                   {Least, Least, One},     {Two | Minus, One | Minus, Two | Minus}};
  expectOpcode("min.f32", "r=rr", least);
  expectOpcode("max.f32", "r=rr",
               {{Two, One, Two},
                {Two, Two, One},
                {0, 0, Minus},
                {0, Minus, 0},
                {One, Payload, One},
                {One, One, Payload},
                {NaN, Payload, Payload},
                {Inf, Inf, One},
                {One | Minus, One | Minus, Two | Minus}});
  expectOpcode("min.NaN.f32", "r=rr", {{One, One, Two}, {NaN, Payload, One}, {NaN, One, Payload}, {Minus, 0, Minus}});
  expectOpcode("max.NaN.f32", "r=rr", {{Two, One, Two}, {NaN, Payload, One}, {NaN, One, Payload}, {0, 0, Minus}});
  expectOpcode("min.ftz.f32", "r=rr", {{0, Least, One}, {Minus, Least | Minus, Least}, {One, Payload, One}});
  expectOpcode("max.ftz.f32", "r=rr", {{0, Least, Minus}, {One, Least, One}});
  expectOpcode("min.ftz.NaN.f32", "r=rr", {{0, Least, One}, {NaN, Payload, One}});
  expectOpcode("max.ftz.NaN.f32", "r=rr", {{0, Least, Minus}, {NaN, One, Payload}});
  expectOpcode("min.f64", "d=dd",
               {{DOne, DOne, DTwo}, {DMinus, 0, DMinus}, {DOne, DNaN, DOne}, {DOne, DOne, DNaN}, {DNaN, DNaN, DNaN}});
  expectOpcode(
      "max.f64", "d=dd",
      {{DTwo, DOne, DTwo}, {0, DMinus, 0}, {DOne, DNaN, DOne}, {DNaN, 0x7ff8000000000001, 0x7ff8000000000001}});
}

TEST(StandInFloat, Signs) {
  expectOpcode("neg.f32", "r=r",
               {{One | Minus, One}, {Minus, 0}, {0, Minus}, {Least, Least | Minus}, {Inf, Inf | Minus}});
  expectOpcode("neg.ftz.f32", "r=r", {{Minus, Least}, {0, Least | Minus}, {One, One | Minus}});
  expectOpcode("neg.f64", "d=d", {{DOne | DMinus, DOne}, {0x7ff8000000000001, 0x7ff8000000000001}, {0, DMinus}});
  expectOpcode("abs.f32", "r=r", {{One, One | Minus}, {0, Minus}, {Least, Least | Minus}, {One, One}});
  expectOpcode("abs.ftz.f32", "r=r", {{0, Least | Minus}, {One, One | Minus}});
  expectOpcode("abs.f64", "d=d", {{DOne, DOne | DMinus}, {0, DMinus}, {0xfff8000000000001, 0xfff8000000000001}});
  expectOpcode("copysign.f32", "r=rr", {{Two | Minus, One | Minus, Two}, {Two, One, Two | Minus}, {Minus, Minus, 0}});
  expectOpcode("copysign.f64", "d=dd", {{DTwo | DMinus, DOne | DMinus, DTwo}, {DTwo, 0, DTwo}});
}

TEST(StandInFloat, Classes) {
  expectOpcode("testp.finite.f32", "p=r", {{1, One}, {1, Least}, {0, Inf}, {0, NaN}, {1, Minus}});
  expectOpcode("testp.infinite.f32", "p=r", {{0, One}, {1, Inf}, {1, Inf | Minus}, {0, NaN}});
  expectOpcode("testp.number.f32", "p=r", {{1, One}, {1, Inf}, {0, NaN}});
  expectOpcode("testp.notanumber.f32", "p=r", {{0, One}, {0, Inf}, {1, Payload}});
  expectOpcode("testp.normal.f32", "p=r", {{1, One}, {1, Normal}, {0, Subnormal}, {0, 0}, {0, Inf}, {0, NaN}});
  expectOpcode("testp.subnormal.f32", "p=r", {{0, One}, {0, Normal}, {1, Subnormal | Minus}, {0, Minus}});
  expectOpcode("testp.finite.f64", "p=d", {{1, DOne}, {0, DInf}, {0, DNaN}});
  expectOpcode("testp.infinite.f64", "p=d", {{0, DOne}, {1, DInf | DMinus}, {0, DNaN}});
  expectOpcode("testp.number.f64", "p=d", {{1, DOne}, {0, DNaN}});
  expectOpcode("testp.notanumber.f64", "p=d", {{0, DInf}, {1, DNaN}});
  expectOpcode("testp.normal.f64", "p=d", {{1, DOne}, {0, DLeast}, {0, 0}});
  expectOpcode("testp.subnormal.f64", "p=d", {{0, DNormal}, {1, DLeast}, {0, 0}});
}

namespace {

/// A comparison: its name, and what it says of less, equal, greater and unordered operands.
struct Relation {
  const char *name;
  bool less, equal, greater, unordered;
};

constexpr Relation relations[] = {
    {"eq", false, true, false, false}, {"ne", true, false, true, false},  {"lt", true, false, false, false},
    {"le", true, true, false, false},  {"gt", false, false, true, false}, {"ge", false, true, true, false},
    {"equ", false, true, false, true}, {"neu", true, false, true, true},  {"ltu", true, false, false, true},
    {"leu", true, true, false, true},  {"gtu", false, false, true, true}, {"geu", false, true, true, true},
    {"num", true, true, true, false},  {"nan", false, false, false, true}};

} // namespace

TEST(StandInFloat, Compare) {
  for (const Relation &r : relations) {
    std::string name = std::string("setp.") + r.name;
    expectOpcode(name + ".f32", "p=rr",
                 {{r.less, One, Two},
                  {r.equal, One, One},
                  {r.greater, Two, One},
                  {r.unordered, NaN, One},
                  {r.unordered, One, Payload},
                  {r.unordered, NaN, NaN},
                  {r.equal, 0, Minus},
                  {r.less, 0, Least},
                  {r.less, Two | Minus, One | Minus},
                  {r.less, Inf | Minus, Inf}});
    expectOpcode(name + ".ftz.f32", "p=rr",
                 {{r.equal, 0, Least},
                  {r.equal, Subnormal, Least | Minus},
                  {r.less, Subnormal, Normal},
                  {r.unordered, Least, NaN}});
    expectOpcode(name + ".f64", "p=dd",
                 {{r.less, DOne, DTwo},
                  {r.equal, 0, DMinus},
                  {r.greater, DOne, DLeast},
                  {r.unordered, DNaN, DOne},
                  {r.unordered, DOne, DNaN}});
    expectOpcode(name + ".f16", "p=hh",
                 {{r.less, 0x3c00, 0x4000},
                  {r.equal, 0, 0x8000},
                  {r.greater, 1, 0},
                  {r.unordered, 0x7e00, 0x3c00},
                  {r.unordered, 0x3c00, 0x7fff}});
    expectOpcode(name + ".ftz.f16", "p=hh",
                 {{r.equal, 0x3ff, 0x8000}, {r.less, 0x3ff, 0x400}, {r.unordered, 0x7e00, 1}});
    expectOpcode(name + ".bf16", "p=hh",
                 {{r.less, 0x3f80, 0x4000},
                  {r.equal, 0, 0x8000},
                  {r.greater, 1, 0},
                  {r.unordered, 0x7fc0, 0x3f80},
                  {r.unordered, 0x3f80, 0x7fff}});
  }
}
