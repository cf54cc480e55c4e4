//===- Datum.h - What an SSA value holds ----------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_INTERPRETER_DATUM_H
#define REMAT_TEST_RANDOM_INTERPRETER_DATUM_H

#include "Interpreter.h"
#include "Number.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/SmallVector.h"

#include <memory>

namespace remat::interpreter {

using Shape = llvm::SmallVector<int64_t, 4>;

/// A tensor; never changed once it is the value of something.
struct Tensor {
  mlir::Type elementType;
  Shape shape;
  std::vector<Number> elements;

  int64_t getNumElements() const { return static_cast<int64_t>(elements.size()); }
};

/// A tensor, or a scalar where there is none.
struct Datum {
  Number scalar;
  std::shared_ptr<const Tensor> tensor;

  Datum() = default;
  Datum(const Number &scalar) : scalar(scalar) {}
  Datum(std::shared_ptr<const Tensor> tensor) : tensor(std::move(tensor)) {}

  int64_t getInteger() const { return static_cast<int64_t>(scalar.bits); }
};

/// The number of elements; nullopt if it is negative or too large.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape);

/// The row-major strides.
Shape getStrides(llvm::ArrayRef<int64_t> shape);

/// Counts \p index up inside \p shape, last dimension first; false at the end.
bool increment(llvm::MutableArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape);

/// The sum of index times stride.
int64_t linearize(llvm::ArrayRef<int64_t> index, llvm::ArrayRef<int64_t> strides);

/// The bits that an integer or index type has here; 0 for other types and more
/// than 64.
unsigned getIntegerWidth(mlir::Type type);

/// The bytes that an element takes in an Array; 0 for types that it does not hold.
unsigned getByteSize(mlir::Type elementType);

/// The element at \p bytes.
Number load(mlir::Type elementType, const uint8_t *bytes);
/// Stores \p number, rounded to its type.
void store(mlir::Type elementType, const Number &number, uint8_t *bytes);

/// The encoding of a float number.
uint64_t encode(const Format &format, double value);
double decode(const Format &format, uint64_t bits);

/// "2x3xf32"
std::string describe(llvm::ArrayRef<int64_t> shape, mlir::Type elementType);

} // namespace remat::interpreter

#endif // REMAT_TEST_RANDOM_INTERPRETER_DATUM_H
