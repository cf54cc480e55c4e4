//===- IntegerTest.cpp - Integers and bits in the stand-in ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expected bits were worked out by hand, from the PTX document.
//
//===----------------------------------------------------------------------===//

#include "Opcodes.h"
#include "Runner.h"

using namespace remat::standin::test;

namespace {

constexpr uint64_t M16 = 0x8000, M32 = 0x80000000, M64 = 0x8000000000000000, F16 = 0xffff, F32 = 0xffffffff,
                   F64 = ~uint64_t(0);

void both(const std::string &name, const std::string &type, const std::string &signature,
          const std::vector<OpcodeCase> &cases) {
  expectOpcode(name + ".s" + type, signature, cases);
  expectOpcode(name + ".u" + type, signature, cases);
}

} // namespace

TEST(StandInInteger, SumsAndProducts) {
  both("add", "16", "h=hh", {{3, 1, 2}, {0, F16, 1}, {M16, 0x7fff, 1}});
  both("add", "32", "r=rr", {{3, 1, 2}, {0, F32, 1}, {M32, 0x7fffffff, 1}});
  both("add", "64", "d=dd", {{3, 1, 2}, {0, F64, 1}, {0x100000000, F32, 1}});
  both("sub", "16", "h=hh", {{F16, 1, 2}, {0x7fff, M16, 1}});
  both("sub", "32", "r=rr", {{F32, 1, 2}, {0x7fffffff, M32, 1}});
  both("sub", "64", "d=dd", {{F64, 1, 2}, {F32, 0x100000000, 1}});
  both("mul.lo", "16", "h=hh", {{6, 2, 3}, {1, F16, F16}, {0, 0x100, 0x100}});
  both("mul.lo", "32", "r=rr", {{6, 2, 3}, {1, F32, F32}, {0, 0x10000, 0x10000}});
  both("mul.lo", "64", "d=dd", {{6, 2, 3}, {1, F64, F64}, {0xfffffffe00000001, F32, F32}});
  expectOpcode("mul.hi.s16", "h=hh", {{0, F16, F16}, {0x4000, M16, M16}, {F16, F16, 1}});
  expectOpcode("mul.hi.u16", "h=hh", {{0xfffe, F16, F16}, {0x4000, M16, M16}, {0, F16, 1}});
  expectOpcode("mul.hi.s32", "r=rr", {{0, F32, F32}, {0x40000000, M32, M32}, {F32, F32, 1}});
  expectOpcode("mul.hi.u32", "r=rr", {{0xfffffffe, F32, F32}, {0x40000000, M32, M32}, {0, F32, 1}});
  expectOpcode("mul.hi.s64", "d=dd", {{0, F64, F64}, {0x4000000000000000, M64, M64}, {F64, F64, 1}});
  expectOpcode("mul.hi.u64", "d=dd", {{F64 - 1, F64, F64}, {0x4000000000000000, M64, M64}, {0, F64, 1}});
  expectOpcode("mul.wide.s16", "r=hh", {{1, F16, F16}, {F32, F16, 1}, {0x40000000, M16, M16}});
  expectOpcode("mul.wide.u16", "r=hh", {{0xfffe0001, F16, F16}, {F16, F16, 1}});
  expectOpcode("mul.wide.s32", "d=rr", {{1, F32, F32}, {F64, F32, 1}, {0xfffffffc00000000, M32, 8}});
  expectOpcode("mul.wide.u32", "d=rr", {{0xfffffffe00000001, F32, F32}, {F32, F32, 1}, {0x400000000, M32, 8}});
  both("mad.lo", "16", "h=hhh", {{7, 2, 3, 1}, {0, F16, F16, F16}});
  both("mad.lo", "32", "r=rrr", {{7, 2, 3, 1}, {0, F32, F32, F32}});
  both("mad.lo", "64", "d=ddd", {{7, 2, 3, 1}, {0, F64, F64, F64}});
  expectOpcode("mad.hi.s16", "h=hhh", {{0x4001, M16, M16, 1}, {0, F16, 1, 1}});
  expectOpcode("mad.hi.u16", "h=hhh", {{0xffff, F16, F16, 1}});
  expectOpcode("mad.hi.s32", "r=rrr", {{0x40000001, M32, M32, 1}, {0, F32, 1, 1}});
  expectOpcode("mad.hi.u32", "r=rrr", {{F32, F32, F32, 1}});
  expectOpcode("mad.hi.s64", "d=ddd", {{0x4000000000000001, M64, M64, 1}, {0, F64, 1, 1}});
  expectOpcode("mad.hi.u64", "d=ddd", {{F64, F64, F64, 1}});
  expectOpcode("mad.wide.s16", "r=hhr", {{0, F16, 1, 1}, {2, F16, F16, 1}});
  expectOpcode("mad.wide.u16", "r=hhr", {{0x10000, F16, 1, 1}});
  expectOpcode("mad.wide.s32", "d=rrd", {{0, F32, 1, 1}, {F64, F32, 1, 0}});
  expectOpcode("mad.wide.u32", "d=rrd", {{0x100000000, F32, 1, 1}});
  for (const char *type : {"add.s16x2", "add.u16x2"})
    expectOpcode(type, "r=rr", {{0x00030000, 0x0001ffff, 0x00020001}, {0x80000003, 0x7fff0001, 0x00010002}});
}

