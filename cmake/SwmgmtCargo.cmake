# SPDX-License-Identifier: Apache-2.0 OR MIT
# Builds the archive with cargo and offers it as the target swmgmt::swmgmt.

set(SWMGMT_RUST_TARGET "" CACHE STRING "Rust target triple of the archive; empty: this machine's")
set(SWMGMT_CARGO_ARGS "" CACHE STRING "More arguments for cargo rustc, a list")
set(SWMGMT_CARGO_TARGET_DIR "${CMAKE_CURRENT_BINARY_DIR}/cargo" CACHE PATH "Where cargo builds")
option(SWMGMT_BUILD_STD
       "Compile Rust's core, too: for targets that the toolchain has no libraries for" OFF)

file(STRINGS "${CMAKE_CURRENT_SOURCE_DIR}/Cargo.toml" swmgmt_rust REGEX "^rust-version = " LIMIT_COUNT 1)
string(REGEX REPLACE "^rust-version = \"(.*)\"$" "\\1" swmgmt_rust "${swmgmt_rust}")
set(swmgmt_advice "Install Rust ${swmgmt_rust} or newer (on Debian 12: apt-get install cargo-web \
rustc-web), or name an installed one with -DSWMGMT_CARGO=/path/to/cargo.")

find_program(SWMGMT_CARGO cargo HINTS ENV CARGO_HOME "$ENV{HOME}/.cargo" PATH_SUFFIXES bin
             NO_CMAKE_FIND_ROOT_PATH DOC "The cargo that builds the archive")
if(NOT SWMGMT_CARGO)
  message(FATAL_ERROR "swmgmt: cargo was not found. ${swmgmt_advice}")
endif()
# The rustc beside that cargo: two toolchains on one machine must not be mixed.
get_filename_component(swmgmt_bin "${SWMGMT_CARGO}" DIRECTORY)
find_program(SWMGMT_RUSTC rustc HINTS "${swmgmt_bin}" NO_CMAKE_FIND_ROOT_PATH
             DOC "The rustc that belongs to SWMGMT_CARGO")
if(SWMGMT_RUSTC)
  execute_process(COMMAND "${SWMGMT_RUSTC}" -vV OUTPUT_VARIABLE swmgmt_about
                  WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" ERROR_QUIET)
endif()
if(NOT swmgmt_about MATCHES "host: ([^\n]+)\nrelease: ([0-9.]+)")
  message(FATAL_ERROR "swmgmt: there is no working rustc beside ${SWMGMT_CARGO}. ${swmgmt_advice}")
endif()
set(swmgmt_host_triple "${CMAKE_MATCH_1}")
if(CMAKE_MATCH_2 VERSION_LESS swmgmt_rust)
  message(FATAL_ERROR "swmgmt: ${SWMGMT_RUSTC} is Rust ${CMAKE_MATCH_2}. ${swmgmt_advice}")
endif()

if(SWMGMT_RUST_TARGET)
  set(swmgmt_triple "${SWMGMT_RUST_TARGET}")
elseif(CMAKE_CROSSCOMPILING)
  message(FATAL_ERROR "swmgmt: this is a cross build; name the Rust target of "
                      "${CMAKE_SYSTEM_PROCESSOR}, such as "
                      "-DSWMGMT_RUST_TARGET=thumbv7m-none-eabi")
else()
  set(swmgmt_triple "${swmgmt_host_triple}")
endif()

set(swmgmt_environment "RUSTC=${SWMGMT_RUSTC}")
set(swmgmt_rustflags "$ENV{RUSTFLAGS}")
if(SWMGMT_SANITIZE)
  set(swmgmt_profile dev debug)
  set(swmgmt_features std)
else()
  set(swmgmt_profile release release)
  set(swmgmt_features panic-handler)
endif()
if(SWMGMT_SANITIZE STREQUAL "address")
  # The runtime is the C compiler's, which does the linking.
  string(APPEND swmgmt_rustflags " -Zsanitizer=address -Zexternal-clangrt")
  list(APPEND swmgmt_environment RUSTC_BOOTSTRAP=1)
elseif(SWMGMT_BUILD_STD)
  list(APPEND swmgmt_environment RUSTC_BOOTSTRAP=1)
endif()
list(APPEND swmgmt_environment "RUSTFLAGS=${swmgmt_rustflags}")

# --target also where it is the host's: then the archive is always in the same place,
# whatever the user's own cargo configuration says.
list(GET swmgmt_profile 0 swmgmt_profile_name)
list(GET swmgmt_profile 1 swmgmt_profile_dir)
set(swmgmt_cargo_rustc
    "${CMAKE_COMMAND}" -E env ${swmgmt_environment} "${SWMGMT_CARGO}" rustc --locked --lib
    --crate-type staticlib --profile ${swmgmt_profile_name} --target ${swmgmt_triple}
    --manifest-path "${CMAKE_CURRENT_SOURCE_DIR}/Cargo.toml" ${SWMGMT_CARGO_ARGS})
if(SWMGMT_BUILD_STD)
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

add_library(swmgmt::swmgmt STATIC IMPORTED GLOBAL)
add_dependencies(swmgmt::swmgmt swmgmt_cargo)
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
