//===- remat-random.cpp - Finds the next fault -----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random programs (or mutations of given ones), each compiled, run and judged in a
// child process; what fails is grouped by kind, shrunk and kept.
//
//===----------------------------------------------------------------------===//

#include "Children.h"
#include "Generator/Generator.h"
#include "Generator/Profile.h"
#include "Interrupt.h"
#include "Mutator.h"
#include "Shrinker.h"
#include "remat/InitAll.h"
#include "support/ToolMain.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <chrono>
#include <cstring>
#include <optional>

using namespace remat::random;
using llvm::StringRef;

namespace {

struct Options {
  llvm::cl::OptionCategory category{"remat-random options"};
  llvm::cl::list<std::string> files{llvm::cl::Positional, llvm::cl::desc("[PROGRAM.mlir ...] (to mutate)"),
                                    llvm::cl::cat(category)};
  llvm::cl::opt<uint64_t> count{"count", llvm::cl::desc("Programs to try (default 300)"), llvm::cl::init(300),
                                llvm::cl::cat(category)};
  llvm::cl::opt<uint64_t> seed{"seed", llvm::cl::desc("Seed of the first program; the next has the next one"),
                               llvm::cl::init(1), llvm::cl::cat(category)};
  llvm::cl::opt<double> seconds{"seconds", llvm::cl::desc("Stop after this time, however many were tried"),
                                llvm::cl::init(0), llvm::cl::cat(category)};
  llvm::cl::opt<unsigned> jobs{"jobs", llvm::cl::desc("Programs that are judged at the same time (default 1)"),
                               llvm::cl::init(1), llvm::cl::cat(category)};
  llvm::cl::opt<double> limit{"limit", llvm::cl::desc("Seconds that one program may take (default 30)"),
                              llvm::cl::init(30), llvm::cl::cat(category)};
  llvm::cl::list<std::string> variants{
      "variants",
      llvm::cl::desc("POLICY@BUDGET, ...: what each program is compiled for. A budget is unlimited, min, "
                     "between, or what remat-run takes (default optimal@unlimited,optimal@min)"),
      llvm::cl::CommaSeparated, llvm::cl::cat(category)};
  llvm::cl::opt<bool> thorough{
      "thorough", llvm::cl::desc("Six variants, and every program is compiled twice more to compare the code"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> targetCPU{"target-cpu", llvm::cl::desc("Processor to generate code for"),
                                       llvm::cl::cat(category)};
  llvm::cl::opt<bool> cuda{
      "cuda",
      llvm::cl::desc(
          "Compare a GPU with this processor, for the smallest budget and an unlimited one, in both forms of "
          "schedules and two orders of blocks; REMAT_CUDA_DRIVER may name the stand-in"),
      llvm::cl::cat(category)};
  llvm::cl::list<std::string> types{"types", llvm::cl::desc("Element types that may occur (default all)"),
                                    llvm::cl::CommaSeparated, llvm::cl::cat(category)};
  llvm::cl::opt<std::string> only{"only", llvm::cl::desc("A production that every program has"),
                                  llvm::cl::value_desc("PRODUCTION"), llvm::cl::cat(category)};
  llvm::cl::opt<std::string> profile{"profile",
                                     llvm::cl::desc("Only seeds with this profile of the grammar: usual or run-time"),
                                     llvm::cl::cat(category)};
  llvm::cl::opt<uint64_t> progress{
      "progress",
      llvm::cl::desc("Say on the error stream after so many programs what became of them (default 100; 0 "
                     "for never)"),
      llvm::cl::init(100), llvm::cl::cat(category)};
  llvm::cl::opt<bool> each{"each",
                           llvm::cl::desc("COUNT programs for each production, and a table of what became of them"),
                           llvm::cl::cat(category)};
  llvm::cl::opt<unsigned> size{"size", llvm::cl::desc("About how many operations a program has (default 14)"),
                               llvm::cl::init(14), llvm::cl::cat(category)};
  llvm::cl::opt<bool> shrink{"shrink", llvm::cl::desc("Shrink the first program of each kind"),
                             llvm::cl::cat(category)};
  llvm::cl::opt<bool> shrinkRefused{"shrink-refused", llvm::cl::desc("Shrink the first program of each refusal too"),
                                    llvm::cl::cat(category)};
  llvm::cl::opt<std::string> keep{"keep", llvm::cl::desc("Write the programs that fail to DIR"),
                                  llvm::cl::value_desc("DIR"), llvm::cl::cat(category)};
  llvm::cl::opt<std::string> table{"table", llvm::cl::desc("Write to FILE which operations ran where"),
                                   llvm::cl::value_desc("FILE"), llvm::cl::cat(category)};
  llvm::cl::opt<bool> print{"print", llvm::cl::desc("Print the programs and do nothing else"), llvm::cl::cat(category)};
  llvm::cl::opt<bool> noReference{"no-reference", llvm::cl::desc("Do not compare with the interpreter"),
                                  llvm::cl::cat(category)};
  llvm::cl::opt<double> mostRefused{"most-refused",
                                    llvm::cl::desc("Fail if more than this share is refused (default 1)"),
                                    llvm::cl::init(1), llvm::cl::cat(category)};
  llvm::cl::opt<std::string> known{
      "known", llvm::cl::desc("Kinds of faults that do not fail the run, one prefix a line; # begins a comment"),
      llvm::cl::value_desc("FILE"), llvm::cl::cat(category)};
  llvm::cl::opt<std::string> pretend{
      "pretend",
      llvm::cl::desc("Compile nothing and take programs that have this operation for wrong ones, to try the shrinker"),
      llvm::cl::value_desc("OPERATION"), llvm::cl::cat(category)};
  llvm::cl::opt<bool> productions{"productions", llvm::cl::desc("Print the names of all productions"),
                                  llvm::cl::cat(category)};
};

/// Programs of one kind.
struct Group {
  std::vector<uint64_t> seeds;
  std::string example;
};

class Campaign {
public:
  Campaign(const Options &options, mlir::MLIRContext &context)
      : options(options), context(context), children(context, makeLimits(options)) {
    if (options.thorough) {
      judgeOptions.variants = {"optimal@unlimited", "optimal@min",     "store-all@unlimited",
                               "optimal@between",   "revolve@between", "periodic@between"};
      judgeOptions.compileTwice = true;
    }
    if (!options.variants.empty())
      judgeOptions.variants.assign(options.variants.begin(), options.variants.end());
    judgeOptions.interpret = !options.noReference;
    judgeOptions.onDevice = options.cuda;
    judgeOptions.targetCPU = options.targetCPU;
    judgeOptions.pretend = options.pretend;
    judgeOptions.mayFail = !options.files.empty();
  }

  int run();

private:
  static ChildLimits makeLimits(const Options &options) {
    ChildLimits limits;
    limits.seconds = options.limit;
    return limits;
  }
  bool readKnown();
  bool isKnown(StringRef kind) const;
  bool isChosen(uint64_t seed) const { return options.profile.empty() || getProfile(seed).name == options.profile; }
  std::optional<Case> makeCase(uint64_t seed, const std::string &only);
  void start(uint64_t seed, const std::string &only);
  void printProductions(llvm::raw_ostream &stream) const;
  void note(uint64_t seed, const Case &program, Report report);
  void write(const Case &program, const Verdict &verdict, uint64_t seed, StringRef suffix);
  void shrinkAll();
  void startAll();
  void printProgress() const;
  void printSummary();

  const Options &options;
  mlir::MLIRContext &context;
  JudgeOptions judgeOptions;
  Children children;
  std::vector<Element> types;
  Coverage coverage;
  std::map<std::string, Group> failures, refusals, notes;
  std::map<std::string, int64_t> productions;
  /// Per production, of --each: what became of how many programs.
  std::map<std::string, std::map<std::string, int64_t>> fates;
  struct Found {
    uint64_t seed;
    Case program;
    Verdict verdict;
  };
  std::vector<Found> toShrink;
  std::vector<std::string> known;
  uint64_t numTried = 0, numRight = 0, numRefused = 0, numInvalid = 0, numFailed = 0;
  /// The largest seed whose program was judged.
  uint64_t lastSeed = 0;
  double seconds = 0;
};

} // namespace

bool Campaign::readKnown() {
  if (options.known.empty())
    return true;
  auto buffer = llvm::MemoryBuffer::getFile(options.known);
  if (!buffer) {
    llvm::errs() << "remat-random: error: " << options.known << ": " << buffer.getError().message() << '\n';
    return false;
  }
  llvm::SmallVector<StringRef> lines;
  (*buffer)->getBuffer().split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines)
    if (!line.starts_with("#") && !line.trim().empty())
      known.push_back(line.trim().str());
  return true;
}

bool Campaign::isKnown(StringRef kind) const {
  return llvm::any_of(known, [&](const std::string &prefix) { return kind.starts_with(prefix); });
}

std::optional<Case> Campaign::makeCase(uint64_t seed, const std::string &only) {
  Case program;
  if (!options.files.empty()) {
    std::optional<Case> mutated = mutate(options.files[seed % options.files.size()], seed, context);
    return mutated;
  }
  GeneratorOptions generatorOptions;
  generatorOptions.seed = seed;
  generatorOptions.types = types;
  generatorOptions.only = only;
  generatorOptions.size = options.size;
  GeneratedProgram generated = generate(generatorOptions);
  for (const auto &[name, number] : generated.productions)
    productions[name] += number;
  program.text = std::move(generated.text);
  program.inputs = std::move(generated.inputs);
  program.shapes = std::move(generated.shapes);
  program.mayEnd = generated.mayEnd;
  program.entry = "main";
  program.seed = seed;
  return program;
}

void Campaign::write(const Case &program, const Verdict &verdict, uint64_t seed, StringRef suffix) {
  if (options.keep.empty())
    return;
  llvm::sys::fs::create_directories(options.keep);
  llvm::SmallString<128> path(options.keep);
  std::string name = (getName(verdict.outcome) + "-" + llvm::Twine(seed) + suffix + ".mlir").str();
  llvm::sys::path::append(path, name);
  std::error_code error;
  llvm::raw_fd_ostream stream(path, error);
  if (error) {
    llvm::errs() << "remat-random: error: " << path << ": " << error.message() << '\n';
    return;
  }
  stream << "// " << getName(verdict.outcome) << ": " << verdict.detail << "\n// seed " << seed << "\n// "
         << program.printCommand(name) << "\n"
         << program.text;
}

void Campaign::start(uint64_t seed, const std::string &only) {
  std::optional<Case> program = makeCase(seed, only);
  if (!program)
    return;
  children.start(*program, judgeOptions, [this, seed, program, only](Report report) {
    ++fates[only][report.verdict.isFailure() ? "wrong" : getName(report.verdict.outcome).str()];
    note(seed, *program, std::move(report));
    if (options.progress > 0 && numTried % options.progress == 0)
      printProgress();
  });
  while (children.getNumRunning() >= std::max(1u, options.jobs.getValue()))
    children.wait();
}

void Campaign::note(uint64_t seed, const Case &program, Report report) {
  ++numTried;
  lastSeed = std::max(lastSeed, seed);
  seconds += report.seconds;
  const Verdict &verdict = report.verdict;
  for (const auto &[key, number] : report.coverage.getCounts())
    coverage.add(key, number);
  auto add = [&](std::map<std::string, Group> &groups, const std::string &kind) {
    Group &group = groups[kind];
    group.seeds.push_back(seed);
    if (group.example.empty())
      group.example = verdict.detail;
    return group.seeds.size() == 1;
  };
  switch (verdict.outcome) {
  case Outcome::Right:
    ++numRight;
    if (!verdict.detail.empty())
      add(notes, verdict.getKind());
    return;
  case Outcome::Refused:
    ++numRefused;
    if (add(refusals, verdict.getKind())) {
      write(program, verdict, seed, "");
      if (options.shrinkRefused)
        toShrink.push_back({seed, program, verdict});
    }
    return;
  case Outcome::Invalid:
    ++numInvalid;
    // A mutation is often invalid.
    if (options.files.empty() && add(failures, verdict.getKind()))
      write(program, verdict, seed, "");
    return;
  default:
    ++numFailed;
    bool isNew = add(failures, verdict.getKind());
    write(program, verdict, seed, "");
    if (isNew) {
      llvm::outs() << "seed " << seed << ": " << getName(verdict.outcome) << ": " << verdict.detail << '\n';
      llvm::outs().flush();
      toShrink.push_back({seed, program, verdict});
    }
  }
}

void Campaign::shrinkAll() {
  for (const Found &found : toShrink) {
    if (getInterrupt())
      return;
    auto begin = std::chrono::steady_clock::now();
    ShrinkResult shrunk = shrink(found.program, found.verdict, judgeOptions, children, context);
    if (getInterrupt())
      return;
    double time = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    write(shrunk.program, shrunk.verdict, found.seed, "-small");
    llvm::outs() << "\nseed " << found.seed << ", shrunk with " << shrunk.numTried << " programs in "
                 << llvm::format("%.0f", time) << " s\n// " << getName(shrunk.verdict.outcome) << ": "
                 << shrunk.verdict.detail << "\n// " << shrunk.program.printCommand("FILE.mlir") << "\n"
                 << shrunk.program.text;
    llvm::outs().flush();
  }
}

static void printGroups(const std::map<std::string, Group> &groups) {
  for (const auto &[kind, group] : groups) {
    llvm::outs() << "  " << group.seeds.size() << " x " << kind << "\n      " << group.example << "\n      seeds";
    for (size_t i = 0; i < group.seeds.size() && i < 12; ++i)
      llvm::outs() << ' ' << group.seeds[i];
    llvm::outs() << (group.seeds.size() > 12 ? " ...\n" : "\n");
  }
}

void Campaign::printProgress() const {
  llvm::errs() << "remat-random: " << numTried << " programs, seeds " << options.seed << " to " << lastSeed << ": "
               << numRight << " right, " << numRefused << " refused, " << numFailed << " wrong\n";
}

void Campaign::printSummary() {
  llvm::outs() << numTried << " programs: " << numRight << " right, " << numRefused << " refused, " << numFailed
               << " wrong, " << numInvalid << " invalid; " << llvm::format("%.2f", numTried ? seconds / numTried : 0.0)
               << " s each\n";
  if (!failures.empty()) {
    llvm::outs() << "wrong:\n";
    printGroups(failures);
  }
  if (!refusals.empty()) {
    llvm::outs() << "refused:\n";
    printGroups(refusals);
  }
  if (!notes.empty()) {
    llvm::outs() << "right, but:\n";
    printGroups(notes);
  }
}

void Campaign::printProductions(llvm::raw_ostream &stream) const {
  stream << llvm::formatv("\n{0,-38}{1,8}{2,8}{3,8}{4,8}{5,8}\n", "production", "uses", "right", "refused", "wrong",
                          "invalid");
  for (const std::string &name : getProductionNames()) {
    auto uses = productions.find(name);
    stream << llvm::formatv("{0,-38}{1,8}", name, uses == productions.end() ? 0 : uses->second);
    auto row = fates.find(name);
    if (row != fates.end())
      for (const char *fate : {"right", "refused", "wrong", "invalid"}) {
        auto number = row->second.find(fate);
        stream << llvm::formatv("{0,8}", number == row->second.end() ? 0 : number->second);
      }
    stream << '\n';
  }
}

void Campaign::startAll() {
  auto begin = std::chrono::steady_clock::now();
  auto isOver = [&] {
    double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return getInterrupt() || (options.seconds > 0 && elapsed > options.seconds);
  };
  std::vector<std::string> subjects = {options.only};
  if (options.each)
    subjects = getProductionNames();
  for (const std::string &subject : subjects)
    for (uint64_t seed = options.seed; seed < options.seed + options.count && !isOver(); ++seed)
      if (isChosen(seed))
        start(seed, subject);
  while (children.getNumRunning())
    children.wait();
}

int Campaign::run() {
  for (const std::string &name : options.types) {
    Element element;
    if (!parseElement(name, element)) {
      llvm::errs() << "remat-random: error: expects element types such as f32, but got '" << name << "'\n";
      return 2;
    }
    types.push_back(element);
  }
  if (!options.only.empty() && !llvm::is_contained(getProductionNames(), options.only.getValue())) {
    llvm::errs() << "remat-random: error: there is no production '" << options.only << "' (--productions lists them)\n";
    return 2;
  }
  if (!options.profile.empty() && !llvm::is_contained(getProfileNames(), options.profile.getValue())) {
    llvm::errs() << "remat-random: error: expects a profile, " << llvm::join(getProfileNames(), " or ") << ", but got '"
                 << options.profile << "'\n";
    return 2;
  }
  if (!readKnown())
    return 2;
  if (options.print) {
    for (uint64_t seed = options.seed; seed < options.seed + options.count; ++seed)
      if (std::optional<Case> program = isChosen(seed) ? makeCase(seed, options.only) : std::nullopt)
        llvm::outs() << "// seed " << seed << "\n// " << program->printCommand("FILE.mlir") << "\n" << program->text;
    return 0;
  }
  warmUp(context, options.cuda);
  noteInterrupts();
  startAll();
  if (options.shrink || options.shrinkRefused)
    shrinkAll();
  printSummary();
  if (!options.table.empty()) {
    std::error_code error;
    llvm::raw_fd_ostream stream(options.table, error);
    if (error) {
      llvm::errs() << "remat-random: error: " << options.table << ": " << error.message() << '\n';
      return 2;
    }
    coverage.print(stream);
    printProductions(stream);
  }
  if (int signal = getInterrupt()) {
    llvm::outs() << "ended by a signal: " << strsignal(signal) << '\n';
    return 128 + signal;
  }
  bool tooManyRefused =
      static_cast<double>(numRefused) > options.mostRefused * static_cast<double>(std::max<uint64_t>(numTried, 1));
  if (tooManyRefused)
    llvm::outs() << "more programs are refused than " << llvm::format("%g", options.mostRefused.getValue()) << '\n';
  bool allKnown = llvm::all_of(failures, [&](const auto &failure) { return isKnown(failure.first); });
  if (!failures.empty() && allKnown)
    llvm::outs() << "all kinds are known\n";
  return allKnown && !tooManyRefused ? 0 : 1;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  remat::initializeTool("remat-random");
  Options options;
  llvm::cl::HideUnrelatedOptions(options.category);
  llvm::cl::ParseCommandLineOptions(argc, argv, "remat-random: random programs, judged\n");
  if (options.productions) {
    for (const std::string &name : getProductionNames())
      llvm::outs() << name << '\n';
    return 0;
  }
  mlir::DialectRegistry registry;
  remat::registerAllDialects(registry);
  // Children are forked, so there may be no other threads.
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  return Campaign(options, context).run();
}
