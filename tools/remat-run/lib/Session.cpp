//===- Session.cpp - One run of remat-run -------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Session.h"

#include "FaultSignals.h"
#include "Npy.h"
#include "ProgramFile.h"
#include "Stopwatch.h"
#include "remat/Execution/EmittedProgram.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Execution/TargetArrays.h"
#include "remat/InitAll.h"
#include "support/ExitStatus.h"
#include "support/OutputFiles.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>
#include <unistd.h>

using namespace remat;

static std::vector<ArrayView> getViews(llvm::MutableArrayRef<Array> arrays) {
  std::vector<ArrayView> views;
  for (Array &array : arrays)
    views.push_back(array.getView());
  return views;
}

static bool haveEqualBits(llvm::ArrayRef<Array> left, llvm::ArrayRef<Array> right) {
  for (auto [a, b] : llvm::zip_equal(left, right))
    if (a.getBytes() != b.getBytes())
      return false;
  return true;
}

Session::Session(RunOptions runOptions, ProgramCache &cache, llvm::raw_ostream &output, llvm::raw_ostream &errors)
    : options(std::move(runOptions)), cache(cache), output(output), errors(errors) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  context.appendDialectRegistry(registry);
  // The author's line says more than the state of the compiler.
  context.printOpOnDiagnostic(false);
}

Session::~Session() = default;

std::vector<ArrayView> Session::getArgumentViews() { return getViews(arguments); }

void Session::warn(const std::string &message) { errors << "remat-run: warning: " << message << '\n'; }

/// The exit status of an error.
static ExitStatus getStatus(ProgramError::Kind kind) {
  switch (kind) {
  case ProgramError::Kind::InvalidInput:
    return ExitStatus::InvalidInput;
  case ProgramError::Kind::Infeasible:
    return ExitStatus::Infeasible;
  case ProgramError::Kind::Fault:
    return ExitStatus::Fault;
  case ProgramError::Kind::Internal:
    return ExitStatus::Internal;
  case ProgramError::Kind::Unavailable:
    return ExitStatus::TargetUnavailable;
  }
  return ExitStatus::Internal;
}

int Session::fail(llvm::Error error) {
  ExitStatus status = ExitStatus::InvalidInput;
  llvm::handleAllErrors(
      std::move(error),
      [&](const InternalError &problem) {
        status = ExitStatus::Internal;
        errors << "remat-run: error: " << problem.message() << '\n';
        writeReproducer(problem.getReproducer());
      },
      [&](const ProgramError &problem) {
        status = getStatus(problem.getKind());
        if (problem.getKind() == ProgramError::Kind::Infeasible && options.json)
          printInfeasible(problem, output);
        if (diagnosed)
          return;
        errors << "remat-run: error: " << problem.message() << '\n';
        for (const BudgetComponent &component : problem.getComponents())
          errors << "remat-run: note: " << component.bytes << " bytes: " << component.description << '\n';
      },
      [&](const llvm::ErrorInfoBase &other) { errors << "remat-run: error: " << other.message() << '\n'; });
  return static_cast<int>(status);
}

void Session::writeReproducer(llvm::StringRef text) {
  llvm::SmallString<128> path(options.reproducerDirectory);
  std::string digest = llvm::toHex(llvm::SHA256::hash(llvm::arrayRefFromStringRef(text)), /*LowerCase=*/true);
  llvm::sys::path::append(path, "remat-internal-" + digest.substr(0, 12) + ".mlir");
  OutputFiles files(makeFault);
  llvm::Error error = files.add(path, [&](llvm::raw_ostream &stream) { stream << text; });
  if (!error)
    error = files.commit();
  if (error)
    errors << "remat-run: note: the reproducer could not be written: " << llvm::toString(std::move(error)) << '\n';
  else
    errors << "remat-run: note: please report it with " << path << ", which says what failed\n";
}

