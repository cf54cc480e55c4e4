//===- DeviceChecks.cpp - Checks that kernels make ----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Indices are compared by all threads, each of which keeps the first bad one of its own;
// the first of all is found in shared memory.
//
//===----------------------------------------------------------------------===//

#include "DeviceChecks.h"

#include "remat/ABI/Record.h"
#include "remat/Support/FormatPlace.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/TypeSwitch.h"

#include <limits>
#include <map>

using namespace remat;

/// Holds the site of a check.
static constexpr llvm::StringLiteral siteAttrName = "site";

static_assert(threadsPerBlock == 128, "a power of two");

//===----------------------------------------------------------------------===//
// Sites
//===----------------------------------------------------------------------===//

bool DeviceChecks::isCheck(Operation *op) { return isa<CheckIndicesOp, CheckRangeOp, cf::AssertOp>(op); }

DeviceChecks::Site DeviceChecks::describe(Operation *check) {
  if (auto range = dyn_cast<CheckRangeOp>(check))
    return {Site::Range, range.getWhat().str(), check->getLoc()};
  if (auto assertion = dyn_cast<cf::AssertOp>(check))
    return {Site::Assertion, assertion.getMsg().str(), check->getLoc()};
  return {Site::Indices, "", check->getLoc()};
}

void DeviceChecks::collect(ModuleOp module) {
  // Two checks whose messages have the same words are one.
  std::map<std::tuple<Site::Kind, std::string, std::string>, int64_t> siteOfWords;
  sites.clear();
  module.walk([&](OnDeviceOp region) {
    region.getBody().walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<linalg::LinalgOp>(op))
        return WalkResult::skip();
      if (!isCheck(op))
        return WalkResult::advance();
      Site site = describe(op);
      auto [entry, isNew] =
          siteOfWords.try_emplace({site.kind, site.what, formatPlace(site.loc)}, int64_t(sites.size()) + 1);
      if (isNew)
        sites.push_back(std::move(site));
      op->setAttr(siteAttrName, Builder(op).getI64IntegerAttr(entry->second));
      return WalkResult::advance();
    });
  });
}

//===----------------------------------------------------------------------===//
// The record
//===----------------------------------------------------------------------===//

static MemRefType getRecordType(MLIRContext *context) {
  return MemRefType::get({REMAT_RECORD_WORDS}, IntegerType::get(context, 64));
}

void DeviceChecks::declareRecord(gpu::GPUModuleOp kernels) const {
  OpBuilder builder = OpBuilder::atBlockBegin(kernels.getBody());
  MemRefType type = getRecordType(builder.getContext());
  auto zero = DenseElementsAttr::get(RankedTensorType::get(type.getShape(), type.getElementType()),
                                     builder.getI64IntegerAttr(0).getValue());
  memref::GlobalOp::create(builder, kernels.getLoc(), REMAT_RECORD_NAME, StringAttr(), type, zero,
                           /*constant=*/false, /*alignment=*/IntegerAttr());
}

static Value getRecord(OpBuilder &builder, Location loc) {
  return memref::GetGlobalOp::create(builder, loc, getRecordType(builder.getContext()), REMAT_RECORD_NAME);
}

static Value toWord(KernelBuilder &b, Value value) {
  Type word = b.getI64Type();
  if (value.getType() == word)
    return value;
  if (value.getType().isIndex())
    return arith::IndexCastOp::create(b, word, value);
  return arith::ExtSIOp::create(b, word, value);
}

static Value createWord(KernelBuilder &b, int64_t value) {
  return arith::ConstantIntOp::create(b, value, /*width=*/64);
}

static void setWord(KernelBuilder &b, RematRecord word, Value value) {
  memref::StoreOp::create(b, toWord(b, value), getRecord(b, b.getLoc()), b.index(word));
}

/// The end of the threads if \p condition, the same in all of them, is false.
static void leaveUnless(OpBuilder &builder, Location loc, Value condition) {
  cf::AssertOp::create(builder, loc, condition, "");
}

void DeviceChecks::emitTest(gpu::GPUFuncOp kernel) const {
  OpBuilder builder = OpBuilder::atBlockBegin(&kernel.getBody().front());
  Location loc = kernel.getLoc();
  Value site = memref::LoadOp::create(builder, loc, getRecord(builder, loc),
                                      arith::ConstantIndexOp::create(builder, loc, REMAT_RECORD_SITE).getResult());
  Value none = arith::ConstantIntOp::create(builder, loc, 0, /*width=*/64);
  leaveUnless(builder, loc, arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, site, none));
}

