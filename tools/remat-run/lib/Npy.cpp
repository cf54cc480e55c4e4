//===- Npy.cpp - The .npy file format -----------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Files come from anywhere, so nothing in one is trusted: every length is compared
// with what is there before it is used.
//
//===----------------------------------------------------------------------===//

#include "Npy.h"

#include "remat/Execution/ProgramError.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <cstring>

using namespace remat;
using llvm::StringRef;

static_assert(llvm::endianness::native == llvm::endianness::little, "elements are copied as they are in the file");

static constexpr llvm::StringLiteral magic("\x93NUMPY");
/// NumPy writes headers below 1 KiB; a rank of 32 needs less than this.
static constexpr uint64_t maxHeaderBytes = 65536;
static constexpr size_t maxRank = 32;

namespace {

struct Header {
  std::string descr;
  bool fortranOrder = false;
  llvm::SmallVector<int64_t, 4> shape;
};

/// A parser for the subset of Python that headers are written in.
class HeaderParser {
public:
  explicit HeaderParser(StringRef text) : rest(text) {}

  /// Dictionary with exactly the three keys, in any order.
  llvm::Expected<Header> parse() {
    Header header;
    bool hasDescr = false, hasOrder = false, hasShape = false;
    if (!consume('{'))
      return fail("a dictionary");
    while (!consume('}')) {
      std::string key;
      if (!parseString(key) || !consume(':'))
        return fail("a key and a value");
      bool *seen = key == "descr"           ? &hasDescr
                   : key == "fortran_order" ? &hasOrder
                   : key == "shape"         ? &hasShape
                                            : nullptr;
      if (!seen || *seen)
        return makeInputError("the header expects the keys 'descr', 'fortran_order' and 'shape' once "
                              "each, but got '" +
                              key + "'");
      *seen = true;
      if (key == "descr" && !parseString(header.descr))
        return fail("a dtype of one number per element");
      if (key == "fortran_order" && !parseBool(header.fortranOrder))
        return fail("True or False");
      if (key == "shape")
        if (llvm::Error error = parseShape(header.shape))
          return std::move(error);
      if (!consume(',') && !peek('}'))
        return fail("',' or '}'");
    }
    skipSpace();
    if (!rest.empty())
      return fail("nothing after the dictionary");
    if (!hasDescr || !hasOrder || !hasShape)
      return makeInputError("the header expects the keys 'descr', 'fortran_order' and 'shape', but one is "
                            "missing");
    return header;
  }

private:
  llvm::Error fail(StringRef expected) {
    skipSpace();
    if (rest.empty())
      return makeInputError("the header expects " + expected + ", but ends");
    std::string found;
    llvm::raw_string_ostream stream(found);
    llvm::printEscapedString(getNext().take_front(32), stream);
    return makeInputError("the header expects " + expected + ", but got '" + found + "'");
  }

  /// The word, number or other character that comes next.
  StringRef getNext() const {
    StringRef word = rest.take_while([](char c) { return llvm::isAlnum(c) || StringRef("+-._'\"<>|").contains(c); });
    return rest.take_front(std::max<size_t>(word.size(), 1));
  }

  void skipSpace() { rest = rest.ltrim(" \t\n"); }

  bool peek(char c) {
    skipSpace();
    return rest.starts_with(StringRef(&c, 1));
  }

  bool consume(char c) {
    if (!peek(c))
      return false;
    rest = rest.drop_front();
    return true;
  }

  bool parseString(std::string &value) {
    skipSpace();
    if (rest.empty() || (rest.front() != '\'' && rest.front() != '"'))
      return false;
    size_t end = rest.find(rest.front(), 1);
    if (end == StringRef::npos)
      return false;
    value = rest.slice(1, end).str();
    rest = rest.drop_front(end + 1);
    return true;
  }

  bool parseBool(bool &value) {
    skipSpace();
    value = rest.consume_front("True");
    return value || rest.consume_front("False");
  }

