//===- FmaPeak.cpp - print the peak of this core ----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The probe as a program, for scripts that time other processes: each run takes
// a tenth of a second and prints GF/s and the vector width.
//
//===----------------------------------------------------------------------===//

#include "FmaPeak.h"

#include <cstdio>

int main() {
  const remat::bench::FmaPeak peak = remat::bench::measureFmaPeak();
  std::printf("%.1f %d\n", peak.gflops, peak.vectorBits);
}
