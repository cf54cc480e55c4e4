//===- ChecksTest.cpp - What the stand-in finds wrong ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For each fault a kernel that has it, and one like it that does not.
//
//===----------------------------------------------------------------------===//

#include "Runner.h"

using namespace remat::standin;
using namespace remat::standin::test;

/// %a and %b are the arguments, %t the thread, %g the thread of the launch, %i and %j their offsets in words.
static std::string kernel(const std::string &body) {
  return ".shared .align 16 .b8 tile[256];\n.shared .align 16 .b8 other[256];\n.visible .entry k(.param .u64 a, .param "
         ".u64 b) {\n"
         ".reg .pred %p<9>; .reg .b16 %h<9>; .reg .b32 %r<9>, %t, %g; .reg .b64 %d<9>, %a, %b, %i, %j, %s;\n"
         "ld.param.u64 %a, [a]; ld.param.b64 %b, [b]; mov.u32 %t, %tid.x; mov.u32 %r0, %ctaid.x; mov.u32 %r1, %ntid.x; "
         "mad.lo.s32 %g, %r0, %r1, %t;\n"
         "mul.wide.u32 %i, %t, 4; mul.wide.u32 %j, %g, 4; mov.b64 %s, tile;\n" +
         body + "\nret;\n}\n";
}

namespace {

/// A kernel on one or two blocks, and how it ends: "" or a part of the report.
struct Check {
  const char *body;
  FaultKind kind;
  const char *report;
  uint32_t blocks = 1, threads = 32;
};

} // namespace

static void expectChecks(const std::vector<Check> &checks) {
  for (const Check &check : checks)
    for (uint64_t seed : {0, 1, 7}) {
      Runner runner(kernel(check.body));
      runner.machine.seed = seed;
      // 64 words that are written, then 64 that are not.
      uint64_t words = runner.array(std::vector<uint32_t>(64)), space = runner.space(256);
      std::optional<Fault> fault = runner.faultOf("k", check.blocks, check.threads, {words, space});
      EXPECT_EQ(fault.has_value(), *check.report != 0) << check.body << "\n" << (fault ? fault->what() : "no fault");
      if (!fault || !*check.report)
        continue;
      EXPECT_EQ(fault->kind, check.kind) << fault->what();
      if (seed == 0) {
        EXPECT_NE(std::string(fault->what()).find(check.report), std::string::npos) << check.body << "\n"
                                                                                    << fault->what();
      }
    }
}

static constexpr FaultKind None = FaultKind::Trap;

