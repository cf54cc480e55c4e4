//===- Productions.h - The table of productions ---------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A production writes one operation (and what its operands need) at the current
// place. Each file of Productions/ adds those of one kind to the table, with a
// weight and the places that it suits.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_PRODUCTIONS_H
#define REMAT_TEST_RANDOM_PRODUCTIONS_H

#include "Builder.h"

#include <functional>
#include <string>
#include <vector>

namespace remat::random {

/// Where a production may be used.
enum class Places {
  /// Everywhere, on tensors and on scalars.
  Everywhere,
  /// Where tensors are: not in the body of a structured operation.
  Tensors,
  /// In function bodies that may have loops over time.
  Function,
  /// In the body of a structured operation only.
  Body,
};

struct Production {
  std::string name;
  double weight = 1;
  Places places = Places::Tensors;
  /// False if there was nothing to write it with; then nothing was written.
  std::function<bool(Builder &)> write;
  /// Has indices or sizes that only a run checks.
  bool isChecked = false;
};

using ProductionTable = std::vector<Production>;

void addFloatProductions(ProductionTable &table);
void addIntegerProductions(ProductionTable &table);
void addConversionProductions(ProductionTable &table);
void addStructuredProductions(ProductionTable &table);
void addGenericProductions(ProductionTable &table);
void addReductionProductions(ProductionTable &table);
void addSliceProductions(ProductionTable &table);
void addShapeProductions(ProductionTable &table);
void addElementProductions(ProductionTable &table);
void addBranchProductions(ProductionTable &table);
void addLoopProductions(ProductionTable &table);
void addRecurrenceProductions(ProductionTable &table);
void addCallProductions(ProductionTable &table);
void addGuardProductions(ProductionTable &table);
void addExtremeProductions(ProductionTable &table);
void addChoiceProductions(ProductionTable &table);
void addRareProductions(ProductionTable &table);

/// All of them.
const ProductionTable &getProductions();

/// The sum of all elements of some float tensors, in one float type: what a gradient is
/// asked of.
Value writeLoss(Builder &builder);

/// Whether \p production may be used where \p builder writes.
bool suits(const Production &production, const Builder &builder);

} // namespace remat::random

#endif // REMAT_TEST_RANDOM_PRODUCTIONS_H
