//===- GradientCheck.cpp - Gradients against central differences --------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GradientCheck.h"

#include "FloatElements.h"
#include "GradientPrograms.h"
#include "Inputs.h"
#include "ProgramCache.h"
#include "Ridders.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Execution/TargetArrays.h"
#include "remat/Support/Budget.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/Sequence.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

using namespace remat;

/// Directions per operand: one may be blind by chance, hardly two.
static constexpr unsigned numDirections = 2;
/// The first step of a difference.
static constexpr double longestStep = 1e-3;

static std::vector<ArrayView> getViews(llvm::MutableArrayRef<Array> arrays) {
  std::vector<ArrayView> views;
  for (Array &array : arrays)
    views.push_back(array.getView());
  return views;
}

/// Calls \p program with results of its own.
static llvm::Expected<std::vector<Array>> run(CompiledProgram &program, llvm::MutableArrayRef<Array> arguments) {
  std::vector<ArrayView> views = getViews(arguments);
  if (llvm::Error error = program.getSignature().checkArguments(views))
    return std::move(error);
  auto results = program.getSignature().allocateResults(views);
  if (!results)
    return results;
  if (llvm::Error error = callWithHostArrays(program, views, getViews(*results)))
    return std::move(error);
  return results;
}

static double dot(const Array &left, const Array &right) {
  double sum = 0;
  for (int64_t i = 0; i < left.getNumElements(); ++i)
    sum += loadFloat(left, i) * loadFloat(right, i);
  return sum;
}

namespace {

/// The checks for one remat.value_and_gradient.
class Checker {
public:
  /// \p point holds the operands: arguments of the callee, then seeds.
  Checker(const GradientRequest &request, CompiledProgram &value, std::vector<Array> point,
          std::vector<Array> gradients, double tolerance)
      : request(request), value(value), point(std::move(point)), gradients(std::move(gradients)), tolerance(tolerance) {
  }

  llvm::Expected<GradientCheckResult> check(unsigned number, uint64_t seed);

private:
  /// <s, f(x + t u)>, u along operand \p operand.
  llvm::Expected<double> evaluate(unsigned operand, const Array &direction, double t);

  const GradientRequest &request;
  CompiledProgram &value;
  std::vector<Array> point;
  std::vector<Array> gradients;
  double tolerance;
};

} // namespace

llvm::Expected<double> Checker::evaluate(unsigned operand, const Array &direction, double t) {
  Array &x = point[operand];
  llvm::Expected<Array> kept = widen(x);
  if (!kept)
    return kept.takeError();
  for (int64_t i = 0; i < x.getNumElements(); ++i)
    storeFloat(x, i, loadFloat(x, i) + t * loadFloat(direction, i));
  size_t numArguments = value.getSignature().getArguments().size();
  auto results = run(value, llvm::MutableArrayRef<Array>(point).take_front(numArguments));
  x = std::move(*kept);
  if (!results)
    return results.takeError();
  double sum = 0;
  for (auto [number, result] : llvm::enumerate(*results)) {
    if (request.numSeeds == 0)
      sum += loadFloat(result, 0);
    else
      sum += dot(result, point[numArguments + number]);
  }
  return sum;
}

llvm::Expected<GradientCheckResult> Checker::check(unsigned number, uint64_t seed) {
  unsigned operand = request.wrt[number];
  const Array &gradient = gradients[number];
  llvm::Expected<Array> direction = Array::create(ElementType::F64, gradient.getShape());
  if (!direction)
    return direction.takeError();
  GradientCheckResult result;
  result.name = request.callee + " " + request.operandNames[operand];
  InputSpec unit;
  unit.value = 1;
  if (llvm::Error error = generateValues(*direction, unit, seed, result.name))
    return std::move(error);

  result.tolerance = tolerance;
  result.gradient = dot(gradient, *direction);
  double norm = std::sqrt(dot(gradient, gradient));
  llvm::Expected<double> atPoint = evaluate(operand, *direction, 0);
  if (!atPoint)
    return atPoint.takeError();
  double noise = 64 * std::numeric_limits<double>::epsilon() * std::abs(*atPoint) / longestStep;

  // How long a step may be depends on how curved the function is.
  double goal = 0.01 * std::max(tolerance * norm, noise);
  Derivative best{0, std::numeric_limits<double>::infinity()};
  for (double step : {longestStep, 1e-4, 1e-5, 1e-6, 1e-7}) {
    auto derivative = differentiate([&](double t) { return evaluate(operand, *direction, t); }, step, goal);
    if (!derivative)
      return derivative.takeError();
    if (derivative->error < best.error)
      best = *derivative;
    if (best.error <= goal)
      break;
  }
  result.difference = best.value;
  result.differenceError = best.error;
  double deviation = std::abs(result.gradient - result.difference) + result.differenceError;
  double scale = std::max({std::abs(result.difference), norm, noise / tolerance});
  result.relativeError = deviation == 0 ? 0 : deviation / scale;
  result.hidden = noise >= std::max(std::abs(result.difference), norm);
  // Written so that a NaN fails.
  result.passed = result.relativeError <= tolerance;
  return result;
}