int Session::run() {
  mlir::SourceMgrDiagnosticHandler printer(sources, &context, errors);
  mlir::ScopedDiagnosticHandler observer(&context, [&](mlir::Diagnostic &diagnostic) {
    diagnosed |= diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error;
    return mlir::failure();
  });
  if (!options.emitDirectory.empty()) {
    if (llvm::Error error = emit())
      return fail(std::move(error));
    return static_cast<int>(ExitStatus::Success);
  }
  using Step = llvm::Error (Session::*)();
  for (Step step :
       {&Session::load, &Session::measure, &Session::time, &Session::compareWithStoreAll, &Session::checkGradient})
    if (llvm::Error error = (this->*step)())
      return fail(std::move(error));
  verify();
  if (violations.empty())
    if (llvm::Error error = writeFiles())
      return fail(std::move(error));

  if (options.json)
    printJSON(report, output);
  else
    printTable(report, output);
  for (const std::string &violation : violations)
    errors << "remat-run: error: " << violation << '\n';
  return static_cast<int>(violations.empty() ? ExitStatus::Success : ExitStatus::VerificationFailed);
}

llvm::Error Session::makeTarget() {
  if (options.target == TargetKind::CUDA) {
    auto gpu = NVVMTarget::create(options.cuda);
    if (!gpu)
      return gpu.takeError();
    report.device = (*gpu)->getDeviceName().str();
    report.chip = (*gpu)->getChip().str();
    // A driver that only pretends says so by the name of its device (test/StandIn).
    report.isSimulated = llvm::StringRef(report.device).contains("(simulated)");
    report.sameBitsOptions = std::string("--target cpu --math portable --denormals ") +
                             (options.cuda.denormals == Denormals::Keep ? "keep" : "flush");
    target = std::move(*gpu);
  } else {
    auto processor = CPUTarget::create(options.cpu);
    if (!processor)
      return processor.takeError();
    report.device = describeDevice();
    report.targetCPU = (*processor)->getCPU().str();
    report.instructionSet = getName((*processor)->getVectorISA()).str();
    target = std::move(*processor);
  }
  report.target = target->getName().str();
  return llvm::Error::success();
}

llvm::Error Session::emit() {
  if (llvm::Error error = parse())
    return error;
  auto entry = findEntry(*module, options.entry);
  if (!entry)
    return makeInputError(options.programPath + ": " + llvm::toString(entry.takeError()));
  std::string name = entry->getName().str();
  if (options.target == TargetKind::CUDA) {
    auto gpu = NVVMTarget::createForCode(options.cuda);
    if (!gpu)
      return gpu.takeError();
    target = std::move(*gpu);
  } else {
    auto processor = CPUTarget::create(options.cpu);
    if (!processor)
      return processor.takeError();
    target = std::move(*processor);
  }
  auto emitted = emitProgram(*module, name, options.program, *target);
  if (!emitted)
    return emitted.takeError();
  if (std::error_code error = llvm::sys::fs::create_directories(options.emitDirectory))
    return makeFault(options.emitDirectory + ": " + error.message());
  OutputFiles files(makeFault);
  for (const EmittedFile &file : *emitted) {
    llvm::SmallString<128> path(options.emitDirectory);
    llvm::sys::path::append(path, name + file.suffix);
    if (llvm::Error error = files.add(path, [&](llvm::raw_ostream &stream) { stream << file.content; }))
      return error;
  }
  return files.commit();
}

llvm::Error Session::parse() {
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(options.programPath);
  if (!buffer)
    return makeInputError(options.programPath + ": " + buffer.getError().message());
  sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  // Notes of other dialects are nobody's business; of an operation the compiler says it in its own words.
  context.allowUnregisteredDialects();
  module = parseProgram(sources, &context);
  if (!module)
    return makeInputError(options.programPath + " is no valid program");
  return llvm::Error::success();
}

llvm::Error Session::load() {
  if (llvm::Error error = parse())
    return error;
  auto entry = findEntry(*module, options.entry);
  if (!entry)
    return makeInputError(options.programPath + ": " + llvm::toString(entry.takeError()));
  auto signature = Signature::read(*entry);
  if (!signature)
    return makeInputError(options.programPath + ": " + llvm::toString(signature.takeError()));
  auto inputs = makeInputs(*signature, options.inputs, [&](const std::string &message) { warn(message); });
  if (!inputs)
    return inputs.takeError();
  arguments = std::move(*inputs);
  report.entry = entry->getName().str();
  if (llvm::Error error = makeTarget())
    return error;
  auto compiled = cache.compile(*module, report.entry, options.program, *target);
  if (!compiled)
    return compiled.takeError();
  program = std::move(*compiled);
  report.objectBytes = program->getObjectBytes();
  report.stepLaunches = program->getStepLaunches().vec();
  report.phases.assign(program->getPhaseTimes().begin(), program->getPhaseTimes().end());
  return llvm::Error::success();
}

