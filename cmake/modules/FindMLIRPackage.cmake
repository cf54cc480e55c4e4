# Finds the packaged MLIR and brings its CMake functions into scope.
#
# The package is built with LLVM_LINK_LLVM_DYLIB but does not say so for MLIR:
# MLIR_LINK_MLIR_DYLIB has to be set before any add_mlir_* call, or every tool
# carries a static copy of MLIR beside libMLIR.so.
list(APPEND CMAKE_PREFIX_PATH /usr/lib/llvm-22)
find_package(MLIR REQUIRED CONFIG)
if(NOT LLVM_VERSION_MAJOR EQUAL 22)
  message(FATAL_ERROR "remat is written for MLIR 22, but found ${LLVM_PACKAGE_VERSION} in ${MLIR_DIR}")
endif()
message(STATUS "Using MLIRConfig.cmake in: ${MLIR_DIR}")
set(MLIR_LINK_MLIR_DYLIB ON)

list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)

include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
include_directories(${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include)
separate_arguments(REMAT_LLVM_DEFINITIONS NATIVE_COMMAND ${LLVM_DEFINITIONS})
add_definitions(${REMAT_LLVM_DEFINITIONS})

# One precompiled header for everything that uses MLIR.
if(REMAT_ENABLE_PCH)
  add_library(remat_pch OBJECT ${PROJECT_SOURCE_DIR}/cmake/Precompiled.cpp)
  remat_compile_options(remat_pch)
  set_target_properties(remat_pch PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(remat_pch PRIVATE -fno-exceptions -fPIC)
  target_precompile_headers(remat_pch PRIVATE ${PROJECT_SOURCE_DIR}/cmake/Precompiled.h)
endif()
