//===- ConversionTest.cpp - cvt in the stand-in ---------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expected bits were worked out by hand, from the PTX document and IEEE 754.
// The signature says how wide the registers are; types may be narrower.
//
//===----------------------------------------------------------------------===//

#include "Opcodes.h"
#include "Runner.h"

using namespace remat::standin::test;

namespace {

constexpr uint64_t M = 0x80000000, NaN = 0x7fffffff, Payload = 0x7fc12345, Inf = 0x7f800000, One = 0x3f800000;
constexpr uint64_t DM = 0x8000000000000000, DNaN = 0xfff8000000000000, DInf = 0x7ff0000000000000;
// f32: 1.5, 2.5, 1.9 rounded.
constexpr uint64_t OneHalf = 0x3fc00000, TwoHalf = 0x40200000, Almost = 0x3ff33333;

} // namespace

TEST(StandInConversion, FloatToInteger) {
  expectOpcode("cvt.rzi.s32.f32", "r=r",
               {{1, Almost},
                {0xffffffff, Almost | M},
                {0, NaN},
                {0x7fffffff, Inf},
                {M, Inf | M},
                {0x7fffffff, 0x4f000000},
                {M, 0xcf000000},
                {0x7fffff80, 0x4effffff},
                {0, 1},
                {0, M},
                {0x7fffffff, 0x7f7fffff},
                {M, 0xcf000001}});
  expectOpcode("cvt.rni.s32.f32", "r=r",
               {{2, TwoHalf}, {2, OneHalf}, {0xfffffffe, TwoHalf | M}, {2, Almost}, {0, 0x3f000000}, {0, NaN}});
  expectOpcode("cvt.rmi.s32.f32", "r=r", {{2, TwoHalf}, {0xfffffffd, TwoHalf | M}, {0, 1}, {0xffffffff, 1 | M}});
  expectOpcode("cvt.rpi.s32.f32", "r=r", {{3, TwoHalf}, {0xfffffffe, TwoHalf | M}, {1, 1}, {0, 1 | M}});
  expectOpcode("cvt.rpi.ftz.s32.f32", "r=r", {{0, 1}, {1, 0x00800000}, {3, TwoHalf}});
  expectOpcode("cvt.rzi.u32.f32", "r=r",
               {{0, One | M},
                {0xffffffff, 0x4f800000},
                {0xffffff00, 0x4f7fffff},
                {0, NaN},
                {0, 0xbf000000},
                {M, 0x4f000000},
                {0xffffffff, Inf},
                {0, Inf | M}});
  expectOpcode("cvt.rzi.s64.f32", "d=r",
               {{1, Almost},
                {DM, NaN},
                {0x7fffffffffffffff, 0x5f000000},
                {DM, 0xdf000000},
                {0x7fffff8000000000, 0x5effffff},
                {DM, Inf | M}});
  expectOpcode("cvt.rzi.u64.f32", "d=r",
               {{1, Almost},
                {DM, NaN},
                {DM, 0x5f000000},
                {~uint64_t(0), 0x5f800000},
                {0xffffff0000000000, 0x5f7fffff},
                {0, One | M}});
  expectOpcode(
      "cvt.rzi.s16.f32", "h=r",
      {{0x7fff, 0x471c4000}, {0x8000, 0xc71c4000}, {0, NaN}, {0xffff, Almost | M}, {0x7fff, 0x46fffe00}}); // 40000
  expectOpcode("cvt.rzi.u16.f32", "h=r", {{0x9c40, 0x471c4000}, {0, 0xc71c4000}, {0xffff, 0x47800000}});
  expectOpcode("cvt.rzi.u8.f32", "h=r", {{0xff, 0x43960000}, {0x7f, 0x42fe0000}, {0, One | M}}); // 300, 127
  expectOpcode("cvt.rzi.s8.f32", "r=r", {{0x7f, 0x43960000}, {0xffffff80, 0xc3960000}, {0xffffffff, One | M}});
  expectOpcode("cvt.rzi.s32.f64", "r=d",
               {{1, 0x3ff8000000000000},
                {M, DNaN},
                {0x7fffffff, DInf},
                {0x7fffffff, 0x41dfffffffffffff},
                {M, 0xc1e0000000000000},
                {M, 0xc1e0000000200000}});
  expectOpcode("cvt.rni.s32.f64", "r=d",
               {{2, 0x3ff8000000000000}, {M, DNaN}, {0, 0x3fe0000000000000}, {0x7fffffff, 0x41dfffffffe00000}});
  expectOpcode("cvt.rzi.u32.f64", "r=d", {{0xffffffff, 0x41efffffffffffff}, {M, DNaN}, {0, 0xbff0000000000000}});
  expectOpcode("cvt.rzi.s64.f64", "d=d",
               {{DM, DNaN},
                {0x7fffffffffffffff, 0x43e0000000000000},
                {0x7ffffffffffffc00, 0x43dfffffffffffff},
                {~uint64_t(0), 0xbff8000000000000},
                {DM, DInf | DM}});
  expectOpcode("cvt.rzi.u64.f64", "d=d",
               {{DM, DNaN},
                {0xfffffffffffff800, 0x43efffffffffffff},
                {~uint64_t(0), 0x43f0000000000000},
                {0, 0xbff8000000000000}});
  expectOpcode("cvt.rzi.s16.f64", "h=d", {{0x8000, DNaN}, {0x7fff, DInf}, {1, 0x3ff8000000000000}});
  expectOpcode("cvt.rzi.s32.f16", "r=h", {{1, 0x3e00}, {0, 0x7e00}, {65504, 0x7bff}, {0x7fffffff, 0x7c00}, {0, 1}});
  expectOpcode("cvt.rpi.u64.f16", "d=h", {{1, 1}, {DM, 0x7e00}, {0, 0xbc00}, {65504, 0x7bff}});
  expectOpcode("cvt.rzi.s16.bf16", "h=h", {{1, 0x3fc0}, {0, 0x7fc0}, {0x7fff, 0x7f7f}, {0x8000, 0xff80}});
  expectOpcode("cvt.rni.s64.bf16", "d=h",
               {{2, 0x3fc0}, {DM, 0x7fc0}, {0x7fffffffffffffff, 0x5f00}, {0x7f80000000000000, 0x5eff}});
}