  llvm::Error parseShape(llvm::SmallVectorImpl<int64_t> &shape) {
    if (!consume('('))
      return fail("a tuple");
    while (!consume(')')) {
      skipSpace();
      uint64_t extent = 0;
      StringRef word = getNext(), digits = word;
      digits.consume_back("L"); // Python 2 wrote long integers
      if (digits.getAsInteger(10, extent) || extent > INT64_MAX)
        return fail("an extent that is not negative and fits into 63 bits");
      rest = rest.drop_front(word.size());
      shape.push_back(static_cast<int64_t>(extent));
      if (shape.size() > maxRank)
        return makeInputError("the shape has more than " + llvm::Twine(maxRank) + " dimensions");
      if (!consume(',') && !peek(')'))
        return fail("',' or ')'");
    }
    return llvm::Error::success();
  }

  StringRef rest;
};

} // namespace

llvm::StringRef remat::getNpyDescr(ElementType type) {
  switch (type) {
  case ElementType::F64:
    return "<f8";
  case ElementType::F32:
  case ElementType::BF16:
    return "<f4";
  case ElementType::F16:
    return "<f2";
  case ElementType::I1:
    return "|b1";
  case ElementType::I8:
    return "|i1";
  case ElementType::I16:
    return "<i2";
  case ElementType::I32:
    return "<i4";
  case ElementType::I64:
  case ElementType::Index:
    return "<i8";
  }
  return "";
}

/// Takes magic string, version and header off the front of \p contents.
static llvm::Expected<Header> consumeHeader(StringRef &contents) {
  if (!contents.consume_front(magic) || contents.size() < 2)
    return makeInputError("expects an .npy file, but it does not begin with its magic string");
  unsigned major = static_cast<uint8_t>(contents[0]);
  unsigned minor = static_cast<uint8_t>(contents[1]);
  contents = contents.drop_front(2);
  if (major < 1 || major > 3 || minor != 0)
    return makeInputError("expects .npy version 1.0, 2.0 or 3.0, but got " + llvm::Twine(major) + "." +
                          llvm::Twine(minor));
  size_t lengthBytes = major == 1 ? 2 : 4;
  if (contents.size() < lengthBytes)
    return makeInputError("the file ends inside its header");
  uint64_t length =
      major == 1 ? llvm::support::endian::read16le(contents.data()) : llvm::support::endian::read32le(contents.data());
  contents = contents.drop_front(lengthBytes);
  if (length > maxHeaderBytes)
    return makeInputError("expects a header of at most " + llvm::Twine(maxHeaderBytes) + " bytes, but got " +
                          llvm::Twine(length));
  if (contents.size() < length)
    return makeInputError("the file ends inside its header");
  StringRef text = contents.take_front(length);
  contents = contents.drop_front(length);
  return HeaderParser(text).parse();
}

