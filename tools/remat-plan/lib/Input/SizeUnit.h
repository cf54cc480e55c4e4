//===- SizeUnit.h - In what sizes are shown ---------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_SIZEUNIT_H
#define REMAT_TOOLS_REMAT_PLAN_SIZEUNIT_H

#include <cstdint>
#include <string>

namespace remat::plantool {

/// A tick's value: "1,000", "0.25", and from a million on "2 M".
std::string formatTick(double value);

/// In what sizes are shown in a picture: as they are, or in KiB, MiB and so on if they
/// are bytes.
class SizeUnit {
public:
  /// For sizes up to \p largest.
  SizeUnit(bool isInBytes, double largest);

  double getSize() const { return size; }
  /// "MiB", or nothing.
  const std::string &getName() const { return name; }
  /// The name of an axis: "memory, MiB".
  std::string nameAxis(const std::string &what) const { return name.empty() ? what : what + ", " + name; }

private:
  double size = 1;
  std::string name;
};

/// A size in a picture: "1,949", or "1.5 MiB" if it is in bytes.
std::string formatSize(int64_t value, bool isInBytes);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_SIZEUNIT_H
