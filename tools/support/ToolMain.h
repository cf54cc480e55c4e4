//===- ToolMain.h - What every tool does first ----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_SUPPORT_TOOLMAIN_H
#define REMAT_TOOLS_SUPPORT_TOOLMAIN_H

namespace remat {

/// Called first in main, behind llvm::InitLLVM. From then on
///  - whatever ends the process for want of something ends it with ExitStatus::Fault
///    and one line on standard error, and without the temporary files of OutputFiles:
///    no memory, a container longer than any memory, no thread, standard output that
///    cannot be written when the process ends, an internal error of LLVM;
///  - a file longer than the limit of the shell is an error of the write;
///  - --version says the version of remat, too.
/// \p name must live as long as the process.
void initializeTool(const char *name);

} // namespace remat

#endif // REMAT_TOOLS_SUPPORT_TOOLMAIN_H
