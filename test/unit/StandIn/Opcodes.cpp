//===- Opcodes.cpp - Single opcodes and what they must give ---------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Opcodes.h"

#include "Runner.h"

#include <set>

using namespace remat::standin;
using namespace remat::standin::test;

static std::string registerName(char letter, unsigned number) {
  return std::string("%") +
         (letter == 'h'   ? "h"
          : letter == 'r' ? "r"
          : letter == 'd' ? "d"
                          : "p") +
         std::to_string(number);
}

/// The opcodes that were tried.
static std::set<std::string> &tried() {
  static std::set<std::string> names;
  return names;
}

/// A kernel that loads words of 64 bits, one array per operand, executes the opcode and stores a word.
static std::string kernelFor(const std::string &opcode, const std::string &signature, const std::string &constants) {
  std::string text = ".visible .entry k(.param .u64 out, .param .u64 in, .param .u64 count) {\n"
                     ".reg .pred %p<9>;\n.reg .b16 %h<9>;\n.reg .b32 %r<9>, %t;\n.reg .b64 %d<9>, %a, %o, %n, %w, %i;\n"
                     ".reg .pred %q;\n"
                     "mov.u32 %t, %tid.x;\nmul.wide.u32 %i, %t, 8;\nld.param.u64 %o, [out];\nadd.u64 %o, %o, %i;\n"
                     "ld.param.u64 %a, [in];\nadd.u64 %a, %a, %i;\nld.param.u64 %n, [count];\ncvt.u64.u32 %w, %t;\n"
                     "setp.ge.u64 %q, %w, %n;\n@%q bra $end;\nshl.b64 %n, %n, 3;\n";
  std::string arguments;
  for (size_t index = 2; index < signature.size(); ++index) {
    char letter = signature[index];
    std::string name = registerName(letter, index - 1);
    text += "ld.global.b64 %w, [%a];\nadd.u64 %a, %a, %n;\n";
    if (letter == 'p')
      text += "setp.ne.u64 " + name + ", %w, 0;\n";
    else if (letter == 'd')
      text += "mov.b64 " + name + ", %w;\n";
    else
      text += "cvt.u" + std::string(letter == 'h' ? "16" : "32") + ".u64 " + name + ", %w;\n";
    arguments += ", " + name;
  }
  std::string result = registerName(signature[0], 0);
  text += opcode + " " + result + arguments + constants + ";\n";
  if (signature[0] == 'p')
    text += "selp.b64 %w, 1, 0, " + result + ";\n";
  else if (signature[0] == 'd')
    text += "mov.b64 %w, " + result + ";\n";
  else
    text += "cvt.u64.u" + std::string(signature[0] == 'h' ? "16" : "32") + " %w, " + result + ";\n";
  return text + "st.global.b64 [%o], %w;\n$end: ret;\n}\n";
}

static std::string hex(uint64_t value) {
  char text[32];
  std::snprintf(text, sizeof(text), "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

void remat::standin::test::expectOpcode(const std::string &opcode, const std::string &signature,
                                        const std::vector<OpcodeCase> &cases, const std::string &constants) {
  for (size_t at = 0; at < opcode.size(); at = std::min(opcode.find('\n', at), opcode.size() - 1) + 1)
    tried().insert(opcode.substr(at, opcode.find_first_of(" \n", at) - at));
  std::optional<Runner> runner;
  try {
    runner.emplace(kernelFor(opcode, signature, constants));
  } catch (const PtxError &error) {
    ADD_FAILURE() << opcode << ": line " << error.line << ": " << error.what();
    return;
  }
  for (size_t count : {cases.size(), (cases.size() + 31) / 32 * 32}) {
    std::vector<uint64_t> inputs;
    for (unsigned operand = 0; operand < signature.size() - 2; ++operand)
      for (size_t index = 0; index < count; ++index) {
        const OpcodeCase &given = cases[index % cases.size()];
        inputs.push_back((&given.a)[operand]);
      }
    uint64_t in = runner->array(inputs), out = runner->space(count * 8);
    runner->run("k", 1, (count + 31) / 32 * 32, {out, in, count});
    std::vector<uint64_t> results = runner->read<uint64_t>(out, count);
    for (size_t index = 0; index < count; ++index) {
      const OpcodeCase &given = cases[index % cases.size()];
      std::string operands;
      for (unsigned operand = 0; operand < signature.size() - 2; ++operand)
        operands += (operand ? ", " : "") + hex((&given.a)[operand]);
      EXPECT_EQ(hex(results[index]), hex(given.expected)) << opcode << " of " << operands << ", " << count << " cases";
    }
  }
}

namespace {

/// What the stand-in knows without a case here would be known by accident.
class EveryOpcode : public testing::Environment {
  void TearDown() override {
    if (testing::UnitTest::GetInstance()->test_to_run_count() != testing::UnitTest::GetInstance()->total_test_count())
      return;
    for (const LaneOp *op = laneTable().begin; op != laneTable().end; ++op)
      EXPECT_TRUE(tried().count(op->name)) << "no test of " << op->name;
  }
};

const testing::Environment *const everyOpcode = testing::AddGlobalTestEnvironment(new EveryOpcode);

} // namespace
