//===- RegisterFile.h - The register file that kernels are made for -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Register tiles follow the register file: a tile of 8 rows by two 512-bit
// vectors fills the 32 registers of AVX-512 and spills with the 16 of AVX2. This
// header is the only place that knows those numbers. The choice never changes a
// result: see the order of summation in LinalgToCPUKernels.h.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_CPU_REGISTERFILE_H
#define REMAT_TARGET_CPU_REGISTERFILE_H

#include "llvm/Support/CommandLine.h"

#include <cstdint>

namespace mlir {
class Type;
} // namespace mlir

namespace llvm {
class Triple;
} // namespace llvm

namespace remat {

/// The families of vector instruction sets that get tiles of their own.
enum class VectorISA {
  Generic, ///< 16 registers of 128 bits, no masks: any processor
  Neon,    ///< 32 registers of 128 bits
  AVX2,    ///< 16 registers of 256 bits
  AVX512,  ///< 32 registers of 512 bits, masks on every instruction
  Host     ///< that of the processor that runs the compiler
};

/// "avx512"
llvm::StringRef getName(VectorISA isa);

/// The values of an option `isa`.
llvm::cl::ValuesClass getVectorISAValues();

/// The instruction set of a processor with the LLVM feature string \p features
/// ("+avx512f,+avx512vl,...") on \p triple.
VectorISA getVectorISA(const llvm::Triple &triple, llvm::StringRef features);

/// The instruction set of the processor that runs this code.
VectorISA getHostVectorISA();

/// \p isa itself, or what Host stands for here.
VectorISA resolveVectorISA(VectorISA isa);

/// What the kernels need to know of a processor.
struct RegisterFile {
  int64_t vectorBits;
  int64_t numRegisters;
  /// Masked loads and stores cost what unmasked ones do.
  bool hasMasks;

  static RegisterFile get(VectorISA isa);

  /// Elements of \p type in one register; at least 1.
  int64_t getLanes(mlir::Type type) const;

  /// Shape of a register tile: `rows` rows of `vectors` vectors. A last tile may
  /// grow to `maxRows` so that no sliver of few rows remains.
  struct Tile {
    int64_t rows;
    int64_t maxRows;
    int64_t vectors;
  };

  /// The tile for a product with \p rows rows (-1: unknown).
  Tile getTile(int64_t rows) const;
};

} // namespace remat

#endif // REMAT_TARGET_CPU_REGISTERFILE_H
