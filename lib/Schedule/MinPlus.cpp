//===- MinPlus.cpp - the inner loop of the dynamic program ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Four terms at a time, so that the target is loaded and stored once for all of
// them. The sums are formed in one order everywhere: the tables are compared
// for equality when plans are read off.
//
//===----------------------------------------------------------------------===//

#include "MinPlus.h"

using namespace remat::schedule;

#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__)
#define REMAT_VECTOR_WIDTHS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define REMAT_VECTOR_WIDTHS
#endif

template <typename Value>
static inline __attribute__((always_inline)) void minPlusOf(Value *__restrict into, const MinPlusTerm<Value> *terms,
                                                            int64_t numTerms, int64_t n) {
  int64_t term = 0;
  for (; term + 4 <= numTerms; term += 4) {
    const MinPlusTerm<Value> a = terms[term], b = terms[term + 1], c = terms[term + 2], d = terms[term + 3];
    for (int64_t i = 0; i < n; ++i) {
      Value first = (a.constant + a.right[i]) + a.left[i];
      Value second = (b.constant + b.right[i]) + b.left[i];
      Value third = (c.constant + c.right[i]) + c.left[i];
      Value fourth = (d.constant + d.right[i]) + d.left[i];
      first = second < first ? second : first;
      third = fourth < third ? fourth : third;
      first = third < first ? third : first;
      into[i] = first < into[i] ? first : into[i];
    }
  }
  for (; term < numTerms; ++term) {
    const MinPlusTerm<Value> a = terms[term];
    for (int64_t i = 0; i < n; ++i) {
      Value sum = (a.constant + a.right[i]) + a.left[i];
      into[i] = sum < into[i] ? sum : into[i];
    }
  }
}

namespace remat::schedule {

REMAT_VECTOR_WIDTHS
void minPlus(float *into, const MinPlusTerm<float> *terms, int64_t numTerms, int64_t n) {
  minPlusOf(into, terms, numTerms, n);
}

REMAT_VECTOR_WIDTHS
void minPlus(double *into, const MinPlusTerm<double> *terms, int64_t numTerms, int64_t n) {
  minPlusOf(into, terms, numTerms, n);
}

} // namespace remat::schedule
