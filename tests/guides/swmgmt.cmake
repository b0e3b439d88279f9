# SPDX-License-Identifier: Apache-2.0 OR MIT
# What add_subdirectory(swmgmt) brings, from a build that is there already.
add_library(swmgmt::swmgmt STATIC IMPORTED GLOBAL)
set_target_properties(swmgmt::swmgmt PROPERTIES
  IMPORTED_LOCATION "${SWMGMT_ARCHIVE}" INTERFACE_INCLUDE_DIRECTORIES "${SWMGMT_ROOT}/include")
set_property(GLOBAL PROPERTY SWMGMT_ADAPTERS "${SWMGMT_ROOT}/adapters")
include("${SWMGMT_ROOT}/cmake/SwmgmtAdapters.cmake")
