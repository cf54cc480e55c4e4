//===- TextTable.h - Columns of text ----------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_TEXTTABLE_H
#define REMAT_TOOLS_REMAT_PLAN_TEXTTABLE_H

#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace remat::plantool {

/// Aligns the cells of rows in columns, two spaces apart. Widths are in code
/// points.
class TextTable {
public:
  enum Alignment { Left, Right };

  explicit TextTable(std::vector<Alignment> columns) : columns(std::move(columns)) {}

  /// One cell for each column.
  void add(std::vector<std::string> cells) { rows.push_back(std::move(cells)); }
  void print(llvm::raw_ostream &stream) const;

private:
  std::vector<Alignment> columns;
  std::vector<std::vector<std::string>> rows;
};

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_TEXTTABLE_H
