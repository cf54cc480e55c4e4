//===- Grid.h - Many blocks for one operation -----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A region with one linalg op is a kernel of as many blocks as the op has use for. All else
// in the region, which only reads, every thread does by itself: conditions, offsets, choices
// of buffers, numbers.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_KERNELS_GRID_H
#define REMAT_LIB_TARGET_NVVM_KERNELS_GRID_H

#include "DeviceChecks.h"

namespace remat {

/// The number of blocks, computed in front of \p region; null if the region has to be an
/// island: it has other writes or loops around its op, reads what the op writes, or only the
/// device knows the op's extents.
Value countGridBlocks(OnDeviceOp region);

/// The one linalg op of \p kernel, which has the operations of a region with a grid.
linalg::GenericOp getGridOp(gpu::GPUFuncOp kernel);

/// Makes of \p kernel what each thread does.
void emitGrid(gpu::GPUFuncOp kernel, const DeviceChecks &checks);

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_KERNELS_GRID_H
