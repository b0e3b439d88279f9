# SPDX-License-Identifier: Apache-2.0 OR MIT
# The programs in c-examples/.

swmgmt_add_program(swmgmt_minimal c-examples/minimal.c)

# The device needs libcoap 3, in either flavour: it speaks plain CoAP. With Mbed TLS it
# takes signatures on P-256, too.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND AND NOT CMAKE_CROSSCOMPILING)
  pkg_search_module(LIBCOAP IMPORTED_TARGET libcoap-3-openssl libcoap-3-notls)
endif()
file(GLOB swmgmt_device CONFIGURE_DEPENDS
     "${CMAKE_CURRENT_SOURCE_DIR}/c-examples/device/*.c"
     "${CMAKE_CURRENT_SOURCE_DIR}/adapters/libcoap/*.c")
if(LIBCOAP_FOUND)
  swmgmt_add_program(swmgmt_device ${swmgmt_device} c-examples/crypto/keys.c LIBRARIES PkgConfig::LIBCOAP)
  target_include_directories(swmgmt_device PRIVATE adapters/libcoap c-examples/crypto)
  if(TARGET mbedcrypto)
    target_sources(swmgmt_device PRIVATE c-examples/crypto/mbedtls.c)
    target_link_libraries(swmgmt_device PRIVATE mbedcrypto)
    target_compile_definitions(swmgmt_device PRIVATE DEVICE_P256)
  endif()
  target_compile_definitions(swmgmt_device PRIVATE _DEFAULT_SOURCE) # POSIX
elseif(NOT CMAKE_CROSSCOMPILING)
  message(STATUS "swmgmt: c-examples/device is left out: no libcoap 3 "
                 "(on Debian: apt-get install libcoap3-dev pkg-config)")
endif()

# The bare-metal example stands alone; here it gets the project's own flags.
if(TARGET board OR CMAKE_SYSTEM_NAME STREQUAL Linux)
  add_subdirectory(c-examples/baremetal)
  target_compile_options(baremetal PRIVATE ${swmgmt_warnings} ${swmgmt_optimise})
endif()
