//===- Mutator.cpp - Programs that are nearly given ones -------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Mutator.h"

#include "Edits.h"
#include "Generator/Random.h"
#include "Shrinker.h"
#include "remat-run/lib/ProgramFile.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Execution/Signature.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

#include <iterator>

using namespace mlir;
using namespace remat::random;

/// Operations that take and give the same types.
static const std::vector<std::vector<StringRef>> families = {
    {"arith.addf", "arith.subf", "arith.mulf", "arith.divf", "arith.maximumf", "arith.minimumf", "math.atan2",
     "math.copysign"},
    {"math.tanh", "math.sin", "math.cos", "math.exp", "math.absf", "arith.negf", "math.sqrt", "math.erf", "math.atan",
     "math.floor", "math.log1p", "math.rsqrt", "math.sinh", "math.expm1"},
    {"arith.addi", "arith.subi", "arith.muli", "arith.andi", "arith.ori", "arith.xori", "arith.maxsi", "arith.minsi"},
    {"linalg.add", "linalg.sub", "linalg.mul", "linalg.max", "linalg.min"},
};

static SmallVector<Operation *> getOperations(ModuleOp module) {
  SmallVector<Operation *> operations;
  module.walk([&](Operation *op) {
    if (!isa<ModuleOp, func::FuncOp>(op))
      operations.push_back(op);
  });
  return operations;
}

/// One operation becomes another of its family.
static bool replaceOperation(ModuleOp module, Random &random) {
  SmallVector<std::pair<Operation *, const std::vector<StringRef> *>> candidates;
  for (Operation *op : getOperations(module))
    for (const std::vector<StringRef> &family : families)
      if (llvm::is_contained(family, op->getName().getStringRef()) && op->getNumRegions() == 0)
        candidates.push_back({op, &family});
  if (candidates.empty())
    return false;
  auto [op, family] = candidates[random.below(candidates.size())];
  OpBuilder builder(op);
  OperationState state(op->getLoc(), random.pick(*family));
  state.addOperands(op->getOperands());
  state.addTypes(op->getResultTypes());
  Operation *fresh = builder.create(state);
  op->replaceAllUsesWith(fresh);
  op->erase();
  return true;
}

/// An operand becomes another visible value of its type.
static bool replaceOperand(ModuleOp module, Random &random) {
  SmallVector<OpOperand *> candidates;
  for (Operation *op : getOperations(module))
    for (OpOperand &operand : op->getOpOperands())
      candidates.push_back(&operand);
  if (candidates.empty())
    return false;
  OpOperand *operand = candidates[random.below(candidates.size())];
  Operation *user = operand->getOwner();
  auto function = user->getParentOfType<func::FuncOp>();
  if (!function)
    return false;
  DominanceInfo dominance(function);
  SmallVector<Value> values;
  auto consider = [&](Value value) {
    if (value.getType() == operand->get().getType() && value != operand->get() &&
        dominance.properlyDominates(value, user))
      values.push_back(value);
  };
  for (BlockArgument argument : function.getArguments())
    consider(argument);
  function.walk([&](Operation *op) {
    for (Value result : op->getResults())
      consider(result);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (BlockArgument argument : block.getArguments())
          consider(argument);
  });
  if (values.empty())
    return false;
  operand->set(values[random.below(values.size())]);
  return true;
}

static bool swapOperands(ModuleOp module, Random &random) {
  SmallVector<Operation *> candidates;
  for (Operation *op : getOperations(module))
    if (op->getNumOperands() >= 2 && op->getOperand(0).getType() == op->getOperand(1).getType())
      candidates.push_back(op);
  if (candidates.empty())
    return false;
  Operation *op = candidates[random.below(candidates.size())];
  Value first = op->getOperand(0);
  op->setOperand(0, op->getOperand(1));
  op->setOperand(1, first);
  return true;
}

static bool turnLoop(ModuleOp module, Random &random) {
  SmallVector<remat::RecurrenceOp> loops;
  module.walk([&](remat::RecurrenceOp op) { loops.push_back(op); });
  if (loops.empty())
    return false;
  remat::RecurrenceOp loop = loops[random.below(loops.size())];
  loop.setReversed(!loop.getReversed());
  return true;
}

/// A simplification of the shrinker, at any place.
static bool simplify(ModuleOp module, Random &random) {
  ArrayRef<Edit> edits = getEdits();
  return edits[random.below(edits.size())](module, static_cast<unsigned>(random.below(12))) == Applied::Yes;
}