TEST(StandInChecks, Bounds) {
  expectChecks({
      {"ld.global.b32 %r2, [%a+252];", None, ""},
      {"ld.global.b32 %r2, [%a+256];", FaultKind::OutOfBounds,
       "k, line 10 of the PTX, block (0, 0, 0), thread (0, 0, 0): reads 4 bytes at 0x"},
      {"ld.global.b8 %r2, [%a+256];", FaultKind::OutOfBounds,
       "outside of every allocation: one of 256 bytes ends just before"},
      {"ld.global.b8 %r2, [%a+-1];", FaultKind::OutOfBounds,
       "outside of every allocation: one of 256 bytes begins just behind"},
      {"add.s64 %a, %a, %i;\nld.global.b32 %r2, [%a+128];", None, ""},
      {"add.s64 %a, %a, %i;\nld.global.b32 %r2, [%a+132];", FaultKind::OutOfBounds, "thread (31, 0, 0): reads 4 bytes"},
      {"add.s64 %a, %a, %i;\n@%p1 ld.global.b32 %r2, [%a+132];", FaultKind::OutOfBounds,
       "thread (31, 0, 0): reads 4 bytes"},
      {"setp.lt.u32 %p1, %t, 31;\nadd.s64 %a, %a, %i;\n@%p1 ld.global.b32 %r2, [%a+132];", None, ""},
      {"ld.global.v4.b32 {%r2, %r3, %r4, %r5}, [%a+240];", None, ""},
      {"ld.global.v4.b32 {%r2, %r3, %r4, %r5}, [%a+256];", FaultKind::OutOfBounds, "reads 16 bytes"},
      {"mov.b64 %a, 0;\nld.global.b32 %r2, [%a];", FaultKind::OutOfBounds,
       "reads 4 bytes at 0x0, outside of every allocation"},
      {"mov.b64 %a, 0;\nst.global.b32 [%a], 1;", FaultKind::OutOfBounds, "writes 4 bytes at 0x0"},
      {"mov.b64 %a, 0;\natom.global.add.u32 %r2, [%a], 1;", FaultKind::OutOfBounds, "updates 4 bytes at 0x0"},
      {"mov.b64 %a, 0;\nld.b32 %r2, [%a];", FaultKind::OutOfBounds, "reads 4 bytes at 0x0"},
      // Variables of shared memory have room between them.
      {"st.shared.b8 [tile+255], 1;", None, "", 1, 1},
      {"st.shared.b8 [tile+256], 1;", FaultKind::OutOfBounds, "where byte 0 is outside of every variable", 1, 1},
      {"mov.b64 %d1, other;\nst.shared.b8 [%d1+-1], 1;", FaultKind::OutOfBounds,
       "where byte 0 is outside of every variable", 1, 1},
      {"mov.b64 %d1, other;\nst.shared.b8 [%d1+999], 1;", FaultKind::OutOfBounds, "bytes of shared memory", 1, 1},
      {".local .align 8 .b8 frame[8];\nmov.b64 %d1, frame;\nst.local.b32 [%d1+4], 1;\nld.local.b32 %r2, [%d1+4];", None,
       ""},
      {".local .align 8 .b8 frame[8];\nmov.b64 %d1, frame;\nst.local.b32 [%d1+8], 1;", FaultKind::OutOfBounds,
       "outside of every variable"},
      {".local .align 8 .b8 frame[8];\nmov.b64 %d1, frame;\ncvta.local.u64 %d1, %d1;\nst.b32 [%d1+64], 1;",
       FaultKind::OutOfBounds, "bytes of local memory"},
  });
}

TEST(StandInChecks, FreedMemory) {
  Runner runner(kernel("ld.global.b32 %r2, [%a];"));
  uint64_t words = runner.array(std::vector<uint32_t>(1));
  EXPECT_FALSE(runner.faultOf("k", 1, 1, {words, 0}));
  runner.memory.release(words);
  EXPECT_NE(runner.array(std::vector<uint32_t>(1)), words);
  EXPECT_EQ(runner.faultOf("k", 1, 1, {words, 0})->kind, FaultKind::OutOfBounds);
}

TEST(StandInChecks, Alignment) {
  expectChecks({
      {"ld.global.b16 %r2, [%a+2];", None, ""},
      {"ld.global.b32 %r2, [%a+2];", FaultKind::Misaligned, "which is no multiple of 4"},
      {"ld.global.b64 %d2, [%a+4];", FaultKind::Misaligned, "which is no multiple of 8"},
      {"ld.global.v2.b32 {%r2, %r3}, [%a+4];", FaultKind::Misaligned, "which is no multiple of 8"},
      {"ld.global.v4.b32 {%r2, %r3, %r4, %r5}, [%a+8];", FaultKind::Misaligned, "which is no multiple of 16"},
      {"st.shared.b32 [tile+2], 1;", FaultKind::Misaligned, "which is no multiple of 4", 1, 1},
      {"shl.b32 %r3, %t, 1;\ncvt.u64.u32 %d1, %r3;\nadd.s64 %a, %a, %d1;\nld.global.b32 %r2, [%a];",
       FaultKind::Misaligned, "thread (1, 0, 0): reads 4 bytes"},
  });
}