TEST(StandInInteger, Carries) {
  for (const char *type : {"u", "s"})
    for (auto [width, signature, ones, top] :
         {std::tuple("32", "r=rr", F32, M32), std::tuple("64", "d=dd", F64, M64)}) {
      std::string suffix = std::string(".") + type + width;
      std::string spare = *width == '3' ? " %r8, %r1, %r2;\n" : " %d8, %d1, %d2;\n";
      expectOpcode("add.cc" + suffix, signature, {{3, 1, 2}, {0, ones, 1}});
      // a + b + the carry of a + b
      expectOpcode("add.cc" + suffix + spare + "addc" + suffix, signature,
                   {{3, 1, 2}, {1, ones, 1}, {ones, ones, ones}, {1, top, top}, {ones, ones, 0}});
      expectOpcode("add.cc" + suffix + spare + "addc.cc" + suffix + spare + "addc" + suffix, signature,
                   {{3, 1, 2}, {1, ones, 1}, {ones, ones, ones}, {ones, ones, 0}});
      expectOpcode("sub.cc" + suffix, signature, {{ones, 1, 2}, {1, 2, 1}});
      // a - b - the borrow of a - b
      expectOpcode("sub.cc" + suffix + spare + "subc" + suffix, signature,
                   {{1, 3, 2}, {ones - 1, 1, 2}, {0, 5, 5}, {0, 0, ones}});
      expectOpcode("sub.cc" + suffix + spare + "subc.cc" + suffix + spare + "subc" + suffix, signature,
                   {{1, 3, 2}, {ones - 1, 1, 2}, {0, 0, ones}});
    }
}

TEST(StandInInteger, Quotients) {
  expectOpcode("div.s16", "h=hh", {{3, 7, 2}, {0xfffd, 0xfff9, 2}, {M16, M16, F16}});
  expectOpcode("div.u16", "h=hh", {{3, 7, 2}, {0x7ffc, 0xfff9, 2}});
  expectOpcode("div.s32", "r=rr", {{3, 7, 2}, {F32 - 2, F32 - 6, 2}, {F32 - 2, 7, F32 - 1}, {M32, M32, F32}});
  expectOpcode("div.u32", "r=rr", {{3, 7, 2}, {0x7ffffffc, 0xfffffff9, 2}, {0, M32, F32}});
  expectOpcode("div.s64", "d=dd", {{3, 7, 2}, {F64 - 2, F64 - 6, 2}, {M64, M64, F64}});
  expectOpcode("div.u64", "d=dd", {{3, 7, 2}, {0x7ffffffffffffffc, F64 - 6, 2}});
  expectOpcode("rem.s16", "h=hh", {{1, 7, 2}, {F16, 0xfff9, 2}, {0, M16, F16}});
  expectOpcode("rem.u16", "h=hh", {{1, 7, 2}, {2, 0xfff8, 3}});
  expectOpcode("rem.s32", "r=rr", {{1, 7, 2}, {F32, F32 - 6, 2}, {1, 7, F32 - 1}, {0, M32, F32}});
  expectOpcode("rem.u32", "r=rr", {{1, 7, 2}, {1, 0xfffffff9, 2}, {M32, M32, F32}});
  expectOpcode("rem.s64", "d=dd", {{1, 7, 2}, {F64, F64 - 6, 2}, {0, M64, F64}});
  expectOpcode("rem.u64", "d=dd", {{1, 7, 2}, {1, F64 - 6, 2}});
}

