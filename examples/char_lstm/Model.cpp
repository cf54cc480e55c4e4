//===- Model.cpp - The program and its arrays -------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model.h"

#include "remat/InitAll.h"
#include "remat/Target/CPU/CPUTarget.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"

#include <cmath>
#include <random>

using namespace remat;

static constexpr llvm::StringLiteral entryName = "char_lstm";
static constexpr char programText[] =
#include "Program.inc"
    ;

llvm::Expected<std::unique_ptr<Model>> Model::create(unsigned seed) {
  std::unique_ptr<Model> model(new Model);
  if (llvm::Error error = model->initialize(seed))
    return std::move(error);
  return model;
}

llvm::Error Model::initialize(unsigned seed) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  context.appendDialectRegistry(registry);
  context.printOpOnDiagnostic(false);
  context.loadAllAvailableDialects();
  module = mlir::parseSourceString<mlir::ModuleOp>(programText, mlir::ParserConfig(&context), "char_lstm.mlir");
  if (!module)
    return llvm::createStringError("the program does not parse");

  // Weights are uniform within 1 / sqrt(rows), the rows of the table within 1;
  // biases start at 0.
  std::mt19937 random(seed);
  auto entry = module->lookupSymbol<mlir::func::FuncOp>(entryName);
  for (auto [index, argument] : llvm::enumerate(entry.getArgumentTypes())) {
    auto type = llvm::cast<mlir::RankedTensorType>(argument);
    llvm::Expected<Array> array = Array::create(*getElementType(type.getElementType()), type.getShape());
    if (!array)
      return array.takeError();
    if (type.getElementType().isF32() && type.getRank() == 2) {
      bool isTable = index == 2;
      float bound = isTable ? 1 : 1 / std::sqrt(float(type.getDimSize(0)));
      std::uniform_real_distribution<float> values(-bound, bound);
      for (float &value : array->getElements<float>())
        value = values(random);
    }
    arguments.push_back(std::move(*array));
  }
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<CompiledProgram>> Model::compile(const Budget &budget) {
  llvm::Expected<std::unique_ptr<CPUTarget>> target = CPUTarget::create();
  if (!target)
    return target.takeError();
  ProgramOptions options;
  options.budget = budget;
  // The error says it all.
  mlir::ScopedDiagnosticHandler silence(&context, [](mlir::Diagnostic &) { return mlir::success(); });
  return CompiledProgram::compile(*module, entryName, options, **target);
}

llvm::Expected<std::vector<Array>> Model::allocateResults(const CompiledProgram &program) {
  return program.getSignature().allocateResults(getArguments());
}

std::vector<llvm::MutableArrayRef<float>> Model::getParameters() {
  std::vector<llvm::MutableArrayRef<float>> parameters;
  for (Array &array : llvm::drop_begin(arguments, 2))
    parameters.push_back(array.getElements<float>());
  return parameters;
}

std::vector<ArrayView> Model::getArguments() { return getViews(arguments); }

std::vector<ArrayView> getViews(llvm::MutableArrayRef<Array> arrays) {
  std::vector<ArrayView> views;
  for (Array &array : arrays)
    views.push_back(array.getView());
  return views;
}
