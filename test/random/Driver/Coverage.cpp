//===- Coverage.cpp - What ran, and where ----------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Coverage.h"

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace remat::random;

/// The innermost place that says something.
static StringRef getPlace(Operation *op, const llvm::StringSet<> &called) {
  for (Operation *parent = op->getParentOp(); parent; parent = parent->getParentOp()) {
    if (isa<linalg::LinalgOp, tensor::GenerateOp, tensor::PadOp>(parent))
      return "body";
    if (isa<scf::IfOp, scf::IndexSwitchOp>(parent))
      return "branch";
    if (isa<scf::ForOp, scf::WhileOp>(parent))
      return "loop";
    if (isa<remat::RecurrenceOp>(parent))
      return "step";
    if (auto function = dyn_cast<func::FuncOp>(parent))
      return called.contains(function.getName()) ? "called" : "straight";
  }
  return "straight";
}

static StringRef getSource(Value operand) {
  Operation *op = operand.getDefiningOp();
  if (!op)
    return isa<func::FuncOp>(operand.getParentBlock()->getParentOp()) ? "argument" : "element";
  if (isa<tensor::ExtractSliceOp>(op))
    return "slice";
  if (isa<linalg::BroadcastOp, tensor::SplatOp, linalg::FillOp>(op))
    return "broadcast";
  if (isa<linalg::TransposeOp, tensor::CollapseShapeOp, tensor::ExpandShapeOp, tensor::CastOp>(op))
    return "view";
  if (op->hasTrait<OpTrait::ConstantLike>())
    return "constant";
  return "value";
}

void Coverage::add(ModuleOp module) {
  llvm::StringSet<> called;
  module.walk([&](Operation *op) {
    if (auto call = dyn_cast<func::CallOp>(op))
      called.insert(call.getCallee());
    if (auto call = dyn_cast<remat::CustomVjpOp>(op))
      called.insert(call.getCallee());
  });
  module.walk([&](Operation *op) {
    if (isa<ModuleOp, func::FuncOp>(op))
      return;
    Type type = op->getNumResults() ? op->getResult(0).getType()
                                    : (op->getNumOperands() ? op->getOperand(0).getType() : Type());
    // What is compared says more than the i1 that it gives.
    if (isa<arith::CmpFOp, arith::CmpIOp>(op) || isa_and_nonnull<math::MathDialect>(op->getDialect()))
      type = op->getOperand(0).getType();
    std::string name = op->getName().getStringRef().str(), element;
    llvm::raw_string_ostream(element) << (type ? getElementTypeOrSelf(type) : NoneType::get(module.getContext()));
    std::string key = name + "|" + element + "|" + getPlace(op, called).str() + "|";
    if (op->getNumOperands() == 0)
      ++counts[key + "none"];
    for (Value operand : op->getOperands())
      ++counts[key + getSource(operand).str()];
  });
}

void Coverage::print(llvm::raw_ostream &stream) const {
  const StringRef places[] = {"straight", "step", "branch", "loop", "body", "called"};
  const StringRef sources[] = {"value", "view", "slice", "broadcast", "argument", "element", "constant"};
  std::map<std::string, std::map<std::string, int64_t>> rows;
  for (const auto &[key, number] : counts) {
    SmallVector<StringRef> parts;
    StringRef(key).split(parts, '|');
    if (parts.size() != 4)
      continue;
    auto &row = rows[(parts[0] + "|" + parts[1]).str()];
    row[parts[2].str()] += number;
    row[parts[3].str()] += number;
  }
  stream << llvm::formatv("{0,-34} {1,-6}", "operation", "type");
  for (StringRef name : places)
    stream << llvm::formatv("{0,10}", name);
  for (StringRef name : sources)
    stream << llvm::formatv("{0,10}", name);
  stream << '\n';
  for (const auto &entry : rows) {
    const std::map<std::string, int64_t> &row = entry.second;
    auto [name, type] = StringRef(entry.first).split('|');
    stream << llvm::formatv("{0,-34} {1,-6}", name, type);
    auto printCount = [&](StringRef column) {
      auto place = row.find(column.str());
      stream << llvm::formatv("{0,10}", place == row.end() ? 0 : place->second);
    };
    for (StringRef column : places)
      printCount(column);
    for (StringRef column : sources)
      printCount(column);
    stream << '\n';
  }
}