static std::string replaceType(StringRef text, StringRef from, StringRef to) {
  std::string replaced;
  while (!text.empty()) {
    size_t place = text.find(from);
    replaced += text.take_front(place).str();
    if (place == StringRef::npos)
      break;
    StringRef before = text.take_front(place), rest = text.drop_front(place + from.size());
    bool isWhole = (before.empty() || !llvm::isAlnum(before.back()) || before.back() == 'x') &&
                   !before.ends_with("b") && (rest.empty() || !llvm::isAlnum(rest.front()));
    replaced += isWhole ? to.str() : from.str();
    text = rest;
  }
  return replaced;
}

static OwningOpRef<ModuleOp> parse(StringRef text, MLIRContext &context) {
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, "program.mlir"), llvm::SMLoc());
  return remat::parseProgram(sources, &context);
}

/// An input for each argument that does not get one by default.
static bool makeInputs(const remat::Signature &signature, Random &random, Case &program) {
  int64_t steps = random.between(0, 6);
  for (const remat::ArgumentInfo &info : signature.getArguments()) {
    if (!remat::isFloat(info.type)) {
      bool isCount = info.type == remat::ElementType::Index || info.shape.empty();
      program.inputs.push_back(info.name + (isCount
                                                ? "=" + std::to_string(info.type == remat::ElementType::I1 ? 1 : steps)
                                                : std::string("=int:0:2")));
    }
    if (!llvm::is_contained(info.shape, ShapedType::kDynamic))
      continue;
    std::string shape;
    for (auto [i, extent] : llvm::enumerate(info.shape))
      shape +=
          (shape.empty() ? "" : "x") + std::to_string(ShapedType::isDynamic(extent) ? (i == 0 ? steps : 3) : extent);
    program.shapes.push_back(info.name + "=" + shape);
  }
  return true;
}

std::optional<Case> remat::random::mutate(StringRef path, uint64_t seed, MLIRContext &context) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return std::nullopt;
  ScopedDiagnosticHandler silence(&context, [](Diagnostic &) { return success(); });
  Random random(Random(seed * 0x2545f4914f6cdd1du + 12345).next());
  SmallVector<StringRef> pieces;
  (*buffer)->getBuffer().split(pieces, "// -----");
  std::string text = pieces[random.below(pieces.size())].str();
  // Only source programs have a meaning of their own.
  for (StringRef name : {"remat.bptt", "remat.unwind", "remat.chain", "remat.walk"})
    if (StringRef(text).contains(name))
      return std::nullopt;
  // A thousand steps take long and find nothing more.
  for (int64_t extent : {1000, 512, 500, 256, 200, 128, 100})
    text = replaceExtent(text, extent, random.between(2, 9));
  if (random.chance(0.3)) {
    static const std::vector<StringRef> floats = {"f32", "f64", "f16", "bf16"};
    text = replaceType(text, random.pick(floats), random.pick(floats));
  }
  if (random.chance(0.4)) {
    static const std::vector<int64_t> extents = {1, 2, 3, 5, 7, 12, 16, 17, 33};
    std::vector<int64_t> present;
    for (int64_t extent = 1; extent <= 1024; ++extent)
      if (replaceExtent(text, extent, extent + 1) != text)
        present.push_back(extent);
    if (!present.empty())
      text = replaceExtent(text, random.pick(present), random.pick(extents));
  }
  OwningOpRef<ModuleOp> module = parse(text, context);
  if (!module)
    return std::nullopt;
  SmallVector<func::FuncOp> entries;
  for (auto function : module->getOps<func::FuncOp>())
    if (function.isPublic() && !function.isExternal() && function.getNumResults() > 0)
      entries.push_back(function);
  if (entries.empty())
    return std::nullopt;
  std::string entry = entries[random.below(entries.size())].getName().str();
  using Mutation = bool (*)(ModuleOp, Random &);
  static const std::vector<Mutation> mutations = {replaceOperation, replaceOperation, replaceOperand, replaceOperand,
                                                  swapOperands,     turnLoop,         simplify};
  int64_t number = random.between(1, 3);
  for (int64_t i = 0; i < number; ++i) {
    OwningOpRef<ModuleOp> copy = module->clone();
    if (random.pick(mutations)(*copy, random) && succeeded(verify(*copy)))
      module = std::move(copy);
  }
  auto function = module->lookupSymbol<func::FuncOp>(entry);
  if (!function)
    return std::nullopt;
  auto signature = remat::Signature::read(function);
  if (!signature) {
    llvm::consumeError(signature.takeError());
    return std::nullopt;
  }
  // Large programs take long and find nothing more.
  for (const remat::ArgumentInfo &info : signature->getArguments())
    if (std::optional<int64_t> elements = remat::countElements(info.shape); elements && *elements > 20000)
      return std::nullopt;
  Case program;
  program.entry = entry;
  program.seed = seed;
  if (!makeInputs(*signature, random, program))
    return std::nullopt;
  llvm::raw_string_ostream(program.text) << *module << '\n';
  return program;
}
