//===- remat-interpret.cpp - What a program should give -----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs a program in the reference interpreter, with the arguments that remat-run
// would give it, and prints or writes the results, or compares them with what
// remat-run has written. A tool of the tests: it shares with remat-run what reads
// options, programs and files, and nothing that computes. As `remat-interpret --many` it
// reads command lines (ManyRuns.h).
//
//===----------------------------------------------------------------------===//

#include "Interpreter/Interpreter.h"
#include "lib/ManyRuns.h"

#include "remat-run/lib/FloatElements.h"
#include "remat-run/lib/Inputs.h"
#include "remat-run/lib/Npy.h"
#include "remat-run/lib/ProgramFile.h"
#include "remat/Execution/ProgramError.h"
#include "remat/InitAll.h"
#include "support/ExitStatus.h"
#include "support/OutputFiles.h"
#include "support/ToolMain.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>

using namespace remat;
namespace cl = llvm::cl;

namespace {

/// The declarations; they live while the command line is parsed.
struct CommandLine {
  cl::OptionCategory category{"remat-interpret options"};
  cl::opt<std::string> program{cl::Positional, cl::desc("PROGRAM.mlir"), cl::cat(category)};
  cl::opt<bool> list{"list-operations", cl::cat(category),
                     cl::desc("Print the names of all operations that programs are written in")};
  cl::opt<std::string> entry{"entry", cl::value_desc("NAME"), cl::cat(category), cl::desc("As in remat-run")};
  cl::list<std::string> inputs{"input", cl::value_desc("NAME=SPEC"), cl::cat(category), cl::desc("As in remat-run")};
  cl::list<std::string> shapes{"shape", cl::value_desc("NAME=16x256"), cl::cat(category), cl::desc("As in remat-run")};
  cl::opt<int64_t> steps{"steps", cl::value_desc("N"), cl::init(-1), cl::cat(category), cl::desc("As in remat-run")};
  cl::opt<uint64_t> seed{"seed", cl::value_desc("N"), cl::init(0), cl::cat(category), cl::desc("As in remat-run")};
  cl::opt<bool> f64{"f64", cl::cat(category), cl::desc("Compute all float numbers in f64")};
  cl::opt<std::string> output{"output", cl::value_desc("DIR"), cl::cat(category),
                              cl::desc("Write each result to DIR/NAME.npy")};
  cl::opt<std::string> compare{"compare", cl::value_desc("DIR"), cl::cat(category),
                               cl::desc("Compare with the results that remat-run has written to DIR")};
};

class Run {
public:
  Run(CommandLine &commandLine, llvm::raw_ostream &stream, llvm::raw_ostream &errorStream);
  llvm::Error load();
  void listOperations();
  llvm::Error interpret();
  llvm::Error print();
  llvm::Error compare();
  int fail(llvm::Error error);

private:
  interpreter::Array import(const Array &array, mlir::Type type);
  llvm::Expected<Array> exportResult(size_t number);

  CommandLine &commandLine;
  llvm::raw_ostream &stream;
  llvm::raw_ostream &errorStream;
  mlir::MLIRContext context;
  llvm::SourceMgr sources;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp entry;
  std::vector<interpreter::Array> arguments;
  std::vector<std::string> names;
  interpreter::Outcome outcome;
  ExitStatus status = ExitStatus::InvalidInput;
};

} // namespace

Run::Run(CommandLine &commandLine, llvm::raw_ostream &stream, llvm::raw_ostream &errorStream)
    : commandLine(commandLine), stream(stream), errorStream(errorStream) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  context.appendDialectRegistry(registry);
}

int Run::fail(llvm::Error error) {
  errorStream << "remat-interpret: error: " << llvm::toString(std::move(error)) << '\n';
  return static_cast<int>(status);
}

