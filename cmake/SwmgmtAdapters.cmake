# SPDX-License-Identifier: Apache-2.0 OR MIT
#
#   swmgmt_add_adapter(<name> libcoap|wakaama|zephyr [<target of the engine>...])
#
# makes <name> an INTERFACE library. Whoever links it compiles the adapter with its own
# flags, as it must be: the engines' structs change with their build options.
#
#   swmgmt_add_adapter(my_adapter wakaama wakaama_static)
#   target_link_libraries(my_firmware PRIVATE my_adapter)
function(swmgmt_add_adapter name engine)
  get_property(adapters GLOBAL PROPERTY SWMGMT_ADAPTERS)
  file(GLOB sources CONFIGURE_DEPENDS "${adapters}/${engine}/*.c")
  if(NOT sources)
    message(FATAL_ERROR "swmgmt_add_adapter: there is no adapter '${engine}' in ${adapters}")
  endif()
  add_library(${name} INTERFACE)
  target_sources(${name} INTERFACE ${sources})
  target_include_directories(${name} INTERFACE "${adapters}/${engine}")
  target_link_libraries(${name} INTERFACE swmgmt::swmgmt ${ARGN})
endfunction()
