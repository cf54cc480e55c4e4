//===- Options.cpp - The command line of remat-plan -----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include "Diagnostics.h"
#include "remat/Support/Budget.h"
#include "support/OutputFiles.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

using namespace remat;
using namespace remat::plantool;
namespace cl = llvm::cl;
using llvm::StringRef;

/// What --effort may be.
static constexpr double leastFactor = 0.001, mostFactor = 1000;

namespace {

/// The declarations; they live while the command line is parsed.
struct CommandLine {
  cl::OptionCategory category{"remat-plan options"};
  cl::SubCommand chain{"chain", "Plan a chain of steps inside a memory budget"};
  cl::SubCommand graph{"graph", "Plan a general graph inside a memory budget"};
  cl::SubCommand verify{"verify", "Play a schedule against a problem"};
  cl::SubCommand frontier{"frontier", "Show time against memory over all useful budgets"};
  cl::SubCommand compare{"compare", "Show all policies side by side"};
  /// An option must know its commands when it is made; later is too late for the help.
  cl::SubCommandGroup all{&chain, &graph, &verify, &frontier, &compare};
  cl::SubCommandGroup ofProblems{&chain, &graph, &frontier, &compare};
  cl::SubCommandGroup ofChains{&chain, &verify, &frontier, &compare};
  cl::SubCommandGroup withBudget{&chain, &graph, &verify, &compare};
  cl::SubCommandGroup withEffort{&chain, &frontier, &compare};
  cl::SubCommandGroup withPolicy{&chain, &graph, &frontier};
  cl::SubCommandGroup withPicture{&chain, &frontier};

  cl::list<std::string> problem{cl::Positional, cl::desc("[PROBLEM.json or -]"), cl::cat(category),
                                cl::sub(ofProblems)};
  cl::list<std::string> problemAndSchedule{cl::Positional, cl::desc("[PROBLEM.json] SCHEDULE"), cl::cat(category),
                                           cl::sub(verify)};

  cl::opt<std::string> steps{"steps", cl::value_desc("T"), cl::desc("Instead of a file: number of steps, all equal"),
                             cl::cat(category), cl::sub(ofChains)};
  cl::opt<std::string> state{"state", cl::value_desc("SIZE"), cl::desc("Size of a state, such as 64KiB (default 1)"),
                             cl::cat(category), cl::sub(ofChains)};
  cl::opt<std::string> tape{"tape", cl::value_desc("SIZE"), cl::desc("Size of the tape of a step (default 1)"),
                            cl::cat(category), cl::sub(ofChains)};
  cl::opt<std::string> initialState{"initial-state", cl::value_desc("SIZE"),
                                    cl::desc("Size of the state before step 1 (default: that of the others)"),
                                    cl::cat(category), cl::sub(ofChains)};
  cl::opt<std::string> workspace{"workspace", cl::value_desc("SIZE"),
                                 cl::desc("Transient size of any action (default 0)"), cl::cat(category),
                                 cl::sub(ofChains)};
  cl::opt<std::string> advance{"advance", cl::value_desc("TIME"),
                               cl::desc("Time of a forward step that keeps nothing (default 1)"), cl::cat(category),
                               cl::sub(ofChains)};
  cl::opt<std::string> record{"record", cl::value_desc("TIME"),
                              cl::desc("Time of a forward step that leaves a tape (default 1)"), cl::cat(category),
                              cl::sub(ofChains)};
  cl::opt<std::string> reverse{"reverse", cl::value_desc("TIME"), cl::desc("Time of a backward step (default 2)"),
                               cl::cat(category), cl::sub(ofChains)};
  cl::opt<std::string> start{"start",
                             cl::value_desc("KIND"),
                             cl::init("releasable"),
                             cl::desc("Whether state 0 counts and may go: releasable (default), pinned, external"),
                             cl::cat(category),
                             cl::sub(ofChains)};
  cl::opt<bool> noRestart{"no-restart", cl::desc("A state cannot be restored from the tape of its step"),
                          cl::cat(category), cl::sub(ofChains)};

