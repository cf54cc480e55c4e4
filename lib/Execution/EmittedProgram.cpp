//===- EmittedProgram.cpp - A program as files ------------------ ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Execution/EmittedProgram.h"

#include "CHeader.h"
#include "Lowering.h"

#include "llvm/Support/JSON.h"

using namespace remat;

/// What is known of the plan before a call.
static std::string describePlan(const LoweredProgram &program, llvm::StringRef entry, const Target &target) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::json::OStream json(stream, /*IndentSize=*/2);
  const PlanFigures &plan = program.plan;
  json.object([&] {
    json.attribute("entry", entry);
    json.attribute("target", target.getName());
    json.attribute("machine", target.getMachine());
    json.attribute("planned_per_call", program.isPlannedLater());
    if (!program.isPlannedLater()) {
      json.attribute("steps", plan.steps);
      json.attribute("policy", plan.policy);
      json.attribute("planned_peak_bytes", plan.peakBytes);
      json.attribute("arena_bytes", plan.getArenaBytes());
      json.attribute("walk_bytes", plan.walkBytes);
      json.attribute("parameter_copy_bytes", plan.parameterCopyBytes);
      json.attribute("store_all_bytes", plan.storeAllBytes);
      json.attribute("minimum_budget_bytes", plan.minimumBytes);
      json.attribute("planned_forward_steps", plan.forwardSteps);
      json.attribute("planned_reverse_steps", plan.reverseSteps);
      json.attribute("planned_time_ratio", plan.timeRatio);
      json.attribute("certified", plan.certified);
    }
    json.attributeArray("step_launches", [&] {
      for (const StepLaunches &step : program.stepLaunches)
        json.object([&] {
          json.attribute("function", step.function);
          json.attribute("role", step.role);
          json.attribute("launches", step.launches);
        });
    });
  });
  stream << '\n';
  return text;
}

static llvm::Error emit(mlir::ModuleOp module, llvm::StringRef entry, const ProgramOptions &options,
                        const Target &target, std::vector<EmittedFile> &files) {
  Diagnosis diagnosis(module);
  std::vector<PhaseTime> times;
  auto lowered = lowerProgram(module, entry, options, target, diagnosis, times);
  if (!lowered)
    return lowered.takeError();
  auto code = target.emit(*lowered->module, entry);
  if (!code)
    return code.takeError();
  files = std::move(*code);
  files.push_back({".h", makeCHeader(*lowered, entry)});
  files.push_back({".json", describePlan(*lowered, entry, target)});
  return llvm::Error::success();
}

llvm::Expected<std::vector<EmittedFile>> remat::emitProgram(mlir::ModuleOp module, llvm::StringRef entry,
                                                            const ProgramOptions &options, const Target &target) {
  std::vector<EmittedFile> files;
  llvm::Error error = emit(module, entry, options, target, files);
  if (llvm::Error failure = addReproducer(std::move(error), module, entry, target.getPipelineText(options)))
    return std::move(failure);
  return std::move(files);
}
