# SPDX-License-Identifier: Apache-2.0 OR MIT
# For CMAKE_SYSTEM_PROCESSOR, such as cortex-m3 or rv32imc, where QEMU has a machine:
#   board       what a program links to start on it
#   board_qemu  the command that runs a program: its file follows, and, if the program
#               has arguments, -append and one word with all of them

# board(<CPU, a regular expression> <start-up code> <FLASH> <its size> <RAM> <its size>
#       <QEMU> <machine> [<argument>...])
function(board cpu startup flash flash_size ram ram_size qemu machine)
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^${cpu}$")
    return()
  endif()
  set(here "${CMAKE_CURRENT_FUNCTION_LIST_DIR}")
  add_library(board INTERFACE)
  target_sources(board INTERFACE "${here}/board.c" "${here}/${startup}")
  target_include_directories(board INTERFACE "${here}")
  set_property(TARGET board PROPERTY INTERFACE_LINK_DEPENDS "${here}/board.ld")
  target_link_options(board INTERFACE -nostartfiles -T "${here}/board.ld" -Wl,--gc-sections,-z,noexecstack
    -Wl,--defsym=board_flash=${flash},--defsym=board_flash_size=${flash_size}
    -Wl,--defsym=board_ram=${ram},--defsym=board_ram_size=${ram_size})
  set(board_qemu ${qemu} -machine ${machine} ${ARGN} -display none -monitor none -serial none
      -semihosting-config enable=on,target=native -kernel PARENT_SCOPE)
endfunction()

# A real micro:bit has 16 KB of RAM.
board(cortex-m0  cortex-m.c 0x00000000 256K 0x20000000 1M qemu-system-arm microbit
      -global nrf51-soc.sram-size=1048576)
board(cortex-m3  cortex-m.c 0x00000000 4M 0x20000000 4M qemu-system-arm mps2-an385)
board(cortex-m4  cortex-m.c 0x00000000 4M 0x20000000 4M qemu-system-arm mps2-an386)
board(cortex-m7  cortex-m.c 0x00000000 4M 0x20000000 4M qemu-system-arm mps2-an500)
board(cortex-m33 cortex-m.c 0x10000000 4M 0x38000000 4M qemu-system-arm mps2-an505)
board("rv32ima?c" riscv.c   0x80000000 4M 0x80400000 4M qemu-system-riscv32 virt -bios none)
