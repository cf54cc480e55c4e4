//===- Number.cpp - One element and what is known of it -----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Number.h"

#include "mlir/IR/BuiltinTypes.h"

#include <map>
#include <mutex>

using namespace remat::interpreter;
using llvm::APFloat;

const Format *Format::get(mlir::Type type) {
  auto floatType = llvm::dyn_cast<mlir::FloatType>(type);
  if (!floatType)
    return nullptr;
  const llvm::fltSemantics &semantics = floatType.getFloatSemantics();
  // Larger types do not fit into the numbers of the interpreter.
  if (APFloat::semanticsPrecision(semantics) > 53 || floatType.getWidth() > 64)
    return nullptr;
  static std::mutex mutex;
  static std::map<const llvm::fltSemantics *, Format> formats;
  std::lock_guard<std::mutex> lock(mutex);
  Format &format = formats[&semantics];
  if (!format.semantics) {
    auto toDouble = [](APFloat number) {
      bool lossy = false;
      number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lossy);
      return number.convertToDouble();
    };
    format.semantics = &semantics;
    format.epsilon = std::ldexp(1.0, 1 - static_cast<int>(APFloat::semanticsPrecision(semantics)));
    format.smallestNormal = toDouble(APFloat::getSmallestNormalized(semantics));
    format.largest = toDouble(APFloat::getLargest(semantics));
  }
  return &format;
}

double Format::round(double value) const {
  if (semantics == &APFloat::IEEEdouble())
    return value;
  if (semantics == &APFloat::IEEEsingle())
    return static_cast<float>(value);
  APFloat number(value);
  bool lossy = false;
  number.convert(*semantics, APFloat::rmNearestTiesToEven, &lossy);
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lossy);
  return number.convertToDouble();
}
