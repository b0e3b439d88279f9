# SPDX-License-Identifier: Apache-2.0 OR MIT
# Which Rust builds the archive, and for what.

include("${CMAKE_CURRENT_LIST_DIR}/SwmgmtRustTarget.cmake")

set(SWMGMT_CARGO "" CACHE FILEPATH "The cargo that builds the archive; empty: one that can")
set(SWMGMT_RUSTC "" CACHE FILEPATH "The rustc that belongs to it; empty: the one beside it")
set(SWMGMT_RUST_TARGET "" CACHE STRING "Rust target of the archive; empty: what fits the C compiler")
set(SWMGMT_BUILD_STD AUTO CACHE STRING
    "Compile Rust's core, too: ON, OFF, or AUTO: where the toolchain has its source only")
set_property(CACHE SWMGMT_BUILD_STD PROPERTY STRINGS AUTO ON OFF)
option(SWMGMT_FRAME_POINTERS
    "Where Rust's core is compiled, too: keep the frame pointers that rustc's Cortex-M targets have" OFF)
if(NOT SWMGMT_BUILD_STD MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "swmgmt: SWMGMT_BUILD_STD is '${SWMGMT_BUILD_STD}'; it must be ON, OFF or AUTO")
endif()

file(STRINGS "${CMAKE_CURRENT_SOURCE_DIR}/Cargo.toml" swmgmt_rust REGEX "^rust-version = " LIMIT_COUNT 1)
string(REGEX REPLACE "^rust-version = \"(.*)\"$" "\\1" swmgmt_rust "${swmgmt_rust}")

set(swmgmt_wanted "${SWMGMT_RUST_TARGET}")
if(NOT swmgmt_wanted)
  swmgmt_rust_target(swmgmt_wanted)
  if(NOT swmgmt_wanted AND CMAKE_CROSSCOMPILING)
    message(FATAL_ERROR "swmgmt: the Rust target that fits this compiler is not known:\n"
      "  ${CMAKE_C_COMPILER} ${CMAKE_C_FLAGS}\n"
      "Give it the CPU's flags in CMAKE_C_FLAGS (-mcpu=..., -march=...), or name the target, "
      "such as -DSWMGMT_RUST_TARGET=thumbv7m-none-eabi.")
  endif()
endif()

