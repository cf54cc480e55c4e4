//===- FmaPeak.h - what one core can do at most -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The clock of a shared or throttled machine moves, so a speed in GF/s says
// little by itself. Every benchmark measures the f32 fused-multiply-add peak of
// the core it runs on, in the same process and between its own runs, and gives
// its speed as a fraction of that.
//
// The probe keeps twelve independent accumulators in registers: more than
// latency times ports of the x86 cores known to us (4 x 2), fewer than the
// sixteen registers of AVX2. It touches no memory. On x86 the widest
// instruction set of the running processor is chosen at run time, so the file
// needs no -march flag; it needs -O1 at least.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_BENCH_FMAPEAK_H
#define REMAT_BENCH_FMAPEAK_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <utility>

namespace remat::bench {

/// The speed of the probe.
struct FmaPeak {
  double gflops = 0;  ///< 1e9 f32 operations a second of one thread; an FMA counts as two
  int vectorBits = 0; ///< width of the vectors that were used
};

/// CPU seconds of the calling thread: time given to other processes does not
/// count.
inline double threadSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

namespace detail {

using Vector128 = float __attribute__((vector_size(16)));
using Vector256 = float __attribute__((vector_size(32)));
using Vector512 = float __attribute__((vector_size(64)));

constexpr size_t numAccumulators = 12;
using Accumulators = std::make_index_sequence<numAccumulators>;

// GCC in ISO mode does not contract a product and a sum otherwise.
#if defined(__GNUC__) && !defined(__clang__)
#define REMAT_CONTRACT optimize("fp-contract=fast")
#else
#define REMAT_CONTRACT
#endif

/// sum = sum * a + b in one rounding. (sum + a * b would let a compiler hoist
/// the product.)
template <typename Vector>
__attribute__((always_inline)) inline void multiplyAdd(const Vector &a, const Vector &b, Vector &sum) {
#if __has_builtin(__builtin_elementwise_fma)
  sum = __builtin_elementwise_fma(sum, a, b);
#else
  sum = sum * a + b; // contracted: REMAT_CONTRACT is on the callers
#endif
}

/// The same in two operations, for processors without a fused one.
template <typename Vector>
__attribute__((always_inline)) inline void multiplyThenAdd(const Vector &a, const Vector &b, Vector &sum) {
  sum = sum * a + b;
}

/// `iterations` times `step` on each accumulator; the result depends on all of
/// them, so that none is optimised away. The inner loop is a fold expression:
/// the accumulators are in registers at any optimisation level from -O1.
template <typename Vector, void (*step)(const Vector &, const Vector &, Vector &), size_t... k>
__attribute__((always_inline)) inline float runChains(int64_t iterations, std::index_sequence<k...>) {
  Vector a = Vector{} + 0.5f, b = Vector{} + 0.25f;
  asm volatile("" : "+m"(a), "+m"(b)); // hides the constants from the optimiser
  // Different starting values: equal chains would be merged into one.
  Vector sums[sizeof...(k)] = {(Vector{} + static_cast<float>(k))...};
  for (int64_t i = 0; i < iterations; ++i)
    (step(a, b, sums[k]), ...);
  Vector total = {};
  ((total += sums[k]), ...);
  float result = 0;
  for (unsigned lane = 0; lane < sizeof(Vector) / sizeof(float); ++lane)
    result += total[lane];
  return result;
}

#if defined(__x86_64__) || defined(__i386__)
__attribute__((noinline, REMAT_CONTRACT, target("avx512f"))) inline float chains512(int64_t iterations) {
  return runChains<Vector512, multiplyAdd<Vector512>>(iterations, Accumulators());
}
__attribute__((noinline, REMAT_CONTRACT, target("avx2,fma"))) inline float chains256(int64_t iterations) {
  return runChains<Vector256, multiplyAdd<Vector256>>(iterations, Accumulators());
}
__attribute__((noinline, REMAT_CONTRACT)) inline float chains128(int64_t iterations) {
  return runChains<Vector128, multiplyThenAdd<Vector128>>(iterations, Accumulators());
}
#else
__attribute__((noinline, REMAT_CONTRACT)) inline float chains128(int64_t iterations) {
  return runChains<Vector128, multiplyAdd<Vector128>>(iterations, Accumulators());
}
#endif

#undef REMAT_CONTRACT

} // namespace detail

/// Runs the probe for about `seconds` of CPU time, in slices of a few
/// milliseconds, and returns the fastest slice: a peak, not an average.
inline FmaPeak measureFmaPeak(double seconds = 0.1) {
  float (*chains)(int64_t) = detail::chains128;
  FmaPeak peak;
  peak.vectorBits = 128;
#if defined(__x86_64__) || defined(__i386__)
  if (__builtin_cpu_supports("avx512f")) {
    chains = detail::chains512;
    peak.vectorBits = 512;
  } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    chains = detail::chains256;
    peak.vectorBits = 256;
  }
#endif
  constexpr int64_t iterations = 1 << 20;
  const double operations = 2.0 * iterations * detail::numAccumulators * peak.vectorBits / 32;
  const double begin = threadSeconds();
  volatile float sink = 0;
  for (double now = begin; now - begin < seconds;) {
    sink = chains(iterations);
    const double end = threadSeconds();
    peak.gflops = std::max(peak.gflops, operations / (end - now) * 1e-9);
    now = end;
  }
  (void)sink;
  return peak;
}

} // namespace remat::bench

#endif // REMAT_BENCH_FMAPEAK_H