  cl::opt<std::string> slowWrite{"slow-write", cl::value_desc("TIME"),
                                 cl::desc("There is a slow tier: time to copy a unit of size to it"), cl::cat(category),
                                 cl::sub(ofChains)};
  cl::opt<std::string> slowRead{"slow-read", cl::value_desc("TIME"),
                                cl::desc("Time to copy a unit of size back (default: as --slow-write)"),
                                cl::cat(category), cl::sub(ofChains)};
  cl::opt<std::string> slowLatency{"slow-latency", cl::value_desc("TIME"),
                                   cl::desc("Time that every transfer takes besides (default 0)"), cl::cat(category),
                                   cl::sub(ofChains)};
  cl::opt<std::string> slowCapacity{"slow-capacity", cl::value_desc("SIZE"),
                                    cl::desc("What fits in the slow tier (default: everything)"), cl::cat(category),
                                    cl::sub(ofChains)};
  cl::opt<bool> slowBlocking{"slow-blocking", cl::desc("Steps wait for transfers"), cl::cat(category),
                             cl::sub(ofChains)};

  cl::opt<std::string> budget{"budget", cl::value_desc("SIZE"),
                              cl::desc("Budget instead of the file's: 250, 64MiB, 5% of what keeping everything takes, "
                                       "min, or unlimited"),
                              cl::cat(category), cl::sub(withBudget)};
  cl::opt<std::string> policy{"policy", cl::value_desc("NAME"),
                              cl::desc("How to plan; see docs/RematPlan.md (default optimal, for a graph exact)"),
                              cl::cat(category), cl::sub(withPolicy)};
  cl::opt<std::string> objective{
      "objective",       cl::value_desc("time|memory"),
      cl::init("time"),  cl::desc("What is least: the time recomputed, or the peak after liveness"),
      cl::cat(category), cl::sub(graph)};
  cl::opt<std::string> points{"points", cl::value_desc("N"),
                              cl::desc("Plan at most so many budgets, and some more to find the knees (default 5000, "
                                       "fewer where a plan takes longer)"),
                              cl::cat(category), cl::sub(frontier)};
  cl::opt<std::string> effort{"effort", cl::value_desc("FACTOR"),
                              cl::desc("For unequal steps: plan so many times as long, with tables so many times as "
                                       "large, for finer units of memory (default 1)"),
                              cl::cat(category), cl::sub(withEffort)};
  cl::opt<bool> json{"json", cl::desc("Print JSON"), cl::cat(category), cl::sub(all)};
  cl::opt<std::string> actions{"actions", cl::value_desc("FILE"),
                               cl::desc("Write the schedule, one action a line (- for standard output)"),
                               cl::cat(category), cl::sub(chain)};
  cl::opt<std::string> svg{"svg", cl::value_desc("FILE"), cl::desc("Draw a picture (- for standard output)"),
                           cl::cat(category), cl::sub(withPicture)};

  void hideUnrelated() {
    for (cl::SubCommand *sub : {&chain, &graph, &verify, &frontier, &compare})
      cl::HideUnrelatedOptions(category, *sub);
  }
};

} // namespace

static llvm::Error makeOptionError(StringRef option, const llvm::Twine &message) {
  return makeUsageError("--" + option + " " + message);
}

static llvm::Error readWhole(const cl::opt<std::string> &option, int64_t least, int64_t &value) {
  if (!option.getNumOccurrences())
    return llvm::Error::success();
  if (StringRef(option).getAsInteger(10, value) || value < least)
    return makeOptionError(option.ArgStr, "expects a whole number of 64 bits from " + llvm::Twine(least) +
                                              " on, but got '" + option + "'");
  return llvm::Error::success();
}

static llvm::Error readFactor(const cl::opt<std::string> &option, double &value) {
  if (!option.getNumOccurrences())
    return llvm::Error::success();
  // Not a number is neither.
  if (StringRef(option).getAsDouble(value) || !(value >= leastFactor && value <= mostFactor))
    return makeOptionError(option.ArgStr, "expects a number from 0.001 to 1000, but got '" + option + "'");
  return llvm::Error::success();
}