TEST(StandInConversion, IntegerToFloat) {
  expectOpcode("cvt.rn.f32.s32", "r=r",
               {{One, 1},
                {0xbf800000, 0xffffffff},
                {0x4b800000, 16777217},
                {0x4b800002, 16777219},
                {0xcf000000, M},
                {0x4f000000, 0x7fffffff},
                {0, 0}});
  expectOpcode("cvt.rz.f32.s32", "r=r", {{0x4b800001, 16777219}, {0xcb800001, uint32_t(-16777219)}});
  expectOpcode("cvt.rp.f32.s32", "r=r", {{0x4b800001, 16777217}, {0xcb800000, uint32_t(-16777217)}});
  expectOpcode("cvt.rm.f32.s32", "r=r", {{0x4b800000, 16777217}, {0xcb800001, uint32_t(-16777217)}});
  expectOpcode("cvt.rn.f32.u32", "r=r", {{0x4f800000, 0xffffffff}, {0x4f000000, M}, {0x4b800000, 16777217}});
  expectOpcode("cvt.rz.f32.u32", "r=r", {{0x4f7fffff, 0xffffffff}});
  expectOpcode("cvt.rn.f32.s64", "r=d",
               {{0xdf000000, DM},
                {0xbf800000, ~uint64_t(0)},
                {0x5f000000, 0x7fffffffffffffff},
                {0x5a000001, 0x0020000040000000}});
  expectOpcode("cvt.rn.f32.u64", "r=d",
               {{0x5f800000, ~uint64_t(0)},
                {0x5f000000, DM},
                {0x5f000000, 0x8000008000000000},
                {0x5f000001, 0x8000008000000001}});
  expectOpcode("cvt.rz.f32.u64", "r=d", {{0x5f7fffff, ~uint64_t(0)}, {0x5f000000, 0x8000008000000001}});
  expectOpcode("cvt.rn.f32.s16", "r=h", {{0xbf800000, 0xffff}, {0xc7000000, 0x8000}, {0x46fffe00, 0x7fff}});
  expectOpcode("cvt.rn.f32.u16", "r=h", {{0x477fff00, 0xffff}, {0x47000000, 0x8000}});
  expectOpcode("cvt.rn.f32.s8", "r=h", {{0xbf800000, 0x12ff}, {0x42fe0000, 0x007f}});
  expectOpcode("cvt.rn.f32.u8", "r=r", {{0x437f0000, 0x12ff}});
  expectOpcode("cvt.rn.f64.s32", "d=r", {{0xbff0000000000000, 0xffffffff}, {0xc1e0000000000000, M}});
  expectOpcode("cvt.rn.f64.u32", "d=r", {{0x41efffffffe00000, 0xffffffff}, {0, 0}});
  expectOpcode(
      "cvt.rn.f64.s64", "d=d",
      {{0xc3e0000000000000, DM}, {0x4340000000000000, 0x20000000000001}, {0x4340000000000002, 0x20000000000003}});
  expectOpcode("cvt.rn.f64.u64", "d=d",
               {{0x43f0000000000000, ~uint64_t(0)}, {0x4340000000000000, 0x20000000000001}, {0x43e0000000000000, DM}});
  expectOpcode("cvt.rp.f64.u64", "d=d", {{0x4340000000000001, 0x20000000000001}});
  expectOpcode("cvt.rn.f64.s16", "d=h", {{0xbff0000000000000, 0xffff}});
  expectOpcode("cvt.rn.f64.u16", "d=h", {{0x40efffe000000000, 0xffff}});
  expectOpcode("cvt.rn.f16.s32", "h=r",
               {{0x3c00, 1}, {0x7c00, 65520}, {0x7bff, 65519}, {0xfc00, M}, {0x6800, 2049}, {0x6802, 2051}});
  expectOpcode("cvt.rz.f16.u32", "h=r", {{0x7bff, 100000}, {0x6801, 2051}});
  expectOpcode("cvt.rn.f16.u64", "h=d", {{0x7c00, ~uint64_t(0)}, {0x3c00, 1}});
  expectOpcode("cvt.rn.f16.s16", "h=h", {{0xbc00, 0xffff}, {0xf800, 0x8000}});
  expectOpcode("cvt.rn.bf16.s32", "h=r", {{0x4380, 257}, {0x4382, 259}, {0xcf00, M}});
  // Halfway in bf16, but for the last bit; by way of f64 or f32 that bit would be lost.
  expectOpcode("cvt.rn.bf16.u64", "h=d",
               {{0x5f01, 0x8080000000000001}, {0x5f00, 0x8080000000000000}, {0x5f02, 0x8180000000000000}});
  expectOpcode("cvt.rn.bf16.s16", "h=h", {{0xbf80, 0xffff}, {0x4700, 0x7fff}});
}

