//===- Judge.cpp - Compiles, runs and judges one program -------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Judge.h"

#include "DeviceJudge.h"
#include "Interpreter/Interpreter.h"
#include "remat-run/lib/Inputs.h"
#include "remat-run/lib/ProgramFile.h"
#include "remat/Execution/CompiledProgram.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Pipelines/Pipeline.h"
#include "remat/Target/CPU/CPUTarget.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

#include <cmath>
#include <optional>

using namespace remat;
using namespace remat::random;
using llvm::StringRef;

std::string Case::printCommand(StringRef file) const {
  std::string text = "remat-run " + file.str();
  if (!entry.empty())
    text += " --entry " + entry;
  for (const std::string &input : inputs)
    text += " --input " + input;
  for (const std::string &shape : shapes)
    text += " --shape " + shape;
  if (steps >= 0)
    text += " --steps " + std::to_string(steps);
  if (seed)
    text += " --seed " + std::to_string(seed);
  return text;
}

static std::vector<ArrayView> getViews(llvm::MutableArrayRef<Array> arrays) {
  std::vector<ArrayView> views;
  for (Array &array : arrays)
    views.push_back(array.getView());
  return views;
}

/// Whether element \p element of result \p result is said by the program: nothing was
/// left unwritten that it hangs on.
static bool isSaid(const interpreter::Outcome *reference, size_t result, int64_t element) {
  return !reference || reference->failed || reference->errors[result][static_cast<size_t>(element)] < HUGE_VAL;
}

/// The name of the first result whose bits differ. With a \p reference, only elements
/// that it is sure of count.
static std::optional<std::string> findDifference(const Signature &signature, llvm::ArrayRef<Array> left,
                                                 llvm::ArrayRef<Array> right, const interpreter::Outcome *reference) {
  for (auto [number, info] : llvm::enumerate(signature.getResults())) {
    llvm::ArrayRef<uint8_t> a = left[number].getBytes(), b = right[number].getBytes();
    if (a == b)
      continue;
    size_t bytes = static_cast<size_t>(remat::getByteSize(left[number].getType()));
    for (size_t i = 0; i < a.size(); ++i)
      if (a[i] != b[i] && isSaid(reference, number, static_cast<int64_t>(i / bytes)))
        return info.name;
  }
  return std::nullopt;
}

static std::string getFirstLine(StringRef text) {
  std::string line = text.split('\n').first.str();
  for (char &c : line)
    if (c == '\t')
      c = ' ';
  return line;
}

namespace {

class Session {
public:
  Session(const Case &program, const JudgeOptions &options, mlir::MLIRContext &context,
          llvm::function_ref<void(StringRef)> enter)
      : program(program), options(options), context(context), enter(enter) {}

  Verdict run(Coverage *coverage);

private:
  Verdict parse();
  /// What a compilation or a call said. \p part names it.
  Verdict explain(llvm::Error error, StringRef part);
  /// Compiles, calls and observes one variant; the results of the first are kept.
  Verdict runVariant(StringRef variant);
  /// Compiles and calls the program for a GPU and for this processor, and compares.
  Verdict runOnDevice();
  /// Whether a result of a mutation may hang on elements that were not written.
  bool readsUnwritten() const {
    return llvm::any_of(own.errors,
                        [](const std::vector<double> &errors) { return llvm::is_contained(errors, HUGE_VAL); });
  }
  /// What the program means, before anything is compiled.
  void interpret();
  bool hasReference() const;
  /// A mutation may read what nobody wrote; a generated program does not, and all
  /// of its bits have to be equal.
  const interpreter::Outcome *getCertainty() const { return options.mayFail && options.interpret ? &own : nullptr; }
  Verdict compareWithReference();
  Verdict compileAgain();

  const Case &program;
  const JudgeOptions &options;
  mlir::MLIRContext &context;
  llvm::function_ref<void(StringRef)> enter;

