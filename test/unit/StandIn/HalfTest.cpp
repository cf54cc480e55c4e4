//===- HalfTest.cpp - f16 and bf16 in the stand-in ------------------------===//
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

/// The same in both halves of a register.
std::vector<OpcodeCase> twice(std::vector<OpcodeCase> cases) {
  for (OpcodeCase &c : cases)
    for (uint64_t *value : {&c.expected, &c.a, &c.b, &c.c})
      *value |= *value << 16;
  return cases;
}

/// One pair of cases after the other, the second in the upper half.
std::vector<OpcodeCase> pairs(const std::vector<OpcodeCase> &cases) {
  std::vector<OpcodeCase> result = twice(cases);
  for (size_t i = 0; i + 1 < cases.size(); ++i) {
    const OpcodeCase &low = cases[i], &high = cases[i + 1];
    result.push_back(
        {low.expected | high.expected << 16, low.a | high.a << 16, low.b | high.b << 16, low.c | high.c << 16});
  }
  return result;
}

const std::vector<OpcodeCase> addF16 = {
    {0x4200, 0x3c00, 0x4000}, {0x3c00, 0x3c00, 0x1000}, {0x3c02, 0x3c01, 0x1000}, // 2^-11: halfway, to even
    {0x7c00, 0x7bff, 0x4c00}, {0x7bff, 0x7bff, 0x4bff}, // 65504 + 16 is infinite, less is not.
    {0x03ff, 0x0400, 0x8001}, {0x0002, 0x0001, 0x0001}, {0x0000, 0x3c00, 0xbc00}, {0x8000, 0x8000, 0x8000},
    {0x7fff, 0x7c00, 0xfc00}, {0x7fff, 0x7e01, 0x3c00}, {0xfc00, 0xfc00, 0x3c00}};
const std::vector<OpcodeCase> addBF16 = {
    {0x4040, 0x3f80, 0x4000}, {0x3f80, 0x3f80, 0x3b80}, {0x3f82, 0x3f81, 0x3b80}, // 2^-8: halfway, to even
    {0x3f81, 0x3f80, 0x3b81}, {0x7f80, 0x7f7f, 0x7b00}, {0x7f7f, 0x7f7f, 0x7aff},
    {0x007f, 0x0080, 0x8001}, {0x0002, 0x0001, 0x0001}, {0x0000, 0x3f80, 0xbf80},
    {0x8000, 0x8000, 0x8000}, {0x7fff, 0x7f80, 0xff80}, {0x7fff, 0x7fc1, 0x3f80}};
const std::vector<OpcodeCase> mulF16 = {{0x4000, 0x3c00, 0x4000}, {0x3c02, 0x3c01, 0x3c01}, {0x7c00, 0x7bff, 0x4000},
                                        {0x0200, 0x0400, 0x3800}, {0x0000, 0x0001, 0x3800}, {0x0002, 0x0003, 0x3800},
                                        {0x0001, 0x0001, 0x3a00}, {0x8000, 0x8000, 0x3c00}, {0x7fff, 0x7c00, 0x0000}};
const std::vector<OpcodeCase> mulBF16 = {{0x4000, 0x3f80, 0x4000}, {0x3f82, 0x3f81, 0x3f81}, {0x7f80, 0x7f7f, 0x4000},
                                         {0x0040, 0x0080, 0x3f00}, {0x0000, 0x0001, 0x3f00}, {0x0002, 0x0003, 0x3f00},
                                         {0x0001, 0x0001, 0x3f40}, {0x8000, 0x8000, 0x3f80}, {0x7fff, 0x7f80, 0x0000}};
// (1 + ulp) * 1.5 lies halfway between two numbers; what is added decides, however small.
const std::vector<OpcodeCase> fmaF16 = {{0x4200, 0x3c00, 0x4000, 0x3c00}, {0x3e02, 0x3c01, 0x3e00, 0x0000},
                                        {0x3e02, 0x3c01, 0x3e00, 0x0001}, {0x3e01, 0x3c01, 0x3e00, 0x8001},
                                        {0x7bff, 0x7bff, 0x4000, 0xfbff}, {0x7fff, 0x7c00, 0x0000, 0x3c00},
                                        {0x7fff, 0x3c00, 0x3c00, 0x7e00}, {0x0000, 0x3c00, 0x3c00, 0xbc00},
                                        {0x8000, 0x8000, 0x3c00, 0x8000}, {0x0002, 0x0001, 0x3800, 0x0001}};
