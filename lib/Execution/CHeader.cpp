//===- CHeader.cpp - How a program is called from C ------------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CHeader.h"

#include "remat/ABI/Record.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <set>

using namespace remat;

/// The type that C has for a scalar of \p type.
static llvm::StringRef getCType(ElementType type) {
  switch (type) {
  case ElementType::F64:
    return "double";
  case ElementType::F32:
    return "float";
  case ElementType::F16:
    return "_Float16";
  case ElementType::BF16:
    return "__bf16";
  case ElementType::I1:
    return "_Bool";
  case ElementType::I8:
    return "int8_t";
  case ElementType::I16:
    return "int16_t";
  case ElementType::I32:
    return "int32_t";
  case ElementType::I64:
  case ElementType::Index:
    return "int64_t";
  }
  return "";
}

namespace {

/// Writes the header of one program.
class HeaderWriter {
public:
  HeaderWriter(const LoweredProgram &program, llvm::StringRef entry) : program(program), entry(entry) {}

  std::string write();

private:
  bool has(const llvm::Twine &symbol) const { return program.module.get().lookupSymbol(symbol.str()) != nullptr; }
  /// The parameter of an array of \p rank dimensions, which \p what says more about.
  std::string makeArray(size_t rank, const llvm::Twine &what);
  /// The parameters of all arguments and results.
  std::vector<std::string> makeArrays();
  void writeFunction(llvm::raw_ostream &stream, const llvm::Twine &name, const std::vector<std::string> &parameters);
  void writeArrayTypes(llvm::raw_ostream &stream);

  const LoweredProgram &program;
  llvm::StringRef entry;
  std::set<size_t> ranks;
};

} // namespace

std::string HeaderWriter::makeArray(size_t rank, const llvm::Twine &what) {
  ranks.insert(rank);
  // The author chooses names, but not the end of a comment.
  std::string text = what.str();
  for (size_t end = text.find("*/"); end != std::string::npos; end = text.find("*/"))
    text[end] = ' ';
  return "RematArray" + std::to_string(rank) + " * /* " + text + " */";
}

std::vector<std::string> HeaderWriter::makeArrays() {
  std::vector<std::string> parameters;
  for (const ArgumentInfo &info : program.signature.getArguments()) {
    std::string parameter = makeArray(info.shape.size(), info.name + ": " + formatArrayType(info.type, info.shape));
    if (info.isScalar)
      parameter.replace(0, parameter.find(" /*"), getCType(info.type).str());
    parameters.push_back(parameter);
  }
  for (const ResultInfo &info : program.signature.getResults())
    parameters.push_back(makeArray(info.shape.size(), "result " + info.name + ": " + getName(info.type)));
  return parameters;
}

void HeaderWriter::writeFunction(llvm::raw_ostream &stream, const llvm::Twine &name,
                                 const std::vector<std::string> &parameters) {
  stream << "void _mlir_ciface_" << name << "(\n    " << llvm::join(parameters, ",\n    ") << ");\n";
}

void HeaderWriter::writeArrayTypes(llvm::raw_ostream &stream) {
  stream
      << "// Arrays: where they were allocated, where they begin, sizes and strides of their dimensions in elements.\n";
  for (size_t rank : ranks) {
    std::string name = "RematArray" + std::to_string(rank), guard = "REMAT_ARRAY_" + std::to_string(rank);
    stream << "#ifndef " << guard << "\n#define " << guard << "\ntypedef struct " << name
           << " {\n  void *allocated, *aligned;\n  int64_t offset";
    if (rank > 0)
      stream << ", sizes[" << rank << "], strides[" << rank << "]";
    stream << ";\n} " << name << ";\n#endif\n";
  }
}

std::string HeaderWriter::write() {
  bool launches = has(entry + REMAT_CODE_SUFFIX);
  std::string functions;
  llvm::raw_string_ostream body(functions);
  std::vector<std::string> parameters = makeArrays();
  if (program.isPlannedLater()) {
    std::vector<std::string> counted = parameters;
    counted.push_back(makeArray(1, "counts: " + llvm::Twine(program.numCounts) + "xi64, written"));
    body << "\n// What is to be planned, for rematPlanProgram with the counts (remat/Runtime/Planner.h).\n"
         << "extern const int64_t " << entry << REMAT_PROBLEM_SUFFIX << "[" << program.problem.size() << "];\n";
    writeFunction(body, entry + REMAT_COUNTS_SUFFIX, counted);
  } else {
    body << "\n// The sizes of the blocks.\nextern const int64_t " << entry << REMAT_ARENA_BYTES_SUFFIX << ", " << entry
         << REMAT_PARAMETER_BYTES_SUFFIX << ", " << entry << REMAT_WALK_BYTES_SUFFIX << ";\n";
  }
  parameters.push_back(makeArray(1, "arena: i8"));
  parameters.push_back(makeArray(1, "parameters: i8"));
  parameters.push_back(makeArray(1, "counters: " + llvm::Twine(int64_t(REMAT_NUM_COUNTERS)) + "xi64"));
  parameters.push_back(makeArray(1, "walk, of the host: i8"));
  if (program.isPlannedLater())
    parameters.push_back(makeArray(1, "plan, of the host: i64"));
  if (launches)
    parameters.push_back("RematCudaCall *");
  body << "\n// See remat/ABI/Entry.h.\n";
  writeFunction(body, entry, parameters);
  if (launches)
    body << "\n// The kernels.\nextern const RematCudaCode " << entry << REMAT_CODE_SUFFIX << ";\n";
  if (has(REMAT_REPORT_NAME)) {
    body << "\n// Behind a call: says what a check on the device found, if one did.\n";
    writeFunction(body, REMAT_REPORT_NAME,
                  {makeArray(1, "record: " + llvm::Twine(int64_t(REMAT_RECORD_WORDS)) + "xi64")});
  }

  std::string header;
  llvm::raw_string_ostream stream(header);
  stream << "// @" << entry << ", compiled by remat " << REMAT_VERSION << ".\n\n#pragma once\n\n"
         << "#include \"remat/ABI/Entry.h\"\n"
         << (launches ? "#include \"remat/Runtime/Cuda.h\"\n" : "")
         << "\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  writeArrayTypes(stream);
  stream << functions << "\n#ifdef __cplusplus\n}\n#endif\n";
  return header;
}

std::string remat::makeCHeader(const LoweredProgram &program, llvm::StringRef entry) {
  return HeaderWriter(program, entry).write();
}
