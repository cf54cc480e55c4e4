//===- CudaTest.cpp - The runtime for GPUs without one -------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Runtime/Cuda.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace {
/// Names a driver for as long as it lives.
class DriverName {
public:
  explicit DriverName(const char *name) {
    if (const char *old = std::getenv("REMAT_CUDA_DRIVER"))
      former = old;
    setenv("REMAT_CUDA_DRIVER", name, /*replace=*/1);
  }
  ~DriverName() {
    if (former.empty())
      unsetenv("REMAT_CUDA_DRIVER");
    else
      setenv("REMAT_CUDA_DRIVER", former.c_str(), /*replace=*/1);
  }

private:
  std::string former;
};
} // namespace

TEST(Cuda, NoDriver) {
  DriverName name("/no/such/driver.so");
  RematCudaDevice *device = nullptr;
  RematCudaError error;
  EXPECT_EQ(rematCudaOpenDevice(0, &device, &error), REMAT_CUDA_UNAVAILABLE);
  EXPECT_EQ(error.status, REMAT_CUDA_UNAVAILABLE);
  EXPECT_EQ(std::string(error.message).rfind("cannot load the CUDA driver: /no/such/driver.so", 0), 0u)
      << error.message;
  EXPECT_EQ(device, nullptr);
}

TEST(Cuda, NotADriver) {
  DriverName name("libm.so.6");
  RematCudaDevice *device = nullptr;
  RematCudaError error;
  EXPECT_EQ(rematCudaOpenDevice(0, &device, &error), REMAT_CUDA_UNAVAILABLE);
  EXPECT_EQ(std::string(error.message).rfind("the CUDA driver 'libm.so.6' has no function 'cu", 0), 0u)
      << error.message;
  EXPECT_EQ(device, nullptr);
}

TEST(Cuda, NullContext) {
  RematCudaDevice *device = nullptr;
  RematCudaError error;
  EXPECT_EQ(rematCudaOpenContext(nullptr, &device, &error), REMAT_CUDA_INVALID_ARGUMENT);
  EXPECT_STREQ(error.message, "expected a CUDA context, but got a null pointer");
}

TEST(Cuda, NothingToClose) {
  rematCudaCloseDevice(nullptr);
  rematCudaUnload(nullptr);
}