const std::vector<OpcodeCase> fmaBF16 = {
    {0x4040, 0x3f80, 0x4000, 0x3f80}, {0x3fc2, 0x3f81, 0x3fc0, 0x0000}, {0x3fc2, 0x3f81, 0x3fc0, 0x0001},
    {0x3fc1, 0x3f81, 0x3fc0, 0x8001}, {0xbfc1, 0x3f81, 0xbfc0, 0x0001}, {0x7f7f, 0x7f7f, 0x4000, 0xff7f},
    {0x7fff, 0x7f80, 0x0000, 0x3f80}, {0x0000, 0x3f80, 0x3f80, 0xbf80}, {0x8000, 0x8000, 0x3f80, 0x8000}};
const std::vector<OpcodeCase> minF16 = {{0x3c00, 0x3c00, 0x4000}, {0x8000, 0x0000, 0x8000}, {0x8000, 0x8000, 0x0000},
                                        {0x3c00, 0x7e01, 0x3c00}, {0x3c00, 0x3c00, 0x7e01}, {0x7fff, 0x7e01, 0x7e02},
                                        {0x0001, 0x0001, 0x0002}, {0xfc00, 0xfc00, 0x7c00}};
const std::vector<OpcodeCase> maxF16 = {{0x4000, 0x3c00, 0x4000}, {0x0000, 0x0000, 0x8000}, {0x0000, 0x8000, 0x0000},
                                        {0x3c00, 0x7e01, 0x3c00}, {0x3c00, 0x3c00, 0x7e01}, {0x7fff, 0x7e01, 0x7e02},
                                        {0x7c00, 0xfc00, 0x7c00}};
const std::vector<OpcodeCase> minBF16 = {{0x3f80, 0x3f80, 0x4000},
                                         {0x8000, 0x0000, 0x8000},
                                         {0x3f80, 0x7fc1, 0x3f80},
                                         {0x3f80, 0x3f80, 0x7fc1},
                                         {0x7fff, 0x7fc1, 0x7fc1}};
const std::vector<OpcodeCase> maxBF16 = {{0x4000, 0x3f80, 0x4000},
                                         {0x0000, 0x8000, 0x0000},
                                         {0x3f80, 0x7fc1, 0x3f80},
                                         {0x3f80, 0x3f80, 0x7fc1},
                                         {0x7fff, 0x7fc1, 0x7fc1}};
const std::vector<OpcodeCase> minNaN = {
    {0x3c00, 0x3c00, 0x4000}, {0x7fff, 0x7fc1, 0x3c00}, {0x7fff, 0x3c00, 0x7fc1}, {0x8000, 0x0000, 0x8000}};
const std::vector<OpcodeCase> maxNaN = {
    {0x4000, 0x3c00, 0x4000}, {0x7fff, 0x7fc1, 0x3c00}, {0x7fff, 0x3c00, 0x7fc1}, {0x0000, 0x0000, 0x8000}};
const std::vector<OpcodeCase> negated = {{0xbc00, 0x3c00}, {0x8000, 0x0000}, {0x0001, 0x8001}, {0x7c00, 0xfc00}};
const std::vector<OpcodeCase> magnitudes = {{0x3c00, 0xbc00}, {0x0000, 0x8000}, {0x0001, 0x8001}, {0x7c00, 0x7c00}};

/// a - b is a + -b.
std::vector<OpcodeCase> differences(std::vector<OpcodeCase> sums) {
  for (OpcodeCase &c : sums)
    c.b ^= 0x8000;
  return sums;
}

} // namespace

TEST(StandInHalf, Arithmetic) {
  expectOpcode("add.rn.f16", "h=hh", addF16);
  expectOpcode("sub.rn.f16", "h=hh", differences(addF16));
  expectOpcode("mul.rn.f16", "h=hh", mulF16);
  expectOpcode("fma.rn.f16", "h=hhh", fmaF16);
  expectOpcode("add.rn.bf16", "h=hh", addBF16);
  expectOpcode("sub.rn.bf16", "h=hh", differences(addBF16));
  expectOpcode("mul.rn.bf16", "h=hh", mulBF16);
  expectOpcode("fma.rn.bf16", "h=hhh", fmaBF16);
}

