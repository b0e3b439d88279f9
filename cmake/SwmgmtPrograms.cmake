# SPDX-License-Identifier: Apache-2.0 OR MIT
# How this project compiles and runs C of its own.

set(SWMGMT_TEST_LAUNCHER "" CACHE STRING "What to run test programs with, a list: valgrind, qemu-arm")
set(swmgmt_warnings -Wall -Wextra -Wpedantic -Wconversion -Wundef -Werror)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(swmgmt_optimise -O1 -g)
endif()

# swmgmt_add_program(<name> <source>... [LIBRARIES <library>...])
function(swmgmt_add_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
  target_compile_options(${name} PRIVATE ${swmgmt_warnings} ${swmgmt_optimise})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} swmgmt::swmgmt)
endfunction()

# swmgmt_add_test(<name of the test> <program> [<argument>...])
function(swmgmt_add_test test program)
  add_test(NAME ${test} COMMAND ${SWMGMT_TEST_LAUNCHER} $<TARGET_FILE:${program}> ${ARGN})
  set_tests_properties(${test} PROPERTIES TIMEOUT 120 LABELS c)
endfunction()