  llvm::SourceMgr sources;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::string entry;
  std::vector<std::string> errors;
  std::vector<Array> arguments, expected;
  std::optional<PlanFigures> plan;
  bool hasResults = false;
  interpreter::Outcome own, f64;
  /// The program ends in what nobody reads: it may as well run.
  bool endsUnread = false;
  /// It ends on the device as it does not end on the processor.
  bool isOfDevice = false;
};

} // namespace

Verdict Session::parse() {
  sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(program.text, "program.mlir"), llvm::SMLoc());
  module = parseProgram(sources, &context);
  if (!module)
    return {Outcome::Invalid, errors.empty() ? "no program" : errors.front()};
  auto function = findEntry(*module, program.entry);
  if (!function)
    return {Outcome::Invalid, getFirstLine(llvm::toString(function.takeError()))};
  entry = function->getName().str();
  auto signature = Signature::read(*function);
  if (!signature)
    return {Outcome::Refused, getFirstLine(llvm::toString(signature.takeError()))};
  InputOptions inputs;
  inputs.seed = program.seed;
  if (program.steps >= 0)
    inputs.steps = program.steps;
  for (const std::string &text : program.inputs) {
    auto spec = parseInputSpec(text);
    if (!spec)
      return {Outcome::Invalid, getFirstLine(llvm::toString(spec.takeError()))};
    // An argument that shrinking has removed.
    if (llvm::any_of(signature->getArguments(), [&](const ArgumentInfo &info) { return info.name == spec->name; }))
      inputs.inputs.push_back(std::move(*spec));
  }
  for (const std::string &text : program.shapes) {
    auto spec = parseShapeSpec(text);
    if (!spec)
      return {Outcome::Invalid, getFirstLine(llvm::toString(spec.takeError()))};
    if (llvm::any_of(signature->getArguments(), [&](const ArgumentInfo &info) {
          return info.name == spec->name && llvm::is_contained(info.shape, mlir::ShapedType::kDynamic);
        }))
      inputs.shapes.push_back(std::move(*spec));
  }
  auto made = makeInputs(*signature, inputs, [](const std::string &) {});
  if (!made)
    return {Outcome::Invalid, getFirstLine(llvm::toString(made.takeError()))};
  arguments = std::move(*made);
  return {};
}

Verdict Session::explain(llvm::Error error, StringRef part) {
  Verdict verdict{Outcome::Refused, ""};
  llvm::handleAllErrors(
      std::move(error),
      [&](const ProgramError &problem) {
        verdict.detail = problem.message();
        if (problem.getKind() == ProgramError::Kind::Fault)
          verdict.outcome = Outcome::Fault;
        else if (problem.getKind() == ProgramError::Kind::Infeasible)
          verdict.outcome = Outcome::Memory;
      },
      [&](const llvm::ErrorInfoBase &other) { verdict.detail = other.message(); });
  if (!errors.empty() && verdict.outcome == Outcome::Refused)
    verdict.detail = errors.front();
  verdict.detail = getFirstLine(verdict.detail);
  std::string all = verdict.detail;
  for (const std::string &message : errors)
    all += "\n" + message;
  if (verdict.outcome == Outcome::Refused && isInternalMessage(all, program.text))
    verdict.outcome = Outcome::Message;
  if (part != "compile")
    verdict.detail = part.str() + ": " + verdict.detail;
  return verdict;
}

