# SPDX-License-Identifier: Apache-2.0 OR MIT
# The Wakaama adapter under the options of Wakaama that change its structs, and c-examples/wakaama.

# What Wakaama compiles its users' sources with where they are added below it.
file(GLOB wakaama_adapter CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/adapters/wakaama/*.c")
set_property(SOURCE ${wakaama_adapter} PROPERTY COMPILE_OPTIONS
  -Waggregate-return -Wcast-align -Wfloat-equal -Wpointer-arith -Wshadow -Wswitch-default
  -Wwrite-strings)

set(stock -DLWM2M_CLIENT_MODE)
set(raw ${stock} -DLWM2M_RAW_BLOCK1_REQUESTS)
set(old ${raw} -DLWM2M_VERSION_1_0 -fshort-enums)
set(sets stock raw old)
if(CMAKE_CROSSCOMPILING)
  set(sets stock raw)
endif()
set(traces "${CMAKE_CURRENT_SOURCE_DIR}/wakaama/traces")
foreach(options IN LISTS sets)
  double(wakaama ${options} ${${options}})
  double_test(wakaama ${options} test wakaama_test.c)
  double_test(wakaama ${options} changes wakaama_changes_test.c)
  double_test(wakaama ${options} front wakaama_front_test.c)
  if(NOT "${options}" STREQUAL "stock")
    double_test(wakaama ${options} blocks wakaama_raw_test.c)
  endif()
endforeach()
# Traces of the real engine. Bare metal has no files.
if(NOT CMAKE_SYSTEM_NAME STREQUAL Generic)
  double_test(wakaama stock replay wakaama_replay_test.c "${traces}/stock.csv" "${traces}/front.csv")
  double_test(wakaama raw replay wakaama_replay_test.c "${traces}/raw.csv")
endif()

# What the preprocessor refuses, of this machine's compiler: others want flags of their own.
function(refuses name text)
  add_test(NAME adapter.wakaama_refuses_${name}
    COMMAND ${CMAKE_C_COMPILER} ${ARGN} -fsyntax-only "-I${PROJECT_SOURCE_DIR}/include"
            "-I${CMAKE_CURRENT_SOURCE_DIR}/wakaama" "${PROJECT_SOURCE_DIR}/adapters/wakaama/swmgmt_wakaama.c")
  set_tests_properties(adapter.wakaama_refuses_${name} PROPERTIES PASS_REGULAR_EXPRESSION "${text}"
                       LABELS c)
endfunction()
if(NOT CMAKE_CROSSCOMPILING)
  refuses(no_client "LWM2M_CLIENT_MODE is not defined")
  refuses(an_old_tree "older than" -DLWM2M_CLIENT_MODE -DLWM2M_URI_FLAG_OBJECT_ID=4)
endif()

# The example, as far as it can be had without Wakaama: it compiles and links.
if(NOT CMAKE_SYSTEM_NAME STREQUAL Generic)
  file(GLOB example CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/c-examples/wakaama/*.c")
  foreach(options stock raw)
    swmgmt_add_adapter(wakaama_example_${options}_adapter wakaama)
    target_include_directories(wakaama_example_${options}_adapter INTERFACE
                               "${CMAKE_CURRENT_SOURCE_DIR}/wakaama")
    target_compile_options(wakaama_example_${options}_adapter INTERFACE ${${options}}
                           -D_DEFAULT_SOURCE -DLWM2M_COAP_MAX_MESSAGE_SIZE=2048)
    swmgmt_add_program(wakaama_example_${options} ${example} wakaama/engine.c
                       LIBRARIES wakaama_example_${options}_adapter)
  endforeach()
endif()