/// Rounds f4 elements to bf16, to nearest even.
static void roundToBF16(StringRef data, llvm::MutableArrayRef<uint16_t> elements) {
  for (size_t i = 0; i < elements.size(); ++i) {
    llvm::APFloat value(llvm::APFloat::IEEEsingle(),
                        llvm::APInt(32, llvm::support::endian::read32le(data.data() + 4 * i)));
    bool losesInfo = false;
    value.convert(llvm::APFloat::BFloat(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    elements[i] = static_cast<uint16_t>(value.bitcastToAPInt().getZExtValue());
  }
}

llvm::Expected<Array> remat::readNpy(StringRef contents, ElementType type) {
  llvm::Expected<Header> header = consumeHeader(contents);
  if (!header)
    return header.takeError();
  StringRef descr = getNpyDescr(type);

  bool isUnsignedByte = type == ElementType::I8 && header->descr == "|u1";
  if (header->descr != descr && !isUnsignedByte) {
    StringRef reason = StringRef(header->descr).starts_with(">") ? " (big-endian)" : "";
    return makeInputError("expects dtype '" + descr + "' for " + getName(type) + ", but got '" + header->descr + "'" +
                          reason);
  }
  if (header->fortranOrder && header->shape.size() > 1)
    return makeInputError("expects C order, but the file is in Fortran order");
  int64_t fileElementBytes = type == ElementType::BF16 ? 4 : getByteSize(type);
  std::optional<int64_t> count = countElements(header->shape, fileElementBytes);
  if (!count)
    return makeInputError("shape " + formatArrayType(type, header->shape) + " is too large");
  int64_t bytes = *count * fileElementBytes;
  if (static_cast<uint64_t>(bytes) != contents.size())
    return makeInputError("expects " + llvm::Twine(bytes) + " bytes of elements for " +
                          formatArrayType(type, header->shape) + ", but got " + llvm::Twine(contents.size()));

  llvm::Expected<Array> array = Array::create(type, header->shape);
  if (!array)
    return array.takeError();
  if (type == ElementType::BF16)
    roundToBF16(contents, array->getElements<uint16_t>());
  else if (bytes > 0)
    std::memcpy(array->getView().data, contents.data(), bytes);
  if (type == ElementType::I1)
    for (uint8_t &element : array->getElements<uint8_t>())
      element = element != 0;
  return array;
}

void remat::writeNpy(const Array &array, llvm::raw_ostream &stream) {
  std::string header = "{'descr': '" + getNpyDescr(array.getType()).str() + "', 'fortran_order': False, 'shape': (";
  for (int64_t extent : array.getShape())
    header += std::to_string(extent) + (array.getShape().size() == 1 ? "," : ", ");
  if (array.getShape().size() > 1)
    header.resize(header.size() - 2);
  header += "), }";
  // Elements begin at a multiple of 64 bytes.
  size_t prefix = magic.size() + 4;
  while ((prefix + header.size() + 1) % 64 != 0)
    header.push_back(' ');
  header.push_back('\n');
  stream << magic << '\x01' << '\0' << static_cast<char>(header.size() & 0xff) << static_cast<char>(header.size() >> 8)
         << header;

  if (array.getType() != ElementType::BF16) {
    stream << llvm::toStringRef(array.getBytes());
    return;
  }
  for (uint16_t element : array.getElements<uint16_t>()) {
    std::array<char, 4> wide = {0, 0, static_cast<char>(element & 0xff), static_cast<char>(element >> 8)};
    stream.write(wide.data(), wide.size());
  }
}

/// The index of the first element whose exponent is that of NaN and infinity, and whose
/// mantissa is zero or not; -1 if there is none.
static int64_t findSpecial(const Array &array, bool isInfinity) {
  auto find = [&](auto elements, uint64_t exponentMask, uint64_t mantissaMask) -> int64_t {
    const auto *found = llvm::find_if(elements, [&](auto bits) {
      return (bits & exponentMask) == exponentMask && ((bits & mantissaMask) == 0) == isInfinity;
    });
    return found == elements.end() ? -1 : found - elements.begin();
  };
  switch (array.getType()) {
  case ElementType::F64:
    return find(array.getElements<uint64_t>(), 0x7ff0000000000000, 0x000fffffffffffff);
  case ElementType::F32:
    return find(array.getElements<uint32_t>(), 0x7f800000, 0x007fffff);
  case ElementType::F16:
    return find(array.getElements<uint16_t>(), 0x7c00, 0x03ff);
  case ElementType::BF16:
    return find(array.getElements<uint16_t>(), 0x7f80, 0x007f);
  default:
    return -1;
  }
}

/// The position of element \p index, which is negative if there is none.
static std::optional<llvm::SmallVector<int64_t, 4>> locate(const Array &array, int64_t index) {
  if (index < 0)
    return std::nullopt;
  llvm::SmallVector<int64_t, 4> position(array.getShape().size());
  for (size_t i = position.size(); i-- > 0;) {
    position[i] = index % array.getShape()[i];
    index /= array.getShape()[i];
  }
  return position;
}

std::optional<llvm::SmallVector<int64_t, 4>> remat::findNaN(const Array &array) {
  return locate(array, findSpecial(array, /*isInfinity=*/false));
}

std::optional<llvm::SmallVector<int64_t, 4>> remat::findInfinity(const Array &array) {
  return locate(array, findSpecial(array, /*isInfinity=*/true));
}

std::string remat::formatPosition(llvm::ArrayRef<int64_t> position) {
  std::string text;
  for (int64_t index : position)
    text += (text.empty() ? "" : ", ") + std::to_string(index);
  return "[" + text + "]";
}
