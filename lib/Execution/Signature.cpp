//===- Signature.cpp - Arguments and results of a program ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Execution/Signature.h"

#include "ResultExtents.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Support/LLVM.h"

#include "llvm/ADT/StringSet.h"

using namespace remat;

template <typename TypeOrAttribute>
static std::string format(TypeOrAttribute value) {
  std::string text;
  llvm::raw_string_ostream(text) << value;
  return text;
}

/// Chooses the name of an argument or result, which tools use as the name of a file.
/// Makes names unique by appending their number.
static llvm::Expected<std::string> chooseName(func::FuncOp entry, DictionaryAttr attributes, llvm::StringRef what,
                                              llvm::StringRef fallback, unsigned number, llvm::StringSet<> &taken) {
  std::string name = (fallback + llvm::Twine(number)).str();
  if (Attribute given = attributes ? attributes.get(nameAttrName) : Attribute()) {
    auto text = dyn_cast<StringAttr>(given);
    if (!text)
      return makeInputError(what + " #" + llvm::Twine(number) + " of @" + entry.getName() + " expects a string for '" +
                            nameAttrName + "', but got " + format(given));
    name = text.str();
  }
  bool isPlain = llvm::none_of(name, [](char c) { return c == '/' || c == '\\' || (c >= 0 && !llvm::isPrint(c)); });
  if (name.empty() || name == "." || name == ".." || !isPlain)
    return makeInputError(what + " #" + llvm::Twine(number) + " of @" + entry.getName() +
                          " expects a name that a file can have, but is called '" + name + "'");
  std::string unique = name;
  while (!taken.insert(unique).second)
    unique += "_" + std::to_string(number);
  return unique;
}

/// Checks one array against its declared type.
static llvm::Error checkArray(llvm::StringRef what, llvm::StringRef name, const ArrayView &view, ElementType type,
                              llvm::ArrayRef<int64_t> shape) {
  bool matches = view.type == type && view.shape.size() == shape.size();
  for (size_t i = 0; matches && i < shape.size(); ++i)
    matches = ShapedType::isDynamic(shape[i]) ? view.shape[i] >= 0 : view.shape[i] == shape[i];
  if (!matches)
    return makeInputError(what + " '" + name + "' expects " + formatArrayType(type, shape) + ", but got " +
                          formatArrayType(view.type, view.shape));
  if (!countElements(view.shape, getByteSize(type)))
    return makeInputError(what + " '" + name + "' is too large");
  if (!view.data && view.getNumElements() != 0)
    return makeInputError(what + " '" + name + "' has no memory");
  return llvm::Error::success();
}

llvm::Expected<Signature> Signature::read(func::FuncOp entry) {
  if (size_t numBlocks = entry.getBody().getBlocks().size(); numBlocks > 1)
    return makeInputError("@" + entry.getName() +
                          " expects a body of one block, with 'scf.if' and 'scf.while' in place of "
                          "branches between blocks, but got " +
                          llvm::Twine(numBlocks));
  Operation *terminator = entry.getBody().front().getTerminator();
  if (!isa<func::ReturnOp>(terminator))
    return makeInputError("@" + entry.getName() + " expects to end with 'func.return', but ends with '" +
                          terminator->getName().getStringRef() + "'");
  Signature signature;
  llvm::StringSet<> names;
  for (auto [number, type] : llvm::enumerate(entry.getArgumentTypes())) {
    ArgumentInfo info;
    auto name = chooseName(entry, entry.getArgAttrDict(number), "argument", "arg", number, names);
    if (!name)
      return name.takeError();
    info.name = std::move(*name);
    auto tensor = dyn_cast<RankedTensorType>(type);
    std::optional<ElementType> element = getElementType(tensor ? tensor.getElementType() : type);
    if (!element)
      return makeInputError("argument '" + info.name + "' of @" + entry.getName() +
                            " expects a ranked tensor or a scalar of float, integer or index type, but got " +
                            format(type));
    info.type = *element;
    info.isScalar = !tensor;
    if (tensor)
      info.shape.assign(tensor.getShape().begin(), tensor.getShape().end());
    signature.arguments.push_back(std::move(info));
  }

  names.clear();
  for (auto [number, type] : llvm::enumerate(entry.getResultTypes())) {
    ResultInfo info;
    auto name = chooseName(entry, entry.getResultAttrDict(number), "result", "result", number, names);
    if (!name)
      return name.takeError();
    info.name = std::move(*name);
    auto tensor = dyn_cast<RankedTensorType>(type);
    std::optional<ElementType> element;
    if (tensor)
      element = getElementType(tensor.getElementType());
    if (!element)
      return makeInputError("result '" + info.name + "' of @" + entry.getName() +
                            " expects a ranked tensor of float, integer or index type, but got " + format(type));
    info.type = *element;
    for (unsigned dimension = 0; dimension < tensor.getRank(); ++dimension) {
      std::optional<ResultExtent> extent = traceResultExtent(entry, number, dimension);
      if (!extent)
        return makeInputError("result '" + info.name + "' of @" + entry.getName() +
                              " expects a dynamic extent to be an extent or a value of an argument, but "
                              "extent " +
                              llvm::Twine(dimension) + " of " + format(type) + " is not");
      info.shape.push_back(*extent);
    }
    signature.results.push_back(std::move(info));
  }
  return signature;
}