# swmgmt_ask(<cargo>) asks the rustc that belongs to a cargo (two toolchains on one machine
# must not be mixed) and sets
#   swmgmt_rustc, swmgmt_sysroot, swmgmt_triple
#   swmgmt_core   LIBRARY, SOURCE: in what form it has the target's core
#   swmgmt_why    why it is of no use, or empty
function(swmgmt_ask cargo)
  set(swmgmt_core "" PARENT_SCOPE)
  set(swmgmt_why "" PARENT_SCOPE)
  set(rustc "${SWMGMT_RUSTC}")
  if(NOT rustc)
    get_filename_component(bin "${cargo}" DIRECTORY)
    find_program(swmgmt_found_rustc rustc HINTS "${bin}" NO_CMAKE_FIND_ROOT_PATH)
    set(rustc "${swmgmt_found_rustc}")
    unset(swmgmt_found_rustc CACHE)
  endif()
  set(swmgmt_rustc "${rustc}" PARENT_SCOPE)
  set(ask OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")

  execute_process(COMMAND "${rustc}" -vV OUTPUT_VARIABLE about ${ask})
  if(NOT about MATCHES "host: ([^\n]+)\nrelease: ([0-9.]+)")
    set(swmgmt_why "there is no working rustc beside ${cargo}" PARENT_SCOPE)
    return()
  endif()
  set(host "${CMAKE_MATCH_1}")
  if(CMAKE_MATCH_2 VERSION_LESS swmgmt_rust)
    set(swmgmt_why "${rustc} is Rust ${CMAKE_MATCH_2}, not ${swmgmt_rust} or newer" PARENT_SCOPE)
    return()
  endif()

  # This machine's own C library need not be the one that the C compiler's macros suggest.
  set(triple "${swmgmt_wanted}")
  string(REGEX MATCH "^[^-]+" architecture "${host}")
  if(NOT SWMGMT_RUST_TARGET AND NOT CMAKE_CROSSCOMPILING AND "${triple}" MATCHES "^(${architecture}-.*)?$")
    set(triple "${host}")
  endif()
  set(swmgmt_triple "${triple}" PARENT_SCOPE)

  execute_process(COMMAND "${rustc}" --print target-libdir --target "${triple}"
                  OUTPUT_VARIABLE libraries RESULT_VARIABLE unknown ${ask})
  execute_process(COMMAND "${rustc}" --print sysroot OUTPUT_VARIABLE sysroot ${ask})
  set(swmgmt_sysroot "${sysroot}" PARENT_SCOPE)
  if(unknown)
    set(swmgmt_why "${rustc} does not know the target ${triple}" PARENT_SCOPE)
  elseif(IS_DIRECTORY "${libraries}")
    set(swmgmt_core LIBRARY PARENT_SCOPE)
  elseif(IS_DIRECTORY "${sysroot}/lib/rustlib/src/rust/library")
    set(swmgmt_core SOURCE PARENT_SCOPE)
  elseif(SWMGMT_BUILD_STD STREQUAL AUTO)
    set(swmgmt_why "${rustc} has neither library nor source of core for ${triple}" PARENT_SCOPE)
  endif()
endfunction()

# The user's choice, or the first that can: what is in PATH (rustup's), the system's.
set(swmgmt_candidates "${SWMGMT_CARGO}")
if(NOT SWMGMT_CARGO)
  find_program(swmgmt_found_cargo cargo PATHS ENV CARGO_HOME "$ENV{HOME}/.cargo" PATH_SUFFIXES bin
               NO_CMAKE_FIND_ROOT_PATH)
  set(swmgmt_candidates "${swmgmt_found_cargo}" /usr/bin/cargo)
  unset(swmgmt_found_cargo CACHE)
endif()
set(swmgmt_with "")
set(swmgmt_reasons "")
foreach(swmgmt_candidate IN LISTS swmgmt_candidates)
  if(NOT swmgmt_with AND EXISTS "${swmgmt_candidate}")
    swmgmt_ask("${swmgmt_candidate}")
    if(swmgmt_why)
      string(APPEND swmgmt_reasons "  ${swmgmt_why}\n")
    else()
      set(swmgmt_with "${swmgmt_candidate}")
    endif()
  endif()
endforeach()
if(NOT swmgmt_with)
  if(NOT swmgmt_reasons)
    string(REPLACE ";" " and " swmgmt_candidates "${swmgmt_candidates}")
    set(swmgmt_reasons "  there is no cargo: not ${swmgmt_candidates}\n")
  endif()
  message(FATAL_ERROR "swmgmt: there is no Rust that can build the archive:\n${swmgmt_reasons}"
    "Rust ${swmgmt_rust} or newer is needed, and its core for the target:\n"
    "  rustup target add ${swmgmt_wanted}\n"
    "or, on Debian 12,\n"
    "  apt-get install cargo-web rustc-web rust-web-src    and -DSWMGMT_CARGO=/usr/bin/cargo\n"
    "Another one is named with -DSWMGMT_CARGO=/path/to/cargo.")
endif()

set(swmgmt_build_std "${SWMGMT_BUILD_STD}")
if(SWMGMT_BUILD_STD STREQUAL AUTO)
  string(COMPARE EQUAL "${swmgmt_core}" SOURCE swmgmt_build_std)
endif()
if(swmgmt_build_std)
  set(swmgmt_core SOURCE)
endif()

# What cargo is told as its target: the triple, or, for bare metal, a file of that name which
# describes it without frame pointers. rustup's core has them, and fits no other target.
set(swmgmt_cargo_target "${swmgmt_triple}")
set(swmgmt_cargo_options "")
set(swmgmt_frames "")
if(swmgmt_build_std AND NOT SWMGMT_FRAME_POINTERS AND swmgmt_triple MATCHES "-none-")
  set(swmgmt_specs "${CMAKE_CURRENT_BINARY_DIR}/rust-target")
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -D "RUSTC=${swmgmt_rustc}" -D "TARGET=${swmgmt_triple}" -D "FOLDER=${swmgmt_specs}"
            -P "${CMAKE_CURRENT_LIST_DIR}/target_spec.cmake"
    RESULT_VARIABLE swmgmt_failed WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
  if(swmgmt_failed)
    message(FATAL_ERROR "swmgmt: -DSWMGMT_FRAME_POINTERS=ON builds for rustc's own ${swmgmt_triple}")
  endif()
  # It is this release's, and is made anew when another one is there.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${swmgmt_rustc}")
  if(EXISTS "${swmgmt_specs}/${swmgmt_triple}.json")
    set(swmgmt_cargo_target "${swmgmt_specs}/${swmgmt_triple}.json")
    set(swmgmt_frames ", without frame pointers")
    # Newer releases of cargo ask for leave.
    execute_process(COMMAND "${CMAKE_COMMAND}" -E env RUSTC_BOOTSTRAP=1 "${swmgmt_with}" -Zhelp
                    OUTPUT_VARIABLE swmgmt_help ERROR_QUIET WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
    if(swmgmt_help MATCHES "json-target-spec")
      set(swmgmt_cargo_options -Zjson-target-spec)
    endif()
  endif()
endif()
message(STATUS "swmgmt: for ${swmgmt_triple}, with ${swmgmt_with}, its core from ${swmgmt_core}${swmgmt_frames}")
