//===- DynamicOffsets.h - Memrefs that lie anywhere -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels get addresses of first elements, whatever offset the host's memref had. So in a
// kernel no type may promise an offset: all views, choices and loops of memrefs have types
// whose offsets are open. Equal code on different parts of a block then prints alike.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_KERNELS_DYNAMICOFFSETS_H
#define REMAT_LIB_TARGET_NVVM_KERNELS_DYNAMICOFFSETS_H

#include "remat/Support/LLVM.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace remat {

/// \p type with an open offset and its strides spelled out; itself if it has no strides.
MemRefType getDynamicOffset(MemRefType type);

/// A memref of one element of \p type, anywhere.
MemRefType getElementAddressType(MemRefType type);

/// Opens the offsets of all memrefs in \p kernel that are made there, but for constant arrays.
void makeOffsetsDynamic(gpu::GPUFuncOp kernel);

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_KERNELS_DYNAMICOFFSETS_H
