//===- Builder.h - A program while it is written --------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What productions write with: the function that is being written, the values
// that may be used at this place, and operands of a wanted type and range. An
// operand is a value that is there, a view of one (slice, transposition, broadcast,
// other shape, other element type), a constant, or a new argument of the function,
// so that every production meets every kind of operand.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_BUILDER_H
#define REMAT_TEST_RANDOM_BUILDER_H

#include "Generator.h"
#include "Profile.h"
#include "Random.h"
#include "Type.h"

#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace remat::random {

/// Where an operation stands.
enum class Position { Straight, Step, Branch, Body, Loop };

/// What an operand has to be.
struct Want {
  Range range = Range::symmetric(std::numeric_limits<double>::infinity());
  bool exact = false;
};

/// An argument of a function and where its values come from.
struct Argument {
  Value value;
  /// As remat-run's --input, without the name: "normal:0.25".
  std::string spec;
};

/// A function while it is written.
struct Function {
  std::string name;
  std::vector<Argument> arguments;
  /// In front of everything else.
  std::string prologue;
  /// The dynamic extents of the program that have a name here.
  std::map<int64_t, std::string> extentNames;
  /// Those that no caller can see in the arguments: results do not have them.
  std::set<int64_t> isOpaque;
  std::vector<Value> values;
  /// What extents were computed to be: they may be results as well.
  std::vector<Value> computedExtents;
  std::string text;
  std::string indentation = "  ";
  Position position = Position::Straight;
  /// Regions that the current place lies in.
  unsigned depth = 0;
  bool mayHaveLoops = true;
  bool isHelper = false;
};

class Builder {
public:
  Builder(const GeneratorOptions &options);

  Random random;
  const GeneratorOptions &options;
  const Profile &profile;
  Function *function = nullptr;
  /// Finished functions.
  std::vector<std::string> functions;
  /// Affine maps by their alias.
  std::map<std::string, std::string> maps;

  //===--- The program's palette ---===//
  std::vector<int64_t> extents;
  /// How often a dimension is as long as the one before: square arrays meet their transposition.
  double squareShare = 0.2;
  /// Trip counts; a negative one is a dynamic extent.
  std::vector<int64_t> counts;
  /// What a dynamic extent is when the program runs.
  std::vector<int64_t> dynamicExtents;
  std::vector<Element> floats;
  std::vector<Element> integers;

  /// An extent when the program runs.
  int64_t getExtent(int64_t extent) const { return extent < 0 ? dynamicExtents[-extent - 1] : extent; }
  int64_t countElements(const Type &type) const;
  /// Of rank 0 to \p maxRank, not too large.
  Type drawTensorType(Element element, int64_t maxRank = 3);
  Element drawFloat() { return random.pick(floats); }
  Element drawInteger() { return random.pick(integers); }
  /// The type of a visible value, or any.
  Type drawWorkingType(bool wantsFloat);
  /// How large a value of this element may become.
  double getLimit(Element element) const;

  /// Some indices and extents are wrong: the program ends there, unless nothing uses them.
  bool mayEnd = false;
  /// The current place lies in a loop without a turn, where any index is right.
  bool neverRuns = false;
  /// Whether the next index or extent is one that nobody has looked at.
  bool drawsUnchecked() { return random.chance(neverRuns ? 0.5 : (mayEnd ? profile.unchecked : 0)); }

  //===--- Text ---===//
  void line(const std::string &text);
  std::string newName(const char *prefix = "v") { return "%" + std::string(prefix) + std::to_string(numNames++); }
  std::string newFunctionName(const char *prefix) { return prefix + std::to_string(numNames++); }
  /// Writes "%v = text" and makes the value visible.
  Value emit(const std::string &text, const Type &type, const Range &range, bool exact);
  void addValue(const Value &value) { function->values.push_back(value); }
  /// Writes an operation with a region: \p write is called with the scope of the
  /// region, and what it has written is returned.
  std::string writeRegion(Position position, const std::function<void()> &write);
  /// "#mapN" for an affine map.
  std::string getMap(const std::string &map);

  //===--- Operands ---===//
  Value get(const Type &type, const Want &want = {});
  /// An index of a table with \p extent elements.
  Value getIndexBelow(int64_t extent);
  /// One just outside, or so far that nothing lies there.
  Value getIndexOutside(int64_t extent);
  /// As get, mostly a value that is not known before the program runs.
  Value getUnknown(const Type &type, const Want &want = {});
  /// A condition, mostly one that is not known before the program runs.
  Value getCondition();
  /// Whether nothing that was written so far reads \p value.
  bool isUnused(const Value &value) const;
  /// A visible value that \p accept takes; false if there is none. One that nobody uses is
  /// most likely: what does not reach a result is not tested.
  bool find(const std::function<bool(const Value &)> &accept, Value &value);
  Value constant(const Type &type, double value);
  /// As constant, and not the same everywhere if the type allows.
  Value randomConstant(const Type &type, const Range &range);
  Value newArgument(const Type &type, const Range &range);
  /// The dynamic extents of an argument become known by name.
  void addArgument(const Argument &argument);
  /// \p value within \p range.
  Value coerce(const Value &value, const Want &want);
  /// The name of an extent in this function.
  std::string getExtentName(int64_t extent);
  /// A destination that nobody reads.
  Value empty(const Type &type);
  /// All zeros, as fill or constant.
  Value zeros(const Type &type) { return filled(type, 0); }
  Value filled(const Type &type, double value);

  /// A literal of \p value that the element type holds.
  static std::string printLiteral(Element element, double value);

  //===--- Regions and functions ---===//
  /// Any production that suits the place.
  void writeOperation();
  void writeOperations(unsigned number);
  /// Writes a private function; \p write returns the values that it returns.
  /// Returns its arguments and results.
  struct Written {
    std::string name;
    std::vector<Argument> arguments;
    std::vector<Value> results;
  };
  Written writeFunction(const char *prefix, bool isPublic, const std::function<std::vector<Value>()> &write,
                        bool isHelper = false);
  /// Operations that may still be written.
  int budget = 40;
  /// Notes that production \p name was used.
  void count(const std::string &name) { ++used[name]; }
  std::map<std::string, unsigned> used;

private:
  bool makeView(const Type &type, Value &view);
  bool makeSlice(const Type &type, Value &view);
  bool makeTransposed(const Type &type, Value &view);
  bool makeBroadcast(const Type &type, Value &view);
  bool makeReshaped(const Type &type, Value &view);
  bool makeConverted(const Type &type, Value &view);
  bool makeElement(const Type &type, Value &view);

  /// How often the lines that were written name a value.
  std::map<std::string, unsigned> mentions;
  std::string lastFound;
  unsigned numNames = 0;
  unsigned viewDepth = 0;
};

/// "a, b".
std::string join(const std::vector<std::string> &texts, const char *separator = ", ");
/// The operand lists "%a, %b" and "tensor<..>, f32".
std::string printNames(const std::vector<Value> &values);
std::string printTypes(const std::vector<Value> &values);
std::string printList(const std::vector<int64_t> &numbers);

/// Collapses [[0, 1], [2]] between the shapes; empty if there is none.
bool findReassociation(const std::vector<int64_t> &large, const std::vector<int64_t> &small, std::string &text);

} // namespace remat::random

#endif // REMAT_TEST_RANDOM_BUILDER_H
