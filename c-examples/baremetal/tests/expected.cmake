# SPDX-License-Identifier: Apache-2.0 OR MIT
# The program's text must be expected.txt, and what README.md shows a part of it.
execute_process(COMMAND ${RUN} OUTPUT_VARIABLE text ERROR_VARIABLE text RESULT_VARIABLE status
                TIMEOUT 60)
file(READ "${HERE}/tests/expected.txt" expected)
if(NOT status STREQUAL "0" OR NOT text STREQUAL expected)
  file(WRITE baremetal.txt "${text}")
  message(FATAL_ERROR "${text}\nended with ${status}. This text is in "
                      "${CMAKE_BINARY_DIR}/baremetal.txt; compare it with ${HERE}/tests/expected.txt")
endif()

file(READ "${HERE}/README.md" readme)
string(REGEX MATCH "```text\n([^`]+)```" block "${readme}")
string(FIND "${expected}" "${CMAKE_MATCH_1}" found)
if(NOT CMAKE_MATCH_1 OR found EQUAL -1)
  message(FATAL_ERROR "README.md shows what the program does not print")
endif()