static llvm::Error readSize(const cl::opt<std::string> &option, int64_t &value) {
  if (!option.getNumOccurrences())
    return llvm::Error::success();
  std::string reason;
  std::optional<int64_t> size = parseByteSize(option.getValue(), reason);
  if (!size)
    return makeOptionError(option.ArgStr, reason);
  value = *size;
  return llvm::Error::success();
}

static llvm::Error readTime(const cl::opt<std::string> &option, Decimal &value) {
  if (!option.getNumOccurrences())
    return llvm::Error::success();
  JsonDocument document;
  std::string message;
  unsigned line = 0;
  std::optional<Decimal> time;
  if (document.parse(option.getValue(), message, line) && document.getRoot().is(JsonKind::Number))
    time = document.getRoot().getDecimal();
  if (!time || time->isNegative)
    return makeOptionError(option.ArgStr, "expects a number that is not negative, but got '" + option + "'");
  value = *time;
  return llvm::Error::success();
}

static llvm::Error readSlowFlags(const CommandLine &line, std::optional<SlowFlags> &flags) {
  for (const cl::Option *option : std::initializer_list<const cl::Option *>{&line.slowRead, &line.slowLatency,
                                                                            &line.slowCapacity, &line.slowBlocking})
    if (option->getNumOccurrences() && !line.slowWrite.getNumOccurrences())
      return makeOptionError(option->ArgStr, "expects --slow-write too");
  if (!line.slowWrite.getNumOccurrences())
    return llvm::Error::success();
  flags.emplace();
  flags->blocking = line.slowBlocking;
  if (line.slowCapacity.getNumOccurrences())
    if (llvm::Error error = readSize(line.slowCapacity, flags->capacity.emplace()))
      return error;
  if (llvm::Error error = readTime(line.slowWrite, flags->write))
    return error;
  flags->read = flags->write;
  if (llvm::Error error = readTime(line.slowRead, flags->read))
    return error;
  return readTime(line.slowLatency, flags->latency);
}

static llvm::Error readFlags(const CommandLine &line, std::optional<ChainFlags> &flags) {
  for (const cl::Option *option : std::initializer_list<const cl::Option *>{
           &line.steps, &line.state, &line.tape, &line.initialState, &line.workspace, &line.advance, &line.record,
           &line.reverse, &line.start, &line.noRestart, &line.slowWrite, &line.slowRead, &line.slowLatency,
           &line.slowCapacity, &line.slowBlocking})
    if (option->getNumOccurrences() && !line.steps.getNumOccurrences())
      return makeOptionError(option->ArgStr, "expects --steps too");
  if (!line.steps.getNumOccurrences())
    return llvm::Error::success();

  flags.emplace();
  flags->restartable = !line.noRestart;
  flags->start = line.start;
  if (!llvm::is_contained({"releasable", "pinned", "external"}, line.start.getValue()))
    return makeOptionError("start", "expects releasable, pinned or external, but got '" + line.start + "'");
  if (llvm::Error error = readWhole(line.steps, 0, flags->steps))
    return error;
  if (line.initialState.getNumOccurrences())
    flags->initialState = 0;
  int64_t unused = 0;
  for (auto [option, value] : {std::pair(&line.state, &flags->state), std::pair(&line.tape, &flags->tape),
                               std::pair(&line.workspace, &flags->workspace),
                               std::pair(&line.initialState, flags->initialState ? &*flags->initialState : &unused)})
    if (llvm::Error error = readSize(*option, *value))
      return error;
  for (auto [option, value] : {std::pair(&line.advance, &flags->advance), std::pair(&line.record, &flags->record),
                               std::pair(&line.reverse, &flags->reverse)})
    if (llvm::Error error = readTime(*option, *value))
      return error;
  return readSlowFlags(line, flags->slow);
}

