//===- Trial.cpp - What is done with a program that a fuzzer made -------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Trial.h"

#include "lib/Execution/Diagnosis.h"
#include "lib/Execution/Lowering.h"
#include "lib/Target/CPU/CPUPipeline.h"
#include "remat/Execution/ProgramError.h"
#include "remat/InitAll.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>

using namespace remat;
using llvm::StringRef;

/// The whole pipeline, of which the tools promise more than of a pass.
static constexpr StringRef wholePipeline = "remat-to-cpu";

/// The dialects of remat-opt; the passes are registered at the same time, once.
static const mlir::DialectRegistry &getRegistry() {
  static const mlir::DialectRegistry *registry = [] {
    auto *made = new mlir::DialectRegistry;
    mlir::registerAllPasses();
    remat::registerAllDialects(*made);
    remat::registerAllPasses();
    return made;
  }();
  return *registry;
}

/// Whether \p text is known to end the process in MLIR itself (README.md), or has the cast
/// that the tests come to an internal error with.
static bool isKnownToFail(StringRef text) {
  if (text.contains("unrealized_conversion_cast"))
    return true;
  auto isNumber = [](StringRef element) {
    int64_t ignored = 0;
    return !element.trim().getAsInteger(10, ignored);
  };
  for (StringRef list : {"dimensions", "permutation"})
    for (StringRef rest = text.split(list).second; !rest.empty(); rest = rest.split(list).second) {
      StringRef elements = rest.ltrim(" =");
      if (!elements.consume_front("["))
        continue;
      elements = elements.split(']').first;
      if (!elements.trim().empty() && !llvm::all_of(llvm::split(elements, ','), isNumber))
        return true;
    }
  return false;
}

static void compileWhole(mlir::ModuleOp module, const CPUPipelineOptions &options) {
  CPUTarget target(options.isa, options.denormals, options.accurate, options.math);
  for (auto function : module.getOps<mlir::func::FuncOp>()) {
    if (!function.isPublic() || function.isExternal())
      continue;
    Diagnosis diagnosis(module);
    std::vector<PhaseTime> times;
    auto program = lowerProgram(module, function.getName(), options.getProgramOptions(), target, diagnosis, times);
    llvm::handleAllErrors(
        program.takeError(),
        [](const InternalError &error) {
          llvm::errs() << "internal error: " << error.getReproducer() << '\n';
          std::abort();
        },
        [](const llvm::ErrorInfoBase &) {});
    return;
  }
}

bool fuzz::tryInput(StringRef input) {
  auto [pipeline, text] = input.split('\n');
  if (isKnownToFail(text))
    return false;
  mlir::MLIRContext context(getRegistry(), mlir::MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  mlir::ScopedDiagnosticHandler silence(&context, [](mlir::Diagnostic &) { return mlir::success(); });

  CPUPipelineOptions options;
  mlir::PassManager manager(&context, mlir::ModuleOp::getOperationName(), mlir::PassManager::Nesting::Implicit);
  bool isWhole = pipeline.starts_with(wholePipeline);
  if (isWhole) {
    StringRef given = pipeline.drop_front(wholePipeline.size());
    if (given.consume_front("{") && (!given.consume_back("}") || failed(options.parseFromString(given, llvm::nulls()))))
      return false;
  } else if (failed(mlir::parsePassPipeline(pipeline, manager, llvm::nulls()))) {
    return false;
  }

  // With a zero behind it, and aligned, as contents of files are.
  std::unique_ptr<llvm::MemoryBuffer> file = llvm::MemoryBuffer::getMemBufferCopy(text, "fuzz");
  auto module = mlir::parseSourceString<mlir::ModuleOp>(file->getBuffer(), mlir::ParserConfig(&context), "fuzz");
  if (!module)
    return true;
  if (isWhole)
    compileWhole(*module, options);
  else
    (void)manager.run(*module);
  return true;
}