TEST(StandInConversion, FloatToFloat) {
  expectOpcode("cvt.f64.f32", "d=r",
               {{0x3ff0000000000000, One},
                {0x36a0000000000000, 1},
                {DM, M},
                {DInf, Inf},
                {0x7ff82468a0000000, Payload},
                {0x7ff82468a0000000, 0x7f812345 | 0x00400000}});
  expectOpcode("cvt.ftz.f64.f32", "d=r", {{0, 1}, {DM, 1 | M}, {0x3ff0000000000000, One}});
  expectOpcode("cvt.rn.f32.f64", "r=d",
               {{One, 0x3ff0000000000000},
                {One, 0x3ff0000010000000},
                {One + 1, 0x3ff0000010000001},
                {One + 2, 0x3ff0000030000000},
                {Inf, 0x47effffff0000000},
                {0x7f7fffff, 0x47efffffefffffff},
                {1, 0x36a0000000000000},
                {0, 0x3690000000000000},
                {1, 0x3690000000000001},
                {2, 0x36a8000000000000},
                {NaN, DNaN},
                {NaN, 0x7ff0000000000001},
                {M, DM},
                {Inf | M, DInf | DM},
                {0x00800000, 0x380fffffffffffff}});
  expectOpcode("cvt.rz.f32.f64", "r=d",
               {{One, 0x3ff000001fffffff}, {0x7f7fffff, 0x7fefffffffffffff}, {0, 0x0000000000000001}, {Inf, DInf}});
  expectOpcode("cvt.rp.f32.f64", "r=d",
               {{One + 1, 0x3ff0000000000001},
                {Inf, 0x7fefffffffffffff},
                {0xff7fffff, 0xffefffffffffffff},
                {1, 1},
                {M, 1 | DM}});
  expectOpcode("cvt.rm.f32.f64", "r=d",
               {{One, 0x3ff0000000000001},
                {0x7f7fffff, 0x7fefffffffffffff},
                {Inf | M, 0xffefffffffffffff},
                {0, 1},
                {1 | M, 1 | DM}});
  expectOpcode("cvt.rn.ftz.f32.f64", "r=d",
               {{0, 0x36a0000000000000}, {M, 0xb6a0000000000000}, {0x00800000, 0x3810000000000000}});
  expectOpcode("cvt.rn.sat.f32.f64", "r=d",
               {{One, 0x4000000000000000}, {0, 0xbff0000000000000}, {0, DNaN}, {0x3f000000, 0x3fe0000000000000}});
  expectOpcode("cvt.sat.f32.f32", "r=r",
               {{One, 0x40000000}, {0, One | M}, {0, NaN}, {0x3f000000, 0x3f000000}, {0, M}, {1, 1}});
  expectOpcode("cvt.ftz.f32.f32", "r=r", {{0, 1}, {One, One}, {M, 1 | M}});
  expectOpcode("cvt.f32.f16", "r=h",
               {{One, 0x3c00},
                {0x33800000, 1},
                {0x387fc000, 0x3ff},
                {Inf, 0x7c00},
                {NaN, 0x7e01},
                {M, 0x8000},
                {0x477fe000, 0x7bff}});
  expectOpcode("cvt.f64.f16", "d=h", {{0x3ff0000000000000, 0x3c00}, {0x3e70000000000000, 1}, {DInf | DM, 0xfc00}});
  expectOpcode("cvt.f32.bf16", "r=h", {{One, 0x3f80}, {0x00010000, 1}, {Inf, 0x7f80}, {NaN, 0x7fc1}, {M, 0x8000}});
  expectOpcode("cvt.f64.bf16", "d=h", {{0x3ff0000000000000, 0x3f80}, {0x37a0000000000000, 1}});
  expectOpcode("cvt.rn.f16.f32", "h=r",
               {{0x3c00, One},
                {0x3c00, 0x3f801000},
                {0x3c01, 0x3f801001},
                {0x3c02, 0x3f803000},
                {0x7c00, 0x477ff000},
                {0x7bff, 0x477fefff},
                {1, 0x33800000},
                {0, 0x33000000},
                {1, 0x33000001},
                {0x0400, 0x387fe000},
                {0x03ff, 0x387fdfff},
                {0x7fff, Payload},
                {0x8000, M},
                {0xfc00, Inf | M},
                {0, 1}});
  expectOpcode("cvt.rz.f16.f32", "h=r", {{0x3c00, 0x3f801fff}, {0x7bff, 0x7f7fffff}, {0x7c00, Inf}, {0, 0x337fffff}});
  expectOpcode("cvt.rn.f16.f64", "h=d",
               {{0x3c00, 0x3ff0000000000000},
                {0x3c00, 0x3ff0020000000000},
                {0x3c01, 0x3ff0020000000001},
                {1, 0x3e60000000000001},
                {0x7fff, DNaN},
                {0x7c00, 0x40effe0000000000}});
  expectOpcode("cvt.rn.bf16.f32", "h=r",
               {{0x3f80, One},
                {0x3f80, 0x3f808000},
                {0x3f81, 0x3f808001},
                {0x3f82, 0x3f818000},
                {0x7f80, 0x7f7fffff},
                {0x7f7f, 0x7f7f7fff},
                {1, 0x00010000},
                {0, 0x00008000},
                {1, 0x00008001},
                {0x7fff, Payload},
                {0x8000, M}});
  expectOpcode("cvt.rz.bf16.f32", "h=r", {{0x3f80, 0x3f80ffff}, {0x7f7f, 0x7f7fffff}, {0x7fff, NaN}});
  expectOpcode("cvt.rn.bf16.f64", "h=d",
               {{0x3f80, 0x3ff0000000000000},
                {0x3f80, 0x3ff0100000000000},
                {0x3f81, 0x3ff0100000000001},
                {0, 1},
                {1, 0x37a0000000000000}});
  expectOpcode("cvt.rn.f16x2.f32", "r=rr", {{0x3c004000, One, 0x40000000}, {0x7c007fff, Inf, NaN}});
  expectOpcode("cvt.rn.bf16x2.f32", "r=rr", {{0x3f804000, One, 0x40000000}, {0x7f807fff, Inf, NaN}});
}

