//===- EntryFunctions.h - What callers of a program call -------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_ENTRYFUNCTIONS_H
#define REMAT_DIALECT_REMAT_IR_ENTRYFUNCTIONS_H

#include "remat/ABI/Entry.h"
#include "remat/Support/LLVM.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace remat {

/// Public functions with a body: what a caller outside of the module may call.
SmallVector<func::FuncOp> getEntryFunctions(ModuleOp module);

/// The last arguments of an entry function whose memory is planned.
class EntryArguments {
public:
  /// Appends them to \p entry, with a plan if it \p hasPlan as an argument.
  static FailureOr<EntryArguments> add(func::FuncOp entry, bool hasPlan);
  /// Those of \p entry; nothing if it does not end in them.
  static std::optional<EntryArguments> find(func::FuncOp entry, bool hasPlan);

  /// One of them; null if it is a plan that is not there.
  Value get(RematEntryArgument argument) const { return argument < values.size() ? values[argument] : Value(); }

private:
  explicit EntryArguments(ValueRange values) : values(values) {}

  SmallVector<Value> values;
};

} // namespace remat

#endif // REMAT_DIALECT_REMAT_IR_ENTRYFUNCTIONS_H