TEST(StandInInteger, MinimumMaximumAndSigns) {
  expectOpcode("min.s16", "h=hh", {{F16, F16, 1}, {M16, 5, M16}});
  expectOpcode("min.u16", "h=hh", {{1, F16, 1}, {5, 5, M16}});
  expectOpcode("min.s32", "r=rr", {{F32, F32, 1}, {M32, 5, M32}});
  expectOpcode("min.u32", "r=rr", {{1, F32, 1}, {5, 5, M32}});
  expectOpcode("min.s64", "d=dd", {{F64, F64, 1}, {M64, 5, M64}});
  expectOpcode("min.u64", "d=dd", {{1, F64, 1}, {5, 5, M64}});
  expectOpcode("max.s16", "h=hh", {{1, F16, 1}, {5, 5, M16}});
  expectOpcode("max.u16", "h=hh", {{F16, F16, 1}, {M16, 5, M16}});
  expectOpcode("max.s32", "r=rr", {{1, F32, 1}, {5, 5, M32}});
  expectOpcode("max.u32", "r=rr", {{F32, F32, 1}, {M32, 5, M32}});
  expectOpcode("max.s64", "d=dd", {{1, F64, 1}, {5, 5, M64}});
  expectOpcode("max.u64", "d=dd", {{F64, F64, 1}, {M64, 5, M64}});
  expectOpcode("min.s16x2", "r=rr", {{0xffff0001, 0xffff0001, 0x00010002}});
  expectOpcode("min.u16x2", "r=rr", {{0x00010001, 0xffff0001, 0x00010002}});
  expectOpcode("max.s16x2", "r=rr", {{0x00010002, 0xffff0001, 0x00010002}});
  expectOpcode("max.u16x2", "r=rr", {{0xffff0002, 0xffff0001, 0x00010002}});
  expectOpcode("neg.s16", "h=h", {{F16, 1}, {M16, M16}, {0, 0}});
  expectOpcode("neg.s32", "r=r", {{F32, 1}, {M32, M32}});
  expectOpcode("neg.s64", "d=d", {{F64, 1}, {M64, M64}});
  expectOpcode("abs.s16", "h=h", {{1, F16}, {M16, M16}, {5, 5}});
  expectOpcode("abs.s32", "r=r", {{1, F32}, {M32, M32}, {5, 5}});
  expectOpcode("abs.s64", "d=d", {{1, F64}, {M64, M64}, {5, 5}});
}

TEST(StandInInteger, Bits) {
  for (auto [type, signature, ones] :
       {std::tuple("b16", "h=hh", F16), std::tuple("b32", "r=rr", F32), std::tuple("b64", "d=dd", F64)}) {
    expectOpcode(std::string("and.") + type, signature, {{8, 12, 10}, {5, ones, 5}});
    expectOpcode(std::string("or.") + type, signature, {{14, 12, 10}, {ones, ones, 5}});
    expectOpcode(std::string("xor.") + type, signature, {{6, 12, 10}, {ones - 5, ones, 5}});
    std::string one(signature, 3);
    expectOpcode(std::string("not.") + type, one, {{ones, 0}, {0, ones}, {ones - 5, 5}});
    expectOpcode(std::string("cnot.") + type, one, {{1, 0}, {0, ones}, {0, 5}});
    expectOpcode(std::string("mov.") + type, one, {{ones, ones}, {5, 5}});
  }
  expectOpcode("and.pred", "p=pp", {{0, 0, 0}, {0, 0, 1}, {0, 1, 0}, {1, 1, 1}});
  expectOpcode("or.pred", "p=pp", {{0, 0, 0}, {1, 0, 1}, {1, 1, 0}, {1, 1, 1}});
  expectOpcode("xor.pred", "p=pp", {{0, 0, 0}, {1, 0, 1}, {1, 1, 0}, {0, 1, 1}});
  expectOpcode("not.pred", "p=p", {{1, 0}, {0, 1}});
  expectOpcode("mov.pred", "p=p", {{0, 0}, {1, 1}});
  for (const char *type : {"u", "s", "f"})
    for (auto [width, signature] : {std::pair("16", "h=h"), std::pair("32", "r=r"), std::pair("64", "d=d")})
      if (*type != 'f' || *width != '1')
        expectOpcode(std::string("mov.") + type + width, signature, {{0x1234, 0x1234}, {0x8001, 0x8001}});
  for (const char *type : {"b", "u", "s", "f"})
    for (auto [width, signature] : {std::pair("16", "h=hhp"), std::pair("32", "r=rrp"), std::pair("64", "d=ddp")})
      if (*type != 'f' || *width != '1')
        expectOpcode(std::string("selp.") + type + width, signature, {{1, 1, 2, 1}, {2, 1, 2, 0}});
}