void Run::listOperations() {
  context.loadAllAvailableDialects();
  for (mlir::RegisteredOperationName name : context.getRegisteredOperations())
    if (llvm::is_contained({"arith", "linalg", "math", "scf", "tensor"}, name.getDialectNamespace()))
      stream << name.getStringRef() << '\n';
}

static mlir::Type getElement(mlir::Type type) {
  auto shaped = llvm::dyn_cast<mlir::ShapedType>(type);
  return shaped ? shaped.getElementType() : type;
}

interpreter::Array Run::import(const Array &array, mlir::Type type) {
  interpreter::Array result;
  result.elementType = getElement(type);
  result.shape.assign(array.getShape().begin(), array.getShape().end());
  result.bytes.assign(array.getBytes().begin(), array.getBytes().end());
  return result;
}

llvm::Expected<Array> Run::exportResult(size_t number) {
  const interpreter::Array &result = outcome.results[number];
  std::optional<ElementType> type = getElementType(result.elementType);
  if (!type)
    return makeInputError("a result has a type that no file holds");
  llvm::Expected<Array> array = Array::create(*type, result.shape);
  if (array && !result.bytes.empty())
    std::memcpy(array->getView().data, result.bytes.data(), result.bytes.size());
  return array;
}

llvm::Error Run::load() {
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(commandLine.program);
  if (!buffer)
    return makeInputError(commandLine.program + ": " + buffer.getError().message());
  sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  mlir::SourceMgrDiagnosticHandler printer(sources, &context, errorStream);
  module = parseProgram(sources, &context);
  if (!module)
    return makeInputError(commandLine.program + " is no valid program");
  auto found = findEntry(*module, commandLine.entry);
  if (!found)
    return found.takeError();
  entry = *found;
  auto signature = Signature::read(entry);
  if (!signature)
    return signature.takeError();
  for (const ResultInfo &info : signature->getResults())
    names.push_back(info.name);

  InputOptions inputs;
  inputs.seed = commandLine.seed;
  if (commandLine.steps >= 0)
    inputs.steps = commandLine.steps;
  for (const std::string &text : commandLine.inputs) {
    auto spec = parseInputSpec(text);
    if (!spec)
      return spec.takeError();
    inputs.inputs.push_back(std::move(*spec));
  }
  for (const std::string &text : commandLine.shapes) {
    auto spec = parseShapeSpec(text);
    if (!spec)
      return spec.takeError();
    inputs.shapes.push_back(std::move(*spec));
  }
  auto arrays = makeInputs(*signature, inputs, [this](const std::string &message) {
    errorStream << "remat-interpret: warning: " << message << '\n';
  });
  if (!arrays)
    return arrays.takeError();
  for (auto [array, type] : llvm::zip_equal(*arrays, entry.getArgumentTypes()))
    arguments.push_back(import(array, type));
  return llvm::Error::success();
}

llvm::Error Run::interpret() {
  interpreter::InterpretOptions options;
  if (commandLine.f64)
    options.precision = interpreter::Precision::F64;
  outcome = interpreter::interpret(*module, entry.getName(), arguments, options);
  if (!outcome.failed)
    return llvm::Error::success();
  if (outcome.kind != interpreter::Failure::Unsupported && outcome.kind != interpreter::Failure::Usage)
    status = ExitStatus::Fault;
  return makeInputError(getName(outcome.kind) + ": " + outcome.why + (outcome.uncertain ? " (uncertain)" : ""));
}