TEST(StandInChecks, BytesNeverWritten) {
  expectChecks({
      {"ld.global.b32 %r2, [%b];", FaultKind::NeverWritten, "where byte 0 was never written"},
      {"add.s64 %b, %b, %i;\nld.global.b32 %r2, [%b];", FaultKind::NeverWritten, "thread (0, 0, 0): reads 4 bytes"},
      {"st.global.b32 [%b], 1;\nld.global.b32 %r2, [%b];", None, "", 1, 1},
      {"st.global.b16 [%b], 1;\nld.global.b32 %r2, [%b];", FaultKind::NeverWritten, "where byte 2 was never written", 1,
       1},
      {"add.s64 %b, %b, %i;\nst.global.b32 [%b], 1;\nld.global.b32 %r2, [%b];", None, ""},
      {"setp.ne.u32 %p1, %t, 5;\nadd.s64 %b, %b, %i;\n@%p1 st.global.b32 [%b], 1;\nld.global.b32 %r2, [%b];",
       FaultKind::NeverWritten, "line 13 of the PTX, block (0, 0, 0), thread (5, 0, 0)"},
      {"atom.global.add.u32 %r2, [%b], 1;", FaultKind::NeverWritten, "updates 4 bytes"},
      {"ld.shared.b32 %r2, [tile];", FaultKind::NeverWritten, "reads 4 bytes at 0x"},
      // What another block wrote to shared memory is not there.
      {"setp.eq.u32 %p1, %r0, 0;\n@%p1 st.shared.b32 [tile], 1;\nld.shared.b32 %r2, [tile];", FaultKind::NeverWritten,
       "block (1, 0, 0)", 2, 1},
      {".local .align 8 .b8 frame[8];\nld.local.b32 %r2, [frame];", FaultKind::NeverWritten,
       "where byte 0 was never written"},
  });
}