/// Everything as in \p options, but with no budget: the values are the same.
static llvm::Expected<std::shared_ptr<CompiledProgram>> compileUnlimited(mlir::ModuleOp module, llvm::StringRef entry,
                                                                         const ProgramOptions &options,
                                                                         const Target &target, ProgramCache &cache) {
  ProgramOptions unlimited = options;
  unlimited.budget = Budget::unlimited();
  return cache.compile(module, entry, unlimited, target);
}

/// Under the user's budget. Numbers of f64 take more bytes than those of the
/// program, so a budget in bytes grows with them, if need be up to the smallest
/// that is feasible.
static llvm::Expected<std::shared_ptr<CompiledProgram>> compileWithinBudget(mlir::ModuleOp module,
                                                                            llvm::StringRef entry,
                                                                            const ProgramOptions &options,
                                                                            const Target &target, ProgramCache &cache) {
  ProgramOptions widened = options;
  if (options.budget.getKind() != Budget::Kind::Bytes)
    return cache.compile(module, entry, widened, target);
  constexpr int64_t half = std::numeric_limits<int64_t>::max() / 2;
  widened.budget = Budget::bytes(2 * std::min(options.budget.getNumerator(), half));
  auto program = cache.compile(module, entry, widened, target);
  if (program)
    return program;
  llvm::Error rest = llvm::handleErrors(program.takeError(), [&](std::unique_ptr<ProgramError> error) -> llvm::Error {
    if (error->getKind() != ProgramError::Kind::Infeasible)
      return llvm::Error(std::move(error));
    widened.budget = Budget::minimum();
    return llvm::Error::success();
  });
  if (rest)
    return std::move(rest);
  return cache.compile(module, entry, widened, target);
}

static llvm::Expected<std::vector<Array>> widenAll(llvm::ArrayRef<Array> arrays) {
  std::vector<Array> wide;
  for (const Array &array : arrays) {
    llvm::Expected<Array> copy = widen(array);
    if (!copy)
      return copy.takeError();
    wide.push_back(std::move(*copy));
  }
  return wide;
}

/// The operands of a request at the point \p arguments, in the types of \p programs.
static llvm::Expected<std::vector<Array>> computePoint(GradientPrograms &programs, unsigned index,
                                                       llvm::ArrayRef<Array> arguments, const ProgramOptions &options,
                                                       const Target &target, ProgramCache &cache) {
  std::vector<Array> copies;
  auto copyAll = [&](llvm::ArrayRef<unsigned> numbers) -> llvm::Error {
    for (unsigned number : numbers) {
      llvm::Expected<Array> copy = copyArray(arguments[number]);
      if (!copy)
        return copy.takeError();
      copies.push_back(std::move(*copy));
    }
    return llvm::Error::success();
  };
  if (std::optional<std::vector<unsigned>> numbers = programs.getOperandArguments(index)) {
    if (llvm::Error error = copyAll(*numbers))
      return std::move(error);
    return std::move(copies);
  }
  if (llvm::Error error = copyAll(llvm::to_vector(llvm::seq<unsigned>(0, arguments.size()))))
    return std::move(error);
  auto prefix = compileUnlimited(programs.getModule(), programs.addPrefix(index), options, target, cache);
  if (!prefix)
    return prefix.takeError();
  return run(**prefix, copies);
}

static double getDistance(const Array &left, const Array &right) {
  double sum = 0;
  for (int64_t i = 0; i < left.getNumElements(); ++i) {
    double difference = loadFloat(left, i) - loadFloat(right, i);
    sum += difference * difference;
  }
  return std::sqrt(sum);
}

/// Multiplies each element of the float arrays by 1 + u with a random u of size \p size.
static llvm::Error perturb(std::vector<Array> &arrays, double size, uint64_t seed) {
  InputSpec normal;
  normal.value = size;
  for (auto [number, array] : llvm::enumerate(arrays)) {
    if (!isFloat(array.getType()))
      continue;
    llvm::Expected<Array> changes = Array::create(ElementType::F64, array.getShape());
    if (!changes)
      return changes.takeError();
    if (llvm::Error error = generateValues(*changes, normal, seed, "perturbation " + std::to_string(number)))
      return error;
    for (int64_t i = 0; i < array.getNumElements(); ++i)
      storeFloat(array, i, loadFloat(array, i) * (1 + loadFloat(*changes, i)));
  }
  return llvm::Error::success();
}

/// What an operation on small numbers of \p type is off by: f16 has its denormals, of the
/// other types they are flushed.
static double getVanishing(mlir::FloatType type) {
  const llvm::fltSemantics &semantics = type.getFloatSemantics();
  return (type.isF16() ? llvm::APFloat::getSmallest(semantics) : llvm::APFloat::getSmallestNormalized(semantics))
      .convertToDouble();
}