TEST(StandInInteger, Shifts) {
  expectOpcode("shl.b16", "h=hr", {{2, 1, 1}, {M16, 1, 15}, {0, F16, 16}, {0, F16, F32}, {5, 5, 0}});
  expectOpcode("shl.b32", "r=rr", {{2, 1, 1}, {M32, 1, 31}, {0, F32, 32}, {0, F32, F32}, {5, 5, 0}});
  expectOpcode("shl.b64", "d=dr", {{2, 1, 1}, {M64, 1, 63}, {0, F64, 64}, {0, F64, F32}, {0x100000000, 1, 32}});
  for (const char *type : {"u", "b"}) {
    expectOpcode(std::string("shr.") + type + "16", "h=hr", {{1, 2, 1}, {1, M16, 15}, {0, F16, 16}, {0, F16, F32}});
    expectOpcode(std::string("shr.") + type + "32", "r=rr", {{1, 2, 1}, {1, M32, 31}, {0, F32, 32}, {0, F32, F32}});
    expectOpcode(std::string("shr.") + type + "64", "d=dr",
                 {{1, 2, 1}, {1, M64, 63}, {0, F64, 64}, {1, 0x100000000, 32}});
  }
  expectOpcode("shr.s16", "h=hr", {{1, 2, 1}, {F16, M16, 15}, {F16, M16, 16}, {0, 0x7fff, 99}, {0xc000, M16, 1}});
  expectOpcode("shr.s32", "r=rr",
               {{1, 2, 1}, {F32, M32, 31}, {F32, M32, F32}, {0, 0x7fffffff, 99}, {0xc0000000, M32, 1}});
  expectOpcode("shr.s64", "d=dr",
               {{1, 2, 1}, {F64, M64, 63}, {F64, M64, 64}, {0, M64 - 1, 99}, {0xc000000000000000, M64, 1}});
  expectOpcode("shf.l.wrap.b32", "r=rrr",
               {{0x23456789, 0x9abcdef0, 0x12345678, 4},
                {0x12345678, 0x9abcdef0, 0x12345678, 32},
                {0x2345678a, 0xa0000000, 0x12345678, 36}});
  expectOpcode("shf.l.clamp.b32", "r=rrr",
               {{0x23456789, 0x9abcdef0, 0x12345678, 4},
                {0x9abcdef0, 0x9abcdef0, 0x12345678, 32},
                {0x9abcdef0, 0x9abcdef0, 0x12345678, 36}});
  expectOpcode("shf.r.wrap.b32", "r=rrr",
               {{0x89abcdef, 0x9abcdef0, 0x12345678, 4}, {0x9abcdef0, 0x9abcdef0, 0x12345678, 32}});
  expectOpcode("shf.r.clamp.b32", "r=rrr",
               {{0x89abcdef, 0x9abcdef0, 0x12345678, 4},
                {0x12345678, 0x9abcdef0, 0x12345678, 32},
                {0x12345678, 0x9abcdef0, 0x12345678, 99}});
}

