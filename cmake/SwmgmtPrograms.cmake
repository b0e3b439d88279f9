# SPDX-License-Identifier: Apache-2.0 OR MIT
# How this project compiles and runs C of its own.

set(SWMGMT_TEST_LAUNCHER "" CACHE STRING "What to run test programs with, a list: valgrind, qemu-arm")
set(swmgmt_warnings -Wall -Wextra -Wpedantic -Wconversion -Wundef -Werror)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(swmgmt_optimise -O1 -g)
endif()

# On bare metal programs need a board. One that QEMU does not have is built for only, with
# the start-up code of the C library.
if(CMAKE_SYSTEM_NAME STREQUAL Generic)
  include(c-examples/baremetal/board/board.cmake) # board, board_qemu
endif()

# swmgmt_add_program(<name> <source>... [LIBRARIES <library>...])
function(swmgmt_add_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
  target_compile_options(${name} PRIVATE ${swmgmt_warnings} ${swmgmt_optimise})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} swmgmt::swmgmt $<TARGET_NAME_IF_EXISTS:board>)
  target_compile_definitions(${name} PRIVATE $<$<PLATFORM_ID:Generic>:SWMGMT_TEST_BARE>)
endfunction()

# swmgmt_add_test(<name of the test> <program> [<argument>...])
function(swmgmt_add_test test program)
  set(command ${SWMGMT_TEST_LAUNCHER} ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:${program}> ${ARGN})
  if(TARGET board)
    set(command ${board_qemu} $<TARGET_FILE:${program}>)
    if(ARGN)
      string(JOIN " " arguments ${ARGN})
      list(APPEND command -append "${arguments}")
    endif()
  elseif(CMAKE_SYSTEM_NAME STREQUAL Generic)
    return()
  endif()
  add_test(NAME ${test} COMMAND ${command})
  set_tests_properties(${test} PROPERTIES TIMEOUT 120 LABELS c)
endfunction()

# Mbed TLS, for c-examples/crypto.
if(NOT CMAKE_CROSSCOMPILING)
  find_path(swmgmt_mbedtls mbedtls/ecdsa.h)
  find_library(swmgmt_mbedcrypto mbedcrypto)
  if(swmgmt_mbedtls AND swmgmt_mbedcrypto)
    add_library(mbedcrypto INTERFACE)
    target_include_directories(mbedcrypto SYSTEM INTERFACE ${swmgmt_mbedtls})
    target_link_libraries(mbedcrypto INTERFACE ${swmgmt_mbedcrypto})
  else()
    message(STATUS "swmgmt: no Mbed TLS (on Debian: apt-get install libmbedtls-dev); "
                   "nothing checks signatures on P-256")
  endif()
endif()
