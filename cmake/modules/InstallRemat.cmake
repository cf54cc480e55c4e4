# Installs headers and the CMake package: find_package(Remat CONFIG).
include(CMakePackageConfigHelpers)

set(REMAT_INSTALL_CMAKEDIR ${CMAKE_INSTALL_LIBDIR}/cmake/Remat)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.def")
install(DIRECTORY ${PROJECT_BINARY_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h.inc")
install(EXPORT RematTargets FILE RematTargets.cmake NAMESPACE Remat::
  DESTINATION ${REMAT_INSTALL_CMAKEDIR})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/modules/RematConfig.cmake.in
  ${PROJECT_BINARY_DIR}/RematConfig.cmake INSTALL_DESTINATION ${REMAT_INSTALL_CMAKEDIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/RematConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/RematConfig.cmake ${PROJECT_BINARY_DIR}/RematConfigVersion.cmake
  DESTINATION ${REMAT_INSTALL_CMAKEDIR})
