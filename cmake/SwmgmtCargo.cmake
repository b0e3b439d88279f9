# SPDX-License-Identifier: Apache-2.0 OR MIT
# Builds the archive with cargo and offers it as the target swmgmt::swmgmt.

include("${CMAKE_CURRENT_LIST_DIR}/SwmgmtRust.cmake")
set(SWMGMT_CARGO_ARGS "" CACHE STRING "More arguments for cargo rustc, a list")
set(SWMGMT_CARGO_TARGET_DIR "${CMAKE_CURRENT_BINARY_DIR}/cargo" CACHE PATH "Where cargo builds")

get_filename_component(swmgmt_bin "${swmgmt_rustc}" DIRECTORY)
set(swmgmt_environment "RUSTC=${swmgmt_rustc}" "RUSTDOC=${swmgmt_bin}/rustdoc")
separate_arguments(swmgmt_rustflags UNIX_COMMAND "$ENV{RUSTFLAGS}")
if(SWMGMT_SANITIZE)
  set(swmgmt_profile dev debug)
  set(swmgmt_features std)
else()
  set(swmgmt_profile release release)
  set(swmgmt_features panic-handler)
endif()
if(SWMGMT_SANITIZE STREQUAL "address")
  # The runtime is the C compiler's, which does the linking.
  list(APPEND swmgmt_rustflags -Zsanitizer=address -Zexternal-clangrt)
  list(APPEND swmgmt_environment RUSTC_BOOTSTRAP=1)
elseif(swmgmt_build_std)
  list(APPEND swmgmt_environment RUSTC_BOOTSTRAP=1)
endif()
# No path of this machine in what is shipped: the same input gives the same bytes anywhere.
if(NOT SWMGMT_SANITIZE)
  set(swmgmt_cargo_home "$ENV{CARGO_HOME}")
  if(NOT swmgmt_cargo_home)
    set(swmgmt_cargo_home "$ENV{HOME}/.cargo")
  endif()
  list(APPEND swmgmt_rustflags "--remap-path-prefix=${swmgmt_cargo_home}=cargo"
       "--remap-path-prefix=${swmgmt_sysroot}/lib/rustlib/src/rust=rust"
       "--remap-path-prefix=${CMAKE_CURRENT_SOURCE_DIR}=swmgmt")
endif()
string(ASCII 31 swmgmt_separator)
list(JOIN swmgmt_rustflags "${swmgmt_separator}" swmgmt_rustflags)
list(APPEND swmgmt_environment "CARGO_ENCODED_RUSTFLAGS=${swmgmt_rustflags}")

# --target also where it is the host's: then the archive is always in the same place,
# whatever the user's own cargo configuration says.
list(GET swmgmt_profile 0 swmgmt_profile_name)
list(GET swmgmt_profile 1 swmgmt_profile_dir)
set(swmgmt_cargo_rustc
    "${CMAKE_COMMAND}" -E env ${swmgmt_environment} "${swmgmt_with}" rustc --locked --lib
    --crate-type staticlib --profile ${swmgmt_profile_name} ${swmgmt_cargo_options} --target ${swmgmt_cargo_target}
    --manifest-path "${CMAKE_CURRENT_SOURCE_DIR}/Cargo.toml" ${SWMGMT_CARGO_ARGS})
if(swmgmt_build_std)
  list(APPEND swmgmt_cargo_rustc -Zbuild-std=core)
endif()
set(swmgmt_archive "${SWMGMT_CARGO_TARGET_DIR}/${swmgmt_triple}/${swmgmt_profile_dir}/libswmgmt.a")

# Always run: cargo itself knows what is stale, and does nothing when nothing is.
add_custom_target(swmgmt_cargo ALL
  COMMAND ${swmgmt_cargo_rustc} --features ${swmgmt_features} --target-dir "${SWMGMT_CARGO_TARGET_DIR}"
  BYPRODUCTS "${swmgmt_archive}"
  WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
  COMMENT "swmgmt: libswmgmt.a for ${swmgmt_triple}"
  VERBATIM)

# On bare metal the firmware's own memcpy and the helpers of its libgcc are to be linked,
# not those of Rust's compiler_builtins, which are in the archive, too.
set(swmgmt_made_by swmgmt_cargo)
if(swmgmt_triple MATCHES "-none-")
  set(swmgmt_cargo_archive "${swmgmt_archive}")
  set(swmgmt_archive "${CMAKE_CURRENT_BINARY_DIR}/libswmgmt.a")
  set(swmgmt_made_by swmgmt_lean)
  add_custom_command(OUTPUT "${swmgmt_archive}"
    COMMAND "${CMAKE_COMMAND}" -D "AR=${CMAKE_AR}" -D "FROM=${swmgmt_cargo_archive}"
            -D "TO=${swmgmt_archive}" -P "${CMAKE_CURRENT_LIST_DIR}/remove_builtins.cmake"
    DEPENDS swmgmt_cargo "${swmgmt_cargo_archive}" VERBATIM)
  add_custom_target(swmgmt_lean ALL DEPENDS "${swmgmt_archive}")
endif()

add_custom_target(swmgmt_archive DEPENDS ${swmgmt_made_by}) # nothing but what is shipped

add_library(swmgmt::swmgmt STATIC IMPORTED GLOBAL)
add_dependencies(swmgmt::swmgmt ${swmgmt_made_by})
set_target_properties(swmgmt::swmgmt PROPERTIES
  IMPORTED_LOCATION "${swmgmt_archive}"
  INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_SOURCE_DIR}/include")
if(SWMGMT_SANITIZE)
  # Rust's std is in this archive.
  set_property(TARGET swmgmt::swmgmt PROPERTY INTERFACE_LINK_LIBRARIES gcc_s pthread m dl)
  if(SWMGMT_SANITIZE STREQUAL "address")
    set(swmgmt_c_sanitize -fsanitize=address,undefined -fno-sanitize-recover=all)
  elseif(SWMGMT_SANITIZE STREQUAL "undefined")
    set(swmgmt_c_sanitize -fsanitize=undefined -fno-sanitize-recover=all)
  endif()
  set_target_properties(swmgmt::swmgmt PROPERTIES
    INTERFACE_COMPILE_OPTIONS "${swmgmt_c_sanitize}"
    INTERFACE_LINK_OPTIONS "${swmgmt_c_sanitize}")
endif()
