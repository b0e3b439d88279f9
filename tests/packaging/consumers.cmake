# SPDX-License-Identifier: Apache-2.0 OR MIT
# Users of swmgmt, as tests: the installed package, moved, or the sources.

set(swmgmt_packaging "${CMAKE_CURRENT_LIST_DIR}")
set(prefix "${CMAKE_CURRENT_BINARY_DIR}/moved")
add_test(NAME package.install
  COMMAND "${CMAKE_COMMAND}" -D "BUILD=${CMAKE_BINARY_DIR}"
          -D "STAGE=${CMAKE_CURRENT_BINARY_DIR}/stage" -D "PREFIX=${prefix}"
          -P "${swmgmt_packaging}/install_and_move.cmake")
set_tests_properties(package.install PROPERTIES FIXTURES_SETUP swmgmt_prefix LABELS packaging)

# consumer(<test> [REFUSED <regular expression>] <-D...>...): configured with these and
# with consumer_arguments, then built, and run if that can be.
function(consumer test)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "REFUSED" "")
  set(runs ON)
  if(CMAKE_CROSSCOMPILING)
    set(runs OFF)
  endif()
  add_test(NAME package.${test}
    COMMAND "${CMAKE_COMMAND}" -D "BUILD=${CMAKE_CURRENT_BINARY_DIR}/consumer-${test}"
            -D "SOURCE=${swmgmt_packaging}/consumer" -D "GENERATOR=${CMAKE_GENERATOR}"
            -D "REFUSED=${arg_REFUSED}" -D "RUN=${runs}" -P "${swmgmt_packaging}/consume.cmake" --
            -D "HOW=${test}" -D "SWMGMT_EXPECTED=${PROJECT_VERSION}" ${consumer_arguments} ${arg_UNPARSED_ARGUMENTS})
  set_tests_properties(package.${test} PROPERTIES LABELS packaging TIMEOUT 600)
  if(NOT test MATCHES "^(subdirectory|fetch_content)$")
    set_tests_properties(package.${test} PROPERTIES FIXTURES_REQUIRED swmgmt_prefix)
  endif()
endfunction()
