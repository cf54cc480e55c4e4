//===- KernelHarness.h - Run kernels and compare them --------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles a function @f whose arguments are memrefs through
// `remat-linalg-to-llvm`, runs it on seeded data and compares it with a naive
// evaluation of its linalg op in double, point by point in loop order. Buffers end
// at an inaccessible page, so that a kernel that reads or writes past its operands
// faults; elements between strides are checked to be untouched.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_CONVERSION_KERNELHARNESS_H
#define REMAT_TEST_UNIT_CONVERSION_KERNELHARNESS_H

#include "remat/Support/LLVM.h"
#include "remat/Support/MathFunctions.h"
#include "remat/Target/CPU/RegisterFile.h"

#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <functional>
#include <string>
#include <vector>

namespace remat::test {

/// The memory behind one memref argument.
class Buffer {
public:
  /// \p dynamicSize replaces every dynamic dimension.
  Buffer(MemRefType type, int64_t dynamicSize);
  ~Buffer();
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;

  /// Fills all elements, those between strides too, with values in [-1, 1) (floats)
  /// or [0, limit) (integers).
  void fill(unsigned seed, int64_t limit);
  void copyFrom(const Buffer &other);

  int64_t getOffset(ArrayRef<int64_t> indices) const;
  double get(int64_t offset) const;
  void set(int64_t offset, double value);
  int64_t size() const { return elements; }
  ArrayRef<int64_t> getShape() const { return shape; }
  bool sameBits(const Buffer &other) const;
  void *getDescriptor() { return descriptor.data(); }
  /// As if the memory were at \p address.
  std::vector<int64_t> getDescriptor(uint64_t address) const;
  void *getData() { return data; }
  size_t getBytes() const { return elements * elementBytes; }

private:
  Type elementType;
  std::vector<int64_t> shape, strides;
  int64_t start = 0, elements = 0, elementBytes;
  void *mapping;
  size_t mappingBytes;
  char *data;
  std::vector<int64_t> descriptor;
};

/// Compiles a module in the LLVM dialect for this processor.
llvm::Expected<std::unique_ptr<ExecutionEngine>> compileHost(ModuleOp module);

/// A compiled module.
class Program {
public:
  Program(llvm::StringRef text, VectorISA isa, bool accurate = false, MathFunctions math = MathFunctions::Native);
  bool isValid() const { return engine != nullptr; }
  /// Calls @name with one argument per buffer.
  void run(llvm::StringRef name, ArrayRef<Buffer *> arguments);

private:
  std::unique_ptr<MLIRContext> context;
  std::unique_ptr<ExecutionEngine> engine;
};

/// What the body of the op computes: all block arguments in, all results out.
using Body = std::function<std::vector<double>(ArrayRef<double>, ArrayRef<int64_t> point)>;

struct Expectation {
  double tolerance = 0; ///< relative to 1 + the largest magnitude of a result
  int64_t dynamicSize = 0;
  int64_t integerLimit = 4;
  bool accurate = false;
  /// The function computes an operand in memory of the host.
  bool onHost = false;
};

/// Compiles \p text, which holds a function @f with one linalg op on its arguments,
/// for every instruction set, and for GPUs; expects the results of \p body and equal bits.
void checkOp(llvm::StringRef text, const Body &body, Expectation expectation);

/// All instruction sets that have tiles of their own.
inline constexpr VectorISA allISAs[] = {VectorISA::Generic, VectorISA::Neon, VectorISA::AVX2, VectorISA::AVX512};

} // namespace remat::test

#endif // REMAT_TEST_UNIT_CONVERSION_KERNELHARNESS_H
