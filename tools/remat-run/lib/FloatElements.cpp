//===- FloatElements.cpp - Elements of float arrays as doubles ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FloatElements.h"

#include "llvm/ADT/APFloat.h"

#include <cstring>

using namespace remat;

static const llvm::fltSemantics &getSemantics(ElementType type) {
  return type == ElementType::F16 ? llvm::APFloat::IEEEhalf() : llvm::APFloat::BFloat();
}

double remat::loadFloat(const Array &array, int64_t index) {
  if (array.getType() == ElementType::F64)
    return array.getElements<double>()[index];
  if (array.getType() == ElementType::F32)
    return array.getElements<float>()[index];
  llvm::APFloat value(getSemantics(array.getType()), llvm::APInt(16, array.getElements<uint16_t>()[index]));
  return value.convertToDouble();
}

void remat::storeFloat(Array &array, int64_t index, double value) {
  if (array.getType() == ElementType::F64) {
    array.getElements<double>()[index] = value;
  } else if (array.getType() == ElementType::F32) {
    array.getElements<float>()[index] = static_cast<float>(value);
  } else {
    llvm::APFloat narrow(value);
    bool losesInfo = false;
    narrow.convert(getSemantics(array.getType()), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    array.getElements<uint16_t>()[index] = static_cast<uint16_t>(narrow.bitcastToAPInt().getZExtValue());
  }
}

llvm::Expected<Array> remat::copyArray(const Array &array) {
  llvm::Expected<Array> copy = Array::create(array.getType(), array.getShape());
  if (copy && array.getByteSize() > 0)
    std::memcpy(copy->getView().data, array.getBytes().data(), array.getByteSize());
  return copy;
}

llvm::Expected<Array> remat::widen(const Array &array) {
  if (!isFloat(array.getType()))
    return copyArray(array);
  llvm::Expected<Array> wide = Array::create(ElementType::F64, array.getShape());
  if (!wide)
    return wide;
  for (int64_t i = 0; i < array.getNumElements(); ++i)
    wide->getElements<double>()[i] = loadFloat(array, i);
  return wide;
}
