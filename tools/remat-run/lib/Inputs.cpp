//===- Inputs.cpp - The arguments of a run ------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Inputs.h"

#include "FloatElements.h"
#include "Npy.h"
#include "remat/Execution/ProgramError.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cmath>

using namespace remat;
using llvm::StringRef;

__extension__ using WideUnsigned = unsigned __int128;

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

static llvm::Error makeSpecError(StringRef text) {
  return makeInputError("expects NAME=FILE.npy, NAME=int:LOW:HIGH, NAME=normal:STDDEV or NAME=NUMBER, but "
                        "got '" +
                        text + "'");
}

llvm::Expected<InputSpec> remat::parseInputSpec(StringRef text) {
  InputSpec spec;
  auto [name, value] = text.split('=');
  if (name.empty() || value.empty())
    return makeSpecError(text);
  spec.name = name.str();
  if (value.ends_with(".npy")) {
    spec.kind = InputSpec::Kind::File;
    spec.path = value.str();
    return spec;
  }
  if (value.consume_front("int:")) {
    spec.kind = InputSpec::Kind::Integers;
    auto [low, high] = value.split(':');
    if (low.getAsInteger(10, spec.low) || high.getAsInteger(10, spec.high))
      return makeSpecError(text);
    if (spec.low >= spec.high)
      return makeInputError("expects LOW < HIGH (HIGH is not drawn), but got '" + text + "'");
    return spec;
  }
  if (value.consume_front("normal:")) {
    spec.kind = InputSpec::Kind::Normal;
    if (value.getAsDouble(spec.value) || !std::isfinite(spec.value) || spec.value < 0)
      return makeSpecError(text);
    return spec;
  }
  spec.kind = InputSpec::Kind::Constant;
  int64_t integer = 0;
  if (!value.getAsInteger(10, integer))
    spec.integer = integer;
  if (value.getAsDouble(spec.value) || !std::isfinite(spec.value))
    return makeSpecError(text);
  return spec;
}

llvm::Expected<ShapeSpec> remat::parseShapeSpec(StringRef text) {
  ShapeSpec spec;
  auto [name, value] = text.split('=');
  spec.name = name.str();
  llvm::SmallVector<StringRef> extents;
  if (!value.empty())
    value.split(extents, 'x');
  bool valid = !name.empty() && text.contains('=');
  for (StringRef extent : extents) {
    int64_t number = 0;
    valid &= !extent.getAsInteger(10, number) && number >= 0;
    spec.shape.push_back(number);
  }
  if (!valid)
    return makeInputError("expects NAME=16x256, but got '" + text + "'");
  return spec;
}

//===----------------------------------------------------------------------===//
// Generation
//===----------------------------------------------------------------------===//

namespace {

/// SplitMix64 and what is drawn from it.
class Generator {
public:
  Generator(uint64_t seed, StringRef name) : state(seed + hashName(name)) {}

  uint64_t next() {
    uint64_t word = state += 0x9e3779b97f4a7c15u;
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
    word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
    return word ^ (word >> 31);
  }

  /// Twelve uniform numbers of 32 bits; their sum is exact.
  double nextNormal() {
    uint64_t sum = 0;
    for (int i = 0; i < 6; ++i) {
      uint64_t word = next();
      sum += (word >> 32) + (word & 0xffffffffu);
    }
    return static_cast<double>(sum) * 0x1p-32 - 6.0;
  }

  /// From 0 to \p range - 1.
  uint64_t nextBelow(uint64_t range) {
    return static_cast<uint64_t>((static_cast<WideUnsigned>(next()) * range) >> 64);
  }

private:
  /// FNV-1a with 64 bits.
  static uint64_t hashName(StringRef name) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (unsigned char c : name)
      hash = (hash ^ c) * 0x100000001b3u;
    return hash;
  }

  uint64_t state;
};

} // namespace

/// The values that an integer type holds: [low, high].
static std::pair<int64_t, int64_t> getIntegerRange(ElementType type) {
  if (type == ElementType::I1)
    return {0, 1};
  unsigned bits = 8 * getByteSize(type);
  return {llvm::minIntN(bits), llvm::maxIntN(bits)};
}