TEST(StandInConversion, Integral) {
  expectOpcode("cvt.rni.f32.f32", "r=r",
               {{0x40000000, OneHalf},
                {0x40000000, TwoHalf},
                {M, 0xbf000000},
                {0, 0x3f000000},
                {0x4b000001, 0x4b000001},
                {NaN, Payload},
                {Inf, Inf},
                {0, 1}});
  expectOpcode("cvt.rzi.f32.f32", "r=r", {{One, Almost}, {0xbf800000, Almost | M}, {M, 0xbf7fffff}, {NaN, Payload}});
  expectOpcode("cvt.rmi.f32.f32", "r=r",
               {{One, Almost}, {0xc0000000, Almost | M}, {0xbf800000, 1 | M}, {0, 1}, {M, M}, {NaN, Payload}});
  expectOpcode("cvt.rpi.f32.f32", "r=r",
               {{0x40000000, Almost}, {0xbf800000, Almost | M}, {M, 1 | M}, {One, 1}, {NaN, Payload}});
  expectOpcode("cvt.rni.ftz.f32.f32", "r=r", {{0x40000000, OneHalf}, {M, 1 | M}});
  expectOpcode("cvt.rpi.ftz.f32.f32", "r=r", {{0, 1}, {One, 0x00800000}});
  expectOpcode("cvt.rni.f64.f64", "d=d",
               {{0x4000000000000000, 0x3ff8000000000000},
                {0x4000000000000000, 0x4004000000000000},
                {DM, 0xbfe0000000000000},
                {0x7ff8000000000001, 0x7ff8000000000001}});
  expectOpcode("cvt.rzi.f64.f64", "d=d",
               {{0x3ff0000000000000, 0x3ff8000000000000}, {0xbff0000000000000, 0xbff8000000000000}});
  expectOpcode("cvt.rmi.f64.f64", "d=d",
               {{0x3ff0000000000000, 0x3ff8000000000000}, {0xc000000000000000, 0xbff8000000000000}});
  expectOpcode(
      "cvt.rpi.f64.f64", "d=d",
      {{0x4000000000000000, 0x3ff8000000000000}, {0xbff0000000000000, 0xbff8000000000000}, {DM, 0xbfe0000000000000}});
  expectOpcode("cvt.rni.f16.f16", "h=h", {{0x4000, 0x3e00}, {0x8000, 0xb800}, {0x7fff, 0x7e01}});
}

