//===- RegisterFile.cpp - The register file that kernels are made for -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tile of r rows by v vectors keeps r*v accumulators, v vectors of the right
// operand and one broadcast element of the left one in registers, and needs at
// least eight accumulators to hide the latency of the multiply-add.
//
//===----------------------------------------------------------------------===//

#include "remat/Target/CPU/RegisterFile.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "llvm/TargetParser/Triple.h"

#include <algorithm>

using namespace remat;

llvm::StringRef remat::getName(VectorISA isa) {
  switch (isa) {
  case VectorISA::Generic:
    return "generic";
  case VectorISA::Neon:
    return "neon";
  case VectorISA::AVX2:
    return "avx2";
  case VectorISA::AVX512:
    return "avx512";
  case VectorISA::Host:
    return "host";
  }
  return "";
}

llvm::cl::ValuesClass remat::getVectorISAValues() {
  return llvm::cl::values(clEnumValN(VectorISA::Host, "host", "Those of the processor that compiles"),
                          clEnumValN(VectorISA::Generic, "generic", "16 registers of 128 bits"),
                          clEnumValN(VectorISA::Neon, "neon", "32 registers of 128 bits"),
                          clEnumValN(VectorISA::AVX2, "avx2", "16 registers of 256 bits"),
                          clEnumValN(VectorISA::AVX512, "avx512", "32 registers of 512 bits, masks"));
}

VectorISA remat::getVectorISA(const llvm::Triple &triple, llvm::StringRef features) {
  if (triple.isAArch64())
    return VectorISA::Neon;
  if (!triple.isX86())
    return VectorISA::Generic;
  llvm::SmallVector<llvm::StringRef> list;
  features.split(list, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  auto has = [&](llvm::StringRef feature) { return llvm::is_contained(list, feature); };
  if (has("+avx512f") && has("+avx512vl") && has("+avx512bw") && has("+avx512dq"))
    return VectorISA::AVX512;
  if (has("+avx2") && has("+fma"))
    return VectorISA::AVX2;
  return VectorISA::Generic;
}

VectorISA remat::getHostVectorISA() {
  llvm::SubtargetFeatures features;
  for (auto &entry : llvm::sys::getHostCPUFeatures())
    features.AddFeature(entry.first(), entry.second);
  return getVectorISA(llvm::Triple(llvm::sys::getProcessTriple()), features.getString());
}

VectorISA remat::resolveVectorISA(VectorISA isa) { return isa == VectorISA::Host ? getHostVectorISA() : isa; }

RegisterFile RegisterFile::get(VectorISA isa) {
  switch (resolveVectorISA(isa)) {
  case VectorISA::AVX512:
    return {512, 32, true};
  case VectorISA::AVX2:
    return {256, 16, false};
  case VectorISA::Neon:
    return {128, 32, false};
  case VectorISA::Generic:
  case VectorISA::Host:
    break;
  }
  return {128, 16, false};
}

int64_t RegisterFile::getLanes(mlir::Type type) const {
  int64_t bits = type.isIntOrFloat() ? type.getIntOrFloatBitWidth() : 64;
  return std::max<int64_t>(1, vectorBits / std::max<int64_t>(bits, 8));
}

RegisterFile::Tile RegisterFile::getTile(int64_t rows) const {
  // One or two rows: wider tiles, for enough independent accumulators.
  if (rows >= 0 && rows <= 2)
    return {std::max<int64_t>(rows, 1), std::max<int64_t>(rows, 1), 4};
  if (numRegisters >= 32)
    return {8, 12, 2};
  return {4, 6, 2};
}
