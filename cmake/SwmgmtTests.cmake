# SPDX-License-Identifier: Apache-2.0 OR MIT
# The programs in tests/c: one theme each. The other sources there are linked to all.

set(swmgmt_c_tests walk push request verify options components fetch misuse reboot
    regress storm front package faults carried downloaded trust conditions rollback names
    places configured sweep tempest relapse)
if(CMAKE_CROSSCOMPILING OR SWMGMT_TEST_LAUNCHER)
  set(swmgmt_storm_arguments 1 400) # seeds; all of them run on this machine
endif()
set(swmgmt_walk_arguments "${CMAKE_CURRENT_SOURCE_DIR}/tests/conformance/transitions.txt")
set(swmgmt_trust_arguments "${CMAKE_CURRENT_SOURCE_DIR}/tests/packages")
set(swmgmt_sweep_arguments "${CMAKE_CURRENT_SOURCE_DIR}/tests/packages")
if(CMAKE_CROSSCOMPILING OR SWMGMT_TEST_LAUNCHER OR SWMGMT_SANITIZE)
  list(APPEND swmgmt_sweep_arguments 128) # all of them run on this machine
  set(swmgmt_tempest_arguments 1 100)     # lives
endif()

file(GLOB swmgmt_c_sources RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}/tests/c" CONFIGURE_DEPENDS
     "${CMAKE_CURRENT_SOURCE_DIR}/tests/c/*.c")
set(swmgmt_c_helpers ${swmgmt_c_sources})
list(TRANSFORM swmgmt_c_tests APPEND .c OUTPUT_VARIABLE swmgmt_c_mains)
list(REMOVE_ITEM swmgmt_c_helpers ${swmgmt_c_mains})
list(TRANSFORM swmgmt_c_helpers PREPEND "tests/c/")

foreach(theme IN LISTS swmgmt_c_tests)
  swmgmt_add_program(swmgmt_test_${theme} tests/c/${theme}.c ${swmgmt_c_helpers})
  if(theme STREQUAL sweep AND SWMGMT_TEST_LAUNCHER)
    continue() # Valgrind would take minutes for it; the sanitizers have it
  endif()
  swmgmt_add_test(c.${theme} swmgmt_test_${theme} ${swmgmt_${theme}_arguments})
endforeach()

# The same with containers named: whatever is in none is what it was.
foreach(theme IN ITEMS walk push verify fetch reboot components regress)
  swmgmt_add_program(swmgmt_test_${theme}_contained tests/c/${theme}.c ${swmgmt_c_helpers})
  target_compile_definitions(swmgmt_test_${theme}_contained PRIVATE FAKE_CONTAINERS)
  swmgmt_add_test(c.${theme}.contained swmgmt_test_${theme}_contained ${swmgmt_${theme}_arguments})
endforeach()

# The device that tests/formats/run.sh asks, through a pipe.
if(NOT CMAKE_CROSSCOMPILING)
  swmgmt_add_program(swmgmt_formats_device tests/formats/device.c tests/c/fake.c)
  target_compile_definitions(swmgmt_formats_device PRIVATE FAKE_COMPONENTS=255 FAKE_STORE=70000)
endif()

if(TARGET swmgmt_minimal)
  swmgmt_add_test(example.minimal swmgmt_minimal)
endif()