TEST(StandInConversion, Integers) {
  expectOpcode("cvt.u64.u32", "d=r", {{0xffffffff, 0xffffffff}, {5, 5}});
  expectOpcode("cvt.s64.s32", "d=r", {{~uint64_t(0), 0xffffffff}, {0x7fffffff, 0x7fffffff}});
  expectOpcode("cvt.u32.u64", "r=d", {{0x9abcdef0, 0x123456789abcdef0}});
  expectOpcode("cvt.u32.u16", "r=h", {{0xffff, 0xffff}});
  expectOpcode("cvt.s32.s16", "r=h", {{0xffffffff, 0xffff}, {0x7fff, 0x7fff}});
  expectOpcode("cvt.u16.u32", "h=r", {{0x5678, 0x12345678}});
  expectOpcode("cvt.u64.u16", "d=h", {{0xffff, 0xffff}});
  expectOpcode("cvt.s64.s16", "d=h", {{~uint64_t(0), 0xffff}});
  expectOpcode("cvt.s32.s64", "r=d", {{0x9abcdef0, 0x123456789abcdef0}});
  expectOpcode("cvt.s16.s8", "h=h", {{0xffff, 0x00ff}, {0x007f, 0xff7f}});
  expectOpcode("cvt.u16.u8", "h=h", {{0x00ff, 0x12ff}});
  expectOpcode("cvt.s32.s8", "r=r", {{0xffffff80, 0x80}, {0x7f, 0xff7f}});
  expectOpcode("cvt.u32.u8", "r=h", {{0x80, 0x1280}});
  expectOpcode("cvt.s64.s8", "d=d", {{~uint64_t(0), 0xff}});
  expectOpcode("cvt.u8.u32", "h=r", {{0xff, 0x1ff}});
  expectOpcode("cvt.s8.s32", "h=r", {{0xff80, 0x180}, {0x7f, 0x17f}});
  expectOpcode("cvt.u16.u32", "r=r", {{0x5678, 0x12345678}});
  expectOpcode("cvt.sat.u8.s32", "h=r", {{0xff, 300}, {0, uint32_t(-5)}, {7, 7}});
  expectOpcode("cvt.sat.s8.s32", "h=r", {{0x7f, 200}, {0xff80, uint32_t(-200)}, {0xffff, uint32_t(-1)}});
  expectOpcode("cvt.sat.s32.u32", "r=r", {{0x7fffffff, 0xffffffff}, {5, 5}});
  expectOpcode("cvt.sat.u32.s32", "r=r", {{0, 0xffffffff}, {5, 5}});
  expectOpcode("cvt.sat.s32.s64", "r=d", {{0x7fffffff, 0x100000000}, {M, DM}, {0xffffffff, ~uint64_t(0)}});
  expectOpcode("cvt.sat.u64.s64", "d=d", {{0, DM}, {5, 5}});
  expectOpcode("cvt.sat.s64.u64", "d=d", {{0x7fffffffffffffff, DM}, {5, 5}});
}

