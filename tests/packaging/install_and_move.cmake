# SPDX-License-Identifier: Apache-2.0 OR MIT
# Installs to STAGE and moves it to PREFIX: nothing that is installed may name STAGE.
file(REMOVE_RECURSE "${STAGE}" "${PREFIX}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${STAGE}"
                COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE texts "${STAGE}/*.cmake" "${STAGE}/*.pc" "${STAGE}/*.h")
foreach(text IN LISTS texts)
  file(READ "${text}" content)
  foreach(place "${STAGE}" "${BUILD}")
    string(FIND "${content}" "${place}" found)
    if(NOT found EQUAL -1)
      message(FATAL_ERROR "${text} names ${place}")
    endif()
  endforeach()
endforeach()
file(RENAME "${STAGE}" "${PREFIX}")