Verdict Session::runVariant(StringRef variant) {
  auto [policyName, budget] = variant.split('@');
  bool isFirst = !plan.has_value();
  ProgramOptions pipeline;
  std::optional<schedule::Policy> policy = schedule::parsePolicy(policyName.str());
  if (!policy)
    return {Outcome::Invalid, "unknown policy " + policyName.str()};
  pipeline.policy = *policy;
  if (budget == "min" || budget == "between") {
    // Nothing is kept or computed again if there is nothing to choose.
    if (!plan || plan->minimumBytes >= plan->peakBytes)
      return {};
    int64_t bytes = plan->minimumBytes;
    if (budget == "between")
      bytes += (plan->storeAllBytes - bytes) / 2 / 64 * 64;
    pipeline.budget = Budget::bytes(bytes);
  } else {
    std::string problem;
    std::optional<Budget> read = parseBudget(budget.str(), problem);
    if (!read)
      return {Outcome::Invalid, problem};
    pipeline.budget = *read;
  }
  enter(("compile " + variant).str());
  errors.clear();
  CPUTargetOptions processor;
  processor.cpu = options.targetCPU;
  auto target = CPUTarget::create(processor);
  if (!target)
    return explain(target.takeError(), "compile");
  auto compiled = CompiledProgram::compile(*module, entry, pipeline, **target);
  bool mayBeInfeasible = policyName != "optimal";
  auto explainVariant = [&](llvm::Error error, StringRef part) {
    Verdict verdict = explain(std::move(error), part);
    // Only the best policy promises to run with the smallest budget.
    if (verdict.outcome == Outcome::Memory && mayBeInfeasible)
      return Verdict();
    if (!isFirst && verdict.outcome == Outcome::Refused)
      verdict = {Outcome::Bits, "refused with " + variant.str() + " only: " + verdict.detail};
    return verdict;
  };
  if (!compiled)
    return explainVariant(compiled.takeError(), "compile");
  CompiledProgram &code = **compiled;
  std::vector<ArrayView> views = getViews(arguments);
  enter(("plan " + variant).str());
  auto figures = code.getPlan(views);
  if (!figures)
    return explainVariant(figures.takeError(), "plan");
  auto results = code.getSignature().allocateResults(views);
  if (!results)
    return explain(results.takeError(), "results");

  enter(("run " + variant).str());
  MeasureOptions measureOptions;
  measureOptions.guardBehind = figures->getArenaBytes();
  Measurement measurement;
  CallCounters counters;
  if (llvm::Error error = code.measure(views, getViews(*results), measureOptions, measurement, &counters))
    return explain(std::move(error), "run");
  auto again = code.getSignature().allocateResults(views);
  if (!again)
    return explain(again.takeError(), "results");
  if (llvm::Error error = code.call(views, getViews(*again)))
    return explain(std::move(error), "second run");

  enter("compare");
  if (auto name = findDifference(code.getSignature(), *results, *again, getCertainty()))
    return {Outcome::Bits, "two runs differ in a result; " + *name + " with " + variant.str()};
  int64_t peak = measurement.getPeakBytes();
  std::string suffix = "; " + variant.str();
  if (measurement.heap.allocations)
    return {Outcome::Memory, "a call allocates" + suffix};
  if (peak != figures->peakBytes && (figures->isPeakCertain || peak > figures->peakBytes))
    return {Outcome::Memory, std::string("measured peak is ") + (peak > figures->peakBytes ? "above" : "below") +
                                 " the planned one; planned " + std::to_string(figures->peakBytes) + ", measured " +
                                 std::to_string(peak) + " with " + variant.str()};
  if (measurement.parameterCopyBytes != figures->parameterCopyBytes)
    return {Outcome::Memory, "measured parameter copies are not as planned" + suffix};
  if (figures->budgetBytes && figures->peakBytes > *figures->budgetBytes)
    return {Outcome::Memory, "the planned peak exceeds the budget" + suffix};
  if (counters.getForwardSteps() != figures->forwardSteps || counters.reverse != figures->reverseSteps)
    return {Outcome::Memory, "steps are not as planned" + suffix};
  if (isFirst) {
    plan = std::move(*figures);
    expected = std::move(*results);
    hasResults = true;
    return {};
  }
  if (auto name = findDifference(code.getSignature(), *results, expected, getCertainty()))
    return {Outcome::Bits, "a result depends on the plan; " + *name + " with " + variant.str()};
  return {};
}

Verdict Session::runOnDevice() {
  auto begin = [&](StringRef part) {
    errors.clear();
    enter(part);
  };
  auto say = [&](llvm::Error error, StringRef part) { return explain(std::move(error), part); };
  DeviceJudge judge(*module, entry, arguments, program.seed, begin, say);
  Verdict verdict = judge.run();
  isOfDevice = !judge.isOfProcessor(verdict);
  if (auto results = judge.takeResults()) {
    expected = std::move(*results);
    hasResults = true;
  }
  return verdict;
}