TEST(StandInConversion, ModifiersThatDoNotFit) {
  auto error = [](const std::string &statement) {
    return errorOf(".visible .entry k() {\n.reg .b16 %h<3>;\n.reg .b32 %r<3>;\n.reg .b64 %d<3>;\n" + statement +
                   "\nret;\n}\n");
  };
  EXPECT_EQ(error("cvt.s32.f32 %r1, %r2;"), "8: 'cvt.s32.f32' expects .rni, .rzi, .rmi or .rpi");
  EXPECT_EQ(error("cvt.f32.s32 %r1, %r2;"), "8: 'cvt.f32.s32' expects .rn, .rz, .rm or .rp");
  EXPECT_EQ(error("cvt.f16.f32 %h1, %r2;"), "8: 'cvt.f16.f32' expects .rn, .rz, .rm or .rp");
  EXPECT_EQ(error("cvt.rn.f64.f32 %d1, %r2;"), "8: 'cvt.rn.f64.f32' takes no rounding mode");
  EXPECT_EQ(error("cvt.rn.s32.s16 %r1, %h2;"), "8: 'cvt.rn.s32.s16' takes no rounding mode");
  EXPECT_EQ(error("cvt.rn.ftz.f16.f64 %h1, %d2;"), "8: 'cvt.rn.ftz.f16.f64' takes no .ftz");
  EXPECT_EQ(error("cvt.rn.f16.f32 %r1, %r2;"), "8: 'cvt.rn.f16.f32' expects a register of 16 bits");
  EXPECT_EQ(error("cvt.u32.u64 %r1, %r2;"), "8: 'cvt.u32.u64' expects a register of 64 bits");
  EXPECT_EQ(error("cvt.rna.tf32.f32 %r1, %r2;"),
            "8: the opcode 'cvt.rna.tf32.f32' is not one that the stand-in executes");
}
