//===- Transfer.cpp - Values between memory and registers -----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Access.h"
#include "HalfLanes.h"
#include "IntegerLanes.h"

#include <algorithm>
#include <cstring>

using namespace remat::standin;

/// Of an element in memory M to a register R, wider or as wide.
template <class M, class R>
static void loadElement(char *row, const uint8_t *data, const uint64_t *offsets, uint32_t mask, Shape shape) {
  R values[Lanes];
  M value;
  if (shape == Shape::Uniform) {
    std::memcpy(&value, data + offsets[0], sizeof(M));
    std::fill(values, values + Lanes, R(value));
  } else {
    for (unsigned lane = 0; lane < Lanes; ++lane) {
      std::memcpy(&value, data + offsets[lane], sizeof(M));
      values[lane] = R(value);
    }
  }
  put(reinterpret_cast<R *>(row), values, mask);
}

template <class M, class R>
static void storeElement(const char *row, uint8_t *data, const uint64_t *offsets, uint32_t mask) {
  const R *values = reinterpret_cast<const R *>(row);
  for (unsigned lane = 0; lane < Lanes; ++lane) {
    if (!(mask >> lane & 1))
      continue;
    M value = M(values[lane]);
    std::memcpy(data + offsets[lane], &value, sizeof(M));
  }
}

template <class M>
static void loadAs(const MemoryOp &op, char *row, const uint8_t *data, const uint64_t *offsets, uint32_t mask,
                   Shape shape) {
  if (op.registerBytes == 2)
    loadElement<M, uint16_t>(row, data, offsets, mask, shape);
  else if (op.registerBytes == 4)
    loadElement<M, uint32_t>(row, data, offsets, mask, shape);
  else
    loadElement<M, uint64_t>(row, data, offsets, mask, shape);
}

template <class M>
static void storeAs(const MemoryOp &op, const char *row, uint8_t *data, const uint64_t *offsets, uint32_t mask) {
  if (op.registerBytes == 2)
    storeElement<M, uint16_t>(row, data, offsets, mask);
  else if (op.registerBytes == 4)
    storeElement<M, uint32_t>(row, data, offsets, mask);
  else
    storeElement<M, uint64_t>(row, data, offsets, mask);
}

void remat::standin::loadLanes(const MemoryOp &op, char *registers, const uint8_t *data, const uint64_t *offsets,
                               uint32_t mask, Shape shape) {
  unsigned bytes = op.type.bytes;
  if (shape == Shape::Steps && op.count == 1 && bytes == op.registerBytes && mask == ~0u) {
    std::memcpy(registers + op.rows[0], data + offsets[0], Lanes * bytes);
    return;
  }
  bool isSigned = op.type.kind == TypeClass::Signed;
  for (unsigned element = 0; element < op.count; ++element) {
    char *row = registers + op.rows[element];
    switch (bytes) {
    case 1:
      isSigned ? loadAs<int8_t>(op, row, data, offsets, mask, shape)
               : loadAs<uint8_t>(op, row, data, offsets, mask, shape);
      break;
    case 2:
      isSigned ? loadAs<int16_t>(op, row, data, offsets, mask, shape)
               : loadAs<uint16_t>(op, row, data, offsets, mask, shape);
      break;
    case 4:
      isSigned ? loadAs<int32_t>(op, row, data, offsets, mask, shape)
               : loadAs<uint32_t>(op, row, data, offsets, mask, shape);
      break;
    default:
      loadElement<uint64_t, uint64_t>(row, data, offsets, mask, shape);
      break;
    }
    data += bytes;
  }
}

void remat::standin::storeLanes(const MemoryOp &op, const char *registers, uint8_t *data, const uint64_t *offsets,
                                uint32_t mask, Shape shape) {
  unsigned bytes = op.type.bytes;
  if (shape == Shape::Steps && op.count == 1 && bytes == op.registerBytes && mask == ~0u) {
    std::memcpy(data + offsets[0], registers + op.rows[0], Lanes * bytes);
    return;
  }
  for (unsigned element = 0; element < op.count; ++element) {
    const char *row = registers + op.rows[element];
    switch (bytes) {
    case 1:
      storeAs<uint8_t>(op, row, data, offsets, mask);
      break;
    case 2:
      storeAs<uint16_t>(op, row, data, offsets, mask);
      break;
    case 4:
      storeAs<uint32_t>(op, row, data, offsets, mask);
      break;
    default:
      storeElement<uint64_t, uint64_t>(row, data, offsets, mask);
      break;
    }
    data += bytes;
  }
}

/// What an integer operation leaves in memory; floating-point sums are below.
template <class T>
static T updated(AtomicOp operation, T old, T a, T b) {
  switch (operation) {
  case AtomicOp::Add:
    return Add::apply(old, a);
  case AtomicOp::And:
    return old & a;
  case AtomicOp::Or:
    return old | a;
  case AtomicOp::Xor:
    return old ^ a;
  case AtomicOp::Min:
    return old < a ? old : a;
  case AtomicOp::Max:
    return old > a ? old : a;
  case AtomicOp::Inc:
    return old >= a ? 0 : old + 1;
  case AtomicOp::Dec:
    return old == 0 || old > a ? a : old - 1;
  case AtomicOp::Exchange:
    return a;
  case AtomicOp::CompareAndSwap:
    return old == a ? b : old;
  }
  return old;
}

static uint64_t sum(Type type, uint64_t a, uint64_t b, bool flush) {
  if (type.kind == TypeClass::BFloat)
    return HalfArithmetic<BF16, HAdd>::apply(uint16_t(a), uint16_t(b));
  if (type.bytes == 2)
    return HalfArithmetic<F16, HAdd>::apply(uint16_t(a), uint16_t(b));
  if (type.bytes == 8)
    return bitsOf(Arithmetic<FAdd, false>::apply(bitCast<double>(a), bitCast<double>(b)));
  float x = bitCast<float>(uint32_t(a)), y = bitCast<float>(uint32_t(b));
  return bitsOf(flush ? Arithmetic<FAdd, true>::apply(x, y) : Arithmetic<FAdd, false>::apply(x, y));
}

static uint64_t result(const MemoryOp &op, uint64_t old, uint64_t a, uint64_t b, bool flush) {
  if (op.type.isFloat())
    return sum(op.type, old, a, flush);
  bool isSigned = op.type.kind == TypeClass::Signed;
  if (op.type.bytes == 8)
    return isSigned ? updated<int64_t>(op.atomic, old, a, b) : updated<uint64_t>(op.atomic, old, a, b);
  return isSigned ? updated<int32_t>(op.atomic, old, a, b) : updated<uint32_t>(op.atomic, old, a, b);
}

void remat::standin::atomicLanes(const MemoryOp &op, char *registers, uint8_t *data, const uint64_t *offsets,
                                 uint32_t mask, bool descending, bool flush) {
  unsigned bytes = op.type.bytes;
  for (unsigned index = 0; index < Lanes; ++index) {
    unsigned lane = descending ? Lanes - 1 - index : index;
    if (!(mask >> lane & 1))
      continue;
    uint64_t old = 0, a = 0, b = 0;
    std::memcpy(&old, data + offsets[lane], bytes);
    std::memcpy(&a, registers + op.operands[0] + lane * bytes, bytes);
    if (op.atomic == AtomicOp::CompareAndSwap)
      std::memcpy(&b, registers + op.operands[1] + lane * bytes, bytes);
    uint64_t value = result(op, old, a, b, flush);
    std::memcpy(data + offsets[lane], &value, bytes);
    if (!op.noResult)
      std::memcpy(registers + op.rows[0] + lane * bytes, &old, bytes);
  }
}
