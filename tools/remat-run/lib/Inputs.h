//===- Inputs.h - The arguments of a run ----------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each argument of the entry is given on the command line or made up:
//
//   NAME=FILE.npy        the contents of a file
//   NAME=int:LOW:HIGH    integers, each of LOW, LOW+1, ..., HIGH-1 equally likely
//   NAME=normal:STDDEV   normal values with mean 0
//   NAME=NUMBER          one number everywhere
//
// Float arguments that are not given are normal with variance 1 / last extent
// (1 for rank 0), which keeps recurrences from exploding whatever their width. A
// dynamic first extent and an index argument may also come from --steps.
//
// Generated values are the same on every machine. The generator is SplitMix64
// (Steele, Lea and Flood, OOPSLA 2014), started at seed + FNV-1a-64(name), so that
// the values of an argument depend on nothing but the seed and its name. A normal
// value is the sum of twelve uniform ones less 6 (Irwin-Hall: mean 0, variance 1,
// no tails beyond 6): additions only, so no mathematical library has a say in its
// bits. An integer is LOW + (the upper half of the 128-bit product of a 64-bit word
// and HIGH - LOW).
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_RUN_INPUTS_H
#define REMAT_TOOLS_REMAT_RUN_INPUTS_H

#include "remat/Execution/Signature.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace remat {

/// Where the values of an argument come from.
struct InputSpec {
  enum class Kind { File, Integers, Normal, Constant };
  Kind kind = Kind::Normal;
  std::string name;
  /// Of File.
  std::string path;
  /// Of Integers: low <= value < high.
  int64_t low = 0;
  int64_t high = 0;
  /// Of Normal: the standard deviation. Of Constant: the value.
  double value = 0;
  /// Of Constant, if the text was an integer: its exact value.
  std::optional<int64_t> integer;
};

/// Reads the text of one --input option; the error is one of usage.
llvm::Expected<InputSpec> parseInputSpec(llvm::StringRef text);

/// The text of one --shape option, NAME=16x256 (NAME= for rank 0).
struct ShapeSpec {
  std::string name;
  llvm::SmallVector<int64_t, 4> shape;
};
llvm::Expected<ShapeSpec> parseShapeSpec(llvm::StringRef text);

/// What the user said about the arguments.
struct InputOptions {
  std::vector<InputSpec> inputs;
  std::vector<ShapeSpec> shapes;
  /// The first extent of arguments where it is dynamic and the value of index
  /// arguments, if nothing else is said.
  std::optional<int64_t> steps;
  uint64_t seed = 0;
};

/// Makes the arguments of a call. Files are checked against the argument's type
/// and shape; \p warn is called with a message for each file that contains a NaN.
llvm::Expected<std::vector<Array>> makeInputs(const Signature &signature, const InputOptions &options,
                                              llvm::function_ref<void(const std::string &)> warn);

/// Fills \p array as \p spec (not a file) says, from the stream of \p seed and
/// \p name.
llvm::Error generateValues(Array &array, const InputSpec &spec, uint64_t seed, llvm::StringRef name);

} // namespace remat

#endif // REMAT_TOOLS_REMAT_RUN_INPUTS_H
