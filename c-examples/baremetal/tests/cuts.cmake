# SPDX-License-Identifier: Apache-2.0 OR MIT
# The power goes in the first operation of the flash, in the second, ...: wherever it
# goes, the device and its server come to the same end.
set(status 0)
foreach(cut RANGE 1 2000)
  set(ENV{CUT} ${cut})
  execute_process(COMMAND ${RUN} OUTPUT_VARIABLE text ERROR_VARIABLE text RESULT_VARIABLE status
                  TIMEOUT 60)
  if(NOT status STREQUAL "0")
    message(FATAL_ERROR "${text}\nended with ${status}, the power cut at operation ${cut}")
  endif()
  if(NOT text MATCHES "the power goes")
    break()
  endif()
endforeach()
if(cut LESS 100 OR cut EQUAL 2000)
  message(FATAL_ERROR "it ended after ${cut} operations of the flash")
endif()
message(STATUS "cut at each of ${cut} operations")
