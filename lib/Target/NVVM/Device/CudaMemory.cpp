//===- CudaMemory.cpp - Memory of a device ------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaMemory.h"

#include "../../../Execution/Pattern.h"
#include "remat/Execution/ProgramError.h"

#include <algorithm>
#include <vector>

using namespace remat;

/// A multiple of the unit of the pattern.
static constexpr int64_t pieceBytes = int64_t(16) << 20;

llvm::Expected<std::unique_ptr<TargetMemory>> CudaMemory::create(std::shared_ptr<CudaDevice> device, int64_t bytes) {
  if (bytes < 0)
    return makeInputError("an arena of " + llvm::Twine(bytes) + " bytes is too large");
  uint64_t address = 0;
  RematCudaError error;
  rematCudaAllocate(device->get(), static_cast<uint64_t>(bytes), &address, &error);
  if (llvm::Error failure = takeError(error))
    return std::move(failure);
  return std::unique_ptr<TargetMemory>(new CudaMemory(std::move(device), address, bytes));
}

CudaMemory::~CudaMemory() {
  // What a context that is broken does not give back, nobody gets back.
  RematCudaError error;
  rematCudaFree(device->get(), address, &error);
}

llvm::Error CudaMemory::copyIn(const void *source, int64_t size) {
  RematCudaError error;
  rematCudaCopyToDevice(device->get(), address, source, static_cast<uint64_t>(size), &error);
  return takeError(error);
}

llvm::Error CudaMemory::copyOut(void *target, int64_t size) const {
  RematCudaError error;
  rematCudaCopyToHost(device->get(), target, address, static_cast<uint64_t>(size), &error);
  return takeError(error);
}

llvm::Error CudaMemory::fillWithPattern() {
  std::vector<uint64_t> piece(static_cast<size_t>(std::min(bytes, pieceBytes) / 8));
  RematCudaError error;
  for (int64_t begin = 0; begin < bytes; begin += pieceBytes) {
    int64_t size = std::min(bytes - begin, pieceBytes);
    writePattern(piece.data(), begin, size);
    rematCudaCopyToDevice(device->get(), address + static_cast<uint64_t>(begin), piece.data(),
                          static_cast<uint64_t>(size), &error);
    if (llvm::Error failure = takeError(error))
      return failure;
  }
  return llvm::Error::success();
}

llvm::Expected<int64_t> CudaMemory::findHighestTouched() const {
  std::vector<uint64_t> piece(static_cast<size_t>(std::min(bytes, pieceBytes) / 8));
  RematCudaError error;
  for (int64_t begin = bytes / pieceBytes * pieceBytes; begin >= 0; begin -= pieceBytes) {
    int64_t size = std::min(bytes - begin, pieceBytes);
    rematCudaCopyToHost(device->get(), piece.data(), address + static_cast<uint64_t>(begin),
                        static_cast<uint64_t>(size), &error);
    if (llvm::Error failure = takeError(error))
      return std::move(failure);
    if (int64_t end = findEndOfTouched(piece.data(), begin, size); end > begin)
      return end;
  }
  return 0;
}
