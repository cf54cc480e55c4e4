//===- TargetTest.cpp - A target is a value ------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Execution/CompiledProgram.h"
#include "remat/InitAll.h"
#include "remat/Target/CPU/CPUTarget.h"

#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace remat;

namespace {

/// This machine, as it would be if a tanh took as long as two hundred additions, with its weights
/// where the author put them.
class SlowFunctions final : public Target {
public:
  llvm::StringRef getName() const override { return "slow-functions"; }
  std::string getMachine() const override { return cpu->getMachine(); }
  StepCosts getStepCosts() const override { return {/*move=*/1, /*operation=*/1, /*function=*/200}; }
  bool hasSlowTier() const override { return true; }
  void addLayoutPasses(mlir::OpPassManager &, const ProgramOptions &) const override {}
  void addKernelPasses(mlir::OpPassManager &manager) const override { cpu->addKernelPasses(manager); }
  void addMachinePasses(mlir::OpPassManager &manager) const override { cpu->addMachinePasses(manager); }
  std::string getPipelineText(const ProgramOptions &options) const override { return cpu->getPipelineText(options); }
  bool hasFunction(llvm::StringRef function) const override { return cpu->hasFunction(function); }
  llvm::Expected<std::unique_ptr<LoadedProgram>> load(const LoadRequest &request) const override {
    return cpu->load(request);
  }
  llvm::Expected<std::vector<EmittedFile>> emit(mlir::ModuleOp module, llvm::StringRef entry) const override {
    return cpu->emit(module, entry);
  }

private:
  std::unique_ptr<CPUTarget> cpu = llvm::cantFail(CPUTarget::create());
};

/// The error of examples/lstm.mlir for a policy that needs a slow tier.
std::string refuseSlowTier(const Target &target) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(REMAT_EXAMPLES "/lstm.mlir", &context);
  ProgramOptions options;
  options.policy = schedule::Policy::Multistage;
  auto program = CompiledProgram::compile(*module, "lstm", options, target);
  return program ? "" : llvm::toString(program.takeError());
}

/// Compiles examples/lstm.mlir and runs it on zeros.
struct Lstm {
  explicit Lstm(const Target &target) {
    mlir::DialectRegistry registry;
    registerAllDialects(registry);
    mlir::MLIRContext context(registry);
    auto module = mlir::parseSourceFile<mlir::ModuleOp>(REMAT_EXAMPLES "/lstm.mlir", &context);
    ProgramOptions options;
    options.budget = Budget::share(5, 100);
    program = llvm::cantFail(CompiledProgram::compile(*module, "lstm", options, target));
    for (const ArgumentInfo &info : program->getSignature().getArguments())
      arguments.push_back(llvm::cantFail(Array::create(info.type, info.shape)));
    for (Array &array : arguments)
      views.push_back(array.getView());
    plan = llvm::cantFail(program->getPlan(views));
  }

  /// Planned and measured.
  Measurement measure() {
    std::vector<Array> results = llvm::cantFail(program->getSignature().allocateResults(views));
    std::vector<ArrayView> resultViews;
    for (Array &array : results)
      resultViews.push_back(array.getView());
    Measurement measurement;
    llvm::cantFail(program->measure(views, resultViews, {}, measurement));
    return measurement;
  }

  std::unique_ptr<CompiledProgram> program;
  std::vector<Array> arguments;
  std::vector<ArrayView> views;
  PlanFigures plan;
};

} // namespace

TEST(Target, SaysWhatStepsCostAndHowWeightsLie) {
  std::unique_ptr<CPUTarget> cpu = llvm::cantFail(CPUTarget::create());
  Lstm usual(*cpu), slow((SlowFunctions()));
  // The backward pass of an LSTM computes no tanh, so running forward again costs more of the whole.
  EXPECT_GT(slow.plan.timeRatio, usual.plan.timeRatio + 0.001);
  EXPECT_EQ(slow.plan.forwardSteps, usual.plan.forwardSteps);
  // One layout copies weights into panels, the other leaves them.
  EXPECT_GT(usual.plan.parameterCopyBytes, 0);
  EXPECT_EQ(slow.plan.parameterCopyBytes, 0);
  // What was planned is what was used, on either.
  for (Lstm *lstm : {&usual, &slow}) {
    Measurement measured = lstm->measure();
    EXPECT_EQ(measured.getPeakBytes(), lstm->plan.peakBytes);
    EXPECT_EQ(measured.parameterCopyBytes, lstm->plan.parameterCopyBytes);
  }
}

TEST(Target, SaysWhetherItHasASlowTier) {
  std::string cpu = refuseSlowTier(*llvm::cantFail(CPUTarget::create())), slow = refuseSlowTier(SlowFunctions());
  EXPECT_NE(cpu.find("policy multistage needs a slow tier, which its target does not have"), std::string::npos) << cpu;
  EXPECT_NE(slow.find("policy multistage has no plan tables"), std::string::npos) << slow;
}