TEST(StandInInteger, Fields) {
  expectOpcode("popc.b32", "r=r", {{0, 0}, {32, F32}, {2, 0x80000001}});
  expectOpcode("popc.b64", "r=d", {{0, 0}, {64, F64}, {2, 0x8000000000000001}});
  expectOpcode("clz.b32", "r=r", {{32, 0}, {0, M32}, {31, 1}, {15, 0x10000}});
  expectOpcode("clz.b64", "r=d", {{64, 0}, {0, M64}, {63, 1}, {31, 0x100000000}});
  expectOpcode("brev.b32", "r=r", {{M32, 1}, {1, M32}, {0x1e6a2c48, 0x12345678}});
  expectOpcode("brev.b64", "d=d", {{M64, 1}, {1, M64}, {0x1e6a2c4800000000, 0x12345678}});
  expectOpcode("bfe.u32", "r=rrr",
               {{0x67, 0x12345678, 4, 8},
                {0, F32, 4, 0},
                {F32, F32, 0, 32},
                {0xf, F32, 28, 32},
                {0, F32, 32, 8},
                {0x67, 0x12345678, 0x104, 0x108},
                {0x0fffffff, F32, 4, 255}});
  expectOpcode("bfe.s32", "r=rrr",
               {{0x67, 0x12345678, 4, 8},
                {0xffffffa5, 0x00000a50, 4, 8},
                {F32, F32, 28, 32},
                {F32, M32, 40, 8},
                {0, 0x7fffffff, 40, 8},
                {0, F32, 4, 0},
                {F32, 1, 0, 1}});
  expectOpcode("bfe.u64", "d=drr", {{0x67, 0x12345678, 4, 8}, {0xf, F64, 60, 64}, {F64, F64, 0, 64}, {1, M64, 63, 1}});
  expectOpcode("bfe.s64", "d=drr", {{0xffffffffffffffa5, 0x0000a50, 4, 8}, {F64, M64, 63, 1}, {0, 5, 0, 0}});
  expectOpcode("bfi.b32", "r=rrrr",
               {{0x12345ab8, 0xfab, 0x12345678, 4, 8},
                {7, 0xff, 7, 4, 0},
                {7, 0xff, 7, 32, 8},
                {0xf0000007, 0xff, 7, 28, 8},
                {0xff, 0xff, 7, 0, 32}});
  expectOpcode("bfi.b64", "d=ddrr",
               {{0x12345ab8, 0xfab, 0x12345678, 4, 8},
                {0xf000000000000007, 0xff, 7, 60, 8},
                {0xff, 0xff, 7, 0, 64},
                {7, 0xff, 7, 64, 8}});
  expectOpcode("prmt.b32", "r=rrr",
               {{0x33221100, 0x33221100, 0x77665544, 0x3210},
                {0x00112233, 0x33221100, 0x77665544, 0x0123},
                {0x44774477, 0x33221100, 0x77665544, 0x4747},
                {0x00ff00ff, 0x80008000, 0, 0x8989},
                {0xff0000ff, 0x00000080, 0x80000000, 0xfe98}});
  // The table's entry for each pattern of three bits: 0xf0, 0xcc and 0xaa have all of them.
  for (auto [table, expected] : {std::pair(", 0x80", 0x80u), std::pair(", 0xfe", 0xfeu), std::pair(", 0x96", 0x96u),
                                 std::pair(", 1", 0xffffff01u), std::pair(", 0", 0u), std::pair(", 255", 0xffffffffu)})
    expectOpcode("lop3.b32", "r=rrr", {{expected, 0xf0, 0xcc, 0xaa}}, table);
}

TEST(StandInInteger, Compare) {
  struct Relation {
    const char *name;
    bool less, equal, greater;
  };
  for (const Relation &r :
       {Relation{"eq", false, true, false}, Relation{"ne", true, false, true}, Relation{"lt", true, false, false},
        Relation{"le", true, true, false}, Relation{"gt", false, false, true}, Relation{"ge", false, true, true}}) {
    std::string name = std::string("setp.") + r.name;
    expectOpcode(name + ".s16", "p=hh", {{r.less, F16, 1}, {r.equal, 5, 5}, {r.greater, 1, M16}});
    expectOpcode(name + ".s32", "p=rr", {{r.less, F32, 1}, {r.equal, 5, 5}, {r.greater, 1, M32}});
    expectOpcode(name + ".s64", "p=dd", {{r.less, F64, 1}, {r.equal, 5, 5}, {r.greater, 1, M64}});
    expectOpcode(name + ".u16", "p=hh", {{r.greater, F16, 1}, {r.equal, 5, 5}, {r.less, 1, M16}});
    expectOpcode(name + ".u32", "p=rr", {{r.greater, F32, 1}, {r.equal, 5, 5}, {r.less, 1, M32}});
    expectOpcode(name + ".u64", "p=dd", {{r.greater, F64, 1}, {r.equal, 5, 5}, {r.less, 1, M64}});
  }
  for (const Relation &r : {Relation{"lo", true, false, false}, Relation{"ls", true, true, false},
                            Relation{"hi", false, false, true}, Relation{"hs", false, true, true}}) {
    std::string name = std::string("setp.") + r.name;
    expectOpcode(name + ".u16", "p=hh", {{r.greater, F16, 1}, {r.equal, 5, 5}, {r.less, 1, M16}});
    expectOpcode(name + ".u32", "p=rr", {{r.greater, F32, 1}, {r.equal, 5, 5}, {r.less, 1, M32}});
    expectOpcode(name + ".u64", "p=dd", {{r.greater, F64, 1}, {r.equal, 5, 5}, {r.less, 1, M64}});
  }
  for (auto [width, signature, top] :
       {std::tuple("16", "p=hh", M16), std::tuple("32", "p=rr", M32), std::tuple("64", "p=dd", M64)}) {
    expectOpcode(std::string("setp.eq.b") + width, signature, {{1, top, top}, {0, top, 0}});
    expectOpcode(std::string("setp.ne.b") + width, signature, {{0, top, top}, {1, top, 0}});
  }
}
