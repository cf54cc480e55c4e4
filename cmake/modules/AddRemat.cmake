# Helpers that every CMakeLists.txt of the project uses.

# Warnings and sanitizers, for every target of ours.
function(remat_compile_options target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wno-unused-parameter)
  if(REMAT_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${REMAT_SANITIZE} -fno-omit-frame-pointer
                           -fno-sanitize=vptr)
    target_link_options(${target} PUBLIC -fsanitize=${REMAT_SANITIZE})
  endif()
endfunction()

# What a target that includes MLIR needs beyond that.
function(remat_mlir_options target)
  remat_compile_options(${target})
  if(REMAT_ENABLE_PCH)
    # Libraries and executables share the header, so both compile as -fPIC.
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${target} PRIVATE -fno-exceptions -fPIC)
    target_precompile_headers(${target} REUSE_FROM remat_pch)
  else()
    target_compile_options(${target} PRIVATE -fno-exceptions)
  endif()
endfunction()

# add_remat_library(name srcs... [REMAT_LIBS libs...])
#
# A static library of the compiler. REMAT_LIBS are libraries of this project; all of MLIR is
# in libMLIR.so.
function(add_remat_library name)
  cmake_parse_arguments(ARG "" "" "REMAT_LIBS" ${ARGN})
  add_mlir_library(${name} STATIC DISABLE_INSTALL ${ARG_UNPARSED_ARGUMENTS} DEPENDS RematIncGen)
  target_include_directories(${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${name} PUBLIC ${ARG_REMAT_LIBS} MLIR)
  # MLIR compiles the sources in an object library of its own.
  if(TARGET obj.${name})
    remat_mlir_options(obj.${name})
  else()
    remat_mlir_options(${name})
  endif()
  remat_install_library(${name})
endfunction()

# add_remat_test_library(name srcs... [REMAT_LIBS libs...])
#
# A library of tests alone: as add_remat_library, but never installed.
function(add_remat_test_library name)
  cmake_parse_arguments(ARG "" "" "REMAT_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include)
  target_link_libraries(${name} PUBLIC ${ARG_REMAT_LIBS} MLIR)
  remat_mlir_options(${name})
endfunction()

# Adds a library to the exported package.
function(remat_install_library name)
  install(TARGETS ${name} EXPORT RematTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()

# add_remat_tool(name srcs... [REMAT_LIBS libs...])
function(add_remat_tool name)
  cmake_parse_arguments(ARG "" "" "REMAT_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_REMAT_LIBS} MLIR)
  remat_mlir_options(${name})
  install(TARGETS ${name} EXPORT RematTargets RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

# add_remat_unittest(name srcs... [LIBS libs...]): one gtest executable in check-remat-unit.
# `COMPILER` gives it the options of code that includes MLIR.
function(add_remat_unittest name)
  cmake_parse_arguments(ARG "COMPILER" "" "LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} GTest::gtest GTest::gtest_main)
  if(ARG_COMPILER)
    remat_mlir_options(${name})
  else()
    remat_compile_options(${name})
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/test/unit)
  add_test(NAME ${name} COMMAND ${name})
  if(REMAT_SANITIZE) # see test/lit.cfg.py
    set_tests_properties(${name} PROPERTIES ENVIRONMENT ASAN_OPTIONS=allow_user_poisoning=0)
  endif()
  set_property(GLOBAL APPEND PROPERTY REMAT_UNITTESTS ${name})
endfunction()

# add_remat_fuzzer(name srcs... [LIBS libs...]): one libFuzzer program, which scripts/fuzz runs.
function(add_remat_fuzzer name)
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS})
  target_compile_options(${name} PRIVATE -fno-exceptions)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  remat_compile_options(${name})
endfunction()