llvm::Error Signature::checkArguments(llvm::ArrayRef<ArrayView> views) const {
  if (views.size() != arguments.size())
    return makeInputError("expects " + llvm::Twine(arguments.size()) + " arguments, but got " +
                          llvm::Twine(views.size()));
  for (auto [info, view] : llvm::zip(arguments, views))
    if (llvm::Error error = checkArray("argument", info.name, view, info.type, info.shape))
      return error;
  return llvm::Error::success();
}

llvm::Error Signature::checkResults(llvm::ArrayRef<ArrayView> argumentViews, llvm::ArrayRef<ArrayView> views) const {
  if (views.size() != results.size())
    return makeInputError("expects " + llvm::Twine(results.size()) + " results, but got " + llvm::Twine(views.size()));
  for (auto [number, view] : llvm::enumerate(views)) {
    auto shape = getResultShape(number, argumentViews);
    if (!shape)
      return shape.takeError();
    const ResultInfo &info = results[number];
    if (llvm::Error error = checkArray("result", info.name, view, info.type, *shape))
      return error;
  }
  return llvm::Error::success();
}

/// The value of an integer scalar argument.
static int64_t readInteger(const ArrayView &view) {
  switch (view.type) {
  case ElementType::I1:
  case ElementType::I8:
    return *static_cast<const int8_t *>(view.data);
  case ElementType::I16:
    return *static_cast<const int16_t *>(view.data);
  case ElementType::I32:
    return *static_cast<const int32_t *>(view.data);
  default:
    return *static_cast<const int64_t *>(view.data);
  }
}

llvm::Expected<llvm::SmallVector<int64_t, 4>> Signature::getResultShape(unsigned index,
                                                                        llvm::ArrayRef<ArrayView> argumentViews) const {
  const ResultInfo &info = results[index];
  llvm::SmallVector<int64_t, 4> shape;
  for (const ResultExtent &extent : info.shape) {
    switch (extent.kind) {
    case ResultExtent::Kind::Constant:
      shape.push_back(extent.value);
      break;
    case ResultExtent::Kind::ArgumentExtent:
      shape.push_back(argumentViews[extent.argument].shape[extent.dimension]);
      break;
    case ResultExtent::Kind::ArgumentValue: {
      int64_t value = readInteger(argumentViews[extent.argument]);
      if (value < 0)
        return makeInputError("argument '" + arguments[extent.argument].name +
                              "' expects a value that is not negative, but got " + llvm::Twine(value));
      shape.push_back(value);
      break;
    }
    }
  }
  if (!countElements(shape, getByteSize(info.type)))
    return makeInputError("result '" + info.name + "' is too large: " + formatArrayType(info.type, shape));
  return shape;
}

llvm::Expected<std::vector<Array>> Signature::allocateResults(llvm::ArrayRef<ArrayView> argumentViews) const {
  std::vector<Array> arrays;
  for (unsigned index = 0; index < results.size(); ++index) {
    auto shape = getResultShape(index, argumentViews);
    if (!shape)
      return shape.takeError();
    auto array = Array::create(results[index].type, *shape);
    if (!array)
      return array.takeError();
    arrays.push_back(std::move(*array));
  }
  return arrays;
}
