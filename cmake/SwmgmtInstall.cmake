# SPDX-License-Identifier: Apache-2.0 OR MIT
# Installs header, archive, adapters, and what find_package() and pkg-config read.
# Nothing of it names the prefix, so that the prefix can be moved.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(swmgmt_config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/swmgmt")
set(swmgmt_pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
set(swmgmt_adapters_dir "${CMAKE_INSTALL_DATADIR}/swmgmt/adapters")

install(FILES README.md LICENSE-APACHE LICENSE-MIT DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/swmgmt")
install(FILES include/swmgmt.h DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(FILES "${swmgmt_archive}" DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(DIRECTORY cmake/toolchains c-examples/baremetal zephyr DESTINATION "${CMAKE_INSTALL_DATADIR}/swmgmt")
install(DIRECTORY adapters/ DESTINATION "${swmgmt_adapters_dir}" FILES_MATCHING PATTERN "*.[ch]")

configure_package_config_file(cmake/swmgmtConfig.cmake.in swmgmtConfig.cmake
  INSTALL_DESTINATION "${swmgmt_config_dir}"
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR swmgmt_adapters_dir)
# While the major version is 0, a minor release may break. The file also refuses a
# consumer whose pointers are of another size.
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(swmgmt_compatibility SameMinorVersion)
else()
  set(swmgmt_compatibility SameMajorVersion)
endif()
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/swmgmtConfigVersion.cmake"
  COMPATIBILITY ${swmgmt_compatibility})
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/swmgmtConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/swmgmtConfigVersion.cmake"
              cmake/SwmgmtAdapters.cmake cmake/SwmgmtRustTarget.cmake
        DESTINATION "${swmgmt_config_dir}")

file(RELATIVE_PATH swmgmt_pc_to_prefix "/prefix/${swmgmt_pc_dir}" "/prefix")
configure_file(cmake/swmgmt.pc.in swmgmt.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/swmgmt.pc" DESTINATION "${swmgmt_pc_dir}")

# For scripts/bundle.sh: what was built, and with what.
file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/swmgmt-built.json" "{
  \"version\": \"${PROJECT_VERSION}\",
  \"target\": \"${swmgmt_triple}\",
  \"cargo\": \"${swmgmt_with}\",
  \"rustc\": \"${swmgmt_rustc}\",
  \"sysroot\": \"${swmgmt_sysroot}\"
}
")