static interpreter::Array convert(const Array &array, mlir::Type elementType) {
  interpreter::Array converted;
  converted.elementType = elementType;
  converted.shape.assign(array.getShape().begin(), array.getShape().end());
  converted.bytes.assign(array.getBytes().begin(), array.getBytes().end());
  return converted;
}

/// What nobody reads a compiler may leave out, and with it the error that it would have ended with.
static void eraseUnread(mlir::ModuleOp module) {
  for (bool changed = true; changed;) {
    changed = false;
    module.walk<mlir::WalkOrder::PostOrder, mlir::ReverseIterator>([&](mlir::Operation *op) {
      if (!mlir::isOpTriviallyDead(op))
        return;
      op->erase();
      changed = true;
    });
  }
}

void Session::interpret() {
  enter("interpret");
  auto function = module->lookupSymbol<mlir::func::FuncOp>(entry);
  std::vector<interpreter::Array> inputs;
  for (auto [array, type] : llvm::zip_equal(arguments, function.getArgumentTypes()))
    inputs.push_back(convert(array, mlir::getElementTypeOrSelf(type)));
  interpreter::InterpretOptions settings;
  settings.operationLimit = 60'000'000;
  settings.flushesDenormals = !options.onDevice;
  own = interpreter::interpret(*module, entry, inputs, settings);
  if (own.failed && (program.mayEnd || options.mayFail)) {
    mlir::OwningOpRef<mlir::ModuleOp> read = module->clone();
    eraseUnread(*read);
    interpreter::Outcome rest = interpreter::interpret(*read, entry, inputs, settings);
    endsUnread = !rest.failed;
    if (endsUnread)
      own = std::move(rest);
  }
  settings.precision = interpreter::Precision::F64;
  if (!own.failed)
    f64 = interpreter::interpret(*module, entry, inputs, settings);
}

bool Session::hasReference() const {
  return options.interpret && !own.uncertain && own.kind != interpreter::Failure::Unsupported &&
         own.kind != interpreter::Failure::Limit && own.kind != interpreter::Failure::Undefined;
}

Verdict Session::compareWithReference() {
  enter("compare");
  if (!hasReference())
    return {};
  if (own.failed)
    return {Outcome::Fault,
            "ran, but should have ended: " + interpreter::getName(own.kind).str() + "; " + getFirstLine(own.why)};
  auto function = module->lookupSymbol<mlir::func::FuncOp>(entry);
  std::vector<interpreter::Array> results;
  for (auto [array, type] : llvm::zip_equal(expected, function.getResultTypes()))
    results.push_back(convert(array, mlir::getElementTypeOrSelf(type)));
  std::optional<std::string> wrong = interpreter::judge(results, own, f64.failed ? nullptr : &f64);
  if (!wrong)
    return {};
  return {Outcome::Value, "differs from the reference; " + getFirstLine(*wrong)};
}

Verdict Session::compileAgain() {
  enter("compile twice");
  std::string texts[2];
  for (std::string &text : texts) {
    mlir::OwningOpRef<mlir::ModuleOp> copy = module->clone();
    mlir::PassManager manager(&context);
    buildPipeline(manager, {}, CPUTarget(VectorISA::Host, Denormals::Flush, /*accurate=*/false));
    if (failed(manager.run(*copy)))
      return {};
    llvm::raw_string_ostream stream(text);
    copy->print(stream);
  }
  if (texts[0] != texts[1])
    return {Outcome::Bits, "two compilations give different code"};
  return {};
}

