//===- LaneTable.h - The operations by name ---------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What stands here by its whole name is known to the stand-in; Decoder.cpp adds
// families whose names are too many. `add.f32` and its like do not: without a
// rounding mode, an assembler may fuse a product with a sum.
//
//===----------------------------------------------------------------------===//

#include "BitLanes.h"
#include "HalfLanes.h"

#include <iterator>

namespace {

/// To int32_t, towards zero, as cvt does it: of an f64 NaN the least number, of an f32 NaN zero.
struct TruncateToInt {
  template <class F>
  static int32_t apply(F a) {
    bool high = a >= F(2147483648.0), low = a < F(-2147483648.0), inside = a == a && !high && !low;
    int32_t value = int32_t(inside ? a : F(0));
    return high ? INT32_MAX : low || (sizeof(F) == 8 && a != a) ? INT32_MIN : value;
  }
};

template <unsigned Mode>
struct RoundToIntegral {
  static float round(float a) {
    return Mode == 0   ? __builtin_rintf(a)
           : Mode == 1 ? __builtin_truncf(a)
           : Mode == 2 ? __builtin_floorf(a)
                       : __builtin_ceilf(a);
  }
  static double round(double a) {
    return Mode == 0   ? __builtin_rint(a)
           : Mode == 1 ? __builtin_trunc(a)
           : Mode == 2 ? __builtin_floor(a)
                       : __builtin_ceil(a);
  }
  template <class F>
  static F apply(F a) {
    return canonical(round(a), a, F(0), F(0));
  }
};

#define OP1(NAME, SIGNATURE, D, A, ...) {NAME, SIGNATURE, &unary<D, A, __VA_ARGS__>}
#define OP2(NAME, SIGNATURE, T, ...) {NAME, SIGNATURE, &binary<T, T, T, __VA_ARGS__>}
#define OP3(NAME, SIGNATURE, T, ...) {NAME, SIGNATURE, &ternary<T, T, T, T, __VA_ARGS__>}
#define CMP(NAME, SIGNATURE, T, ...) {NAME, SIGNATURE, &compare<T, __VA_ARGS__>}

#define SIGNED2(NAME, OP)                                                                                              \
  OP2(NAME ".s16", "h=hh", int16_t, OP), OP2(NAME ".s32", "r=rr", int32_t, OP), OP2(NAME ".s64", "d=dd", int64_t, OP)
#define UNSIGNED2(NAME, OP)                                                                                            \
  OP2(NAME ".u16", "h=hh", uint16_t, OP), OP2(NAME ".u32", "r=rr", uint32_t, OP), OP2(NAME ".u64", "d=dd", uint64_t, OP)
#define INTEGERS2(NAME, OP) SIGNED2(NAME, OP), UNSIGNED2(NAME, OP)
#define INTEGERS3(NAME, OP)                                                                                            \
  OP3(NAME ".s16", "h=hhh", int16_t, OP), OP3(NAME ".s32", "r=rrr", int32_t, OP),                                      \
      OP3(NAME ".s64", "d=ddd", int64_t, OP), OP3(NAME ".u16", "h=hhh", uint16_t, OP),                                 \
      OP3(NAME ".u32", "r=rrr", uint32_t, OP), OP3(NAME ".u64", "d=ddd", uint64_t, OP)
#define BITS2(NAME, OP)                                                                                                \
  OP2(NAME ".b16", "h=hh", uint16_t, OP), OP2(NAME ".b32", "r=rr", uint32_t, OP), OP2(NAME ".b64", "d=dd", uint64_t, OP)
#define BITS1(NAME, OP)                                                                                                \
  OP1(NAME ".b16", "h=h", uint16_t, uint16_t, OP), OP1(NAME ".b32", "r=r", uint32_t, uint32_t, OP),                    \
      OP1(NAME ".b64", "d=d", uint64_t, uint64_t, OP)
#define SIGNED1(NAME, OP)                                                                                              \
  OP1(NAME ".s16", "h=h", int16_t, int16_t, OP), OP1(NAME ".s32", "r=r", int32_t, int32_t, OP),                        \
      OP1(NAME ".s64", "d=d", int64_t, int64_t, OP)
#define SHIFT(NAME, SIGNATURE, T, OP) {NAME, SIGNATURE, &binary<T, T, uint32_t, OP>}
#define CARRY(NAME, SUB, READS, WRITES)                                                                                \
  {NAME ".u32", "r=rr", &carry<uint32_t, SUB, READS, WRITES>},                                                         \
      {NAME ".s32", "r=rr", &carry<uint32_t, SUB, READS, WRITES>},                                                     \
      {NAME ".u64", "d=dd", &carry<uint64_t, SUB, READS, WRITES>}, {                                                   \
    NAME ".s64", "d=dd", &carry<uint64_t, SUB, READS, WRITES>                                                          \
  }
#define COMPARES(NAME, OP)                                                                                             \
  CMP("setp." NAME ".s16", "p=hh", int16_t, OP), CMP("setp." NAME ".s32", "p=rr", int32_t, OP),                        \
      CMP("setp." NAME ".s64", "p=dd", int64_t, OP)
#define UNSIGNED_COMPARES(NAME, OP)                                                                                    \
  CMP("setp." NAME ".u16", "p=hh", uint16_t, OP), CMP("setp." NAME ".u32", "p=rr", uint32_t, OP),                      \
      CMP("setp." NAME ".u64", "p=dd", uint64_t, OP)
#define BIT_COMPARES(NAME, OP)                                                                                         \
  CMP("setp." NAME ".b16", "p=hh", uint16_t, OP), CMP("setp." NAME ".b32", "p=rr", uint32_t, OP),                      \
      CMP("setp." NAME ".b64", "p=dd", uint64_t, OP)
#define ALL_COMPARES(NAME, OP) COMPARES(NAME, OP), UNSIGNED_COMPARES(NAME, OP)
#define FLOAT_COMPARE(NAME, ...)                                                                                       \
  CMP("setp." NAME ".f32", "p=rr", float, __VA_ARGS__, false >),                                                       \
      CMP("setp." NAME ".ftz.f32", "p=rr", float, __VA_ARGS__, true >),                                                \
      CMP("setp." NAME ".f64", "p=dd", double, __VA_ARGS__, false >),                                                  \
      CMP("setp." NAME ".f16", "p=hh", uint16_t, HalfCompare < F16, __VA_ARGS__, false >>),                            \
      CMP("setp." NAME ".ftz.f16", "p=hh", uint16_t, HalfCompare<F16, __VA_ARGS__, false>, true >),                    \
      CMP("setp." NAME ".bf16", "p=hh", uint16_t, HalfCompare < BF16, __VA_ARGS__, false >>)
#define FLOAT2(NAME, OP)                                                                                               \
  OP2(NAME ".rn.f32", "r=rr", float, Arithmetic<OP, false>),                                                           \
      OP2(NAME ".rn.ftz.f32", "r=rr", float, Arithmetic<OP, true>),                                                    \
      OP2(NAME ".rn.f64", "d=dd", double, Arithmetic<OP, false>)
#define PAIR2(NAME, OP)                                                                                                \
  OP2(NAME ".rn.f32x2", "d=dd", uint64_t, FloatPair<Arithmetic<OP, false>>),                                           \
      OP2(NAME ".rn.ftz.f32x2", "d=dd", uint64_t, FloatPair<Arithmetic<OP, true>>)
#define FLOAT1(NAME, OP)                                                                                               \
  OP1(NAME ".rn.f32", "r=r", float, float, Arithmetic<OP, false>),                                                     \
      OP1(NAME ".rn.ftz.f32", "r=r", float, float, Arithmetic<OP, true>),                                              \
      OP1(NAME ".rn.f64", "d=d", double, double, Arithmetic<OP, false>)
#define HALVES2(NAME, OP)                                                                                              \
  OP2(NAME ".rn.f16", "h=hh", uint16_t, HalfArithmetic<F16, OP>),                                                      \
      OP2(NAME ".rn.ftz.f16", "h=hh", uint16_t, HalfArithmetic<F16, OP, true>),                                        \
      OP2(NAME ".rn.bf16", "h=hh", uint16_t, HalfArithmetic<BF16, OP>),                                                \
      OP2(NAME ".rn.f16x2", "r=rr", uint32_t, Twice<uint16_t, HalfArithmetic<F16, OP>>),                               \
      OP2(NAME ".rn.ftz.f16x2", "r=rr", uint32_t, Twice<uint16_t, HalfArithmetic<F16, OP, true>>),                     \
      OP2(NAME ".rn.bf16x2", "r=rr", uint32_t, Twice<uint16_t, HalfArithmetic<BF16, OP>>)
#define EXTREMA(NAME, LEAST, PROPAGATE)                                                                                \
  OP2(NAME ".f32", "r=rr", float, Extremum<LEAST, PROPAGATE, false>),                                                  \
      OP2(NAME ".f16", "h=hh", uint16_t, HalfExtremum<F16, LEAST, PROPAGATE>),                                         \
      OP2(NAME ".bf16", "h=hh", uint16_t, HalfExtremum<BF16, LEAST, PROPAGATE>),                                       \
      OP2(NAME ".f16x2", "r=rr", uint32_t, Twice<uint16_t, HalfExtremum<F16, LEAST, PROPAGATE>>),                      \
      OP2(NAME ".bf16x2", "r=rr", uint32_t, Twice<uint16_t, HalfExtremum<BF16, LEAST, PROPAGATE>>)
#define ROUNDINGS(MODE, NUMBER)                                                                                        \
  OP1("cvt." MODE ".f32.f32", "r=r", float, float, RoundToIntegral<NUMBER>),                                           \
      OP1("cvt." MODE ".f64.f64", "d=d", double, double, RoundToIntegral<NUMBER>)
#define TESTS(NAME, OP)                                                                                                \
  {"testp." NAME ".f32", "p=r", &test<float, OP>}, { "testp." NAME ".f64", "p=d", &test<double, OP> }
#define TO_FLOAT(NAME, SIGNATURE32, SIGNATURE64, T)                                                                    \
  OP1("cvt.rn.f32." NAME, SIGNATURE32, float, T, ToFloat<float>),                                                      \
      OP1("cvt.rn.f64." NAME, SIGNATURE64, double, T, ToFloat<double>)

const LaneOp ops[] = {
    // Integers.
    INTEGERS2("add", Add),
    INTEGERS2("sub", Sub),
    INTEGERS2("mul.lo", MulLo),
    INTEGERS2("mul.hi", MulHi),
    INTEGERS2("div", Div),
    INTEGERS2("rem", Rem),
    INTEGERS2("min", Min),
    INTEGERS2("max", Max),
    INTEGERS3("mad.lo", MadLo),
    INTEGERS3("mad.hi", MadHi),
    OP2("add.s16x2", "r=rr", uint32_t, Twice<int16_t, Add>),
    OP2("add.u16x2", "r=rr", uint32_t, Twice<uint16_t, Add>),
    OP2("min.s16x2", "r=rr", uint32_t, Twice<int16_t, Min>),
    OP2("min.u16x2", "r=rr", uint32_t, Twice<uint16_t, Min>),
    OP2("max.s16x2", "r=rr", uint32_t, Twice<int16_t, Max>),
    OP2("max.u16x2", "r=rr", uint32_t, Twice<uint16_t, Max>),
    {"mul.wide.s16", "r=hh", &binary<int32_t, int16_t, int16_t, MulWide>},
    {"mul.wide.u16", "r=hh", &binary<uint32_t, uint16_t, uint16_t, MulWide>},
    {"mul.wide.s32", "d=rr", &binary<int64_t, int32_t, int32_t, MulWide>},
    {"mul.wide.u32", "d=rr", &binary<uint64_t, uint32_t, uint32_t, MulWide>},
    {"mad.wide.s16", "r=hhr", &ternary<int32_t, int16_t, int16_t, int32_t, MadWide>},
    {"mad.wide.u16", "r=hhr", &ternary<uint32_t, uint16_t, uint16_t, uint32_t, MadWide>},
    {"mad.wide.s32", "d=rrd", &ternary<int64_t, int32_t, int32_t, int64_t, MadWide>},
    {"mad.wide.u32", "d=rrd", &ternary<uint64_t, uint32_t, uint32_t, uint64_t, MadWide>},
    SIGNED1("neg", Neg),
    SIGNED1("abs", Abs),
    CARRY("add.cc", false, false, true),
    CARRY("addc", false, true, false),
    CARRY("addc.cc", false, true, true),
    CARRY("sub.cc", true, false, true),
    CARRY("subc", true, true, false),
    CARRY("subc.cc", true, true, true),
    // Bits.
    BITS2("and", And),
    BITS2("or", Or),
    BITS2("xor", Xor),
    BITS1("not", Not),
    BITS1("cnot", CNot),
    {"and.pred", "p=pp", &predicates<And>},
    {"or.pred", "p=pp", &predicates<Or>},
    {"xor.pred", "p=pp", &predicates<Xor>},
    {"not.pred", "p=p", &predicate<Not>},
    {"mov.pred", "p=p", &predicate<Move>},
    SHIFT("shl.b16", "h=hr", uint16_t, Shl),
    SHIFT("shl.b32", "r=rr", uint32_t, Shl),
    SHIFT("shl.b64", "d=dr", uint64_t, Shl),
    SHIFT("shr.u16", "h=hr", uint16_t, Shr),
    SHIFT("shr.u32", "r=rr", uint32_t, Shr),
    SHIFT("shr.u64", "d=dr", uint64_t, Shr),
    SHIFT("shr.b16", "h=hr", uint16_t, Shr),
    SHIFT("shr.b32", "r=rr", uint32_t, Shr),
    SHIFT("shr.b64", "d=dr", uint64_t, Shr),
    SHIFT("shr.s16", "h=hr", int16_t, Shr),
    SHIFT("shr.s32", "r=rr", int32_t, Shr),
    SHIFT("shr.s64", "d=dr", int64_t, Shr),
    OP3("shf.l.wrap.b32", "r=rrr", uint32_t, FunnelLeft<false>),
    OP3("shf.l.clamp.b32", "r=rrr", uint32_t, FunnelLeft<true>),
    OP3("shf.r.wrap.b32", "r=rrr", uint32_t, FunnelRight<false>),
    OP3("shf.r.clamp.b32", "r=rrr", uint32_t, FunnelRight<true>),
    OP1("popc.b32", "r=r", uint32_t, uint32_t, Popc),
    OP1("popc.b64", "r=d", uint32_t, uint64_t, Popc),
    OP1("clz.b32", "r=r", uint32_t, uint32_t, Clz),
    OP1("clz.b64", "r=d", uint32_t, uint64_t, Clz),
    OP1("brev.b32", "r=r", uint32_t, uint32_t, Brev),
    OP1("brev.b64", "d=d", uint64_t, uint64_t, Brev),
    {"bfe.u32", "r=rrr", &ternary<uint32_t, uint32_t, uint32_t, uint32_t, Bfe>},
    {"bfe.s32", "r=rrr", &ternary<int32_t, int32_t, uint32_t, uint32_t, Bfe>},
    {"bfe.u64", "d=drr", &ternary<uint64_t, uint64_t, uint32_t, uint32_t, Bfe>},
    {"bfe.s64", "d=drr", &ternary<int64_t, int64_t, uint32_t, uint32_t, Bfe>},
    {"bfi.b32", "r=rrrr", &insertField<uint32_t>},
    {"bfi.b64", "d=ddrr", &insertField<uint64_t>},
    OP3("prmt.b32", "r=rrr", uint32_t, Prmt),
    {"lop3.b32", "r=rrrr", &lop3},
    // Moves and selections: of bits, whatever the type is called.
    BITS1("mov", Move),
    OP1("mov.u16", "h=h", uint16_t, uint16_t, Move),
    OP1("mov.s16", "h=h", uint16_t, uint16_t, Move),
    OP1("mov.u32", "r=r", uint32_t, uint32_t, Move),
    OP1("mov.s32", "r=r", uint32_t, uint32_t, Move),
    OP1("mov.f32", "r=r", uint32_t, uint32_t, Move),
    OP1("mov.u64", "d=d", uint64_t, uint64_t, Move),
    OP1("mov.s64", "d=d", uint64_t, uint64_t, Move),
    OP1("mov.f64", "d=d", uint64_t, uint64_t, Move),
    {"selp.b16", "h=hhp", &select<uint16_t>},
    {"selp.u16", "h=hhp", &select<uint16_t>},
    {"selp.s16", "h=hhp", &select<uint16_t>},
    {"selp.b32", "r=rrp", &select<uint32_t>},
    {"selp.u32", "r=rrp", &select<uint32_t>},
    {"selp.s32", "r=rrp", &select<uint32_t>},
    {"selp.f32", "r=rrp", &select<uint32_t>},
    {"selp.b64", "d=ddp", &select<uint64_t>},
    {"selp.u64", "d=ddp", &select<uint64_t>},
    {"selp.s64", "d=ddp", &select<uint64_t>},
    {"selp.f64", "d=ddp", &select<uint64_t>},
    // Comparisons.
    ALL_COMPARES("eq", Eq),
    ALL_COMPARES("ne", Ne),
    ALL_COMPARES("lt", Lt),
    ALL_COMPARES("le", Le),
    ALL_COMPARES("gt", Gt),
    ALL_COMPARES("ge", Ge),
    BIT_COMPARES("eq", Eq),
    BIT_COMPARES("ne", Ne),
    UNSIGNED_COMPARES("lo", Lt),
    UNSIGNED_COMPARES("ls", Le),
    UNSIGNED_COMPARES("hi", Gt),
    UNSIGNED_COMPARES("hs", Ge),
    FLOAT_COMPARE("eq", Ordered < Eq),
    FLOAT_COMPARE("ne", Ordered < Ne),
    FLOAT_COMPARE("lt", Ordered < Lt),
    FLOAT_COMPARE("le", Ordered < Le),
    FLOAT_COMPARE("gt", Ordered < Gt),
    FLOAT_COMPARE("ge", Ordered < Ge),
    FLOAT_COMPARE("num", Ordered < Always),
    FLOAT_COMPARE("equ", Unordered < Eq),
    FLOAT_COMPARE("neu", Unordered < Ne),
    FLOAT_COMPARE("ltu", Unordered < Lt),
    FLOAT_COMPARE("leu", Unordered < Le),
    FLOAT_COMPARE("gtu", Unordered < Gt),
    FLOAT_COMPARE("geu", Unordered < Ge),
    FLOAT_COMPARE("nan", Unordered < Never),
    TESTS("finite", IsFinite),
    TESTS("infinite", IsInfinite),
    TESTS("number", IsNumber),
    TESTS("notanumber", IsNaN),
    TESTS("normal", IsNormal),
    TESTS("subnormal", IsSubnormal),
    // Floating point, to nearest.
    FLOAT2("add", FAdd),
    FLOAT2("sub", FSub),
    FLOAT2("mul", FMul),
    FLOAT2("div", FDiv),
    FLOAT1("rcp", FRcp),
    FLOAT1("sqrt", FSqrt),
    OP3("fma.rn.f32", "r=rrr", float, Arithmetic<FFma, false>),
    OP3("fma.rn.ftz.f32", "r=rrr", float, Arithmetic<FFma, true>),
    OP3("fma.rn.f64", "d=ddd", double, Arithmetic<FFma, false>),
    PAIR2("add", FAdd),
    PAIR2("sub", FSub),
    PAIR2("mul", FMul),
    OP3("fma.rn.f32x2", "d=ddd", uint64_t, FloatPair<Arithmetic<FFma, false>>),
    OP3("fma.rn.ftz.f32x2", "d=ddd", uint64_t, FloatPair<Arithmetic<FFma, true>>),
    EXTREMA("min", true, false),
    EXTREMA("max", false, false),
    EXTREMA("min.NaN", true, true),
    EXTREMA("max.NaN", false, true),
    OP2("min.f64", "d=dd", double, Extremum<true, false, false>),
    OP2("max.f64", "d=dd", double, Extremum<false, false, false>),
    OP2("min.ftz.f32", "r=rr", float, Extremum<true, false, true>),
    OP2("max.ftz.f32", "r=rr", float, Extremum<false, false, true>),
    OP2("min.ftz.NaN.f32", "r=rr", float, Extremum<true, true, true>),
    OP2("max.ftz.NaN.f32", "r=rr", float, Extremum<false, true, true>),
    OP2("min.ftz.f16", "h=hh", uint16_t, HalfExtremum<F16, true, false, true>),
    OP2("max.ftz.f16", "h=hh", uint16_t, HalfExtremum<F16, false, false, true>),
    OP2("min.ftz.NaN.f16", "h=hh", uint16_t, HalfExtremum<F16, true, true, true>),
    OP2("max.ftz.NaN.f16", "h=hh", uint16_t, HalfExtremum<F16, false, true, true>),
    OP1("neg.f32", "r=r", float, float, FNeg<false>),
    OP1("neg.ftz.f32", "r=r", float, float, FNeg<true>),
    OP1("neg.f64", "d=d", double, double, FNeg<false>),
    OP1("abs.f32", "r=r", float, float, FAbs<false>),
    OP1("abs.ftz.f32", "r=r", float, float, FAbs<true>),
    OP1("abs.f64", "d=d", double, double, FAbs<false>),
    OP2("copysign.f32", "r=rr", float, CopySign),
    OP2("copysign.f64", "d=dd", double, CopySign),
    HALVES2("add", HAdd),
    HALVES2("sub", HSub),
    HALVES2("mul", HMul),
    OP3("fma.rn.f16", "h=hhh", uint16_t, HalfArithmetic<F16, HFma>),
    OP3("fma.rn.ftz.f16", "h=hhh", uint16_t, HalfArithmetic<F16, HFma, true>),
    OP3("fma.rn.bf16", "h=hhh", uint16_t, HalfArithmetic<BF16, HFma>),
    OP3("fma.rn.f16x2", "r=rrr", uint32_t, Twice<uint16_t, HalfArithmetic<F16, HFma>>),
    OP3("fma.rn.ftz.f16x2", "r=rrr", uint32_t, Twice<uint16_t, HalfArithmetic<F16, HFma, true>>),
    OP3("fma.rn.bf16x2", "r=rrr", uint32_t, Twice<uint16_t, HalfArithmetic<BF16, HFma>>),
    OP1("neg.f16", "h=h", uint16_t, uint16_t, HalfNeg<F16>),
    OP1("neg.ftz.f16", "h=h", uint16_t, uint16_t, HalfNeg<F16, true>),
    OP1("neg.bf16", "h=h", uint16_t, uint16_t, HalfNeg<BF16>),
    OP1("abs.f16", "h=h", uint16_t, uint16_t, HalfAbs<F16>),
    OP1("abs.ftz.f16", "h=h", uint16_t, uint16_t, HalfAbs<F16, true>),
    OP1("abs.bf16", "h=h", uint16_t, uint16_t, HalfAbs<BF16>),
    OP1("neg.f16x2", "r=r", uint32_t, uint32_t, Twice<uint16_t, HalfNeg<F16>>),
    OP1("neg.bf16x2", "r=r", uint32_t, uint32_t, Twice<uint16_t, HalfNeg<BF16>>),
    OP1("abs.f16x2", "r=r", uint32_t, uint32_t, Twice<uint16_t, HalfAbs<F16>>),
    OP1("abs.bf16x2", "r=r", uint32_t, uint32_t, Twice<uint16_t, HalfAbs<BF16>>),
    // Conversions that are frequent; Conversion.cpp knows all of them.
    OP1("cvt.u64.u32", "d=r", uint64_t, uint32_t, IntegerCast<uint64_t>),
    OP1("cvt.s64.s32", "d=r", int64_t, int32_t, IntegerCast<int64_t>),
    OP1("cvt.u32.u64", "r=d", uint32_t, uint64_t, IntegerCast<uint32_t>),
    OP1("cvt.u32.u16", "r=h", uint32_t, uint16_t, IntegerCast<uint32_t>),
    OP1("cvt.s32.s16", "r=h", int32_t, int16_t, IntegerCast<int32_t>),
    OP1("cvt.u16.u32", "h=r", uint16_t, uint32_t, IntegerCast<uint16_t>),
    OP1("cvt.u64.u16", "d=h", uint64_t, uint16_t, IntegerCast<uint64_t>),
    OP1("cvt.s64.s16", "d=h", int64_t, int16_t, IntegerCast<int64_t>),
    TO_FLOAT("s16", "r=h", "d=h", int16_t),
    TO_FLOAT("u16", "r=h", "d=h", uint16_t),
    TO_FLOAT("s32", "r=r", "d=r", int32_t),
    TO_FLOAT("u32", "r=r", "d=r", uint32_t),
    TO_FLOAT("s64", "r=d", "d=d", int64_t),
    TO_FLOAT("u64", "r=d", "d=d", uint64_t),
    OP1("cvt.rzi.s32.f32", "r=r", int32_t, float, TruncateToInt),
    OP1("cvt.rzi.s32.f64", "r=d", int32_t, double, TruncateToInt),
    ROUNDINGS("rni", 0),
    ROUNDINGS("rzi", 1),
    ROUNDINGS("rmi", 2),
    ROUNDINGS("rpi", 3),
    OP1("cvt.f64.f32", "d=r", double, float, ToFloat<double>),
    OP1("cvt.rn.f32.f64", "r=d", float, double, F64ToF32),
    OP1("cvt.f32.f16", "r=h", float, uint16_t, F16ToF32),
    OP1("cvt.f32.bf16", "r=h", float, uint16_t, BF16ToF32),
    OP1("cvt.rn.f16.f32", "h=r", uint16_t, float, RoundToHalf<F16>),
    OP1("cvt.rn.bf16.f32", "h=r", uint16_t, float, RoundToHalf<BF16>),
    OP1("cvt.rn.f16.f64", "h=d", uint16_t, double, RoundToHalf<F16>),
    OP1("cvt.rn.bf16.f64", "h=d", uint16_t, double, RoundToHalf<BF16>),
    {"cvt.rn.f16x2.f32", "r=rr", &binary<uint32_t, float, float, RoundToPair<F16>>},
    {"cvt.rn.bf16x2.f32", "r=rr", &binary<uint32_t, float, float, RoundToPair<BF16>>},
};

} // namespace
