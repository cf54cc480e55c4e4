//===- Array.cpp - Arrays that programs are called with -----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Execution/Array.h"

#include "remat/Execution/AvailableMemory.h"
#include "remat/Execution/ProgramError.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>

using namespace remat;

std::optional<int64_t> remat::countElements(llvm::ArrayRef<int64_t> shape, int64_t elementBytes) {
  int64_t count = 1;
  int64_t bytes = elementBytes;
  for (int64_t extent : shape) {
    if (extent < 0 || llvm::MulOverflow(count, extent, count) || llvm::MulOverflow(bytes, extent, bytes))
      return std::nullopt;
  }
  return count;
}

std::string remat::formatArrayType(ElementType type, llvm::ArrayRef<int64_t> shape) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (int64_t extent : shape) {
    if (mlir::ShapedType::isDynamic(extent))
      stream << '?';
    else
      stream << extent;
    stream << 'x';
  }
  stream << getName(type);
  return text;
}

llvm::Expected<Array> Array::create(ElementType type, llvm::ArrayRef<int64_t> shape) {
  if (!countElements(shape, remat::getByteSize(type)))
    return makeInputError("an array of type " + formatArrayType(type, shape) + " is too large");
  Array array;
  array.type = type;
  array.shape.assign(shape.begin(), shape.end());
  // An empty array has a valid address too.
  size_t bytes = llvm::alignTo(std::max<int64_t>(array.getByteSize(), 1), schedule::arenaAlignment);
  if (llvm::Error error = checkAvailable(bytes, "an array of type " + formatArrayType(type, shape)))
    return std::move(error);
  array.memory.reset(std::aligned_alloc(schedule::arenaAlignment, bytes));
  if (!array.memory)
    return makeFault("no memory for an array of type " + formatArrayType(type, shape));
  std::memset(array.memory.get(), 0, bytes);
  return array;
}