static llvm::Error readFiles(const CommandLine &line, PlanOptions &options) {
  bool isVerify = options.command == Command::Verify;
  const cl::list<std::string> &given = isVerify ? line.problemAndSchedule : line.problem;
  std::vector<std::string> files(given.begin(), given.end());
  size_t wanted = (options.flags ? 0 : 1) + (isVerify ? 1 : 0);
  if (files.size() != wanted)
    return makeUsageError(
        llvm::Twine("expects ") +
        (options.flags
             ? (isVerify ? "a file of actions and no problem beside --steps" : "no file beside --steps")
             : (isVerify ? "the file of a problem and one of its schedule" : "the file of a problem, or --steps")) +
        ", but got " + llvm::Twine(files.size()) + (files.size() == 1 ? " file" : " files"));
  if (isVerify) {
    options.schedulePath = files.back();
    files.pop_back();
  }
  if (!files.empty())
    options.problemPath = files.front();
  if (isVerify && options.schedulePath == "-" && options.problemPath == "-")
    return makeUsageError("expects at most one of the two files on standard input");
  return llvm::Error::success();
}

/// Two outputs in one file would leave one of them, and a problem should outlive its
/// plan.
static llvm::Error checkOutputs(const PlanOptions &options) {
  auto isSame = [](const std::string &one, const std::string &other) {
    return !one.empty() && !other.empty() && one != "-" && other != "-" && OutputFiles::isSameFile(one, other);
  };
  if (options.json + (options.actionsPath == "-") + (options.svgPath == "-") > 1)
    return makeUsageError("expects only one of --json, --actions and --svg on standard output");
  if (isSame(options.actionsPath, options.svgPath))
    return makeUsageError("expects different files for --actions and --svg, but got '" + options.actionsPath +
                          "' and '" + options.svgPath + "'");
  for (auto [name, path] : {std::pair("actions", &options.actionsPath), std::pair("svg", &options.svgPath)})
    if (isSame(*path, options.problemPath))
      return makeUsageError(llvm::Twine("expects --") + name +
                            " to be another file than that of the problem, but got '" + *path + "'");
  return llvm::Error::success();
}

/// Checks what was read and puts it into \p options.
static llvm::Error convert(CommandLine &line, PlanOptions &options) {
  if (line.chain)
    options.command = Command::Chain;
  else if (line.graph)
    options.command = Command::Graph;
  else if (line.verify)
    options.command = Command::Verify;
  else if (line.frontier)
    options.command = Command::Frontier;
  else if (line.compare)
    options.command = Command::Compare;
  else
    return makeUsageError("expects one of the commands chain, graph, verify, frontier, compare");

  options.json = line.json;
  options.actionsPath = line.actions;
  options.svgPath = line.svg;
  options.policy = line.policy;
  options.objective = line.objective;
  if (llvm::Error error = readFlags(line, options.flags))
    return error;
  if (llvm::Error error = readFiles(line, options))
    return error;
  if (llvm::Error error = readWhole(line.points, 2, options.points))
    return error;
  if (llvm::Error error = readFactor(line.effort, options.effort))
    return error;
  std::string reason;
  if (line.budget.getNumOccurrences() && !(options.budget = parseBudget(line.budget.getValue(), reason)))
    return makeOptionError("budget", reason);
  // Whoever writes one size with a unit means bytes everywhere.
  for (const cl::opt<std::string> *size :
       {&line.state, &line.tape, &line.initialState, &line.workspace, &line.slowCapacity, &line.budget})
    options.isInBytes |= StringRef(*size).ends_with("B");
  return checkOutputs(options);
}

std::optional<PlanOptions> plantool::parseCommandLine(int argc, const char *const *argv, int &exitStatus) {
  CommandLine line;
  line.hideUnrelated();
  std::string errors;
  llvm::raw_string_ostream stream(errors);
  exitStatus = static_cast<int>(ExitStatus::Usage);
  // With a stream for errors, wrong options are returned and do not end the process.
  if (!cl::ParseCommandLineOptions(argc, argv, "remat-plan: what to keep and what to compute again\n", &stream)) {
    llvm::errs() << errors;
    return std::nullopt;
  }
  PlanOptions options;
  if (llvm::Error error = convert(line, options)) {
    exitStatus = static_cast<int>(report(std::move(error)));
    return std::nullopt;
  }
  return options;
}