/// Calls \p next for each element and stores what it returns.
static void fillIntegers(Array &array, llvm::function_ref<int64_t()> next) {
  auto fill = [&](auto elements) {
    for (auto &element : elements)
      element = next();
  };
  switch (getByteSize(array.getType())) {
  case 1:
    return fill(array.getElements<int8_t>());
  case 2:
    return fill(array.getElements<int16_t>());
  case 4:
    return fill(array.getElements<int32_t>());
  default:
    return fill(array.getElements<int64_t>());
  }
}

static llvm::Error generateIntegers(Array &array, const InputSpec &spec, Generator &generator) {
  auto [lowest, highest] = getIntegerRange(array.getType());
  if (spec.kind == InputSpec::Kind::Constant) {
    if (!spec.integer)
      return makeInputError("expects an integer");
    if (*spec.integer < lowest || *spec.integer > highest)
      return makeInputError(llvm::Twine(*spec.integer) + " does not fit into " + getName(array.getType()));
    fillIntegers(array, [&] { return *spec.integer; });
    return llvm::Error::success();
  }
  if (spec.kind != InputSpec::Kind::Integers)
    return makeInputError("expects integers: int:LOW:HIGH or a number");
  if (spec.low < lowest || spec.high - 1 > highest)
    return makeInputError("int:" + llvm::Twine(spec.low) + ":" + llvm::Twine(spec.high) + " does not fit into " +
                          getName(array.getType()));
  uint64_t range = static_cast<uint64_t>(spec.high) - static_cast<uint64_t>(spec.low);
  fillIntegers(array,
               [&] { return static_cast<int64_t>(static_cast<uint64_t>(spec.low) + generator.nextBelow(range)); });
  return llvm::Error::success();
}

