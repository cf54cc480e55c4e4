//===- Programs.cpp - Small programs for the interpreter ----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Programs.h"

#include "Interpreter/Datum.h"
#include "remat/InitAll.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace remat;
using namespace remat::test;
using remat::interpreter::Format;
using remat::interpreter::Number;

Program::Program(llvm::StringRef text) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  context.appendDialectRegistry(registry);
  module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  EXPECT_TRUE(module) << text.str();
}

interpreter::Outcome Program::run(const std::vector<Argument> &arguments,
                                  const interpreter::InterpretOptions &options) {
  if (!module)
    return {};
  auto function = module->lookupSymbol<mlir::func::FuncOp>("main");
  std::vector<interpreter::Array> arrays;
  for (auto [number, argument] : llvm::enumerate(arguments)) {
    mlir::Type type = function.getArgumentTypes()[number];
    interpreter::Array array;
    auto shaped = llvm::dyn_cast<mlir::ShapedType>(type);
    array.elementType = shaped ? shaped.getElementType() : type;
    if (!argument.shape.empty())
      array.shape = argument.shape;
    else if (shaped)
      array.shape.assign(shaped.getShape().begin(), shaped.getShape().end());
    unsigned bytes = interpreter::getByteSize(array.elementType);
    array.bytes.resize(argument.elements.size() * bytes);
    for (auto [i, element] : llvm::enumerate(argument.elements)) {
      Number value = Format::get(array.elementType) ? Number::fromFloat(element)
                                                    : Number::fromBits(static_cast<uint64_t>(int64_t(element)));
      interpreter::store(array.elementType, value, array.bytes.data() + i * bytes);
    }
    arrays.push_back(std::move(array));
  }
  return interpreter::interpret(*module, "main", arrays, options);
}

std::vector<double> remat::test::getElements(const interpreter::Array &array) {
  std::vector<double> elements;
  unsigned bytes = interpreter::getByteSize(array.elementType);
  for (int64_t i = 0; i < array.getNumElements(); ++i) {
    Number number = interpreter::load(array.elementType, array.bytes.data() + i * bytes);
    elements.push_back(Format::get(array.elementType)
                           ? number.value
                           : static_cast<double>(interpreter::signExtend(
                                 number.bits, interpreter::getIntegerWidth(array.elementType))));
  }
  return elements;
}

std::vector<double> Program::getResults(const std::vector<Argument> &arguments) {
  interpreter::Outcome outcome = run(arguments);
  EXPECT_FALSE(outcome.failed) << outcome.why;
  std::vector<double> elements;
  for (const interpreter::Array &result : outcome.results) {
    std::vector<double> more = getElements(result);
    elements.insert(elements.end(), more.begin(), more.end());
  }
  return elements;
}

std::vector<double> remat::test::evaluate(llvm::StringRef types, llvm::StringRef body) {
  return Program(("func.func @main() -> (" + types + ") {\n" + body + "\n}").str()).getResults();
}
