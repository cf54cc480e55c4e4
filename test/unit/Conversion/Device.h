//===- Device.h - A device that is not there ------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The stand-in's machine (test/StandIn) for code without exceptions: what goes wrong is a
// text. The machine checks every access to the byte, and looks for races.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_CONVERSION_DEVICE_H
#define REMAT_TEST_UNIT_CONVERSION_DEVICE_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace remat::test {

class Device {
public:
  /// A device with the module \p ptx; null, and the reason in \p error, if that is wrong.
  static std::unique_ptr<Device> create(const std::string &ptx, std::string &error);
  virtual ~Device() = default;

  /// The address of a copy of \p bytes bytes, behind which lies nothing.
  virtual uint64_t copyIn(const void *data, size_t bytes) = 0;
  virtual void copyOut(uint64_t address, void *data, size_t bytes) = 0;

  /// Reads \p bytes bytes of a variable of the module; false if it has none of this name.
  virtual bool readVariable(const std::string &name, void *data, size_t bytes) = 0;

  /// Runs a kernel on as many blocks, in an order that \p seed chooses; "", or what it did wrong.
  virtual std::string launch(const std::string &kernel, uint64_t blocks, uint64_t threads,
                             const std::vector<uint64_t> &arguments, uint64_t seed) = 0;
};

} // namespace remat::test

#endif // REMAT_TEST_UNIT_CONVERSION_DEVICE_H
