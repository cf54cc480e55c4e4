//===- DeviceJudge.cpp - A program on a GPU and on a processor -------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceJudge.h"

#include "remat-run/lib/FloatElements.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Execution/TargetArrays.h"
#include "remat/Target/CPU/CPUTarget.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

using namespace remat;
using namespace remat::random;
using llvm::StringRef;

struct DeviceJudge::Variant {
  bool isSmallest;
  Expansion expansion;

  std::string getName() const {
    return (llvm::Twine(isSmallest ? "min" : "unlimited") + (expansion == Expansion::Table ? ", table" : ", unrolled"))
        .str();
  }
};

/// A function that only the stand-in has; null with a driver of a device.
template <typename Function>
static Function *findInStandIn(const char *name) {
  const char *path = std::getenv("REMAT_CUDA_DRIVER");
  void *library = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD) : nullptr;
  if (!library)
    return nullptr;
  auto *function = reinterpret_cast<Function *>(dlsym(library, name));
  // It stays loaded: the runtime has it.
  dlclose(library);
  return function;
}

static void setOrderOfBlocks(uint64_t seed) {
  if (auto *set = findInStandIn<void(uint64_t)>("rematStandInSetSeed"))
    set(seed);
}

/// What the stand-in says of the kernel that failed, in one line; empty without it.
static std::string getKernelFault() {
  auto *get = findInStandIn<const char *()>("rematStandInFault");
  std::string text = get ? get() : "";
  llvm::replace(text, '\n', ' ');
  return text;
}

static std::vector<ArrayView> getViews(llvm::MutableArrayRef<Array> arrays) {
  std::vector<ArrayView> views;
  for (Array &array : arrays)
    views.push_back(array.getView());
  return views;
}

/// NaNs are equal, whichever they are: their bits are those of the machine.
static bool areEqual(const Array &left, const Array &right, int64_t element) {
  auto bytes = static_cast<size_t>(getByteSize(left.getType()));
  size_t offset = static_cast<size_t>(element) * bytes;
  if (std::memcmp(left.getBytes().data() + offset, right.getBytes().data() + offset, bytes) == 0)
    return true;
  return isFloat(left.getType()) && std::isnan(loadFloat(left, element)) && std::isnan(loadFloat(right, element));
}

static std::string printElement(const Array &array, int64_t element) {
  auto bytes = static_cast<size_t>(getByteSize(array.getType()));
  std::string text = "0x";
  for (size_t i = bytes; i-- > 0;)
    text +=
        llvm::utohexstr(array.getBytes()[static_cast<size_t>(element) * bytes + i], /*LowerCase=*/true, /*Width=*/2);
  return text;
}

/// The first element that differs, in words.
static std::optional<std::string> findDifference(const Signature &signature, llvm::ArrayRef<Array> device,
                                                 llvm::ArrayRef<Array> processor) {
  for (auto [info, left, right] : llvm::zip_equal(signature.getResults(), device, processor)) {
    if (left.getShape() != right.getShape())
      return info.name + " has another shape";
    auto bytes = static_cast<int64_t>(getByteSize(left.getType()));
    for (int64_t element = 0; element * bytes < static_cast<int64_t>(left.getBytes().size()); ++element)
      if (!areEqual(left, right, element))
        return info.name + ", element " + std::to_string(element) + ": " + printElement(left, element) + ", not " +
               printElement(right, element);
  }
  return std::nullopt;
}

Verdict DeviceJudge::runOnProcessor() {
  CPUTargetOptions options;
  options.math = MathFunctions::Portable;
  options.denormals = Denormals::Keep;
  auto target = CPUTarget::create(options);
  if (!target)
    return explain(target.takeError(), "compile");
  enter("compile for the processor");
  auto code = CompiledProgram::compile(module, entry, {}, **target);
  if (!code)
    return explain(code.takeError(), "compile");
  std::vector<ArrayView> views = getViews(arguments);
  enter("plan for the processor");
  auto figures = (*code)->getPlan(views);
  if (!figures)
    return explain(figures.takeError(), "plan");
  expectedPlan = std::move(*figures);
  auto results = (*code)->getSignature().allocateResults(views);
  if (!results)
    return explain(results.takeError(), "results");
  enter("run on the processor");
  if (llvm::Error error = (*code)->call(views, getViews(*results)))
    return explain(std::move(error), "run");
  expected = std::move(*results);
  return {};
}

Verdict DeviceJudge::compareEndings(Verdict verdict, const Variant &variant) const {
  if (isOfProcessor(verdict))
    return ending;
  std::string what = "; " + variant.getName();
  if (verdict.outcome == Outcome::Fault) {
    std::string fault = getKernelFault();
    what = (fault.empty() ? "" : ": " + StringRef(fault).split(" (").first.str()) + what + "; " + fault;
  }
  // Refused before it could end.
  bool isRefused = verdict.outcome == Outcome::Refused && !StringRef(verdict.detail).starts_with("plan: ");
  if (ending.outcome == Outcome::Right || isRefused || verdict.outcome == Outcome::Message) {
    verdict.detail = "device: " + verdict.detail + what;
    return verdict;
  }
  return {Outcome::Fault, "the device ends otherwise: " + verdict.detail + ", not: " + ending.detail + what};
}

