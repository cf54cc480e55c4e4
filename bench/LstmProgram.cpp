//===- LstmProgram.cpp - The LSTM that is benchmarked -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Arguments are drawn once per program from one seed, so that programs under
// different budgets compute the same gradient.
//
//===----------------------------------------------------------------------===//

#include "LstmProgram.h"

#include "FmaPeak.h"
#include "remat/InitAll.h"
#include "remat/Target/CPU/CPUTarget.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <random>

namespace remat::bench {

[[noreturn]] static void fail(llvm::Error error) {
  llvm::errs() << "error: " << llvm::toString(std::move(error)) << "\n";
  std::exit(1);
}

template <typename T>
static T get(llvm::Expected<T> value) {
  if (!value)
    fail(value.takeError());
  return std::move(*value);
}

static void replaceAll(std::string &text, llvm::StringRef from, llvm::StringRef to) {
  size_t position = text.find(from);
  if (position == std::string::npos)
    fail(llvm::createStringError("expects '" + from + "' in the program"));
  for (; position != std::string::npos; position = text.find(from, position + to.size()))
    text.replace(position, from.size(), to);
}

std::unique_ptr<CompiledProgram> compileLstm(const LstmConfiguration &configuration) {
  const bool isSingle = configuration.spelling == Spelling::SingleProduct;
  const std::string name = isSingle ? "lstm_single_product" : "lstm";
  auto file = llvm::MemoryBuffer::getFile(REMAT_EXAMPLES + name + ".mlir");
  if (!file)
    fail(llvm::errorCodeToError(file.getError()));
  std::string text = (*file)->getBuffer().str();
  const std::string count = std::to_string(configuration.steps);
  replaceAll(text, "tensor<1000x", "tensor<" + count + "x");
  replaceAll(text, "arith.constant 1000 : index", "arith.constant " + count + " : index");

  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!module)
    fail(llvm::createStringError("cannot parse " REMAT_EXAMPLES + name + ".mlir"));
  ProgramOptions options;
  std::string problem;
  std::optional<Budget> budget = parseBudget(configuration.budget, problem);
  std::optional<ByteLimit> parameterBudget = parseByteLimit(configuration.parameterBudget, problem);
  if (!budget || !parameterBudget)
    fail(llvm::createStringError(problem));
  options.budget = *budget;
  options.parameterBudget = *parameterBudget;
  return get(CompiledProgram::compile(*module, name, options, *get(CPUTarget::create())));
}

LstmCall::LstmCall(CompiledProgram &program) : program(program) {
  std::mt19937 generator(0);
  std::normal_distribution<float> normal;
  for (const ArgumentInfo &info : program.getSignature().getArguments()) {
    arguments.push_back(get(Array::create(info.type, info.shape)));
    const float scale = info.name == "xs" ? 1.0f : 1.0f / 16;
    for (float &element : arguments.back().getElements<float>())
      element = scale * normal(generator);
  }
  for (Array &argument : arguments)
    argumentViews.push_back(argument.getView());
  results = get(program.getSignature().allocateResults(argumentViews));
  for (Array &result : results)
    resultViews.push_back(result.getView());
}

double LstmCall::run() {
  const double begin = threadSeconds();
  if (llvm::Error error = program.call(argumentViews, resultViews, &counters))
    fail(std::move(error));
  return threadSeconds() - begin;
}

PlanFigures LstmCall::getPlan() { return get(program.getPlan(argumentViews)); }

} // namespace remat::bench
