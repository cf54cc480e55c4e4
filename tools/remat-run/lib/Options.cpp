//===- Options.cpp - The command line of remat-run ----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include "remat/Dialect/Remat/Transforms/PolicyOption.h"
#include "remat/Support/Budget.h"
#include "support/ExitStatus.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace remat;
namespace cl = llvm::cl;

namespace {

/// Reads one of the values of an option, as LLVM does, but says what there is to choose from.
template <typename Value>
struct ChoiceParser : cl::parser<Value> {
  using cl::parser<Value>::parser;

  /// Returns true on error.
  bool parse(cl::Option &option, llvm::StringRef, llvm::StringRef text, Value &value) {
    std::string names;
    for (const auto &[number, choice] : llvm::enumerate(this->Values)) {
      if (choice.Name == text) {
        value = choice.V.getValue();
        return false;
      }
      names += (number == 0 ? "" : number + 1 == this->Values.size() ? " or " : ", ") + choice.Name.str();
    }
    return option.error("expects " + names + ", but got '" + text + "'");
  }
};

template <typename Value>
using Choice = cl::opt<Value, /*ExternalStorage=*/false, ChoiceParser<Value>>;

/// The declarations.
struct CommandLine {
  cl::OptionCategory category{"remat-run options"};

  cl::opt<std::string> program{cl::Positional, cl::Required, cl::desc("PROGRAM.mlir (- for standard input)"),
                               cl::cat(category)};
  cl::opt<std::string> entry{"entry", cl::value_desc("NAME"), cl::cat(category),
                             cl::desc("Function to run; by default the only public one, or the only public one "
                                      "that asks for a gradient")};
  cl::list<std::string> inputs{
      "input", cl::value_desc("NAME=SPEC"), cl::cat(category),
      cl::desc("Values of an argument: FILE.npy, int:LOW:HIGH (HIGH is not drawn), "
               "normal:STDDEV, or one number. Floats that are not given are normal with variance "
               "1 / last extent")};
  cl::list<std::string> shapes{"shape", cl::value_desc("NAME=16x256"), cl::cat(category),
                               cl::desc("Shape of a generated argument with dynamic extents")};
  cl::opt<std::string> steps{"steps", cl::value_desc("N"), cl::cat(category),
                             cl::desc("Dynamic first extents and index arguments for which nothing else is said")};
  cl::opt<std::string> seed{"seed", cl::value_desc("N"), cl::init("0"), cl::cat(category),
                            cl::desc("Seed of generated values (default 0)")};
  cl::opt<std::string> output{"output", cl::value_desc("DIR"), cl::cat(category),
                              cl::desc("Write each result to DIR/NAME.npy")};
  cl::opt<std::string> emit{"emit", cl::value_desc("DIR"), cl::cat(category),
                            cl::desc("Write an object file, what a GPU loads, a C header and the plan to DIR, and run "
                                     "nothing")};
  cl::opt<std::string> budget{"budget", cl::value_desc("BYTES"), cl::init("unlimited"), cl::cat(category),
                              cl::desc("Bytes (4915200, 64MiB), a share of what keeping everything takes (5%), min, "
                                       "or unlimited (default)")};
  cl::opt<std::string> parameterBudget{
      "parameter-budget", cl::value_desc("BYTES"), cl::init("unlimited"), cl::cat(category),
      cl::desc("Bytes of copies of weights in other layouts, beside the budget: 4MiB, or unlimited (default)")};
  Choice<schedule::Policy> policy{"policy", cl::init(schedule::Policy::Optimal), cl::cat(category),
                                  cl::desc("How to plan"), getPolicyValues()};
  Choice<Expansion> expansion{
      "expansion", cl::init(Expansion::Table), cl::cat(category), cl::desc("The form of schedules in the program"),
      cl::values(clEnumValN(Expansion::Table, "table", "a walk along the plan table (default)"),
                 clEnumValN(Expansion::Unrolled, "unrolled", "a call for each move, for short loops"))};
  cl::opt<bool> noRaise{"no-raise", cl::cat(category),
                        cl::desc("Leave loops of scf that a gradient passes through as they are: they are refused")};
  Choice<TargetKind> target{"target", cl::init(TargetKind::CPU), cl::cat(category), cl::desc("What to run on"),
                            cl::values(clEnumValN(TargetKind::CPU, "cpu", "this machine's processor (default)"),
                                       clEnumValN(TargetKind::CUDA, "cuda", "an NVIDIA GPU"))};
  cl::opt<std::string> device{"device", cl::value_desc("N"), cl::init("0"), cl::cat(category),
                              cl::desc("Number of the GPU (default 0)")};
  cl::opt<std::string> chip{"chip", cl::value_desc("NAME"), cl::cat(category),
                            cl::desc("GPU to generate code for, such as sm_90; by default the one that there is")};
  Choice<KernelFormat> format{
      "format", cl::init(KernelFormat::Isa), cl::cat(category), cl::desc("The form of kernels for a GPU"),
      cl::values(clEnumValN(KernelFormat::Isa, "isa", "PTX, which the driver compiles (default)"),
                 clEnumValN(KernelFormat::Bin, "bin", "machine code, by ptxas"))};
  Choice<Denormals> denormals{
      "denormals", cl::init(Denormals::Flush), cl::cat(category), cl::desc("What becomes of denormal numbers"),
      cl::values(clEnumValN(Denormals::Flush, "flush", "they are zero inside a call (default; on a GPU those of f32)"),
                 clEnumValN(Denormals::Keep, "keep", "a call computes with them, slowly (default on a GPU)"))};
  cl::opt<bool> accurate{"accurate", cl::cat(category),
                         cl::desc("Use the functions of the C library in f32, not vector approximations")};
  Choice<MathFunctions> math{
      "math", cl::init(MathFunctions::Native), cl::cat(category),
      cl::desc("Where functions come from that no instruction computes"),
      cl::values(clEnumValN(MathFunctions::Native, "native", "the C library (default)"),
                 clEnumValN(MathFunctions::Portable, "portable", "LLVM's libclc, with the same bits on every target"))};
  cl::opt<std::string> cpu{"target-cpu", cl::value_desc("NAME"), cl::ZeroOrMore, cl::cat(category),
                           cl::desc("Processor to generate code for; by default this machine's")};
  cl::opt<std::string> features{"target-features", cl::value_desc("LIST"), cl::ZeroOrMore, cl::cat(category),
                                cl::desc("What differs from that processor, such as -avx512f or +avx2")};
  cl::opt<std::string> repeat{"repeat", cl::value_desc("N"), cl::init("1"), cl::cat(category),
                              cl::desc("Timed runs after the measured one (default 1)")};
  cl::opt<bool> json{"json", cl::cat(category), cl::desc("Print the report as JSON")};
  cl::opt<std::string> problem{"export-problem", cl::value_desc("FILE"), cl::cat(category),
                               cl::desc("Write the chain problem of the program for remat-plan; with several loops, "
                                        "problem.json becomes problem.0.json and so on")};
  cl::opt<std::string> reproducer{"reproducer-dir", cl::value_desc("DIR"), cl::init("."), cl::cat(category),
                                  cl::desc("Where a bug in remat leaves a file that reproduces it (default: here)")};
  cl::opt<bool> checkGradient{
      "check-gradient", cl::cat(category),
      cl::desc("Compare gradients with central differences in f64, and with the program's own types")};
  cl::opt<std::string> tolerance{"gradient-tolerance", cl::value_desc("X"), cl::init("1e-6"), cl::cat(category),
                                 cl::desc("Largest relative error of a gradient (default 1e-6)")};
  Choice<IdenticalCheck> identical{
      "check-identical", cl::init(IdenticalCheck::Automatic), cl::cat(category),
      cl::desc("Compare the bits of the results with those of keeping everything"),
      cl::values(clEnumValN(IdenticalCheck::Automatic, "auto", "if that takes little of the memory (default)"),
                 clEnumValN(IdenticalCheck::Always, "on", "always"),
                 clEnumValN(IdenticalCheck::Never, "off", "never"))};
  cl::opt<std::string> guard{"guard", cl::value_desc("OFFSET"), cl::cat(category),
                             cl::desc("Put an inaccessible page OFFSET bytes behind the planned peak of the arena")};
};

} // namespace

