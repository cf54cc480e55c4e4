//===- ProgramFile.cpp - A program as its author wrote it ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProgramFile.h"

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Execution/Signature.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/AsmParser/AsmParserState.h"
#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"

using namespace remat;
using llvm::StringRef;

/// The name in "%name" or "%name:2"; empty if it is a number or no name.
static StringRef getName(llvm::SMRange range) {
  if (!range.isValid())
    return "";
  StringRef text(range.Start.getPointer(), range.End.getPointer() - range.Start.getPointer());
  if (!text.consume_front("%"))
    return "";
  text = text.take_while([](char c) { return llvm::isAlnum(c) || c == '_' || c == '-' || c == '.' || c == '$'; });
  return llvm::all_of(text, llvm::isDigit) ? StringRef() : text;
}

/// The name of \p value in the text, empty if it has none of its own.
static StringRef findName(const AsmParserState &state, Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    const auto *block = state.getBlockDef(argument.getOwner());
    if (!block || argument.getArgNumber() >= block->arguments.size())
      return "";
    return getName(block->arguments[argument.getArgNumber()].loc);
  }
  auto result = cast<OpResult>(value);
  const auto *op = state.getOpDef(result.getOwner());
  if (!op)
    return "";
  for (auto [position, group] : llvm::enumerate(op->resultGroups)) {
    unsigned end = position + 1 < op->resultGroups.size() ? op->resultGroups[position + 1].startIndex
                                                          : result.getOwner()->getNumResults();
    // A group %r:2 names two results at once, so neither.
    if (group.startIndex == result.getResultNumber())
      return end - group.startIndex == 1 ? getName(group.definition.loc) : StringRef();
  }
  return "";
}

static void nameFunction(const AsmParserState &state, func::FuncOp function) {
  auto makeAttribute = [&](Value value) -> StringAttr {
    StringRef name = findName(state, value);
    return name.empty() ? StringAttr() : StringAttr::get(function.getContext(), name);
  };
  for (BlockArgument argument : function.getArguments())
    if (!function.getArgAttr(argument.getArgNumber(), nameAttrName))
      if (StringAttr name = makeAttribute(argument))
        function.setArgAttr(argument.getArgNumber(), nameAttrName, name);
  if (!llvm::hasSingleElement(function.getBody()))
    return;
  auto returned = dyn_cast<func::ReturnOp>(function.getBody().front().getTerminator());
  if (!returned)
    return;
  for (auto [number, value] : llvm::enumerate(returned.getOperands()))
    if (!function.getResultAttr(number, nameAttrName))
      if (StringAttr name = makeAttribute(value))
        function.setResultAttr(number, nameAttrName, name);
}

OwningOpRef<ModuleOp> remat::parseProgram(llvm::SourceMgr &sources, MLIRContext *context) {
  Block block;
  AsmParserState state;
  ParserConfig config(context);
  llvm::MemoryBufferRef file = sources.getMemoryBuffer(sources.getMainFileID())->getMemBufferRef();
  if (failed(isBytecode(file) ? readBytecodeFile(file, &block, config)
                              : parseAsmSourceFile(sources, &block, config, &state)))
    return nullptr;
  OwningOpRef<ModuleOp> module = mlir::detail::constructContainerOpForParserIfNecessary<ModuleOp>(
      &block, context, FileLineColLoc::get(context, file.getBufferIdentifier(), 1, 1));
  if (!module)
    return nullptr;
  for (auto function : module->getOps<func::FuncOp>())
    if (!function.isExternal())
      nameFunction(state, function);
  return module;
}

/// Whether \p function itself asks for a gradient.
static bool asksForGradient(func::FuncOp function) {
  return function.walk([](ValueAndGradientOp) { return WalkResult::interrupt(); }).wasInterrupted();
}

llvm::Expected<func::FuncOp> remat::findEntry(ModuleOp module, StringRef name) {
  SmallVector<func::FuncOp> candidates;
  std::string names;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isExternal())
      continue;
    if (!name.empty() && function.getName() == name)
      return function;
    if (!function.isPublic())
      continue;
    candidates.push_back(function);
    names += (names.empty() ? "@" : ", @") + function.getName().str();
  }
  if (candidates.empty() && name.empty())
    return makeInputError("there is no public function with a body");
  if (!name.empty())
    return makeInputError("there is no function @" + name + " with a body; " +
                          (names.empty() ? "there are no public ones" : "the public ones are: " + names));
  if (candidates.size() == 1)
    return candidates.front();
  llvm::erase_if(candidates, [](func::FuncOp function) { return !asksForGradient(function); });
  if (candidates.size() == 1)
    return candidates.front();
  return makeInputError("expects --entry, because there are several public functions: " + names);
}