/// The elements of small results and the largest bound of all.
llvm::Error Run::print() {
  constexpr int64_t limit = 64;
  OutputFiles files(makeFault);
  for (size_t number = 0; number < names.size(); ++number) {
    auto array = exportResult(number);
    if (!array)
      return array.takeError();
    stream << names[number] << ": " << formatArrayType(array->getType(), array->getShape()) << " =";
    if (isFloat(array->getType())) {
      for (int64_t i = 0; i < std::min(limit, array->getNumElements()); ++i)
        stream << llvm::formatv(" {0:g9}", loadFloat(*array, i)).str();
    } else {
      int64_t bytes = getByteSize(array->getType());
      for (int64_t i = 0; i < std::min(limit, array->getNumElements()); ++i) {
        uint64_t bits = 0;
        std::memcpy(&bits, array->getBytes().data() + i * bytes, static_cast<size_t>(bytes));
        stream << ' ' << llvm::SignExtend64(bits, static_cast<unsigned>(8 * bytes));
      }
    }
    double largest = 0;
    for (double error : outcome.errors[number])
      largest = std::max(largest, error);
    stream << (array->getNumElements() > limit ? " ..." : "") << llvm::formatv(" +- {0:e1}\n", largest).str();
    if (commandLine.output.empty())
      continue;
    if (std::error_code error = llvm::sys::fs::create_directories(commandLine.output))
      return makeFault(commandLine.output + ": " + error.message());
    llvm::SmallString<128> path(commandLine.output);
    llvm::sys::path::append(path, names[number] + ".npy");
    if (llvm::Error error = files.add(path, [&](llvm::raw_ostream &stream) { writeNpy(*array, stream); }))
      return error;
  }
  return files.commit();
}

llvm::Error Run::compare() {
  std::vector<interpreter::Array> results;
  for (size_t number = 0; number < names.size(); ++number) {
    llvm::SmallString<128> path(commandLine.compare);
    llvm::sys::path::append(path, names[number] + ".npy");
    auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    if (!buffer)
      return makeInputError(path + ": " + buffer.getError().message());
    mlir::Type type = entry.getResultTypes()[number];
    std::optional<ElementType> element = getElementType(getElement(type));
    if (!element)
      return makeInputError("a result has a type that no file holds");
    auto array = readNpy((*buffer)->getBuffer(), *element);
    if (!array)
      return makeInputError(path + ": " + llvm::toString(array.takeError()));
    results.push_back(import(*array, type));
  }
  interpreter::InterpretOptions options;
  options.precision = interpreter::Precision::F64;
  interpreter::Outcome f64 = interpreter::interpret(*module, entry.getName(), arguments, options);
  std::optional<std::string> wrong = interpreter::judge(results, outcome, &f64);
  if (!wrong)
    return llvm::Error::success();
  status = ExitStatus::VerificationFailed;
  return makeFault(*wrong);
}

/// One command line, which is parsed.
static int runOnce(CommandLine &commandLine, llvm::raw_ostream &stream, llvm::raw_ostream &errorStream) {
  Run run(commandLine, stream, errorStream);
  if (commandLine.list) {
    run.listOperations();
    return 0;
  }
  if (commandLine.program.empty()) {
    errorStream << "remat-interpret: error: expects a program\n";
    return static_cast<int>(ExitStatus::Usage);
  }
  for (auto step : {&Run::load, &Run::interpret})
    if (llvm::Error error = (run.*step)())
      return run.fail(std::move(error));
  if (llvm::Error error = commandLine.compare.empty() ? run.print() : run.compare())
    return run.fail(std::move(error));
  return 0;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  initializeTool("remat-interpret");
  CommandLine commandLine;
  cl::HideUnrelatedOptions(commandLine.category);
  auto parseAndRun = [&](llvm::ArrayRef<const char *> words, llvm::raw_ostream &stream,
                         llvm::raw_ostream &errorStream) {
    cl::ResetAllOptionOccurrences();
    if (!cl::ParseCommandLineOptions(static_cast<int>(words.size()), words.data(), "what a program should give\n",
                                     &errorStream))
      return static_cast<int>(ExitStatus::Usage);
    return runOnce(commandLine, stream, errorStream);
  };
  if (argc == 2 && llvm::StringRef(argv[1]) == "--many")
    return runMany("remat-interpret", parseAndRun);
  return parseAndRun({argv, static_cast<size_t>(argc)}, llvm::outs(), llvm::errs());
}