TEST(StandInHalf, Flushed) {
  expectOpcode("add.rn.ftz.f16", "h=hh",
               {{0x0000, 0x0400, 0x8400},
                {0x0000, 0x0001, 0x0001},
                {0x0400, 0x0400, 0x8001},
                {0x0000, 0x0401, 0x8400},
                {0x4200, 0x3c00, 0x4000}});
  expectOpcode("sub.rn.ftz.f16", "h=hh",
               {{0x0400, 0x0400, 0x0001}, {0x8000, 0x0400, 0x0401}, {0x3c00, 0x4000, 0x3c00}});
  expectOpcode("mul.rn.ftz.f16", "h=hh",
               {{0x0000, 0x0400, 0x3800}, {0x8000, 0x8400, 0x3800}, {0x0000, 0x03ff, 0x4000}});
  expectOpcode("fma.rn.ftz.f16", "h=hhh",
               {{0x0000, 0x0400, 0x3800, 0x0000}, {0x3c00, 0x3c00, 0x3c00, 0x03ff}, {0x4200, 0x3c00, 0x4000, 0x3c00}});
  expectOpcode("add.rn.ftz.f16x2", "r=rr",
               {{0x42000000, 0x3c000400, 0x40008400}, {0x00004200, 0x00013c00, 0x00014000}});
  expectOpcode("sub.rn.ftz.f16x2", "r=rr", {{0x80000400, 0x04000400, 0x04010001}});
  expectOpcode("mul.rn.ftz.f16x2", "r=rr", {{0x00004000, 0x04003c00, 0x38004000}});
  expectOpcode("fma.rn.ftz.f16x2", "r=rrr", {{0x42003c00, 0x3c003c00, 0x40003c00, 0x3c0003ff}});
  expectOpcode("min.ftz.f16", "h=hh", {{0x0000, 0x0001, 0x3c00}, {0x8000, 0x8001, 0x0001}, {0x3c00, 0x7e00, 0x3c00}});
  expectOpcode("max.ftz.f16", "h=hh", {{0x0000, 0x0001, 0x8000}, {0x3c00, 0x0001, 0x3c00}});
  expectOpcode("min.ftz.NaN.f16", "h=hh", {{0x0000, 0x0001, 0x3c00}, {0x7fff, 0x7e00, 0x3c00}});
  expectOpcode("max.ftz.NaN.f16", "h=hh", {{0x0000, 0x0001, 0x8000}, {0x7fff, 0x3c00, 0x7e00}});
  expectOpcode("neg.ftz.f16", "h=h", {{0x8000, 0x0001}, {0x0000, 0x83ff}, {0xbc00, 0x3c00}});
  expectOpcode("abs.ftz.f16", "h=h", {{0x0000, 0x8001}, {0x0400, 0x8400}});
}

TEST(StandInHalf, Pairs) {
  expectOpcode("add.rn.f16x2", "r=rr", pairs(addF16));
  expectOpcode("sub.rn.f16x2", "r=rr", pairs(differences(addF16)));
  expectOpcode("mul.rn.f16x2", "r=rr", pairs(mulF16));
  expectOpcode("fma.rn.f16x2", "r=rrr", pairs(fmaF16));
  expectOpcode("add.rn.bf16x2", "r=rr", pairs(addBF16));
  expectOpcode("sub.rn.bf16x2", "r=rr", pairs(differences(addBF16)));
  expectOpcode("mul.rn.bf16x2", "r=rr", pairs(mulBF16));
  expectOpcode("fma.rn.bf16x2", "r=rrr", pairs(fmaBF16));
  expectOpcode("min.f16x2", "r=rr", pairs(minF16));
  expectOpcode("max.f16x2", "r=rr", pairs(maxF16));
  expectOpcode("min.bf16x2", "r=rr", pairs(minBF16));
  expectOpcode("max.bf16x2", "r=rr", pairs(maxBF16));
  for (const char *type : {"f16x2", "bf16x2"}) {
    expectOpcode(std::string("min.NaN.") + type, "r=rr", pairs(minNaN)); // 0x7fc1 is a NaN in both.
    expectOpcode(std::string("max.NaN.") + type, "r=rr", pairs(maxNaN));
    expectOpcode(std::string("neg.") + type, "r=r", pairs(negated));
    expectOpcode(std::string("abs.") + type, "r=r", pairs(magnitudes));
  }
}

TEST(StandInHalf, MinimumMaximumAndSigns) {
  expectOpcode("min.f16", "h=hh", minF16);
  expectOpcode("max.f16", "h=hh", maxF16);
  expectOpcode("min.bf16", "h=hh", minBF16);
  expectOpcode("max.bf16", "h=hh", maxBF16);
  for (const char *type : {"f16", "bf16"}) {
    expectOpcode(std::string("min.NaN.") + type, "h=hh", minNaN);
    expectOpcode(std::string("max.NaN.") + type, "h=hh", maxNaN);
    expectOpcode(std::string("neg.") + type, "h=h", negated);
    expectOpcode(std::string("abs.") + type, "h=h", magnitudes);
  }
}
