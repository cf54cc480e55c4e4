//===- KernelFunction.h - What a kernel is given --------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The function that holds a region of the device, and what the host gives to it. Of a
// memref it gets the address of the first element, and the sizes and strides that the type
// leaves open, so views of one shape into different buffers share a kernel. Constant
// arrays, and views of them, are made on the device.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_KERNELS_KERNELFUNCTION_H
#define REMAT_LIB_TARGET_NVVM_KERNELS_KERNELFUNCTION_H

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Support/LLVM.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"

namespace remat {

/// The name of the module that holds all kernels of a program.
inline constexpr llvm::StringLiteral kernelModuleName = "remat_kernels";

/// A function with the operations of a region, in no module yet.
class KernelFunction {
public:
  /// Copies what \p region holds into a function. Fails if it uses what a kernel cannot be given.
  static FailureOr<KernelFunction> create(OnDeviceOp region);

  gpu::GPUFuncOp getFunction() const { return function; }
  /// The same for two regions that can share a kernel.
  std::string getText() const;

  /// The constant arrays that the kernel reads.
  ArrayRef<FlatSymbolRefAttr> getConstantArrays() const { return constantArrays; }

  /// The arguments, in front of the region that the function was made of.
  SmallVector<Value> createArguments(OpBuilder &builder) const;

private:
  /// One parameter, and how the host gets its argument.
  struct Parameter {
    enum Kind { Scalar, Address, Size, Stride } kind;
    Value value;
    unsigned dim;
  };

  KernelFunction() = default;
  Value addParameter(Parameter parameter, Type type);
  /// \p value, of the host, in the function; null if there is no way.
  Value provide(Value value);
  Value provideMemRef(Value value);

  gpu::GPUFuncOp function;
  SmallVector<Parameter> parameters;
  SmallVector<FlatSymbolRefAttr> constantArrays;
  IRMapping mapping;
};

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_KERNELS_KERNELFUNCTION_H