namespace {
/// What the checks of one program have in common.
struct CheckContext {
  llvm::ArrayRef<Array> arguments;
  const ProgramOptions &options;
  const Target &target;
  ProgramCache &cache;
  uint64_t seed;
};
} // namespace

/// Compares the gradients of a request in the types as written with those that
/// \p wideGradient computes in f64.
static llvm::Error checkTypes(GradientPrograms &programs, unsigned index, CompiledProgram &wideGradient,
                              const CheckContext &context, std::vector<TypeCheckResult> &checks) {
  const GradientRequest &request = programs.getRequests()[index];
  mlir::FloatType type = programs.getNarrowestType();
  int64_t largestExtent = 1;
  for (const Array &argument : context.arguments)
    for (int64_t extent : argument.getShape())
      largestExtent = std::max(largestExtent, extent);
  auto point = computePoint(programs, index, context.arguments, context.options, context.target, context.cache);
  if (!point)
    return point.takeError();
  auto program = compileWithinBudget(programs.getModule(), programs.addGradient(index), context.options, context.target,
                                     context.cache);
  if (!program)
    return program.takeError();
  auto gradients = run(**program, *point);
  if (!gradients)
    return gradients.takeError();

  double numOperations = programs.countOperations(index, largestExtent);
  double rounding = std::ldexp(1.0, -int(type.getFPMantissaWidth()));
  double tolerance = std::min(0.5, 8 * rounding * std::sqrt(numOperations));
  auto widePoint = widenAll(*point);
  if (!widePoint)
    return widePoint.takeError();
  auto exact = run(wideGradient, *widePoint);
  if (!exact)
    return exact.takeError();
  if (llvm::Error error = perturb(*widePoint, tolerance, context.seed))
    return error;
  auto nearby = run(wideGradient, *widePoint);
  if (!nearby)
    return nearby.takeError();

  for (unsigned number = 0; number < request.wrt.size(); ++number) {
    const Array &reference = (*exact)[number];
    double norm = std::sqrt(dot(reference, reference));
    double deviation = getDistance((*gradients)[number], reference);
    double vanishing = getVanishing(type) * numOperations;
    double change = getDistance((*nearby)[number], reference);
    double allowed = tolerance * norm + change + vanishing;
    TypeCheckResult result;
    result.name = request.callee + " " + request.operandNames[request.wrt[number]];
    llvm::raw_string_ostream(result.type) << mlir::Type(type);
    result.numOperations = numOperations;
    double scale = norm > 0 ? norm : 1;
    result.relativeError = deviation / scale;
    result.tolerance = allowed / scale;
    // Written so that a NaN fails.
    result.passed = deviation <= allowed;
    // A gradient that is zero, and stays so nearby, is what it should be.
    result.undecided = norm <= allowed && (norm > 0 || change > 0);
    checks.push_back(std::move(result));
  }
  return llvm::Error::success();
}

llvm::Expected<GradientChecks> remat::checkGradients(mlir::ModuleOp module, llvm::StringRef entry,
                                                     llvm::ArrayRef<Array> arguments, const ProgramOptions &options,
                                                     const Target &target, const Target &valueTarget,
                                                     ProgramCache &cache, uint64_t seed, double tolerance) {
  auto programs = GradientPrograms::create(module, entry, GradientPrograms::Types::F64);
  if (!programs)
    return programs.takeError();
  auto asWritten = GradientPrograms::create(module, entry, GradientPrograms::Types::AsWritten);
  if (!asWritten)
    return asWritten.takeError();
  bool isNarrow = !asWritten->getNarrowestType().isF64();
  CheckContext context{arguments, options, target, cache, seed};
  auto wideArguments = widenAll(arguments);
  if (!wideArguments)
    return wideArguments.takeError();
  GradientChecks checks;
  for (auto [index, request] : llvm::enumerate(programs->getRequests())) {
    auto point = computePoint(*programs, index, *wideArguments, options, target, cache);
    if (!point)
      return point.takeError();
    auto gradient = compileWithinBudget(programs->getModule(), programs->addGradient(index), options, target, cache);
    if (!gradient)
      return gradient.takeError();
    auto gradients = run(**gradient, *point);
    if (!gradients)
      return gradients.takeError();
    if (isNarrow)
      if (llvm::Error error = checkTypes(*asWritten, index, **gradient, context, checks.types))
        return std::move(error);
    gradient->reset();

    auto valueModule = programs->createValueModule(index);
    if (!valueModule)
      return valueModule.takeError();
    auto value = compileUnlimited(**valueModule, request.callee, options, valueTarget, cache);
    if (!value)
      return value.takeError();
    Checker checker(request, **value, std::move(*point), std::move(*gradients), tolerance);
    for (unsigned number = 0; number < request.wrt.size(); ++number)
      for (unsigned direction = 0; direction < numDirections; ++direction) {
        auto check = checker.check(number, seed + direction);
        if (!check)
          return check.takeError();
        checks.differences.push_back(std::move(*check));
      }
  }
  return checks;
}