Verdict DeviceJudge::measure(CompiledProgram &code, const PlanFigures &figures, llvm::ArrayRef<ArrayView> views,
                             llvm::MutableArrayRef<Array> results) {
  auto inputs = TargetArrays::forArguments(code, views);
  if (!inputs)
    return explain(inputs.takeError(), "run");
  auto outputs = TargetArrays::forResults(code, getViews(results));
  if (!outputs)
    return explain(outputs.takeError(), "run");
  MeasureOptions options;
  options.guardBehind = figures.getArenaBytes();
  Measurement measurement;
  CallCounters counters;
  llvm::Error error = code.measure(inputs->getViews(), outputs->getViews(), options, measurement, &counters);
  if (!error)
    error = outputs->copyBack();
  if (error)
    return explain(std::move(error), "run");
  int64_t peak = measurement.getPeakBytes();
  std::string suffix = "; planned " + std::to_string(figures.peakBytes) + ", measured " + std::to_string(peak);
  if (measurement.heap.allocations)
    return {Outcome::Memory, "a call on the device allocates"};
  if (peak != figures.peakBytes && (figures.isPeakCertain || peak > figures.peakBytes))
    return {Outcome::Memory, std::string("measured peak on the device is ") +
                                 (peak > figures.peakBytes ? "above" : "below") + " the planned one" + suffix};
  if (measurement.parameterCopyBytes || figures.parameterCopyBytes)
    return {Outcome::Memory, "parameters are copied on the device"};
  if (figures.budgetBytes && figures.peakBytes > *figures.budgetBytes)
    return {Outcome::Memory, "the planned peak on the device exceeds the budget" + suffix};
  if (counters.getForwardSteps() != figures.forwardSteps || counters.reverse != figures.reverseSteps)
    return {Outcome::Memory, "steps on the device are not as planned; planned " + std::to_string(figures.forwardSteps) +
                                 " and " + std::to_string(figures.reverseSteps) + ", counted " +
                                 std::to_string(counters.getForwardSteps()) + " and " +
                                 std::to_string(counters.reverse)};
  return {};
}

Verdict DeviceJudge::runOnDevice(const NVVMTarget &target, const Variant &variant) {
  ProgramOptions options;
  options.expansion = variant.expansion;
  if (variant.isSmallest) {
    // Nothing is kept or computed again if there is nothing to choose.
    if (!plan || plan->minimumBytes >= plan->peakBytes)
      return ending;
    options.budget = Budget::bytes(plan->minimumBytes);
  }
  if (variant.expansion == Expansion::Unrolled && !canUnroll)
    return ending;
  auto end = [&](llvm::Error error, StringRef part) {
    return compareEndings(explain(std::move(error), part), variant);
  };
  enter("compile for the device, " + variant.getName());
  auto compiled = CompiledProgram::compile(module, entry, options, target);
  if (!compiled)
    return end(compiled.takeError(), "compile");
  CompiledProgram &code = **compiled;
  // A schedule is unrolled for the trip counts that the compiler knows.
  canUnroll = !code.isPlannedPerCall();
  std::vector<ArrayView> views = getViews(arguments);
  enter("plan for the device, " + variant.getName());
  auto figures = code.getPlan(views);
  if (!figures)
    return end(figures.takeError(), "plan");
  if (!plan)
    plan = *figures;
  auto results = code.getSignature().allocateResults(views);
  if (!results)
    return end(results.takeError(), "results");

  // In front of the call that is measured: its memory holds nothing yet, so reads of what nobody wrote are found.
  enter("run on the device, " + variant.getName());
  setOrderOfBlocks(0);
  if (llvm::Error error = callWithHostArrays(code, views, getViews(*results)))
    return end(std::move(error), "run");
  auto again = code.getSignature().allocateResults(views);
  if (!again)
    return end(again.takeError(), "results");
  enter("measure on the device, " + variant.getName());
  setOrderOfBlocks(seed + 2);
  Verdict measured = measure(code, *figures, views, *again);
  if (measured.outcome != Outcome::Right)
    return compareEndings(measured, variant);

  enter("compare");
  if (!expected)
    return {Outcome::Fault, "the device ran, but should have ended: " + ending.detail};
  for (llvm::ArrayRef<Array> device : {llvm::ArrayRef<Array>(*results), llvm::ArrayRef<Array>(*again)})
    if (std::optional<std::string> difference = findDifference(code.getSignature(), device, *expected))
      return {Outcome::Bits, "the device has other bits than the processor; " + *difference + "; " + variant.getName()};
  return {};
}

Verdict DeviceJudge::run() {
  ending = runOnProcessor();
  // What the common part of the compiler refuses is refused for all targets.
  bool isCompiled = expectedPlan || StringRef(ending.detail).starts_with("plan: ");
  if (!isCompiled)
    return ending;
  enter("find the device");
  auto target = NVVMTarget::create();
  if (!target)
    return {Outcome::Fault, "no device: " + llvm::toString(target.takeError())};
  for (const Variant &variant : {Variant{false, Expansion::Table}, Variant{false, Expansion::Unrolled},
                                 Variant{true, Expansion::Table}, Variant{true, Expansion::Unrolled}}) {
    Verdict verdict = runOnDevice(**target, variant);
    if (!isOfProcessor(verdict))
      return verdict;
  }
  // Numbers that a processor keeps in registers between loops lie in memory on a device.
  if (expected && plan->minimumBytes != expectedPlan->minimumBytes)
    return {Outcome::Right, StringRef("the smallest budget on the device is ").str() +
                                (plan->minimumBytes > expectedPlan->minimumBytes ? "above" : "below") +
                                " the processor's; " + std::to_string(plan->minimumBytes) + ", not " +
                                std::to_string(expectedPlan->minimumBytes)};
  return ending;
}
