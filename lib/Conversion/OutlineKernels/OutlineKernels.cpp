//===- OutlineKernels.cpp - One function for equal kernels ---- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two ops are equal if the functions that hold them print alike. Offsets are made
// dynamic first, so that a buffer and a view into a larger one share a kernel.
//
//===----------------------------------------------------------------------===//

#include "remat/Conversion/Passes.h"
#include "remat/Dialect/Linalg/Contraction.h"
#include "remat/Support/LLVM.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"

namespace remat {
#define GEN_PASS_DEF_OUTLINEKERNELSPASS
#include "remat/Conversion/Passes.h.inc"
} // namespace remat

using namespace remat;

/// An elementwise body with fewer ops than this is not worth a call.
static constexpr int64_t largeBody = 8;

static bool isWorthACall(linalg::LinalgOp op) {
  if (!op.hasPureBufferSemantics())
    return false;
  if (linalg::isaContractionOpInterface(op))
    return true;
  auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
  if (!generic)
    return false;
  return succeeded(Contraction::match(generic)) ||
         std::distance(generic.getBody()->begin(), generic.getBody()->end()) >= largeBody;
}

/// \p type with a dynamic offset and its strides spelled out, if they are known.
static Type relaxOffset(Type type) {
  auto memrefType = dyn_cast<MemRefType>(type);
  SmallVector<int64_t> strides;
  int64_t offset;
  if (!memrefType || memrefType.getRank() == 0 || !memrefType.hasStaticShape() ||
      failed(memrefType.getStridesAndOffset(strides, offset)))
    return type;
  return MemRefType::get(memrefType.getShape(), memrefType.getElementType(),
                         StridedLayoutAttr::get(type.getContext(), ShapedType::kDynamic, strides),
                         memrefType.getMemorySpace());
}

namespace {

/// An op that may move, the values it uses and the function that would hold it.
struct Candidate {
  linalg::LinalgOp op;
  SmallVector<Value> arguments;
};

struct OutlineKernelsPass final : remat::impl::OutlineKernelsPassBase<OutlineKernelsPass> {
  using Base::Base;
  void runOnOperation() override;

private:
  func::FuncOp createFunction(Candidate &candidate);
};

} // namespace

/// A function with a copy of the op. Its arguments are what the op uses, but for
/// constants, which are copied too.
func::FuncOp OutlineKernelsPass::createFunction(Candidate &candidate) {
  llvm::SetVector<Value> used(candidate.op->operand_begin(), candidate.op->operand_end());
  llvm::SetVector<Operation *> constants;
  candidate.op->walk([&](Operation *nested) {
    for (Value operand : nested->getOperands()) {
      if (candidate.op->isAncestor(operand.getParentBlock()->getParentOp()))
        continue;
      if (auto constant = operand.getDefiningOp<arith::ConstantOp>())
        constants.insert(constant);
      else
        used.insert(operand);
    }
  });
  used.remove_if([](Value value) { return value.getDefiningOp<arith::ConstantOp>() != nullptr; });
  candidate.arguments = llvm::to_vector(used);

  SmallVector<Type> types;
  for (Value value : used)
    types.push_back(relaxOffset(value.getType()));
  OpBuilder builder(&getContext());
  Location loc = candidate.op.getLoc();
  auto function = func::FuncOp::create(loc, "remat_kernel", builder.getFunctionType(types, {}));
  function.setPrivate();
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  IRMapping mapping;
  for (auto [value, argument] : llvm::zip_equal(used, body->getArguments()))
    mapping.map(value, argument);
  for (Operation *constant : constants)
    builder.clone(*constant, mapping);
  builder.clone(*candidate.op, mapping);
  func::ReturnOp::create(builder, loc);
  return function;
}

void OutlineKernelsPass::runOnOperation() {
  SymbolTable symbols(getOperation());
  // In order of first occurrence, so that names and order are deterministic.
  std::vector<std::pair<func::FuncOp, SmallVector<Candidate>>> groups;
  llvm::StringMap<size_t> groupOfText;
  getOperation().walk([&](linalg::LinalgOp op) {
    if (!isWorthACall(op))
      return;
    Candidate candidate{op, {}};
    func::FuncOp function = createFunction(candidate);
    std::string key;
    llvm::raw_string_ostream(key) << function;
    auto [entry, isNew] = groupOfText.try_emplace(key, groups.size());
    if (isNew)
      groups.emplace_back(function, SmallVector<Candidate>());
    else
      function.erase();
    groups[entry->second].second.push_back(candidate);
  });

  for (auto &[function, candidates] : groups) {
    if (candidates.size() < 2) {
      function.erase();
      continue;
    }
    symbols.insert(function, getOperation().getBody()->begin());
    for (Candidate &candidate : candidates) {
      OpBuilder builder(candidate.op);
      SmallVector<Value> operands;
      for (auto [value, type] : llvm::zip_equal(candidate.arguments, function.getArgumentTypes()))
        operands.push_back(value.getType() == type
                               ? value
                               : memref::CastOp::create(builder, candidate.op.getLoc(), type, value).getResult());
      func::CallOp::create(builder, candidate.op.getLoc(), function, operands);
      candidate.op->erase();
    }
  }
}
