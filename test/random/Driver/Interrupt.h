//===- Interrupt.h - A campaign that is told to end -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Hours of programs have to leave their table, also if the terminal or a time limit
// ends them: the signal is noted, and the campaign starts no more programs.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_INTERRUPT_H
#define REMAT_TEST_RANDOM_INTERRUPT_H

namespace remat::random {

/// From now on SIGINT and SIGTERM are noted. A second one ends the process as usual.
void noteInterrupts();
/// In a child process: its parent gets the signal too and ends it.
void ignoreInterrupts();
/// The signal that came; 0 if none did.
int getInterrupt();

} // namespace remat::random

#endif // REMAT_TEST_RANDOM_INTERRUPT_H
