//===- RematDialect.cpp - The remat dialect ----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/ADT/TypeSwitch.h"

#include <algorithm>

using namespace mlir;
using namespace remat;

#include "remat/Dialect/Remat/IR/RematDialect.cpp.inc"
#include "remat/Dialect/Remat/IR/RematEnums.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "remat/Dialect/Remat/IR/RematTypes.cpp.inc"

// A policy is a keyword, in which there is no '-'.

static FailureOr<schedule::Policy> parsePolicy(AsmParser &parser) {
  SMLoc location = parser.getCurrentLocation();
  StringRef keyword;
  if (parser.parseKeyword(&keyword))
    return failure();
  std::string name = keyword.str();
  std::replace(name.begin(), name.end(), '_', '-');
  std::optional<schedule::Policy> policy = schedule::parsePolicy(name);
  if (!policy || !schedule::infoOf(*policy).has(schedule::PlansPrograms))
    return parser.emitError(location) << "expects a policy that plans programs, but got " << keyword;
  return *policy;
}

static void printPolicy(AsmPrinter &printer, schedule::Policy policy) {
  std::string name(schedule::stringifyPolicy(policy));
  std::replace(name.begin(), name.end(), '-', '_');
  printer << name;
}

#define GET_ATTRDEF_CLASSES
#include "remat/Dialect/Remat/IR/RematAttrs.cpp.inc"

namespace {
/// Calls in a step may be inlined, and so may functions with loops over time in them.
struct RematInlinerInterface final : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;

  bool isLegalToInline(Region *, Region *, bool, IRMapping &) const override { return true; }
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const override { return true; }
};
} // namespace

void RematDialect::initialize() {
  addInterfaces<RematInlinerInterface>();
  addTypes<
#define GET_TYPEDEF_LIST
#include "remat/Dialect/Remat/IR/RematTypes.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "remat/Dialect/Remat/IR/RematAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "remat/Dialect/Remat/IR/RematOps.cpp.inc"
      >();
}