TEST(StandInChecks, RacesInABlock) {
  const char *exchange = "add.s64 %d1, %s, %i;\nst.shared.b32 [%d1], %t;\nbar.sync 0;\nxor.b32 %r2, %t, "
                         "33;\nmul.wide.u32 %d2, %r2, 4;\nadd.s64 %d3, %s, %d2;\nld.shared.b32 %r3, [%d3];";
  const char *without = "add.s64 %d1, %s, %i;\nst.shared.b32 [%d1], %t;\nxor.b32 %r2, %t, 1;\nmul.wide.u32 %d2, %r2, "
                        "4;\nadd.s64 %d3, %s, %d2;\nld.shared.b32 %r3, [%d3];";
  const char *again = "add.s64 %d1, %s, %i;\nst.shared.b32 [%d1], %t;\nbar.sync 0;\nxor.b32 %r2, %t, 33;\nmul.wide.u32 "
                      "%d2, %r2, 4;\nadd.s64 %d3, %s, %d2;\nld.shared.b32 %r3, [%d3];\nst.shared.b32 [%d1], %r3;";
  const char *twice =
      "add.s64 %d1, %s, %i;\nst.shared.b32 [%d1], %t;\nbar.sync 0;\nxor.b32 %r2, %t, 33;\nmul.wide.u32 %d2, %r2, "
      "4;\nadd.s64 %d3, %s, %d2;\nld.shared.b32 %r3, [%d3];\nbar.sync 0;\nst.shared.b32 [%d1], %r3;";
  expectChecks({
      {exchange, None, "", 2, 64},
      {without, FaultKind::Race, "reads 4 bytes at 0x4 in shared memory, a race: thread (1, 0, 0) accessed it"},
      {again, FaultKind::Race, "in shared memory, a race: ", 2, 64},
      {twice, None, "", 2, 64},
      // One word, many threads.
      {"st.shared.b32 [tile], %t;", FaultKind::Race,
       "thread (1, 0, 0): writes 4 bytes at 0x0 in shared memory, a race: thread (0, 0, 0) accessed it without a "
       "barrier between"},
      {"st.global.b32 [%a], 1;", FaultKind::Race, "a race: thread (0, 0, 0) accessed it"},
      {"st.global.b32 [%a], 1;", None, "", 1, 1},
      {"setp.eq.u32 %p1, %t, 0;\n@%p1 st.global.b32 [%a], 1;", None, ""},
      {"ld.global.b32 %r2, [%a];\nsetp.eq.u32 %p1, %t, 3;\n@%p1 st.global.b32 [%a], 1;", FaultKind::Race,
       "a race: several threads accessed it"},
      {"ld.global.b32 %r2, [%a];\nbar.sync 0;\nsetp.eq.u32 %p1, %t, 3;\n@%p1 st.global.b32 [%a], 1;", None, ""},
      {"setp.eq.u32 %p1, %t, 3;\n@%p1 st.global.b32 [%a], 1;\nld.global.b32 %r2, [%a];", FaultKind::Race,
       "a race: thread (3, 0, 0) accessed it"},
      {"setp.eq.u32 %p1, %t, 3;\n@%p1 st.global.b32 [%a], 1;\nbar.sync 0;\nld.global.b32 %r2, [%a];", None, ""},
      // Bytes and halves of a word are their threads' own.
      {"cvt.u64.u32 %d1, %t;\nadd.s64 %d2, %a, %d1;\nst.global.b8 [%d2], 1;\nld.global.b8 %r2, [%d2];", None, "", 1,
       64},
      {"cvt.u64.u32 %d1, %t;\nadd.s64 %d2, %a, %d1;\nst.global.b8 [%d2], 1;\nld.global.b8 %r2, [%d2+1];",
       FaultKind::Race, "reads 1 bytes"},
      {"shl.b64 %d1, %i, 0;\nshr.u64 %d1, %d1, 1;\nadd.s64 %d2, %s, %d1;\nst.shared.b16 [%d2], 1;\nld.shared.b16 %r2, "
       "[%d2];",
       None, "", 1, 64},
      {"setp.eq.u32 %p1, %t, 0;\n@%p1 st.global.b32 [%a], 1;\n@!%p1 ld.global.b8 %r2, [%a+3];", FaultKind::Race,
       "reads 1 bytes"},
      // Atomic operations race with others only.
      {"atom.global.add.u32 %r2, [%a], 1;", None, "", 2, 64},
      {"atom.global.add.u32 %r2, [%a], 1;\nld.global.b32 %r3, [%a];", FaultKind::Race,
       "a race: several threads accessed it"},
      {"atom.global.add.u32 %r2, [%a], 1;\nbar.sync 0;\nld.global.b32 %r3, [%a];", None, ""},
      {"ld.global.b32 %r3, [%a];\natom.global.add.u32 %r2, [%a], 1;", FaultKind::Race, "updates 4 bytes"},
  });
}