Verdict Session::run(Coverage *coverage) {
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error)
      errors.push_back(getFirstLine(diagnostic.str()));
    return mlir::success();
  });
  enter("parse");
  Verdict verdict = parse();
  if (verdict.outcome != Outcome::Right)
    return verdict;
  if (!options.pretend.empty()) {
    bool hasOperation = false;
    module->walk([&](mlir::Operation *op) { hasOperation |= op->getName().getStringRef() == options.pretend; });
    return hasOperation ? Verdict{Outcome::Value, "pretended"} : Verdict();
  }
  if (options.interpret)
    interpret();
  // A mutation of a loop may have no end: nothing is to be seen of it.
  if (options.mayFail && own.kind == interpreter::Failure::Limit)
    return {Outcome::Invalid, "too long to interpret: " + getFirstLine(own.why)};
  if (own.failed && !options.mayFail && !program.mayEnd)
    // Compiled all the same, unless it is wrong for certain.
    if (hasReference())
      return {Outcome::Invalid, "ends: " + interpreter::getName(own.kind).str()};
  // The stand-in finds each read of it.
  if (options.onDevice && options.mayFail && readsUnwritten())
    return {Outcome::Invalid, "may read what nobody wrote"};
  if (options.onDevice)
    verdict = runOnDevice();
  else
    for (const std::string &variant : options.variants) {
      verdict = runVariant(variant);
      if (verdict.outcome != Outcome::Right)
        break;
    }
  // It ends as the reference does.
  bool mayEnd = endsUnread || (own.failed && own.kind != interpreter::Failure::Unsupported);
  bool ends = (verdict.outcome == Outcome::Fault && !isOfDevice) ||
              (verdict.outcome == Outcome::Refused && llvm::StringRef(verdict.detail).starts_with("plan: "));
  if (mayEnd && ends)
    return {};
  // A crash of a variant is found first; a wrong value says more than wrong bits.
  if (hasResults && options.interpret && (verdict.outcome == Outcome::Right || verdict.outcome == Outcome::Bits)) {
    Verdict value = compareWithReference();
    if (value.isFailure())
      verdict = value;
  }
  if (verdict.outcome == Outcome::Right && options.compileTwice)
    verdict = compileAgain();
  if (coverage && verdict.outcome == Outcome::Right) {
    enter("count");
    coverage->add(*module);
    if (options.interpret && !hasReference() && verdict.detail.empty())
      verdict.detail = "not interpreted: " + (own.failed ? getFirstLine(own.why) : std::string("uncertain"));
  }
  return verdict;
}

Verdict remat::random::judge(const Case &program, const JudgeOptions &options, mlir::MLIRContext &context,
                             llvm::function_ref<void(StringRef)> enter, Coverage *coverage) {
  return Session(program, options, context, enter).run(coverage);
}

void remat::random::warmUp(mlir::MLIRContext &context, bool onDevice) {
  Case program;
  program.text = R"(
func.func private @loss(%x: tensor<3x4xf32>, %h: tensor<4xf32>) -> tensor<f32> {
  %n = arith.constant 3 : index
  %zero = arith.constant dense<0.0> : tensor<f32>
  %r = remat.recurrence count(%n) at(%t) carry(%c = %h : tensor<4xf32>) scan(%e = %x : tensor<3x4xf32>) {
    %s = arith.addf %c, %e : tensor<4xf32>
    %u = math.tanh %s : tensor<4xf32>
    remat.yield carry(%u : tensor<4xf32>)
  }
  %l = linalg.reduce { arith.addf } ins(%r : tensor<4xf32>) outs(%zero : tensor<f32>) dimensions = [0]
  return %l : tensor<f32>
}
func.func @main(%x: tensor<3x4xf32>, %h: tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
  %l, %d = remat.value_and_gradient @loss(%x, %h) wrt [1] : (tensor<3x4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %l, %d : tensor<f32>, tensor<4xf32>
}
)";
  JudgeOptions options;
  options.interpret = false;
  judge(program, options, context, [](StringRef) {}, nullptr);
  if (!onDevice)
    return;
  // Without a device, whose driver may not be in use when children begin.
  NVVMTargetOptions chip;
  chip.chip = "sm_80";
  auto module = mlir::parseSourceString<mlir::ModuleOp>(program.text, &context);
  mlir::PassManager manager(&context);
  buildPipeline(manager, {}, NVVMTarget(chip));
  if (failed(manager.run(*module)))
    llvm::report_fatal_error("the program that comes first is not compiled");
}
