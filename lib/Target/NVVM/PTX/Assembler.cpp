//===- Assembler.cpp - From PTX to machine code -------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Target/NVVM/Assembler.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>
#include <vector>

using namespace remat;
namespace sys = llvm::sys;

llvm::Expected<std::string> remat::findAssembler() {
  if (std::optional<std::string> named = sys::Process::GetEnv("REMAT_PTXAS")) {
    if (sys::fs::can_execute(*named))
      return *named;
    return llvm::createStringError("expects ptxas, the assembler of a CUDA toolkit, but REMAT_PTXAS is '" + *named +
                                   "', which cannot be executed");
  }
  if (auto found = sys::findProgramByName("ptxas"))
    return *found;
  std::vector<std::string> toolkits;
  for (const char *name : {"CUDA_ROOT", "CUDA_HOME"})
    if (std::optional<std::string> value = sys::Process::GetEnv(name); value && !value->empty())
      toolkits.push_back(*value);
  toolkits.push_back("/usr/local/cuda");
  for (const std::string &toolkit : toolkits) {
    llvm::SmallString<128> path(toolkit);
    sys::path::append(path, "bin", "ptxas");
    if (sys::fs::can_execute(path))
      return std::string(path);
  }
  return llvm::createStringError("expects ptxas, the assembler of a CUDA toolkit, on PATH, or in bin of CUDA_ROOT, "
                                 "CUDA_HOME or /usr/local/cuda, but there is none");
}

/// The bytes of the file called \p path.
static llvm::Expected<std::string> read(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return llvm::createStringError("cannot read '" + path.str() + "': " + buffer.getError().message());
  return (*buffer)->getBuffer().str();
}

/// A file of its own, which goes with \p remover.
static llvm::Expected<std::string> createFile(llvm::StringRef suffix, llvm::StringRef content,
                                              llvm::FileRemover &remover) {
  int descriptor = -1;
  llvm::SmallString<128> path;
  if (std::error_code error = sys::fs::createTemporaryFile("remat", suffix, descriptor, path))
    return llvm::createStringError("cannot create a temporary file: " + error.message());
  remover.setFile(path);
  llvm::raw_fd_ostream stream(descriptor, /*shouldClose=*/true);
  stream << content;
  stream.close();
  if (stream.has_error()) {
    std::string reason = stream.error().message();
    stream.clear_error();
    return llvm::createStringError("cannot write '" + std::string(path) + "': " + reason);
  }
  return std::string(path);
}

llvm::Expected<std::string> remat::assemble(llvm::StringRef ptx, llvm::StringRef chip) {
  auto assembler = findAssembler();
  if (!assembler)
    return assembler.takeError();
  llvm::FileRemover removers[3];
  auto source = createFile("ptx", ptx, removers[0]);
  if (!source)
    return source.takeError();
  auto binary = createFile("cubin", "", removers[1]);
  if (!binary)
    return binary.takeError();
  auto log = createFile("log", "", removers[2]);
  if (!log)
    return log.takeError();
  std::string architecture = "-arch=" + chip.str(), reason;
  std::optional<llvm::StringRef> streams[] = {llvm::StringRef(""), llvm::StringRef(*log), llvm::StringRef(*log)};
  int status = sys::ExecuteAndWait(*assembler, {*assembler, architecture, *source, "-o", *binary},
                                   /*Env=*/std::nullopt, streams, /*SecondsToWait=*/0, /*MemoryLimit=*/0, &reason);
  if (status != 0) {
    auto text = read(*log);
    if (!text)
      return text.takeError();
    return llvm::createStringError("internal: " + *assembler + " fails: " + (reason.empty() ? *text : reason));
  }
  auto code = read(*binary);
  if (code && code->empty())
    return llvm::createStringError("internal: " + *assembler + " writes no machine code");
  return code;
}
