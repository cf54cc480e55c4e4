//===- ProgramTest.cpp - Whole kernels in the stand-in --------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runner.h"

#include <algorithm>
#include <numeric>

using namespace remat::standin;
using namespace remat::standin::test;

/// A kernel of two pointers, %a and %b, to which the address of the thread's word was added; %t is the thread, %i its
/// offset.
static std::string kernel(const std::string &body) {
  return ".visible .entry k(.param .u64 .ptr .global .align 4 a, .param .u64 b) {\n"
         ".reg .pred %p<9>; .reg .b16 %h<9>; .reg .b32 %r<9>, %t, %g; .reg .b64 %d<9>, %a, %b, %i;\n"
         "ld.param.u64 %a, [a]; ld.param.b64 %b, [b];\n"
         "mov.u32 %t, %tid.x; mov.u32 %r0, %ctaid.x; mov.u32 %r1, %ntid.x; mad.lo.s32 %g, %r0, %r1, %t;\n"
         "mul.wide.u32 %i, %g, 4; add.s64 %a, %a, %i; add.s64 %b, %b, %i;\n" +
         body + "\nret;\n}\n";
}

static std::vector<uint32_t> counting(uint32_t count) {
  std::vector<uint32_t> values(count);
  std::iota(values.begin(), values.end(), 0);
  return values;
}

TEST(StandInProgram, LoadsAndStores) {
  Runner runner(kernel("ld.global.b32 %r2, [%b];\nadd.s32 %r2, %r2, 100;\nst.global.b32 [%a], %r2;"));
  for (uint32_t threads : {1, 3, 17, 33, 256}) {
    uint64_t in = runner.array(counting(3 * threads)), out = runner.space(12 * threads);
    runner.run("k", 3, threads, {out, in});
    std::vector<uint32_t> result = runner.read<uint32_t>(out, 3 * threads);
    for (uint32_t i = 0; i < result.size(); ++i)
      EXPECT_EQ(result[i], i + 100);
  }
}

