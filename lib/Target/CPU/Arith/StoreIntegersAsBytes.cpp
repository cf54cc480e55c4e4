//===- StoreIntegersAsBytes.cpp - One layout of i1 in memory ------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM stores a vector of i1 as packed bits and a single i1 as a byte, so what one
// loop writes another one cannot read. Sizes, callers and .npy files know one
// layout: the next power of two bytes. Here memory gets the type of that layout,
// and each access a conversion, after which both agree. It stands behind the kernels,
// when every access is an operation of a handful.
//
//===----------------------------------------------------------------------===//

#include "Lanes.h"
#include "remat/Target/CPU/Passes.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

namespace remat {
#define GEN_PASS_DEF_STOREINTEGERSASBYTESPASS
#include "remat/Target/CPU/Passes.h.inc"
} // namespace remat

using namespace remat;

/// The integer that holds \p element in memory; null if it is its own.
static IntegerType getStorage(Type element) {
  auto integer = dyn_cast<IntegerType>(element);
  if (!integer)
    return IntegerType();
  unsigned width = llvm::PowerOf2Ceil(llvm::divideCeil(integer.getWidth(), 8u) * 8);
  return width == integer.getWidth() ? IntegerType() : IntegerType::get(element.getContext(), width);
}

/// What was loaded, of the storage type, as a value of type \p type. Any byte but
/// zero is true: callers of C write other ones than 1.
static Value fromStorage(Lanes &b, Value loaded, Type type) {
  if (getWidth(type) == 1)
    return b.compare(arith::CmpIPredicate::ne, loaded, b.integer(loaded.getType(), 0));
  return arith::TruncIOp::create(b, type, loaded);
}

static Value toStorage(Lanes &b, Value value) {
  Type storage = getStorage(getElementTypeOrSelf(value.getType()));
  return arith::ExtUIOp::create(b, withElement(value.getType(), storage), value);
}

/// The operand of \p op that it writes to memory, or that stands for what it does not
/// read there.
static OpOperand *getElementOperand(Operation *op) {
  return llvm::TypeSwitch<Operation *, OpOperand *>(op)
      .Case([](memref::StoreOp store) { return &store.getValueMutable(); })
      .Case([](vector::StoreOp store) { return &store.getValueToStoreMutable(); })
      .Case([](vector::MaskedStoreOp store) { return &store.getValueToStoreMutable(); })
      .Case<vector::MaskedLoadOp, vector::GatherOp>([](auto load) { return &load.getPassThruMutable(); })
      .Default([](Operation *) { return nullptr; });
}

static bool isLoad(Operation *op) {
  return isa<memref::LoadOp, vector::LoadOp, vector::MaskedLoadOp, vector::GatherOp>(op);
}

namespace {

struct StoreIntegersAsBytesPass final : remat::impl::StoreIntegersAsBytesPassBase<StoreIntegersAsBytesPass> {
  using Base::Base;

  void runOnOperation() override {
    getOperation().walk([](Operation *op) { convertAccess(op); });
    getOperation().walk([](memref::GlobalOp global) { convertInitial(global); });
    AttrTypeReplacer replacer;
    replacer.addReplacement([](MemRefType type) {
      Type storage = getStorage(type.getElementType());
      return storage ? MemRefType(cast<MemRefType>(type.clone(storage))) : type;
    });
    replacer.recursivelyReplaceElementsIn(getOperation(), /*replaceAttrs=*/true, /*replaceLocs=*/false,
                                          /*replaceTypes=*/true);
  }

private:
  /// Changes the type of what \p op moves; that of the memory follows.
  static void convertAccess(Operation *op) {
    if (OpOperand *element = getElementOperand(op);
        element && getStorage(getElementTypeOrSelf(element->get().getType()))) {
      Lanes b(op);
      element->set(toStorage(b, element->get()));
    }
    if (!isLoad(op))
      return;
    Value result = op->getResult(0);
    Type type = result.getType(), storage = getStorage(getElementTypeOrSelf(type));
    if (!storage)
      return;
    result.setType(withElement(type, storage));
    Lanes b(op);
    b.setInsertionPointAfter(op);
    SmallVector<OpOperand *> uses;
    for (OpOperand &use : result.getUses())
      uses.push_back(&use);
    Value value = fromStorage(b, result, type);
    for (OpOperand *use : uses)
      use->set(value);
  }

  static void convertInitial(memref::GlobalOp global) {
    auto initial = dyn_cast_or_null<DenseElementsAttr>(global.getInitialValueAttr());
    IntegerType storage = initial ? getStorage(initial.getElementType()) : IntegerType();
    if (storage)
      global.setInitialValueAttr(
          initial.mapValues(storage, [&](const APInt &value) { return value.zext(storage.getWidth()); }));
  }
};

} // namespace
