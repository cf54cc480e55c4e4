//===- CudaHeaderTest.cpp - Our declarations against the driver's -------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The runtime declares what it calls of the CUDA driver itself. Where the header of the
// toolkit is, the two are compared: parameter by parameter as the ABI sees them, and
// number by number.
//
//===----------------------------------------------------------------------===//

#include <cuda.h>

#include <gtest/gtest.h>

#include <stddef.h>
#include <stdint.h>
#include <type_traits>

namespace own {
#include "DriverTypes.h"

#define REMAT_CUDA_ENTRY(name, parameters) CUresult name parameters;
#include "DriverEntries.def"
} // namespace own

/// Whether both are passed alike: pointers, or integers and enumerations of one size.
template <typename Ours, typename Theirs>
constexpr bool isPassedAlike() {
  if (std::is_pointer_v<Ours> || std::is_pointer_v<Theirs>)
    return std::is_pointer_v<Ours> && std::is_pointer_v<Theirs>;
  return sizeof(Ours) == sizeof(Theirs) && std::is_floating_point_v<Ours> == std::is_floating_point_v<Theirs>;
}

/// Whether both point to things of one size, where it is known what they point to.
template <typename Ours, typename Theirs>
constexpr bool pointAlike() {
  if constexpr (std::is_pointer_v<Ours> && std::is_pointer_v<Theirs>) {
    using OurTarget = std::remove_pointer_t<Ours>;
    using TheirTarget = std::remove_pointer_t<Theirs>;
    if constexpr ((std::is_scalar_v<OurTarget> || std::is_enum_v<OurTarget>) && !std::is_void_v<TheirTarget> &&
                  !std::is_class_v<TheirTarget>)
      return sizeof(OurTarget) == sizeof(TheirTarget);
  }
  return true;
}

template <typename OurResult, typename... Ours, typename TheirResult, typename... Theirs>
constexpr bool isCalledAlike(OurResult (*)(Ours...), TheirResult (*)(Theirs...)) {
  if constexpr (sizeof...(Ours) != sizeof...(Theirs))
    return false;
  else
    return isPassedAlike<OurResult, TheirResult>() && (isPassedAlike<Ours, Theirs>() && ...) &&
           (pointAlike<Ours, Theirs>() && ...);
}

TEST(CudaHeader, Functions) {
#define REMAT_CUDA_ENTRY(name, parameters) EXPECT_TRUE(isCalledAlike(&own::name, &::name)) << #name;
#include "DriverEntries.def"
}

TEST(CudaHeader, Numbers) {
#define EXPECT_SAME(name) EXPECT_EQ(static_cast<int>(own::name), static_cast<int>(::name))
  EXPECT_SAME(CUDA_SUCCESS);
  EXPECT_SAME(CUDA_ERROR_INVALID_VALUE);
  EXPECT_SAME(CUDA_ERROR_NO_DEVICE);
  EXPECT_SAME(CUDA_ERROR_INVALID_DEVICE);
  EXPECT_SAME(CUDA_ERROR_NO_BINARY_FOR_GPU);
  EXPECT_SAME(CUDA_ERROR_INVALID_PTX);
  EXPECT_SAME(CUDA_ERROR_JIT_COMPILER_NOT_FOUND);
  EXPECT_SAME(CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
  EXPECT_SAME(CUDA_ERROR_NOT_FOUND);
  EXPECT_SAME(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
  EXPECT_SAME(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
  EXPECT_SAME(CU_POINTER_ATTRIBUTE_MEMORY_TYPE);
  EXPECT_SAME(CU_MEMORYTYPE_DEVICE);
  EXPECT_SAME(CU_JIT_ERROR_LOG_BUFFER);
  EXPECT_SAME(CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES);
  EXPECT_SAME(CU_STREAM_NON_BLOCKING);
#undef EXPECT_SAME
}
