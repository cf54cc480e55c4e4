//===- GradientPrograms.cpp - The programs behind a gradient check ------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GradientPrograms.h"

#include "remat/Conversion/Passes.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Execution/Signature.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace remat;

/// Starts a public function at the end of \p module.
static func::FuncOp createFunction(ModuleOp module, StringRef name, TypeRange arguments, TypeRange results) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  auto type = builder.getFunctionType(arguments, results);
  auto function = func::FuncOp::create(builder, module.getLoc(), name, type);
  function.addEntryBlock();
  return function;
}

/// Adds a return and the result types that go with it.
static void finishFunction(func::FuncOp function, OpBuilder &builder, ValueRange results) {
  func::ReturnOp::create(builder, function.getLoc(), results);
  function.setFunctionType(builder.getFunctionType(function.getArgumentTypes(), results.getTypes()));
}

static llvm::Expected<GradientRequest> describeRequest(ValueAndGradientOp op) {
  auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(op, op.getCalleeAttr());
  if (!callee)
    return makeInputError("there is no function @" + op.getCallee());
  GradientRequest request;
  request.callee = callee.getName().str();
  for (unsigned i = 0; i < callee.getNumArguments(); ++i) {
    auto name = callee.getArgAttrOfType<StringAttr>(i, nameAttrName);
    request.operandNames.push_back(name ? name.str() : "arg" + std::to_string(i));
  }
  request.numSeeds = op.getSeeds().size();
  request.wrt.assign(op.getWrt().begin(), op.getWrt().end());
  return request;
}

llvm::Expected<GradientPrograms> GradientPrograms::create(ModuleOp source, StringRef entryName, Types types) {
  GradientPrograms programs;
  programs.module = source.clone();
  PassManager manager(source.getContext(), ModuleOp::getOperationName());
  // A request may stand in a function that the entry calls.
  manager.addPass(createInlineCallsPass());
  if (types == Types::F64)
    manager.addPass(createWidenFloatsPass());
  if (failed(manager.run(*programs.module)))
    return makeInputError("the program cannot be computed in f64");
  programs.entry = programs.module->lookupSymbol<func::FuncOp>(entryName);

  for (auto op : programs.entry.getBody().front().getOps<ValueAndGradientOp>())
    programs.ops.push_back(op);
  if (programs.ops.empty())
    return makeInputError("--check-gradient expects a remat.value_and_gradient in @" + entryName);
  for (ValueAndGradientOp op : programs.ops) {
    auto request = describeRequest(op);
    if (!request)
      return request.takeError();
    programs.requests.push_back(std::move(*request));
  }
  return programs;
}

std::optional<std::vector<unsigned>> GradientPrograms::getOperandArguments(unsigned index) {
  std::vector<unsigned> numbers;
  for (Value operand : ops[index]->getOperands()) {
    auto argument = dyn_cast<BlockArgument>(operand);
    if (!argument || !isa<TensorType>(argument.getType()))
      return std::nullopt;
    numbers.push_back(argument.getArgNumber());
  }
  return numbers;
}

std::string GradientPrograms::addPrefix(unsigned index) {
  std::string name = (entry.getName() + ".operands" + llvm::Twine(index)).str();
  func::FuncOp function = createFunction(*module, name, entry.getArgumentTypes(), {});
  OpBuilder builder = OpBuilder::atBlockEnd(&function.getBody().front());
  IRMapping mapping;
  mapping.map(entry.getArguments(), function.getArguments());

  // Only what the operands need: later gradients would be computed for nothing.
  llvm::SetVector<Operation *> slice;
  BackwardSliceOptions options;
  options.omitBlockArguments = true;
  options.omitUsesFromAbove = false;
  (void)getBackwardSlice(ops[index].getOperation(), &slice, options);
  for (Operation &op : entry.getBody().front())
    if (slice.contains(&op))
      builder.clone(op, mapping);

  SmallVector<Value> results;
  for (Value operand : ops[index]->getOperands()) {
    Value value = mapping.lookup(operand);
    if (!isa<TensorType>(value.getType()))
      value =
          tensor::FromElementsOp::create(builder, function.getLoc(), RankedTensorType::get({}, value.getType()), value);
    results.push_back(value);
  }
  finishFunction(function, builder, results);
  return name;
}

