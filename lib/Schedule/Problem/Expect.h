//===- Expect.h - what the values of a problem may be -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_PROBLEM_EXPECT_H
#define REMAT_LIB_SCHEDULE_PROBLEM_EXPECT_H

#include "remat/Schedule/Verdict.h"

#include <cstdint>
#include <initializer_list>

namespace remat::schedule {

inline Verdict badValue(const std::string &expected, int64_t value) {
  return {Status::BadValue, "expects " + expected + ", but got " + std::to_string(value)};
}

struct NamedValue {
  const char *name;
  int64_t value;
};

/// Names the first negative value.
inline Verdict expectNoNegative(std::initializer_list<NamedValue> fields, const std::string &where = "") {
  for (const NamedValue &field : fields)
    if (field.value < 0)
      return badValue(field.name + std::string(" that is not negative") + where, field.value);
  return {};
}

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_PROBLEM_EXPECT_H