void DeviceChecks::emitReset(KernelBuilder &b) const {
  if (exist())
    setWord(b, REMAT_RECORD_SITE, createWord(b, 0));
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

static Value compare(KernelBuilder &b, arith::CmpIPredicate predicate, Value lhs, Value rhs) {
  return arith::CmpIOp::create(b, predicate, lhs, rhs);
}

/// Unless \p holds, the first thread writes the record with \p setDetails, and all end.
static void emitFailure(KernelBuilder &b, Operation *check, Value holds, Value isFirstThread,
                        function_ref<void()> setDetails) {
  Value fails = arith::XOrIOp::create(b, holds, arith::ConstantIntOp::create(b, 1, /*width=*/1));
  emitIf(b, arith::AndIOp::create(b, fails, isFirstThread), [&] {
    setWord(b, REMAT_RECORD_SITE, createWord(b, check->getAttrOfType<IntegerAttr>(siteAttrName).getInt()));
    setDetails();
  });
  leaveUnless(b, b.getLoc(), holds);
}

static void emitRange(KernelBuilder &b, CheckRangeOp check, Value isFirstThread) {
  Value holds = arith::AndIOp::create(b, compare(b, arith::CmpIPredicate::sle, check.getLeast(), check.getValue()),
                                      compare(b, arith::CmpIPredicate::sle, check.getValue(), check.getMost()));
  emitFailure(b, check, holds, isFirstThread, [&] {
    setWord(b, REMAT_RECORD_STEP, check.getStep() ? check.getStep() : createWord(b, -1));
    setWord(b, REMAT_RECORD_VALUE, check.getValue());
    setWord(b, REMAT_RECORD_LEAST, check.getLeast());
    setWord(b, REMAT_RECORD_MOST, check.getMost());
  });
}

namespace {

/// Emits the check of one table.
class IndexCheck {
public:
  IndexCheck(KernelBuilder &builder, CheckIndicesOp check);
  void emit(SharedMemory &shared, Value isFirstThread);

private:
  /// Index number \p number in the order of the steps.
  Value load(Value number);
  Value findFirstBad(SharedMemory &shared);

  KernelBuilder &b;
  CheckIndicesOp check;
  SmallVector<unsigned> dims;
  SmallVector<OpFoldResult> extents;
  Value none;
};

} // namespace

IndexCheck::IndexCheck(KernelBuilder &builder, CheckIndicesOp check)
    : b(builder), check(check), none(arith::ConstantIndexOp::create(b, std::numeric_limits<int64_t>::max())) {
  auto type = cast<MemRefType>(check.getIndices().getType());
  for (auto [dim, size] : llvm::enumerate(type.getShape())) {
    dims.push_back(dim);
    extents.push_back(ShapedType::isDynamic(size)
                          ? OpFoldResult(memref::DimOp::create(b, check.getIndices(), dim).getResult())
                          : OpFoldResult(b.getIndexAttr(size)));
  }
}

Value IndexCheck::load(Value number) {
  SmallVector<Value> point(dims.size());
  setPoint(b, number, dims, extents, point);
  if (check.getReversed())
    point.front() = b.sub(b.sub(b.index(extents.front()), b.index(1)), point.front());
  return toWord(b, memref::LoadOp::create(b, check.getIndices(), point));
}

Value IndexCheck::findFirstBad(SharedMemory &shared) {
  Value thread = gpu::ThreadIdOp::create(b, gpu::Dimension::x);
  Value limit = toWord(b, check.getLimit());
  Value own = b.loop(thread, countPoints(b, dims, extents), threadsPerBlock, none,
                     [&](Value number, ValueRange carried) -> SmallVector<Value> {
                       Value index = load(number);
                       Value isBad =
                           arith::OrIOp::create(b, compare(b, arith::CmpIPredicate::slt, index, createWord(b, 0)),
                                                compare(b, arith::CmpIPredicate::sge, index, limit));
                       Value candidate = arith::SelectOp::create(b, isBad, number, none);
                       return {arith::MinUIOp::create(b, carried.front(), candidate)};
                     })
                  .front();
  Value firsts = shared.addArray(b, {threadsPerBlock}, b.getIndexType());
  memref::StoreOp::create(b, own, firsts, thread);
  for (int64_t half = threadsPerBlock / 2; half >= 1; half /= 2) {
    gpu::BarrierOp::create(b);
    emitIf(b, isLess(b, thread, b.index(half)), [&] {
      Value low = memref::LoadOp::create(b, firsts, thread);
      Value high = memref::LoadOp::create(b, firsts, b.add(thread, half));
      memref::StoreOp::create(b, arith::MinUIOp::create(b, low, high), firsts, thread);
    });
  }
  gpu::BarrierOp::create(b);
  return memref::LoadOp::create(b, firsts, b.index(0));
}

void IndexCheck::emit(SharedMemory &shared, Value isFirstThread) {
  Value first = findFirstBad(shared);
  Value holds = compare(b, arith::CmpIPredicate::eq, first, none);
  emitFailure(b, check, holds, isFirstThread, [&] {
    Value step = check.getStep() ? check.getStep() : createWord(b, -1), position = first;
    if (check.getPerStep()) {
      // It has a bad element, so no extent is 0.
      Value perStep = countPoints(b, ArrayRef(dims).drop_front(), extents);
      step = arith::DivUIOp::create(b, first, perStep);
      position = arith::RemUIOp::create(b, first, perStep);
    }
    setWord(b, REMAT_RECORD_STEP, step);
    setWord(b, REMAT_RECORD_POSITION, position);
    setWord(b, REMAT_RECORD_VALUE, load(first));
    setWord(b, REMAT_RECORD_LEAST, check.getLimit());
  });
}

void DeviceChecks::emit(Operation *check, SharedMemory &shared, Value isFirstThread) const {
  KernelBuilder b(check);
  llvm::TypeSwitch<Operation *>(check)
      .Case([&](CheckIndicesOp indices) { IndexCheck(b, indices).emit(shared, isFirstThread); })
      .Case([&](CheckRangeOp range) { emitRange(b, range, isFirstThread); })
      .Case([&](cf::AssertOp assertion) { emitFailure(b, assertion, assertion.getArg(), isFirstThread, [] {}); });
  check->erase();
}
