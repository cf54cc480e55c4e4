//===- RematSyntax.cpp - Custom assembly -------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The part of the assembly that ODS cannot say: region arguments bound to
// operands, as in `carry(%h = %h0 : tensor<4xf32>)`.
//
//===----------------------------------------------------------------------===//

#include "RematSyntax.h"

using namespace mlir;
using namespace remat;

namespace {
/// One `%inside = %outside : type` list.
struct Bindings {
  SmallVector<OpAsmParser::Argument> inside;
  SmallVector<OpAsmParser::UnresolvedOperand> outside;
  SmallVector<Type> types;
};
} // namespace

/// Parses `keyword(%a = %b : type, ...)` if the keyword is there.
static ParseResult parseBindings(OpAsmParser &parser, StringRef keyword, Bindings &bindings) {
  if (failed(parser.parseOptionalKeyword(keyword)))
    return success();
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, [&] {
    return failure(parser.parseArgument(bindings.inside.emplace_back()) || parser.parseEqual() ||
                   parser.parseOperand(bindings.outside.emplace_back()) ||
                   parser.parseColonType(bindings.types.emplace_back()));
  });
}

static void printBindings(OpAsmPrinter &printer, StringRef keyword, ValueRange inside, ValueRange outside) {
  if (outside.empty())
    return;
  printer << ' ' << keyword << '(';
  llvm::interleaveComma(llvm::zip(inside, outside), printer, [&](auto pair) {
    auto [argument, operand] = pair;
    printer.printRegionArgument(cast<BlockArgument>(argument), {},
                                /*omitType=*/true);
    printer << " = " << operand << " : " << operand.getType();
  });
  printer << ')';
}

/// Parses `-> A, B`, or with parentheses, as functions spell their results.
static ParseResult parseOptionalResultTypes(OpAsmParser &parser, SmallVectorImpl<Type> &types) {
  if (failed(parser.parseOptionalArrow()))
    return success();
  if (failed(parser.parseOptionalLParen()))
    return parser.parseTypeList(types);
  if (succeeded(parser.parseOptionalRParen()))
    return success();
  return failure(parser.parseTypeList(types) || parser.parseRParen());
}

ParseResult remat::parseStep(OpAsmParser &parser, SmallVectorImpl<OpAsmParser::UnresolvedOperand> &inits,
                             SmallVectorImpl<Type> &initTypes, SmallVectorImpl<OpAsmParser::UnresolvedOperand> &scans,
                             SmallVectorImpl<Type> &scanTypes, SmallVectorImpl<Type> &resultTypes, Region &body) {
  OpAsmParser::Argument stepNumber;
  if (parser.parseKeyword("at") || parser.parseLParen() || parser.parseArgument(stepNumber) || parser.parseRParen())
    return failure();
  Bindings carry, scan;
  if (parseBindings(parser, "carry", carry))
    return failure();
  SMLoc scanLoc = parser.getCurrentLocation();
  if (parseBindings(parser, "scan", scan))
    return failure();

  llvm::append_range(resultTypes, carry.types);
  if (parseOptionalResultTypes(parser, resultTypes))
    return failure();

  stepNumber.type = parser.getBuilder().getIndexType();
  SmallVector<OpAsmParser::Argument> arguments = {stepNumber};
  for (auto [argument, type] : llvm::zip_equal(carry.inside, carry.types)) {
    argument.type = type;
    arguments.push_back(argument);
  }
  for (auto [argument, type] : llvm::zip_equal(scan.inside, scan.types)) {
    argument.type = getElementOverTime(type);
    if (!argument.type)
      return parser.emitError(scanLoc, "expects a scan operand to be a ranked "
                                       "tensor with a time dimension, but got ")
             << type;
    arguments.push_back(argument);
  }
  inits.assign(carry.outside.begin(), carry.outside.end());
  initTypes.assign(carry.types.begin(), carry.types.end());
  scans.assign(scan.outside.begin(), scan.outside.end());
  scanTypes.assign(scan.types.begin(), scan.types.end());
  return parser.parseRegion(body, arguments);
}

void remat::printStep(OpAsmPrinter &printer, Operation *, OperandRange inits, TypeRange, OperandRange scans, TypeRange,
                      TypeRange resultTypes, Region &body) {
  Block &step = body.front();
  printer << " at(";
  printer.printRegionArgument(step.getArgument(0), {}, /*omitType=*/true);
  printer << ')';
  printBindings(printer, "carry", step.getArguments().slice(1, inits.size()), inits);
  printBindings(printer, "scan", step.getArguments().drop_front(1 + inits.size()), scans);
  if (resultTypes.size() > inits.size())
    printer << " -> " << resultTypes.drop_front(inits.size());
  printer << ' ';
  printer.printRegion(body, /*printEntryBlockArgs=*/false);
}

/// Parses `keyword(%a: type, ...) { ... }`.
static ParseResult parseNamedRegion(OpAsmParser &parser, StringRef keyword, Region &region, bool isOptional) {
  if (isOptional ? failed(parser.parseOptionalKeyword(keyword)) : bool(parser.parseKeyword(keyword)))
    return success(isOptional);
  SmallVector<OpAsmParser::Argument> arguments;
  if (parser.parseArgumentList(arguments, AsmParser::Delimiter::Paren,
                               /*allowType=*/true))
    return failure();
  return parser.parseRegion(region, arguments);
}

static void printNamedRegion(OpAsmPrinter &printer, StringRef keyword, Region &region) {
  printer << keyword << '(';
  llvm::interleaveComma(region.getArguments(), printer,
                        [&](BlockArgument argument) { printer.printRegionArgument(argument); });
  printer << ") ";
  printer.printRegion(region, /*printEntryBlockArgs=*/false);
}

ParseResult remat::parseSteps(OpAsmParser &parser, Region &advance, Region &record, Region &reverse, Region &resume) {
  return failure(parseNamedRegion(parser, "advance", advance, /*isOptional=*/false) ||
                 parseNamedRegion(parser, "record", record, /*isOptional=*/true) ||
                 parseNamedRegion(parser, "reverse", reverse, /*isOptional=*/true) ||
                 parseNamedRegion(parser, "resume", resume, /*isOptional=*/true));
}

void remat::printSteps(OpAsmPrinter &printer, Operation *, Region &advance, Region &record, Region &reverse,
                       Region &resume) {
  printer.printNewline();
  printNamedRegion(printer, "advance", advance);
  if (!record.empty())
    printNamedRegion(printer << ' ', "record", record);
  if (!reverse.empty())
    printNamedRegion(printer << ' ', "reverse", reverse);
  if (!resume.empty())
    printNamedRegion(printer << ' ', "resume", resume);
}