llvm::Error Session::measure() {
  auto plan = program->getPlan(getArgumentViews());
  if (!plan)
    return plan.takeError();
  report.plan = std::move(*plan);
  auto allocated = program->getSignature().allocateResults(getArgumentViews());
  if (!allocated)
    return allocated.takeError();
  results = std::move(*allocated);

  MeasureOptions measureOptions;
  if (options.guard)
    measureOptions.guardBehind = report.plan.getArenaBytes() + *options.guard;
  auto inputs = TargetArrays::forArguments(*program, getArgumentViews());
  if (!inputs)
    return inputs.takeError();
  auto outputs = TargetArrays::forResults(*program, getViews(results));
  if (!outputs)
    return outputs.takeError();
  FaultSignals signals;
  if (llvm::Error error = program->measure(inputs->getViews(), outputs->getViews(), measureOptions, report.measurement,
                                           &report.counters))
    return error;
  if (llvm::Error error = outputs->copyBack())
    return error;
  for (auto [info, result] : llvm::zip(program->getSignature().getResults(), results)) {
    report.results.push_back(digestResult(info.name, result));
    if (auto position = findNaN(result))
      warn("element " + formatPosition(*position) + " of result '" + info.name + "' is NaN");
    if (auto position = findInfinity(result))
      warn("element " + formatPosition(*position) + " of result '" + info.name + "' is infinite");
  }
  return llvm::Error::success();
}

llvm::Error Session::time() {
  if (options.repeat == 0)
    return llvm::Error::success();
  auto again = program->getSignature().allocateResults(getArgumentViews());
  if (!again)
    return again.takeError();
  auto inputs = TargetArrays::forArguments(*program, getArgumentViews());
  if (!inputs)
    return inputs.takeError();
  auto outputs = TargetArrays::forResults(*program, getViews(*again));
  if (!outputs)
    return outputs.takeError();
  FaultSignals signals;
  for (unsigned i = 0; i < options.repeat; ++i) {
    Stopwatch watch;
    if (llvm::Error error = program->call(inputs->getViews(), outputs->getViews()))
      return error;
    report.seconds.push_back(watch.getSeconds());
    report.cpuSeconds.push_back(watch.getThreadSeconds());
  }
  if (llvm::Error error = outputs->copyBack())
    return error;
  if (!haveEqualBits(results, *again))
    violations.push_back("two runs with the same arguments differ");
  return llvm::Error::success();
}

/// A quarter of the memory of this machine.
static int64_t getComfortableBytes() { return sysconf(_SC_PHYS_PAGES) / 4 * sysconf(_SC_PAGESIZE); }

llvm::Error Session::compareWithStoreAll() {
  bool wanted =
      options.identicalCheck == IdenticalCheck::Always ||
      (options.identicalCheck == IdenticalCheck::Automatic && report.plan.storeAllBytes <= getComfortableBytes());
  if (!wanted)
    return llvm::Error::success();
  ProgramOptions storeAll = options.program;
  storeAll.budget = Budget::unlimited();
  storeAll.policy = schedule::Policy::StoreAll;
  storeAll.expansion = Expansion::Table;
  auto reference = cache.compile(*module, report.entry, storeAll, *target);
  if (!reference)
    return reference.takeError();
  auto expected = (*reference)->getSignature().allocateResults(getArgumentViews());
  if (!expected)
    return expected.takeError();
  FaultSignals signals;
  if (llvm::Error error = callWithHostArrays(**reference, getArgumentViews(), getViews(*expected)))
    return error;
  report.bitIdentical = haveEqualBits(results, *expected);
  if (!*report.bitIdentical)
    violations.push_back("the results differ from those of keeping everything");
  return llvm::Error::success();
}