TEST(StandInProgram, NarrowAndWideElements) {
  Runner runner(
      ".visible .entry k(.param .u64 a, .param .u64 b) {\n.reg .b16 %h<9>; .reg .b32 %r<9>; .reg .b64 %d<9>, %a, %b;\n"
      "ld.param.u64 %a, [a]; ld.param.u64 %b, [b];\n"
      "ld.global.u8 %h1, [%b]; ld.global.s8 %r1, [%b+1]; ld.global.s16 %d1, [%b+2]; ld.global.b16 %h2, [%b+2];\n"
      "ld.global.v4.b32 {%r2, %r3, %r4, %r5}, [%b+16]; ld.global.v2.b64 {%d2, %d3}, [%b+16]; ld.global.v2.u8 {%h3, "
      "%h4}, [%b];\n"
      "ld.global.s32 %d4, [%b+4];\n"
      "st.global.b16 [%a], %h1; st.global.b32 [%a+4], %r1; st.global.b64 [%a+8], %d1; st.global.b16 [%a+2], %h2;\n"
      "st.global.v4.b32 [%a+16], {%r5, %r4, %r3, %r2}; st.global.v2.b64 [%a+32], {%d3, %d2}; st.global.v2.b8 [%a+48], "
      "{%h4, %h3};\n"
      "st.global.b8 [%a+50], %r1; st.global.u8 [%a+51], 7; st.global.b64 [%a+56], %d4;\nret;\n}\n");
  std::vector<uint8_t> in(32);
  std::iota(in.begin(), in.end(), 0xf0);
  uint64_t out = runner.space(64);
  runner.run("k", 1, 1, {out, runner.array(in)});
  std::vector<uint8_t> expected = {0xf0, 0,    0xf2, 0xf3, 0xf1, 0xff, 0xff, 0xff,
                                   0xf2, 0xf3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  for (unsigned word : {3, 2, 1, 0})
    for (unsigned byte = 0; byte < 4; ++byte)
      expected.push_back(4 * word + byte);
  for (unsigned byte = 0; byte < 16; ++byte)
    expected.push_back(byte ^ 8);
  expected.insert(expected.end(),
                  {0xf1, 0xf0, 0xf1, 7, 0xcb, 0xcb, 0xcb, 0xcb, 0xf4, 0xf5, 0xf6, 0xf7, 0xff, 0xff, 0xff, 0xff});
  EXPECT_EQ(runner.read<uint8_t>(out, 64), expected);
}

TEST(StandInProgram, LanesPartAndMeetAgain) {
  // Each lane runs a loop of its own length; then a nested choice.
  Runner runner(kernel("mov.b32 %r2, 0; mov.b32 %r3, %t;\n$loop: setp.eq.s32 %p1, %r3, 0;\n@%p1 bra $done;\nadd.s32 "
                       "%r2, %r2, %r3; sub.s32 %r3, %r3, 1;\n"
                       "bra.uni $loop;\n$done: and.b32 %r4, %t, 1;\nsetp.ne.b32 %p2, %r4, 0;\n@!%p2 bra "
                       "$even;\nadd.s32 %r2, %r2, 1000;\nbra $end;\n$even:\n"
                       "setp.gt.u32 %p3, %t, 7;\n@%p3 add.s32 %r2, %r2, 5;\n$end: st.global.b32 [%a], %r2;"));
  uint64_t out = runner.space(4 * 40);
  runner.run("k", 1, 40, {out, out});
  std::vector<uint32_t> result = runner.read<uint32_t>(out, 40);
  for (uint32_t i = 0; i < 40; ++i)
    EXPECT_EQ(result[i], i * (i + 1) / 2 + (i % 2 ? 1000 : i > 7 ? 5 : 0));
}

TEST(StandInProgram, TablesOfBranches) {
  Runner runner(kernel("and.b32 %r2, %t, 3;\n$list: .branchtargets\n$zero, $one,\n$two, $zero;\nbrx.idx %r2, "
                       "$list;\n$one: mov.b32 %r3, 11;\nbra $end;\n"
                       "$two: mov.b32 %r3, 22;\nbra $end;\n$zero: mov.b32 %r3, 33;\n$end: st.global.b32 [%a], %r3;"));
  uint64_t out = runner.space(4 * 33);
  runner.run("k", 1, 33, {out, out});
  std::vector<uint32_t> result = runner.read<uint32_t>(out, 33);
  for (uint32_t i = 0; i < 33; ++i)
    EXPECT_EQ(result[i], i % 4 == 1 ? 11u : i % 4 == 2 ? 22u : 33u);
}

TEST(StandInProgram, SharedMemoryAndBarriers) {
  for (uint64_t seed : {0, 1, 2, 3}) {
    Runner runner(".shared .align 4 .b8 tile[1024];\n" +
                  kernel("ld.global.b32 %r2, [%b];\nmov.b64 %d1, tile;\nmul.wide.u32 %d2, %t, 4;\nadd.s64 %d3, %d1, "
                         "%d2;\nst.shared.b32 [%d3], %r2;\nbar.sync 0;\n"
                         "sub.s32 %r3, 255, %t;\nmul.wide.u32 %d4, %r3, 4;\nadd.s64 %d5, %d1, %d4;\nld.shared.b32 %r4, "
                         "[%d5];\nst.global.b32 [%a], %r4;"));
    runner.machine.seed = seed;
    uint64_t in = runner.array(counting(1024)), out = runner.space(4096);
    runner.run("k", 4, 256, {out, in});
    std::vector<uint32_t> result = runner.read<uint32_t>(out, 1024);
    for (uint32_t i = 0; i < 1024; ++i)
      EXPECT_EQ(result[i], i / 256 * 256 + 255 - i % 256);
  }
}

TEST(StandInProgram, SharedMemoryThatTheLaunchSizes) {
  Runner runner(".extern .shared .align 16 .b8 dynamic[];\n" +
                kernel("mov.b64 %d1, dynamic;\ncvta.shared.u64 %d1, %d1;\nmul.wide.u32 %d2, %t, 4;\nadd.s64 %d3, %d1, "
                       "%d2;\nst.b32 [%d3], %t;\nld.b32 %r4, [%d3];\nst.global.b32 [%a], %r4;"));
  uint64_t out = runner.space(4 * 33);
  runner.run("k", 1, 33, {out, out}, 4 * 33);
  EXPECT_EQ(runner.read<uint32_t>(out, 33), counting(33));
  EXPECT_TRUE(runner.faultOf("k", 1, 33, {out, out}, 4 * 32));
}

TEST(StandInProgram, CallsOfFunctions) {
  // As LLVM writes them, with a result in memory of the caller.
  Runner runner(R"(
.func (.param .b64 func_retval0) callee(.param .b64 callee_param_0, .param .b64 callee_param_1)
{
	.reg .pred %p<2>;
	.reg .b64 	%rd<5>;
	ld.param.b64 	%rd1, [callee_param_0];
	mul.rn.f64 	%rd2, %rd1, %rd1;
	ld.param.b64 	%rd3, [callee_param_1];
	st.b64 	[%rd3], %rd2;
	setp.gt.f64 %p1, %rd1, 0d4008000000000000;
	@%p1 bra $large;
	add.rn.f64 	%rd4, %rd2, 0d3FF0000000000000;
	st.param.b64 	[func_retval0], %rd4;
	ret;
$large:
	st.param.b64 	[func_retval0], %rd1;
	ret;
}
.func  (.param .align 16 .b8 func_retval0[8]) callee2(.param .align 16 .b8 callee2_param_0[16], .param .b32 callee2_param_1)
{
	.reg .b32 	%r<6>;
	ld.param.v4.b32 	{%r1, %r2, %r3, %r4}, [callee2_param_0];
	ld.param.b8 	%r5, [callee2_param_1];
	st.param.b32 	[func_retval0+4], %r5;
	st.param.b32 	[func_retval0], %r3;
	ret;
}
.visible .entry k(.param .u64 .ptr .global .align 1 out)
{
	.local .align 8 .b8 	__local_depot442[8];
	.reg .b64 	%SP, %SPL;
	.reg .b32 	%r<9>;
	.reg .b64 	%rd<12>;
	mov.b64 	%SPL, __local_depot442;
	cvta.local.u64 	%SP, %SPL;
	ld.param.b64 	%rd1, [out];
	mov.u32 %r7, %tid.x;
	cvt.rn.f64.u32 %rd2, %r7;
	mul.wide.u32 %rd9, %r7, 24;
	add.s64 %rd1, %rd1, %rd9;
	add.u64 	%rd3, %SP, 0;
	add.u64 	%rd4, %SPL, 0;
	{ // callseq 0, 0
	.param .b64 	param0;
	.param .b64 	param1;
	.param .b64 	retval0;
	st.param.b64 	[param1], %rd3;
	st.param.b64 	[param0], %rd2;
	call.uni (retval0), callee, (param0, param1);
	ld.param.b64 	%rd5, [retval0];
	} // callseq 0
	ld.local.b64 	%rd6, [%rd4];
	st.global.b64 	[%rd1], %rd6;
	st.global.b64 	[%rd1+8], %rd5;
	{ // callseq 1, 0
	.param .align 16 .b8 	param0[16];
	.param .b32 	param1;
	.param .align 16 .b8 	retval0[8];
	st.param.v4.b32 	[param0], {%r7, 1, %r7, 2};
	st.param.b32 	[param1], 259;
	call.uni (retval0), callee2, (param0, param1);
	ld.param.b32 	%r5, [retval0];
	ld.param.b32 	%r6, [retval0+4];
	} // callseq 1
	st.global.b32 	[%rd1+16], %r5;
	st.global.b32 	[%rd1+20], %r6;
	ret;
}
)");
  uint64_t out = runner.space(24 * 40);
  runner.run("k", 1, 40, {out});
  std::vector<double> numbers = runner.read<double>(out, 3 * 40);
  std::vector<uint32_t> words = runner.read<uint32_t>(out, 6 * 40);
  for (uint32_t i = 0; i < 40; ++i) {
    EXPECT_EQ(numbers[3 * i], double(i) * i);
    EXPECT_EQ(numbers[3 * i + 1], i > 3 ? double(i) : double(i) * i + 1);
    EXPECT_EQ(words[6 * i + 4], i);
    EXPECT_EQ(words[6 * i + 5], 3u);
  }
}

TEST(StandInProgram, VariablesOfModules) {
  Runner runner(".global .align 64 .b8 tab[20] = {0, 0, 128, 63, 1, 2, 3, 4};\n.const .align 8 .b8 values[16] = {5, 0, "
                "0, 0, 7};\n.global .align 4 .u32 count = -2;\n"
                ".global .align 4 .f32 number = 0f40A00000;\n.global .align 8 .f64 wide[2] = {0d4008000000000000, "
                "0d3FF0000000000000};\n" +
                kernel("ld.global.b32 %r2, [tab+4]; st.global.b32 [%a], %r2; ld.const.b32 %r2, [values+4]; "
                       "st.global.b32 [%a+4], %r2;\n"
                       "ld.global.b32 %r2, [count]; st.global.b32 [%a+8], %r2; ld.global.b32 %r2, [number]; "
                       "st.global.b32 [%a+12], %r2;\n"
                       "mov.b64 %d1, wide; ld.global.b64 %d2, [%d1+8]; st.global.b64 [%a+16], %d2; ld.global.b32 %r2, "
                       "[tab+16]; st.global.b32 [%a+24], %r2;\n"
                       "mov.b64 %d3, values; ld.const.b32 %r2, [%d3]; st.global.b32 [%a+28], %r2; mov.b64 %d4, tab+4; "
                       "ld.global.b32 %r2, [%d4]; st.global.b32 [%a+32], %r2;"));
  uint64_t out = runner.space(36);
  runner.run("k", 1, 1, {out, out});
  EXPECT_EQ(runner.read<uint32_t>(out, 9),
            (std::vector<uint32_t>{0x04030201, 7, 0xfffffffe, 0x40a00000, 0, 0x3ff00000, 0, 5, 0x04030201}));
}

TEST(StandInProgram, HalvesOfRegisters) {
  Runner runner(kernel("ld.global.b32 %r2, [%b];\nmov.b32 {%h1, %h2}, %r2;\nmov.b32 %r3, {%h2, %h1};\nmov.b64 %d1, "
                       "{%r3, %r2};\nmov.b64 {_, %r4}, %d1;\nmov.b64 {%h3, %h4, %h5, %h6}, %d1;\n"
                       "{ .reg .b16 tmp; mov.b32 {tmp, %h7}, %r3; }\ncvt.u32.u16 %r5, %h7;\ncvt.u32.u16 %r6, "
                       "%h3;\nmov.b64 %d2, {%h6, %h5, %h4, %h3};\ncvt.u32.u64 %r7, %d2;\n"
                       "st.global.b32 [%a], %r3; st.global.b32 [%a+4], %r4; st.global.b32 [%a+8], %r5; st.global.b32 "
                       "[%a+12], %r6; st.global.b32 [%a+16], %r7;"));
  uint64_t out = runner.space(20);
  runner.run("k", 1, 1, {out, runner.array<uint32_t>({0x12345678})});
  EXPECT_EQ(runner.read<uint32_t>(out, 5), (std::vector<uint32_t>{0x56781234, 0x12345678, 0x5678, 0x1234, 0x56781234}));
}

namespace {

/// One thread updates a word, and reads what it was.
struct AtomicCase {
  const char *operation;
  char letter;
  uint64_t old, operand, expected, second = 0;
};

} // namespace

TEST(StandInProgram, AtomicOperations) {
  constexpr uint64_t top = 0x80000000, ones = 0xffffffff, wide = 0x8000000000000000, all = ~uint64_t(0);
  for (const AtomicCase &c : {AtomicCase{"add.u32", 'r', ones, 2, 1},
                              AtomicCase{"add.s32", 'r', ones, 2, 1},
                              AtomicCase{"add.u64", 'd', all, 2, 1},
                              AtomicCase{"and.b32", 'r', 12, 10, 8},
                              AtomicCase{"or.b32", 'r', 12, 10, 14},
                              AtomicCase{"xor.b32", 'r', 12, 10, 6},
                              AtomicCase{"and.b64", 'd', 12, 10, 8},
                              AtomicCase{"or.b64", 'd', 12, 10, 14},
                              AtomicCase{"xor.b64", 'd', 12, 10, 6},
                              AtomicCase{"min.s32", 'r', 1, top, top},
                              AtomicCase{"min.u32", 'r', 1, top, 1},
                              AtomicCase{"max.s32", 'r', 1, top, 1},
                              AtomicCase{"max.u32", 'r', 1, top, top},
                              AtomicCase{"min.s64", 'd', 1, wide, wide},
                              AtomicCase{"min.u64", 'd', 1, wide, 1},
                              AtomicCase{"max.s64", 'd', 1, wide, 1},
                              AtomicCase{"max.u64", 'd', 1, wide, wide},
                              AtomicCase{"inc.u32", 'r', 4, 5, 5},
                              AtomicCase{"inc.u32", 'r', 5, 5, 0},
                              AtomicCase{"dec.u32", 'r', 0, 5, 5},
                              AtomicCase{"dec.u32", 'r', 5, 5, 4},
                              AtomicCase{"dec.u32", 'r', 6, 5, 5},
                              AtomicCase{"exch.b32", 'r', 1, 2, 2},
                              AtomicCase{"exch.b64", 'd', 1, 2, 2},
                              AtomicCase{"cas.b32", 'r', 1, 1, 9, 9},
                              AtomicCase{"cas.b32", 'r', 2, 1, 2, 9},
                              AtomicCase{"cas.b64", 'd', 1, 1, 9, 9},
                              AtomicCase{"cas.b16", 'h', 2, 2, 9, 9},
                              AtomicCase{"add.f32", 'r', 0x3f800000, 0x40000000, 0x40400000},
                              AtomicCase{"add.f32", 'r', 1, 1, 0},
                              AtomicCase{"add.f64", 'd', 1, 1, 2},
                              AtomicCase{"add.noftz.f16", 'h', 1, 1, 2},
                              AtomicCase{"add.noftz.bf16", 'h', 0x3f80, 0x4000, 0x4040}}) {
    std::string name(1, c.letter), type = c.letter == 'r' ? "b32" : c.letter == 'd' ? "b64" : "b16";
    std::string operands =
        ", [%a], %" + name + "2" + (std::string(c.operation).rfind("cas", 0) == 0 ? ", %" + name + "3" : "") + ";\n";
    for (const char *space : {".global", ".relaxed.gpu.global", ".acq_rel.sys", ".gpu.global"}) {
      std::string infix = space;
      if (infix == ".gpu.global")
        infix = ".global.gpu";
      Runner runner(kernel("ld.global." + type + " %" + name + "2, [%b];\nld.global." + type + " %" + name +
                           "3, [%b+8];\natom" + infix + "." + c.operation + " %" + name + "4" + operands +
                           "st.global." + type + " [%b+16], %" + name + "4;"));
      uint64_t word = runner.array<uint64_t>({c.old}), others = runner.array<uint64_t>({c.operand, c.second, 0});
      runner.run("k", 1, 1, {word, others});
      EXPECT_EQ(runner.read<uint64_t>(word, 1)[0], c.expected) << infix << " " << c.operation;
      EXPECT_EQ(runner.read<uint64_t>(others, 3)[2], c.old) << infix << " " << c.operation;
    }
  }
}

TEST(StandInProgram, AtomicsOfAllThreads) {
  // Each thread gets a number of its own; sums of f32 in shared memory keep subnormal numbers.
  for (uint64_t seed : {0, 1, 5}) {
    Runner runner(".shared .align 4 .b8 sum[4];\n" +
                  kernel("ld.param.b64 %d1, [a];\natom.global.add.u32 %r2, [%d1], 1;\nmul.wide.u32 %d2, %r2, "
                         "4;\nadd.s64 %d3, %d1, %d2;\nst.global.b32 [%d3+4], %g;\n"
                         "setp.ne.s32 %p1, %t, 0;\n@!%p1 st.shared.b32 [sum], 0;\nbar.sync 0;\natom.shared.add.f32 _, "
                         "[sum], 0f00000001;\nred.shared.max.u32 [sum], 0;\nbar.sync 0;\n"
                         "@!%p1 ld.shared.b32 %r3, [sum];\n@!%p1 st.global.b32 [%b], %r3;"));
    runner.machine.seed = seed;
    uint64_t sums = runner.space(4 * 128);
    uint64_t all = runner.space(4 * 129);
    std::memset(runner.memory.find(all)->states.get(), Written, 4);
    std::memset(runner.memory.find(all)->data.get(), 0, 4);
    runner.run("k", 2, 64, {all, sums});
    std::vector<uint32_t> numbers = runner.read<uint32_t>(all, 129);
    EXPECT_EQ(numbers[0], 128u);
    std::sort(numbers.begin() + 1, numbers.end());
    for (uint32_t i = 0; i < 128; ++i)
      EXPECT_EQ(numbers[i + 1], i);
    EXPECT_EQ(runner.read<uint32_t>(sums, 65)[0], 64u);
    EXPECT_EQ(runner.read<uint32_t>(sums, 65)[64], 64u);
  }
}

TEST(StandInProgram, Dimensions) {
  Runner runner(".visible .entry k(.param .u64 a) {\n.reg .b32 %r<20>; .reg .b64 %d<9>;\nld.param.u64 %d1, [a];\n"
                "mov.u32 %r1, %tid.x; mov.u32 %r2, %tid.y; mov.u32 %r3, %tid.z; mov.u32 %r4, %ntid.x; mov.u32 %r5, "
                "%ntid.y; mov.u32 %r6, %ntid.z;\n"
                "mov.u32 %r7, %ctaid.x; mov.u32 %r8, %ctaid.y; mov.u32 %r9, %ctaid.z; mov.u32 %r10, %nctaid.x; mov.u32 "
                "%r11, %nctaid.y; mov.u32 %r12, %nctaid.z;\n"
                "mad.lo.s32 %r13, %r9, %r11, %r8; mad.lo.s32 %r13, %r13, %r10, %r7; mad.lo.s32 %r13, %r13, %r6, %r3; "
                "mad.lo.s32 %r13, %r13, %r5, %r2; mad.lo.s32 %r13, %r13, %r4, %r1;\n"
                "mul.wide.u32 %d2, %r13, 8; add.s64 %d1, %d1, %d2; mov.u32 %r14, %laneid; st.global.v2.b32 [%d1], "
                "{%r13, %r14};\nret;\n}\n");
  Launch launch;
  std::copy_n(std::begin({2u, 3u, 2u}), 3, launch.grid);
  std::copy_n(std::begin({5u, 3u, 3u}), 3, launch.block);
  uint64_t out = runner.space(8 * 12 * 45);
  launch.parameters.resize(8);
  std::memcpy(launch.parameters.data(), &out, 8);
  runner.machine.run(*runner.module.kernel("k"), launch);
  std::vector<uint32_t> result = runner.read<uint32_t>(out, 2 * 12 * 45);
  for (uint32_t i = 0; i < 12 * 45; ++i) {
    EXPECT_EQ(result[2 * i], i);
    EXPECT_EQ(result[2 * i + 1], i % 45 % 32);
  }
}

TEST(StandInProgram, Shuffles) {
  Runner runner(kernel("shfl.sync.bfly.b32 %r2, %t, 16, 31, -1;\nshfl.sync.down.b32 %r3, %t, 4, 31, "
                       "-1;\nshfl.sync.up.b32 %r4, %t, 4, 0, -1;\nshfl.sync.idx.b32 %r5, %t, 3, 0x181f, -1;\n"
                       "mad.lo.s32 %r6, %r3, 100, %r2; mad.lo.s32 %r6, %r4, 10000, %r6; mad.lo.s32 %r6, %r5, 1000000, "
                       "%r6;\nst.global.b32 [%a], %r6;"));
  uint64_t out = runner.space(128);
  runner.run("k", 1, 32, {out, out});
  std::vector<uint32_t> result = runner.read<uint32_t>(out, 32);
  for (uint32_t i = 0; i < 32; ++i)
    EXPECT_EQ(result[i],
              (i ^ 16) + 100 * (i < 28 ? i + 4 : i) + 10000 * (i < 4 ? i : i - 4) + 1000000 * (i / 8 * 8 + 3));
  // The other lanes come later, by a longer way.
  Runner late(kernel("setp.gt.u32 %p1, %t, 9;\nmov.b32 %r2, %t;\n@%p1 bra $far;\n$join: shfl.sync.bfly.b32 %r3, %r2, "
                     "31, 31, -1;\nst.global.b32 [%a], %r3;\nret;\n$far: add.s32 %r2, %r2, 100;\nbra $join;"));
  late.run("k", 1, 32, {out = late.space(128), out});
  result = late.read<uint32_t>(out, 32);
  for (uint32_t i = 0; i < 32; ++i)
    EXPECT_EQ(result[i], (31 - i) + (31 - i > 9 ? 100 : 0));
  EXPECT_EQ(late.faultOf("k", 1, 31, {out, out})->kind, FaultKind::Barrier);
}

TEST(StandInProgram, WhatIsRefused) {
  auto error = [](const std::string &statement) { return errorOf(kernel("\n" + statement)); };
  EXPECT_EQ(error("ex2.approx.f32 %r1, %r2;"), "10: the opcode 'ex2.approx.f32' is not one that the stand-in executes: "
                                               "approximate results differ from device to device");
  EXPECT_EQ(error("div.full.f32 %r1, %r2, %r3;"), "10: the opcode 'div.full.f32' is not one that the stand-in "
                                                  "executes: approximate results differ from device to device");
  EXPECT_EQ(error("add.f32 %r1, %r2, %r3;"),
            "10: 'add.f32' has no rounding mode, so that it may or may not be fused: expects 'add.rn'");
  EXPECT_EQ(error("mul.ftz.f32 %r1, %r2, %r3;"),
            "10: 'mul.ftz.f32' has no rounding mode, so that it may or may not be fused: expects 'mul.rn'");
  EXPECT_EQ(error("vote.sync.any.pred %p1, %p2, -1;"),
            "10: the opcode 'vote.sync.any.pred' is not one that the stand-in executes");
  EXPECT_EQ(error("ld.acquire.gpu.global.b32 %r1, [%a];"),
            "10: the opcode 'ld.acquire.gpu.global.b32' is not one that the stand-in executes");
  EXPECT_EQ(error("add.s32 %r1, %r2;"), "10: 'add.s32' expects 3 operands, but got 2");
  EXPECT_EQ(error("add.s32 %r1, %r2, %d3;"), "10: 'add.s32' expects registers of 32 bits, but '%d3' has 64");
  EXPECT_EQ(error("add.rn.f32 %r1, %r2, 1;"), "10: 'add.rn.f32' expects a floating-point constant");
  EXPECT_EQ(error("add.rn.f64 %d1, %d2, 0f3F800000;"), "10: 'add.rn.f64' expects a constant of 64 bits");
  EXPECT_EQ(error("mov.b32 %r1, %q;"), "10: the register '%q' is not declared");
  EXPECT_EQ(error("lop3.b32 %r1, %r2, %r3, %r4, %r5;"), "10: 'lop3.b32' expects a constant from 0 to 255 as its table");
  EXPECT_EQ(error("bra $nowhere;"), "10: the label '$nowhere' is not there");
  EXPECT_EQ(error("bar.sync 1;"), "10: barriers other than number 0 of all threads are not modelled");
  EXPECT_EQ(error("ld.global.b32 %r1, [nothing];"), "10: 'nothing' is not declared");
  EXPECT_EQ(error("{ call.uni vprintf; }"), "10: Unresolved extern function 'vprintf'");
  EXPECT_EQ(error("add.s32 %r1, %r2, 3"), "11: expects ';', but got 'ret'");
  EXPECT_EQ(errorOf(".global .align 4 .b8 x[2] = {1, 2, 3};"), "4: 'x' has more initial values than elements");
  EXPECT_EQ(errorOf(".extern .global .align 4 .b8 x[2];"), "4: 'x' is external: there is nothing to link with");
  EXPECT_EQ(errorOf(".func f() { ret; }\n.func f() { ret; }"), "5: 'f' is defined twice");
  EXPECT_EQ(errorOf(".func f() { call.uni f; ret; }\n.entry k() { call.uni f; ret; }"),
            "4: 'f' calls itself, which is not modelled");
  EXPECT_EQ(errorOf(".shared .align 4 .b8 x[49156];\n.entry k() { .reg .b32 %r; ld.shared.b32 %r, [x]; }"),
            "5: uses too much shared data (49156 bytes, 49152 max)");
  EXPECT_EQ(errorOf(".visible .entry k() {\n.reg .b32 %r;"), "5: the body of 'k' has no end");
}
