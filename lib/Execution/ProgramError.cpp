//===- ProgramError.cpp - What can go wrong with a program --------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Execution/ProgramError.h"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"

using namespace remat;

char ProgramError::ID = 0;
char InternalError::ID = 0;

InternalError::InternalError(std::string reproducer)
    : ErrorInfo(Kind::Internal, "internal: this is a bug in remat, not in the program"),
      reproducer(std::move(reproducer)) {}

void ProgramError::log(llvm::raw_ostream &stream) const { stream << text; }

std::error_code ProgramError::convertToErrorCode() const { return llvm::inconvertibleErrorCode(); }

llvm::Error remat::makeInputError(const llvm::Twine &message) {
  return llvm::make_error<ProgramError>(ProgramError::Kind::InvalidInput, message.str());
}

llvm::Error remat::makeFault(const llvm::Twine &message) {
  return llvm::make_error<ProgramError>(ProgramError::Kind::Fault, message.str());
}

llvm::Error remat::makeInternalError(const llvm::Twine &reproducer) {
  return llvm::make_error<InternalError>(reproducer.str());
}