static llvm::Error makeUsageError(llvm::StringRef option, const llvm::Twine &message) {
  return llvm::createStringError("--" + option + " " + message);
}

/// A whole number in [low, high].
static llvm::Expected<int64_t> parseNumber(llvm::StringRef option, llvm::StringRef text, int64_t low, int64_t high) {
  int64_t value = 0;
  if (text.getAsInteger(10, value) || value < low || value > high)
    return makeUsageError(option, "expects a whole number from " + llvm::Twine(low) + " to " + llvm::Twine(high) +
                                      ", but got '" + text + "'");
  return value;
}

static llvm::Error convertInputs(const CommandLine &line, InputOptions &inputs) {
  for (const std::string &text : line.inputs) {
    auto spec = parseInputSpec(text);
    if (!spec)
      return makeUsageError("input", llvm::toString(spec.takeError()));
    inputs.inputs.push_back(std::move(*spec));
  }
  for (const std::string &text : line.shapes) {
    auto spec = parseShapeSpec(text);
    if (!spec)
      return makeUsageError("shape", llvm::toString(spec.takeError()));
    inputs.shapes.push_back(std::move(*spec));
  }
  if (llvm::StringRef(line.seed).getAsInteger(10, inputs.seed))
    return makeUsageError("seed", "expects a whole number of 64 bits, but got '" + line.seed + "'");
  if (line.steps.getNumOccurrences()) {
    auto steps = parseNumber("steps", line.steps, 0, INT64_MAX);
    if (!steps)
      return steps.takeError();
    inputs.steps = *steps;
  }
  return llvm::Error::success();
}

