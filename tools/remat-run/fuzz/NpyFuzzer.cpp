//===- NpyFuzzer.cpp - Throws bytes at the reader of .npy files ---------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The first byte chooses the element type, the rest is a file. Whatever it is, it is an
// error or an array, and an array that is written and read again is the same.
//
//===----------------------------------------------------------------------===//

#include "remat-run/lib/Npy.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <random>

using namespace remat;
using llvm::StringRef;

static constexpr ElementType types[] = {ElementType::F64, ElementType::F32,  ElementType::F16, ElementType::BF16,
                                        ElementType::I1,  ElementType::I8,   ElementType::I16, ElementType::I32,
                                        ElementType::I64, ElementType::Index};

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);

/// Lengths that do not fit end most files at once, so they are often mended: the length of
/// the header, which version 1.0 has at bytes 9 and 10, and a number of elements.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned seed) {
  size = LLVMFuzzerMutate(data, size, capacity);
  std::minstd_rand random(seed);
  constexpr size_t start = 1 + 10;
  if (size < start || random() % 4 == 0)
    return size;
  StringRef contents(reinterpret_cast<const char *>(data), size);
  size_t end = contents.find('}', start);
  if (end == StringRef::npos)
    return size;
  size_t length = end + 1 - start;
  if (length > UINT16_MAX)
    return size;
  llvm::support::endian::write16le(data + start - 2, static_cast<uint16_t>(length));
  size_t elements = size - end - 1;
  size_t wanted = elements / 8 * 8 + (random() % 2 ? 0 : random() % 64);
  size_t mended = std::min(end + 1 + wanted, capacity);
  std::fill(data + std::min(size, mended), data + mended, uint8_t(seed));
  return mended;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return -1;
  ElementType type = types[data[0] % std::size(types)];
  auto array = readNpy(StringRef(reinterpret_cast<const char *>(data + 1), size - 1), type);
  if (!array) {
    llvm::consumeError(array.takeError());
    return 0;
  }
  (void)findNaN(*array);
  (void)findInfinity(*array);
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream stream(text);
  writeNpy(*array, stream);
  auto again = readNpy(text, type);
  if (!again || again->getShape() != array->getShape() || again->getBytes() != array->getBytes())
    abort();
  return 0;
}
