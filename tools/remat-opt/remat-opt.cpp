//===- remat-opt.cpp - The pass driver ------------------------ ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// mlir-opt with remat's dialect and passes, and with the exit statuses that all
// tools of remat share: 0 done, 1 wrong input, 2 wrong command line, 3 no plan fits
// the budget, 5 the target lacks what was asked for, 6 the output can not be written.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/InitAll.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ToolOutputFile.h"

namespace {

enum ExitStatus { Done = 0, InvalidInput = 1, Usage = 2, Infeasible = 3, TargetUnavailable = 5, Fault = 6 };

/// Sees why a pass failed, by what it left on the function.
class FailureObserver : public mlir::PassInstrumentation {
public:
  explicit FailureObserver(ExitStatus &reason) : reason(reason) {}

  void runAfterPassFailed(mlir::Pass *, mlir::Operation *op) override {
    op->walk([&](mlir::Operation *nested) {
      if (nested->hasAttr("remat.infeasible"))
        reason = Infeasible;
      else if (nested->hasAttr("remat.target_unavailable"))
        reason = TargetUnavailable;
    });
  }

private:
  ExitStatus &reason;
};

} // namespace

static int run(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllPasses();
  remat::registerAllDialects(registry);
  remat::registerAllPasses();

  llvm::cl::opt<std::string> input(llvm::cl::Positional, llvm::cl::desc("<input file>"), llvm::cl::init("-"));
  llvm::cl::opt<std::string> output("o", llvm::cl::desc("Output file"), llvm::cl::value_desc("file"),
                                    llvm::cl::init("-"));
  std::string header = mlir::registerCLIOptions("remat: training recurrences inside a memory budget\n", registry);
  // With a stream for errors, a wrong command line does not end the process here.
  if (!llvm::cl::ParseCommandLineOptions(argc, argv, header, &llvm::errs()))
    return Usage;
  mlir::MlirOptMainConfig parsed = mlir::MlirOptMainConfig::createFromCLOptions();
  if (parsed.shouldShowDialects() || parsed.shouldListPasses())
    return mlir::failed(mlir::MlirOptMain(argc, argv, input, output, registry)) ? InvalidInput : Done;

  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> file = mlir::openInputFile(input, &message);
  if (!file) {
    llvm::errs() << "remat-opt: " << message << '\n';
    return InvalidInput;
  }
  std::unique_ptr<llvm::ToolOutputFile> result = mlir::openOutputFile(output, &message);
  if (!result) {
    llvm::errs() << "remat-opt: " << message << '\n';
    return Fault;
  }
  ExitStatus reason = InvalidInput;
  bool isPipelineWrong = false;
  mlir::MlirOptMainConfig config = parsed;
  config.setPassPipelineSetupFn([&](mlir::PassManager &manager) {
    manager.addInstrumentation(std::make_unique<FailureObserver>(reason));
    isPipelineWrong = mlir::failed(parsed.setupPassPipeline(manager));
    return mlir::failure(isPipelineWrong);
  });
  if (mlir::failed(mlir::MlirOptMain(result->os(), std::move(file), registry, config)))
    return isPipelineWrong ? Usage : reason;
  result->os().flush();
  if (result->os().has_error()) {
    llvm::errs() << "remat-opt: " << output << ": " << result->os().error().message() << '\n';
    result->os().clear_error();
    return Fault;
  }
  result->keep();
  return Done;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  return run(argc, argv);
}