static llvm::Error convertTarget(const CommandLine &line, RunOptions &options) {
  options.target = line.target;
  bool isCUDA = line.target == TargetKind::CUDA;
  for (const cl::Option *option :
       {static_cast<const cl::Option *>(&line.accurate), static_cast<const cl::Option *>(&line.cpu),
        static_cast<const cl::Option *>(&line.features)})
    if (isCUDA && option->getNumOccurrences())
      return makeUsageError(option->ArgStr, "is of target cpu, not of cuda");
  for (const cl::Option *option :
       {static_cast<const cl::Option *>(&line.device), static_cast<const cl::Option *>(&line.chip),
        static_cast<const cl::Option *>(&line.format)})
    if (!isCUDA && option->getNumOccurrences())
      return makeUsageError(option->ArgStr, "expects --target cuda");
  if (line.accurate && line.math == MathFunctions::Portable)
    return makeUsageError("math", "portable excludes --accurate, which asks for the functions of the C library");
  if (isCUDA && line.math.getNumOccurrences() && line.math == MathFunctions::Native)
    return makeUsageError("math", "native excludes --target cuda, whose functions are the portable ones");
  auto device = parseNumber("device", line.device, 0, INT32_MAX);
  if (!device)
    return device.takeError();
  if (line.chip.getNumOccurrences() && line.chip.empty())
    return makeUsageError("chip", "expects NAME, but got ''");
  options.cpu = {line.cpu, line.features, line.denormals, line.accurate, line.math};
  options.cuda.chip = line.chip;
  options.cuda.format = line.format;
  options.cuda.ordinal = static_cast<int32_t>(*device);
  if (line.denormals.getNumOccurrences())
    options.cuda.denormals = line.denormals;
  return llvm::Error::success();
}

