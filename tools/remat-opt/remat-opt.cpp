//===- remat-opt.cpp - The pass driver ------------------------ ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// mlir-opt with remat's dialect and passes, and with the exit statuses that all
// tools of remat share: 0 done, 1 wrong input, 2 wrong command line, 3 no plan fits
// the budget, 5 the target lacks what was asked for, 6 the output cannot be written,
// 7 a bug in remat.
//
// Whether a pass that fails is right to do so, only a whole pipeline knows: a single
// pass may be given anything. So only remat-to-cpu ends with 7. Its input and its options
// are those of the command line, so there is no reproducer to write.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/InitAll.h"
#include "remat/Pipelines/Refusals.h"
#include "remat/Support/AttributeNames.h"
#include "support/OutputFiles.h"
#include "support/ToolMain.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"

using remat::OutputFiles;

namespace {

enum ExitStatus {
  Done = 0,
  InvalidInput = 1,
  Usage = 2,
  Infeasible = 3,
  TargetUnavailable = 5,
  Fault = 6,
  Internal = 7
};

/// Sees why a pass failed, by what it left on the function.
class FailureObserver : public mlir::PassInstrumentation {
public:
  explicit FailureObserver(ExitStatus &reason) : reason(reason) {}

  void runAfterPassFailed(mlir::Pass *, mlir::Operation *op) override {
    op->walk([&](mlir::Operation *nested) {
      if (nested->hasAttr(remat::infeasibleAttrName))
        reason = Infeasible;
      else if (nested->hasAttr(remat::targetUnavailableAttrName))
        reason = TargetUnavailable;
    });
  }

private:
  ExitStatus &reason;
};

} // namespace

static int run(int argc, char **argv) {
  mlir::DialectRegistry registry;
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
  ExitStatus reason = InvalidInput;
  bool isPipelineWrong = false;
  std::atomic<bool> hasForeignFailure = false;
  bool isWhole = llvm::any_of(llvm::ArrayRef(argv, argc),
                              [](llvm::StringRef argument) { return argument.contains("remat-to-cpu"); });
  mlir::MlirOptMainConfig config = parsed;
  config.setPassPipelineSetupFn([&](mlir::PassManager &manager) {
    manager.addInstrumentation(std::make_unique<FailureObserver>(reason));
    if (isWhole)
      manager.addInstrumentation(std::make_unique<remat::RefusalObserver>(hasForeignFailure));
    isPipelineWrong = mlir::failed(parsed.setupPassPipeline(manager));
    return mlir::failure(isPipelineWrong);
  });
  mlir::LogicalResult result = mlir::success();
  auto compile = [&](llvm::raw_ostream &stream) {
    result = mlir::MlirOptMain(stream, std::move(file), registry, config);
  };
  // A file that is there stays as it is if there is nothing to put in its place.
  OutputFiles files([](const llvm::Twine &reason) { return llvm::createStringError(reason); });
  auto write = [&]() -> llvm::Error {
    if (output != "-") {
      if (llvm::Error error = files.add(output, compile))
        return error;
      return mlir::failed(result) ? llvm::Error::success() : files.commit();
    }
    compile(llvm::outs());
    llvm::outs().flush();
    std::error_code problem = llvm::outs().error();
    llvm::outs().clear_error();
    return problem ? llvm::createStringError("standard output: " + problem.message()) : llvm::Error::success();
  };
  llvm::Error error = write();
  if (mlir::failed(result)) {
    llvm::consumeError(std::move(error));
    if (isPipelineWrong)
      return Usage;
    if (!hasForeignFailure)
      return reason;
    llvm::errs() << "remat-opt: error: internal: this is a bug in remat, not in the program\n";
    return Internal;
  }
  if (error) {
    llvm::errs() << "remat-opt: error: " << llvm::toString(std::move(error)) << '\n';
    return Fault;
  }
  return Done;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  remat::initializeTool("remat-opt");
  return run(argc, argv);
}
