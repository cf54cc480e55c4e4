//===- Opcodes.h - Single opcodes and what they must give -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_STANDIN_OPCODES_H
#define REMAT_TEST_UNIT_STANDIN_OPCODES_H

#include <cstdint>
#include <string>
#include <vector>

namespace remat::standin::test {

/// The bits of the result, and of up to four operands. Predicates are 0 and 1.
struct OpcodeCase {
  uint64_t expected, a, b = 0, c = 0, d = 0;
};

/// Runs an opcode on each case: a lane per case, with lanes left over, and with all lanes of a warp. `signature` is
/// the destination, '=', and the sources: h, r, d are registers of 16, 32, 64 bits, p predicates.
/// Behind the sources stand `constants` (", 5").
void expectOpcode(const std::string &opcode, const std::string &signature, const std::vector<OpcodeCase> &cases,
                  const std::string &constants = "");

} // namespace remat::standin::test

#endif // REMAT_TEST_UNIT_STANDIN_OPCODES_H