/// Checks what was read and puts it into \p options.
static llvm::Error convert(const CommandLine &line, RunOptions &options) {
  options.programPath = line.program;
  options.entry = line.entry;
  options.program.policy = line.policy;
  options.program.expansion = line.expansion;
  options.program.raise = !line.noRaise;
  if (llvm::Error error = convertTarget(line, options))
    return error;
  options.json = line.json;
  options.outputDirectory = line.output;
  options.emitDirectory = line.emit;
  options.problemPath = line.problem;
  options.reproducerDirectory = line.reproducer;
  options.checkGradient = line.checkGradient;
  options.identicalCheck = line.identical;
  if (llvm::Error error = convertInputs(line, options.inputs))
    return error;
  // What is empty would be as good as not given.
  for (const cl::opt<std::string> *name : {&line.entry, &line.output, &line.emit, &line.problem, &line.reproducer})
    if (name->getNumOccurrences() && name->empty())
      return makeUsageError(name->ArgStr, "expects " + name->ValueStr + ", but got ''");

  std::string reason;
  std::optional<Budget> budget = parseBudget(line.budget, reason);
  if (!budget)
    return makeUsageError("budget", reason);
  options.program.budget = *budget;
  std::optional<ByteLimit> parameterBudget = parseByteLimit(line.parameterBudget, reason);
  if (!parameterBudget)
    return makeUsageError("parameter-budget", reason);
  options.program.parameterBudget = *parameterBudget;

  auto repeat = parseNumber("repeat", line.repeat, 0, 1000000);
  if (!repeat)
    return repeat.takeError();
  options.repeat = static_cast<unsigned>(*repeat);
  if (llvm::StringRef(line.tolerance).getAsDouble(options.gradientTolerance) ||
      !std::isfinite(options.gradientTolerance) || options.gradientTolerance <= 0)
    return makeUsageError("gradient-tolerance", "expects a positive number, but got '" + line.tolerance + "'");
  if (line.guard.getNumOccurrences()) {
    int64_t offset = 0;
    if (llvm::StringRef(line.guard).getAsInteger(10, offset) || offset % schedule::arenaAlignment != 0)
      return makeUsageError("guard", "expects a multiple of " + llvm::Twine(schedule::arenaAlignment) + ", but got '" +
                                         line.guard + "'");
    options.guard = offset;
  }
  return llvm::Error::success();
}

std::optional<RunOptions> remat::parseCommandLine(int argc, const char *const *argv, int &exitStatus) {
  // Options stay registered for ever. Who runs several command lines finds them as they
  // were before the first.
  static CommandLine line;
  cl::ResetAllOptionOccurrences();
  cl::HideUnrelatedOptions(line.category);
  std::string errors;
  llvm::raw_string_ostream stream(errors);
  exitStatus = static_cast<int>(ExitStatus::Usage);
  // With a stream for errors, wrong options are returned and do not end the process.
  if (!cl::ParseCommandLineOptions(
          argc, argv, "remat-run: compile a program, run it inside a budget, and report what it used\n", &stream)) {
    llvm::errs() << errors;
    return std::nullopt;
  }
  // No program is needed to say so.
  if (schedule::infoOf(line.policy).has(schedule::NeedsSlowTier)) {
    llvm::errs() << "remat-run: --policy " << schedule::stringifyPolicy(line.policy)
                 << " needs a slow tier, which target " << (line.target == TargetKind::CUDA ? "cuda" : "cpu")
                 << " does not have\n";
    exitStatus = static_cast<int>(ExitStatus::TargetUnavailable);
    return std::nullopt;
  }
  RunOptions options;
  if (llvm::Error error = convert(line, options)) {
    llvm::errs() << "remat-run: " << llvm::toString(std::move(error)) << '\n';
    return std::nullopt;
  }
  return options;
}