llvm::Error remat::generateValues(Array &array, const InputSpec &spec, uint64_t seed, StringRef name) {
  Generator generator(seed, name);
  if (!isFloat(array.getType()))
    return generateIntegers(array, spec, generator);
  int64_t count = array.getNumElements();
  for (int64_t i = 0; i < count; ++i) {
    double value = spec.value;
    if (spec.kind == InputSpec::Kind::Normal)
      value *= generator.nextNormal();
    else if (spec.kind == InputSpec::Kind::Integers)
      value =
          static_cast<double>(spec.low) +
          static_cast<double>(generator.nextBelow(static_cast<uint64_t>(spec.high) - static_cast<uint64_t>(spec.low)));
    storeFloat(array, i, value);
    if (!std::isfinite(loadFloat(array, i)))
      return makeInputError(llvm::formatv("{0:E2} does not fit into {1}", value, getName(array.getType())).str());
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

static bool matches(llvm::ArrayRef<int64_t> declared, llvm::ArrayRef<int64_t> shape) {
  if (declared.size() != shape.size())
    return false;
  for (auto [expected, extent] : llvm::zip(declared, shape))
    if (!mlir::ShapedType::isDynamic(expected) && expected != extent)
      return false;
  return true;
}

/// What an argument holds if nothing is said about it.
static InputSpec getStandardSpec(const ArgumentInfo &info, const InputOptions &options) {
  InputSpec spec;
  if (info.type == ElementType::Index && info.isScalar && options.steps) {
    spec.kind = InputSpec::Kind::Constant;
    spec.integer = *options.steps;
    return spec;
  }
  spec.kind = InputSpec::Kind::Normal;
  int64_t last = info.shape.empty() ? 1 : info.shape.back();
  spec.value = last > 0 ? 1 / std::sqrt(static_cast<double>(last)) : 1;
  return spec;
}

/// Reads an argument from a file.
static llvm::Expected<Array> loadArgument(const ArgumentInfo &info, const InputSpec &spec,
                                          llvm::function_ref<void(const std::string &)> warn) {
  auto buffer = llvm::MemoryBuffer::getFile(spec.path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return makeInputError(spec.path + ": " + buffer.getError().message());
  llvm::Expected<Array> array = readNpy((*buffer)->getBuffer(), info.type);
  if (!array)
    return makeInputError(spec.path + ": " + llvm::toString(array.takeError()));
  if (!matches(info.shape, array->getShape()))
    return makeInputError(spec.path + ": argument '" + info.name + "' expects " +
                          formatArrayType(info.type, info.shape) + ", but the file holds " +
                          formatArrayType(info.type, array->getShape()));
  if (auto position = findNaN(*array))
    warn(spec.path + ": element " + formatPosition(*position) + " of argument '" + info.name + "' is NaN");
  return array;
}

/// Makes up the values of an argument.
static llvm::Expected<Array> generateArgument(const ArgumentInfo &info, const InputSpec &spec, const ShapeSpec *shape,
                                              const InputOptions &options) {
  llvm::SmallVector<int64_t, 4> extents = shape ? shape->shape : info.shape;
  if (!shape && options.steps && !extents.empty() && mlir::ShapedType::isDynamic(extents.front()))
    extents.front() = *options.steps;
  if (!matches(info.shape, extents))
    return makeInputError("argument '" + info.name + "' expects " + formatArrayType(info.type, info.shape) +
                          ", but --shape gives " + formatArrayType(info.type, extents));
  if (llvm::any_of(extents, mlir::ShapedType::isDynamic))
    return makeInputError("argument '" + info.name + "' has the type " + formatArrayType(info.type, info.shape) +
                          " and expects --input with a file, --shape or --steps");
  llvm::Expected<Array> array = Array::create(info.type, extents);
  if (!array)
    return array.takeError();
  if (llvm::Error error = generateValues(*array, spec, options.seed, info.name))
    return makeInputError("argument '" + info.name + "' of type " + formatArrayType(info.type, info.shape) + ": " +
                          llvm::toString(std::move(error)));
  return array;
}

/// The first option for \p name, or null.
template <typename Spec>
static const Spec *findSpec(const std::vector<Spec> &specs, StringRef name) {
  for (const Spec &spec : specs)
    if (spec.name == name)
      return &spec;
  return nullptr;
}

/// Fails if an option names no argument or one that another option names too.
template <typename Spec>
static llvm::Error checkNames(const std::vector<Spec> &specs, const Signature &signature, StringRef option) {
  for (const Spec &spec : specs) {
    if (findSpec(specs, spec.name) != &spec)
      return makeInputError(option + " names argument '" + spec.name + "' twice");
    if (llvm::none_of(signature.getArguments(), [&](const ArgumentInfo &info) { return info.name == spec.name; })) {
      std::string names;
      for (const ArgumentInfo &info : signature.getArguments())
        names += (names.empty() ? "" : ", ") + info.name;
      return makeInputError("there is no argument '" + spec.name + "'; the arguments are: " + names);
    }
  }
  return llvm::Error::success();
}

/// Fails if --steps was given to a program whose length nothing can change.
static llvm::Error checkSteps(const InputOptions &options, const Signature &signature) {
  bool hasPlace = llvm::any_of(signature.getArguments(), [](const ArgumentInfo &info) {
    return (info.type == ElementType::Index && info.isScalar) ||
           (!info.shape.empty() && mlir::ShapedType::isDynamic(info.shape.front()));
  });
  if (!options.steps || hasPlace)
    return llvm::Error::success();
  return makeInputError("--steps " + llvm::Twine(*options.steps) +
                        " has no effect: no argument has a dynamic first extent or is an index, so the program itself "
                        "fixes the number of steps");
}

llvm::Expected<std::vector<Array>> remat::makeInputs(const Signature &signature, const InputOptions &options,
                                                     llvm::function_ref<void(const std::string &)> warn) {
  if (llvm::Error error = checkNames(options.inputs, signature, "--input"))
    return std::move(error);
  if (llvm::Error error = checkNames(options.shapes, signature, "--shape"))
    return std::move(error);
  if (llvm::Error error = checkSteps(options, signature))
    return std::move(error);
  std::vector<Array> arrays;
  for (const ArgumentInfo &info : signature.getArguments()) {
    const InputSpec *spec = findSpec(options.inputs, info.name);
    const ShapeSpec *shape = findSpec(options.shapes, info.name);
    llvm::Expected<Array> array =
        spec && spec->kind == InputSpec::Kind::File
            ? loadArgument(info, *spec, warn)
            : generateArgument(info, spec ? *spec : getStandardSpec(info, options), shape, options);
    if (!array)
      return array.takeError();
    arrays.push_back(std::move(*array));
  }
  return arrays;
}
