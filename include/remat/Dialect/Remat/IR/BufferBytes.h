//===- BufferBytes.h - What a value is as a buffer -------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How many bytes a value takes as a buffer. Every size is a multiple of the
// alignment, in the plan as in the arena; remat/Schedule/Arena.h lays buffers out.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_BUFFERBYTES_H
#define REMAT_DIALECT_REMAT_IR_BUFFERBYTES_H

#include "remat/Schedule/Arena.h"
#include "remat/Support/LLVM.h"

namespace remat {

using schedule::addBytes;
using schedule::alignBytes;
using schedule::arenaAlignment;
using schedule::LiveBuffer;
using schedule::multiplyBytes;
using schedule::packBuffers;

/// The buffer that a ranked tensor becomes.
MemRefType getBufferType(Type tensor);

/// Bytes of one element in memory; nothing for types that are no integer, float
/// or index.
std::optional<int64_t> getElementBytes(Type elementType);

/// Bytes of a tensor or memref of static shape in identity layout, rounded up to
/// the alignment; nothing if the shape is dynamic or the size overflows.
std::optional<int64_t> getAlignedBytes(ShapedType type);

/// Bytes of a tensor or memref per unit of its dynamic extents, not rounded: the
/// product of the element and the static extents.
std::optional<int64_t> getUnitBytes(ShapedType type);

/// The sum of getAlignedBytes over tensors of \p types.
std::optional<int64_t> getAlignedBytes(ArrayAttr types);

/// The sum of getAlignedBytes over those of \p types that \p chosen numbers, such as
/// the carries that are kept_inits.
std::optional<int64_t> getAlignedBytes(ArrayAttr types, ArrayRef<int64_t> chosen);

} // namespace remat

#endif // REMAT_DIALECT_REMAT_IR_BUFFERBYTES_H