TEST(StandInChecks, RacesBetweenBlocks) {
  expectChecks({
      {"add.s64 %a, %a, %j;\nst.global.b32 [%a], 1;", None, "", 2, 32},
      {"add.s64 %a, %a, %i;\nst.global.b32 [%a], 1;", FaultKind::Race,
       "block (1, 0, 0), thread (0, 0, 0): writes 4 bytes", 2, 32},
      {"add.s64 %a, %a, %i;\nst.global.b32 [%a], 1;", FaultKind::Race,
       "a race: thread (0, 0, 0) of block (0, 0, 0) accessed it", 2, 32},
      {"add.s64 %a, %a, %i;\nld.global.b32 %r2, [%a];", None, "", 2, 32},
      // Block 1 reads what block 0 writes, and the other way round, whichever is first.
      {"setp.eq.u32 %p1, %r0, 0;\nadd.s64 %a, %a, %i;\n@%p1 st.global.b32 [%a], 1;\n@!%p1 ld.global.b32 %r2, [%a];",
       FaultKind::Race, "reads 4 bytes", 2, 32},
      {"setp.eq.u32 %p1, %r0, 1;\nadd.s64 %a, %a, %i;\n@%p1 st.global.b32 [%a], 1;\n@!%p1 ld.global.b32 %r2, [%a];",
       FaultKind::Race, "writes 4 bytes", 2, 32},
      // A barrier orders the threads of a block only.
      {"setp.eq.u32 %p1, %r0, 1;\nadd.s64 %a, %a, %i;\n@%p1 st.global.b32 [%a], 1;\nbar.sync 0;\n@!%p1 ld.global.b32 "
       "%r2, [%a];",
       FaultKind::Race, "writes 4 bytes", 2, 32},
      {"add.s64 %a, %a, %j;\nld.global.b32 %r2, [%a];\nst.global.b32 [%a], %r2;", None, "", 2, 32},
      // Four words of one thread, then one of another block.
      {"setp.eq.u32 %p1, %r0, 0;\n@%p1 st.global.v4.b32 [%a], {1, 2, 3, 4};\n@!%p1 st.global.b32 [%a+12], 5;",
       FaultKind::Race, "a race", 2, 1},
      {"setp.eq.u32 %p1, %r0, 0;\n@%p1 st.global.v4.b32 [%a], {1, 2, 3, 4};\n@!%p1 st.global.b32 [%a+16], 5;", None, "",
       2, 1},
      // Memory that is read as constant may not be written by the launch, before or after.
      {"add.s64 %a, %a, %j;\nld.global.nc.b32 %r2, [%a];\nbar.sync 0;\nst.global.b32 [%a], %r2;", FaultKind::Race,
       "writes 4 bytes"},
      {"add.s64 %a, %a, %j;\nst.global.b32 [%a], 1;\nbar.sync 0;\nld.global.nc.b32 %r2, [%a];", FaultKind::Race,
       "as constant data, but thread (0, 0, 0) accessed it"},
      {"add.s64 %a, %a, %j;\nld.global.nc.b32 %r2, [%a];\nld.global.nc.b32 %r2, [%a];", None, "", 2, 32},
  });
}

TEST(StandInChecks, LaunchesAreOrdered) {
  Runner runner(
      kernel("add.s64 %a, %a, %i;\nld.global.nc.b32 %r2, [%a];\nadd.s64 %b, %b, %j;\nst.global.b32 [%b], %r2;"));
  uint64_t first = runner.array(std::vector<uint32_t>(64)), second = runner.array(std::vector<uint32_t>(64));
  EXPECT_FALSE(runner.faultOf("k", 2, 32, {first, second}));
  EXPECT_FALSE(runner.faultOf("k", 2, 32, {second, first}));
  EXPECT_TRUE(runner.faultOf("k", 2, 32, {second, second}));
}

TEST(StandInChecks, Barriers) {
  expectChecks({
      {"setp.lt.u32 %p1, %t, 32;\n@%p1 bar.sync 0;", FaultKind::Barrier,
       "waits at a barrier that is divergent: thread (32, 0, 0) has ended", 1, 64},
      {"setp.lt.u32 %p1, %t, 5;\n@%p1 bra $out;\nbar.sync 0;\n$out:", FaultKind::Barrier,
       "thread (5, 0, 0): waits at a barrier that is divergent: thread (0, 0, 0) has ended"},
      {"setp.lt.u32 %p1, %t, 5;\n@%p1 bra $out;\nbar.sync 0;\nbra $end;\n$out: bar.sync 0;\n$end:", FaultKind::Barrier,
       "waits at a barrier that is divergent: thread "},
      {"setp.lt.u32 %p1, %t, 32;\n@%p1 bra $out;\nbar.sync 0;\nbra $end;\n$out: bar.sync 0;\n$end:", FaultKind::Barrier,
       "waits at a barrier that is divergent: thread ", 1, 64},
      // Different numbers of turns.
      {"mov.b32 %r2, %t;\n$loop: bar.sync 0;\nadd.s32 %r2, %r2, 1;\nsetp.lt.u32 %p1, %r2, 40;\n@%p1 bra $loop;",
       FaultKind::Barrier, "has ended"},
      {"mov.b32 %r2, 0;\n$loop: bar.sync 0;\nadd.s32 %r2, %r2, 1;\nsetp.lt.u32 %p1, %r2, 40;\n@%p1 bra $loop;", None,
       "", 2, 64},
      // Lanes that come later, by a longer way, come.
      {"setp.lt.u32 %p1, %t, 5;\n@%p1 bra $far;\n$join: bar.sync 0;\nret;\n$far: add.s32 %r2, %t, 1;\nbra $join;", None,
       "", 1, 64},
  });
}