std::string GradientPrograms::addGradient(unsigned index) {
  ValueAndGradientOp op = ops[index];
  std::string name = (op.getCallee() + ".gradient" + llvm::Twine(index)).str();
  func::FuncOp function = createFunction(*module, name, op->getOperandTypes(), {});
  OpBuilder builder = OpBuilder::atBlockEnd(&function.getBody().front());
  IRMapping mapping;
  mapping.map(op->getOperands(), function.getArguments());
  Operation *copy = builder.clone(*op, mapping);
  // An operand that is used twice was mapped to its last place.
  copy->setOperands(function.getArguments());
  finishFunction(function, builder, copy->getResults().take_back(op.getWrt().size()));
  return name;
}

llvm::Expected<OwningOpRef<ModuleOp>> GradientPrograms::createValueModule(unsigned index) {
  OwningOpRef<ModuleOp> copy(module->clone());
  ValueAndGradientOp op = ops[index];
  auto callee = copy->lookupSymbol<func::FuncOp>(op.getCallee());
  // Messages name what the author wrote.
  std::string name = callee.getName().str();
  if (failed(mlir::SymbolTable(*copy).renameToUnique(callee, {})))
    return makeInternalError("@" + op.getCallee() + " cannot get another name");
  func::FuncOp function = createFunction(*copy, name, callee.getArgumentTypes(), {});
  OpBuilder builder = OpBuilder::atBlockEnd(&function.getBody().front());
  auto call = func::CallOp::create(builder, op.getLoc(), callee, function.getArguments());
  SmallVector<Value> results;
  for (int64_t result : op.getOf())
    results.push_back(call.getResult(result));
  finishFunction(function, builder, results);
  for (auto other : copy->getOps<func::FuncOp>())
    if (other != function)
      other.setPrivate();

  PassManager manager(copy->getContext(), ModuleOp::getOperationName());
  // The inliner simplifies as it goes, and must know what a slice drops.
  manager.addPass(createExpandOperationsPass());
  manager.addPass(mlir::createInlinerPass());
  manager.addPass(mlir::createSymbolDCEPass());
  manager.addPass(createConvertRematSourceToSCFPass());
  if (failed(manager.run(*copy)))
    return makeInputError("@" + op.getCallee() + " cannot be lowered without a plan");
  return copy;
}

FloatType GradientPrograms::getNarrowestType() {
  FloatType narrowest;
  auto visit = [&](Type type) {
    auto element = dyn_cast<FloatType>(getElementTypeOrSelf(type));
    if (element && (!narrowest || element.getFPMantissaWidth() < narrowest.getFPMantissaWidth()))
      narrowest = element;
  };
  module->walk([&](Operation *op) {
    llvm::for_each(op->getOperandTypes(), visit);
    llvm::for_each(op->getResultTypes(), visit);
  });
  return narrowest;
}

/// The operations behind one element of a result of \p region, run once.
static double countIn(Region &region, double unknownExtent) {
  auto getExtent = [&](int64_t extent) { return ShapedType::isDynamic(extent) ? unknownExtent : double(extent); };
  double count = 0;
  for (Operation &op : region.getOps()) {
    double repetitions = 1;
    if (auto loop = dyn_cast<RecurrenceOp>(op)) {
      std::optional<int64_t> steps = loop.getStaticCount();
      repetitions = steps ? double(*steps) : unknownExtent;
    } else if (isa<LoopLikeOpInterface>(op)) {
      repetitions = unknownExtent;
    } else if (auto structured = dyn_cast<linalg::LinalgOp>(op)) {
      // What the operation sums up, and what its adjoint does.
      double largest = 1;
      for (auto [extent, iterator] :
           llvm::zip_equal(structured.getStaticLoopRanges(), structured.getIteratorTypesArray()))
        if (iterator == utils::IteratorType::reduction)
          repetitions *= getExtent(extent);
        else
          largest = std::max(largest, getExtent(extent));
      repetitions += largest;
    }
    if (auto call = dyn_cast<CustomVjpOp>(op)) {
      if (auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(call, call.getCalleeAttr()))
        count += countIn(callee.getBody(), unknownExtent);
    } else if (op.getNumRegions() == 0) {
      count += llvm::any_of(op.getResultTypes(), isDifferentiableType);
    }
    for (Region &nested : op.getRegions())
      count += repetitions * countIn(nested, unknownExtent);
  }
  return count;
}

double GradientPrograms::countOperations(unsigned index, int64_t unknownExtent) {
  auto callee = module->lookupSymbol<func::FuncOp>(ops[index].getCallee());
  return 3 * countIn(callee.getBody(), std::max<double>(unknownExtent, 1));
}
