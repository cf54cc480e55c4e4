//===- Npy.h - The .npy file format ---------------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// NumPy's format for one array, versions 1.0, 2.0 and 3.0 (NEP 1 and
// numpy.lib.format): a magic string, a version, the length of the header, a header
// that is a Python dictionary with the keys descr, fortran_order and shape, and the
// elements.
//
// Accepted: little-endian f4 f8 f2 i1 i2 i4 i8 u1 b1 in C order. bf16 has no dtype
// in NumPy: it is widened to f4 when written and rounded to nearest even when read.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_RUN_NPY_H
#define REMAT_TOOLS_REMAT_RUN_NPY_H

#include "remat/Execution/Array.h"

#include "llvm/Support/Error.h"

namespace remat {

/// Reads the contents of an .npy file as an array of \p type. The dtype of the
/// file must be the one that writeNpy uses for the type; i8 also reads u1. Errors
/// say what was expected, and do not name the file.
llvm::Expected<Array> readNpy(llvm::StringRef contents, ElementType type);

/// Writes an array as version 1.0.
void writeNpy(const Array &array, llvm::raw_ostream &stream);

/// The dtype that an element type has in files: "<f4".
llvm::StringRef getNpyDescr(ElementType type);

/// The position of the first element that is not a number, one index per
/// dimension; nullopt if there is none.
std::optional<llvm::SmallVector<int64_t, 4>> findNaN(const Array &array);
/// The same for infinities of both signs.
std::optional<llvm::SmallVector<int64_t, 4>> findInfinity(const Array &array);

/// "[2, 0, 7]"
std::string formatPosition(llvm::ArrayRef<int64_t> position);

} // namespace remat

#endif // REMAT_TOOLS_REMAT_RUN_NPY_H