llvm::Error Session::checkGradient() {
  if (!options.checkGradient)
    return llvm::Error::success();
  FaultSignals signals;
  // Differences are many calls of short programs, and prove more if they are computed elsewhere.
  std::unique_ptr<CPUTarget> processor;
  if (options.target == TargetKind::CUDA) {
    auto made = CPUTarget::create();
    if (!made)
      return made.takeError();
    processor = std::move(*made);
  }
  auto checks = checkGradients(*module, report.entry, arguments, options.program, *target,
                               processor ? *processor : *target, cache, options.inputs.seed, options.gradientTolerance);
  if (!checks)
    return checks.takeError();
  report.gradientChecks = std::move(*checks);
  return llvm::Error::success();
}

void Session::verify() {
  auto expectEqual = [&](llvm::StringRef what, int64_t planned, int64_t measured) {
    if (planned != measured)
      violations.push_back((what + ": planned " + llvm::Twine(planned) + ", measured " + llvm::Twine(measured)).str());
  };
  const PlanFigures &plan = report.plan;
  // What a branch that was not taken would have used stays untouched.
  if (plan.isPeakCertain || report.measurement.getPeakBytes() > plan.peakBytes)
    expectEqual("peak bytes", plan.peakBytes, report.measurement.getPeakBytes());
  expectEqual("parameter copy bytes", plan.parameterCopyBytes, report.measurement.parameterCopyBytes);
  expectEqual("allocations inside the call", 0, report.measurement.heap.allocations);
  expectEqual("forward steps", plan.forwardSteps, report.counters.getForwardSteps());
  expectEqual("reverse steps", plan.reverseSteps, report.counters.reverse);
  if (plan.budgetBytes && plan.peakBytes > *plan.budgetBytes)
    violations.push_back("the planned peak exceeds the budget");
  for (const GradientCheckResult &check : report.gradientChecks.differences)
    if (!check.passed)
      violations.push_back(
          llvm::formatv("gradient of {0} is {1:e6} along a direction, but central differences give {2:e6}", check.name,
                        check.gradient, check.difference)
              .str());
  for (const TypeCheckResult &check : report.gradientChecks.types)
    if (!check.passed)
      violations.push_back(
          llvm::formatv(
              "gradient of {0} in {1} differs from that in f64 by {2:e2} of its norm, and rounding by no more "
              "than {3:e1}",
              check.name, check.type, check.relativeError, check.tolerance)
              .str());
}

llvm::Error Session::writeFiles() {
  OutputFiles files(makeFault);
  if (!options.outputDirectory.empty()) {
    if (std::error_code error = llvm::sys::fs::create_directories(options.outputDirectory))
      return makeFault(options.outputDirectory + ": " + error.message());
    for (const auto &[number, info] : llvm::enumerate(program->getSignature().getResults())) {
      const Array &result = results[number];
      llvm::SmallString<128> path(options.outputDirectory);
      llvm::sys::path::append(path, info.name + ".npy");
      if (llvm::Error error = files.add(path, [&](llvm::raw_ostream &stream) { writeNpy(result, stream); }))
        return error;
    }
  }
  if (!options.problemPath.empty())
    if (llvm::Error error = addProblems(files))
      return error;
  return files.commit();
}

llvm::Error Session::addProblems(OutputFiles &files) {
  auto problems = program->getChainProblems(getArgumentViews());
  if (!problems)
    return problems.takeError();
  if (problems->empty())
    return makeInputError("--export-problem expects a differentiated recurrence with at least one step, but @" +
                          report.entry + " has none");
  for (size_t number = 0; number < problems->size(); ++number) {
    llvm::SmallString<128> path(options.problemPath);
    // Several recurrences: problem.json becomes problem.0.json and so on.
    if (problems->size() > 1)
      llvm::sys::path::replace_extension(path, llvm::Twine(number) + llvm::sys::path::extension(options.problemPath));
    if (llvm::Error error =
            files.add(path, [&](llvm::raw_ostream &stream) { printProblem((*problems)[number], stream); }))
      return error;
  }
  return llvm::Error::success();
}
