//===- MathLibrary.h - Functions of mathematics without libm --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Functions of f32 and f64 that no instruction computes, as bitcode from LLVM's libclc.
// They need nothing of the machine but arithmetic rounded to nearest.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_MATHLIBRARY_MATHLIBRARY_H
#define REMAT_LIB_TARGET_MATHLIBRARY_MATHLIBRARY_H

#include "remat/Support/LLVM.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "llvm/Support/Error.h"

namespace llvm {
class Module;
} // namespace llvm

namespace remat {

/// A function, and the type of the numbers that it computes with.
struct LibraryFunction {
  std::string name;
  FloatType type;
  /// A zero is its own image, with its sign; the function may lose the sign.
  bool keepsZero;
};

/// Whether remat was built with libclc.
bool hasMathLibrary();

/// The function that computes \p op, an operation of arith or math, or each lane of it; f16 and
/// bf16 are computed in f32. Nothing if there is none, or if remat was built without libclc.
std::optional<LibraryFunction> getLibraryFunction(Operation *op);

/// Adds the code of those functions that \p module declares: for GPUs never inlined, because ptxas
/// would mix the code of several and need the registers of all, with tables in constant memory; for processors
/// in the mode of denormal numbers of its other functions.
llvm::Error linkMathLibrary(llvm::Module &module);

} // namespace remat

#endif // REMAT_LIB_TARGET_MATHLIBRARY_MATHLIBRARY_H