TEST(StandInChecks, Others) {
  expectChecks({
      {"mov.b32 %r2, 0;\ndiv.s32 %r3, %t, %r2;", FaultKind::Division, "divides an integer by zero"},
      {"rem.u64 %d1, %d2, %i;", FaultKind::Division, "thread (0, 0, 0): divides an integer by zero"},
      {"setp.ne.u32 %p1, %t, 0;\n@%p1 rem.u64 %d1, %d2, %i;", None, ""},
      {"setp.eq.u32 %p1, %t, 9;\n@%p1 trap;", FaultKind::Trap, "thread (9, 0, 0): runs into a trap"},
      {"$l: .branchtargets $x, $x;\nbrx.idx %t, $l;\n$x:", FaultKind::OutOfBounds, "branches to entry 2 of 2"},
      {"atom.add.u32 %r2, [%a], 1;", None, ""},
      {".local .align 8 .b8 frame[8];\nmov.b64 %d1, frame;\nst.local.b32 [%d1], 1;\ncvta.local.u64 %d1, "
       "%d1;\natom.add.u32 %r2, [%d1], 1;",
       FaultKind::OutOfBounds, "updates local memory"},
  });
  Runner constants(".const .align 4 .b8 values[4] = {1};\n" +
                   kernel("mov.b64 %d1, values;\ncvta.const.u64 %d2, %d1;\nst.b32 [%d2], 1;"));
  EXPECT_EQ(constants.faultOf("k", 1, 1, {0, 0})->kind, FaultKind::Constant);
  Runner endless(kernel("$l: bra $l;"));
  endless.machine.limit = 1000;
  EXPECT_EQ(endless.faultOf("k", 1, 1, {0, 0})->kind, FaultKind::Endless);
}

TEST(StandInChecks, Traffic) {
  struct Case {
    const char *body;
    uint64_t bytes, sectors;
  };
  const Case cases[] = {
      // Neighbours, one for all, every second word, and one lane across from the others.
      {"add.s64 %a, %a, %i; ld.global.b32 %r2, [%a];", 128, 4},
      {"ld.global.b32 %r2, [%a];", 128, 1},
      {"shl.b64 %i, %i, 1; add.s64 %a, %a, %i; st.global.b16 [%a], %h1;", 64, 8},
      {"add.s64 %a, %a, %i; ld.global.b32 %r2, [%a+4];", 128, 5},
      // Shared memory is on the chip.
      {"add.s64 %s, %s, %i; st.shared.b32 [%s], %t;", 0, 0},
  };
  for (const Case &check : cases) {
    Runner runner(kernel(check.body));
    runner.machine.countsTraffic = true;
    uint64_t words = runner.array(std::vector<uint32_t>(64)), space = runner.space(256);
    runner.run("k", 1, 32, {words, space});
    EXPECT_EQ(runner.machine.traffic["k"].bytes, check.bytes) << check.body;
    EXPECT_EQ(runner.machine.traffic["k"].sectors, check.sectors) << check.body;
  }
}
