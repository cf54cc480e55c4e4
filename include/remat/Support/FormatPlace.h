//===- FormatPlace.h - Places of the program for messages ----- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program that runs has no diagnostics: what it may have to say of a place in its
// text is text that is compiled into it.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SUPPORT_FORMATPLACE_H
#define REMAT_SUPPORT_FORMATPLACE_H

#include "remat/Support/LLVM.h"

#include "mlir/IR/Location.h"

namespace remat {

/// " (file.mlir:12)" for messages of a program that runs; empty if the place in the
/// author's file is not known.
inline std::string formatPlace(Location loc) {
  auto place = loc->findInstanceOf<FileLineColLoc>();
  if (!place)
    return "";
  return (" (" + place.getFilename().getValue() + ":" + Twine(place.getLine()) + ")").str();
}

} // namespace remat

#endif // REMAT_SUPPORT_FORMATPLACE_H
