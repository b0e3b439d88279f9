/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* swmgmt's callbacks. All of these acts may be done twice, so that after a power cut
 * they simply are; only the install of the firmware has an outcome to tell. */
#include "slots.h"

#include <board.h>
#include <string.h>

#include "bootloader.h"
#include "flash.h"
#include "image.h"
#include "print.h"
#include "record.h"

static swmgmt_t *swmgmt;

/* --- packages ------------------------------------------------------------------------ */

static uint32_t package_area(uint16_t instance)
{
    return instance == FIRMWARE ? FLASH_FIRMWARE(boot_running() ^ 1u) : FLASH_MODULE_PACKAGE;
}

static uint32_t software_area(uint16_t instance)
{
    return instance == FIRMWARE ? FLASH_FIRMWARE(boot_running()) : FLASH_MODULE;
}

static swmgmt_verdict_t open_package(void *user, const swmgmt_op_t *op, uint32_t offset,
                                     uint32_t total)
{
    (void)user;
    if (total > FLASH_AREA) return SWMGMT_FAILED_STORAGE;
    if (offset != 0) return SWMGMT_DONE; /* at boot: flash forgets nothing */
    return flash_erase(package_area(op->instance), FLASH_AREA) ? SWMGMT_DONE : SWMGMT_FAILED;
}

static bool is_image(uint16_t instance, const uint8_t *data, size_t length)
{
    const char *magic = instance == FIRMWARE ? IMAGE_FIRMWARE : IMAGE_MODULE;
    return length >= sizeof(image_t) && memcmp(data, magic, 4) == 0 &&
           data[offsetof(image_t, version) + sizeof((image_t){0}.version) - 1] == '\0';
}

/* CoAP's blocks are whole words, all but the last one, which is filled up. */
static swmgmt_verdict_t write_package(void *user, const swmgmt_op_t *op, uint32_t offset,
                                      const uint8_t *data, size_t length)
{
    const uint32_t at = package_area(op->instance) + offset;
    const uint32_t rest = (uint32_t)length % FLASH_WORD;
    const uint32_t words = (uint32_t)length - rest;
    uint8_t tail[FLASH_WORD];
    (void)user;
    if (offset == 0 && !is_image(op->instance, data, length)) return SWMGMT_FAILED_TYPE;
    if (offset > FLASH_AREA || length > FLASH_AREA - offset) return SWMGMT_FAILED_STORAGE;
    if (words != 0 && !flash_program(at, data, words)) return SWMGMT_FAILED;
    if (rest == 0) return SWMGMT_DONE;
    memset(tail, 0xff, sizeof tail);
    memcpy(tail, data + words, rest);
    return flash_program(at + words, tail, sizeof tail) ? SWMGMT_DONE : SWMGMT_FAILED;
}

static swmgmt_verdict_t read_package(void *user, const swmgmt_op_t *op, uint32_t offset,
                                     uint8_t *data, size_t length)
{
    (void)user;
    return flash_read(package_area(op->instance) + offset, data, (uint32_t)length)
               ? SWMGMT_DONE
               : SWMGMT_FAILED;
}

/* --- the firmware ---------------------------------------------------------------------- */

static swmgmt_verdict_t outcome_of_firmware(uint32_t number)
{
    if (boot_number() != number) return SWMGMT_NOT_STARTED;
    switch (boot_status()) {
    case BOOT_CONFIRMED: return SWMGMT_DONE;
    case BOOT_WENT_BACK: return SWMGMT_FAILED_INSTALL;
    case BOOT_PENDING:
    case BOOT_TRIAL: break;
    }
    return SWMGMT_PENDING;
}

static bool firmware_works(void)
{
    image_t image;
    return flash_read(software_area(FIRMWARE), &image, sizeof image) && image.works == 1;
}

void slots_turn(void)
{
    if (boot_status() == BOOT_PENDING) {
        print("  reset, to try the new firmware\n");
        board_reboot();
    }
    if (boot_status() != BOOT_TRIAL) return;
    /* A real one would confirm once it has reached its server. */
    if (!firmware_works()) {
        print("  this firmware hangs: the watchdog resets\n");
        board_reboot();
    }
    if (boot_confirm()) {
        print("  this firmware works: confirmed\n");
        swmgmt_done(swmgmt, boot_number(), SWMGMT_DONE, 0);
    }
}

/* --- the module ------------------------------------------------------------------------ */

static bool module_runs;

static bool module_is_installed(void)
{
    uint8_t installed = 0;
    uint32_t length;
    return record_load(RECORD_MODULE, &installed, sizeof installed, &length) && length != 0 &&
           installed == 1;
}

static bool set_module(uint8_t installed)
{
    return record_save(RECORD_MODULE, &installed, sizeof installed);
}

/* Its text stands for its code. */
static void start_module(void)
{
    char text[32];
    if (!flash_read(FLASH_MODULE + (uint32_t)sizeof(image_t), text, sizeof text)) return;
    text[sizeof text - 1] = '\0';
    module_runs = true;
    print("  ");
    print(text);
    print("\n");
}

static void stop_module(void)
{
    if (module_runs) print("  the module stops\n");
    module_runs = false;
}

/* The old module is lost with the first step, so a half one never passes for one. */
static bool install_module(void)
{
    return set_module(0) && flash_erase(FLASH_MODULE, FLASH_AREA) &&
           flash_copy(FLASH_MODULE, FLASH_MODULE_PACKAGE, FLASH_AREA) && set_module(1);
}

/* --- operations ------------------------------------------------------------------------ */

/* A failure, after which the software is as it was. */
static swmgmt_verdict_t refuse(const swmgmt_op_t *op, swmgmt_verdict_t verdict)
{
    swmgmt_done(swmgmt, op->number, verdict, op->active ? SWMGMT_STILL_RUNS : 0);
    return SWMGMT_PENDING;
}

static swmgmt_verdict_t install(void *user, const swmgmt_op_t *op, const char *arguments,
                                size_t length)
{
    (void)user, (void)arguments, (void)length;
    if (op->instance == FIRMWARE) {
        return boot_try(op->number) ? SWMGMT_PENDING : SWMGMT_FAILED_INSTALL;
    }
    if (install_module()) return SWMGMT_DONE;
    swmgmt_done(swmgmt, op->number, SWMGMT_FAILED_INSTALL, SWMGMT_OLD_LOST);
    return SWMGMT_PENDING;
}

static swmgmt_verdict_t uninstall(void *user, const swmgmt_op_t *op)
{
    (void)user;
    if (op->instance == FIRMWARE) return refuse(op, SWMGMT_FAILED_UNINSTALL);
    stop_module();
    return set_module(0) ? SWMGMT_DONE : SWMGMT_FAILED_UNINSTALL;
}

/* The firmware goes on until the new one takes over. */
static swmgmt_verdict_t prepare(void *user, const swmgmt_op_t *op)
{
    (void)user;
    if (op->instance == MODULE) stop_module();
    return SWMGMT_DONE;
}

static swmgmt_verdict_t activate(void *user, const swmgmt_op_t *op)
{
    (void)user;
    if (op->instance == MODULE) start_module();
    return SWMGMT_DONE;
}

static swmgmt_verdict_t deactivate(void *user, const swmgmt_op_t *op)
{
    (void)user;
    if (op->instance == FIRMWARE) return SWMGMT_FAILED;
    stop_module();
    return SWMGMT_DONE;
}

static swmgmt_verdict_t outcome(void *user, const swmgmt_op_t *op)
{
    (void)user;
    if (op->instance == FIRMWARE && op->kind == SWMGMT_OP_INSTALL) {
        return outcome_of_firmware(op->number);
    }
    return SWMGMT_NOT_STARTED;
}

static swmgmt_status_t about(void *user, uint16_t instance, uint16_t component, uint8_t package,
                             swmgmt_about_t *about)
{
    static image_t image;
    const uint32_t area = package ? package_area(instance) : software_area(instance);
    (void)user;
    if (component != SWMGMT_NONE) return SWMGMT_ENOENT;
    if (instance == MODULE && !package && !module_is_installed()) {
        memcpy(image.version, "0", 2);
    } else if (!flash_read(area, &image, sizeof image)) {
        return SWMGMT_EINVAL;
    }
    about->name = instance == FIRMWARE ? "firmware" : "module";
    about->name_length = (uint16_t)strlen(about->name);
    about->version = image.version;
    about->version_length = (uint16_t)strlen(image.version);
    return SWMGMT_OK;
}

/* --- records --------------------------------------------------------------------------- */

static swmgmt_verdict_t load(void *user, uint16_t key, uint8_t *data, size_t room, size_t *length)
{
    uint32_t found;
    (void)user;
    if (!record_load(key, data, (uint32_t)room, &found)) return SWMGMT_FAILED;
    *length = found;
    return SWMGMT_DONE;
}

static swmgmt_verdict_t save(void *user, uint16_t key, const uint8_t *data, size_t length)
{
    (void)user;
    return record_save(key, data, (uint32_t)length) ? SWMGMT_DONE : SWMGMT_FAILED_STORAGE;
}

const swmgmt_host_t slots_host = {
    .size = sizeof slots_host,
    .open = open_package,
    .write = write_package,
    .read = read_package,
    .install = install,
    .uninstall = uninstall,
    .prepare = prepare,
    .activate = activate,
    .deactivate = deactivate,
    .outcome = outcome,
    .about = about,
    .load = load,
    .save = save,
};

/* --- for the main loop ------------------------------------------------------------------ */

void slots_begin(swmgmt_t *ctx)
{
    image_t image = {0};
    flash_read(software_area(FIRMWARE), &image, sizeof image);
    print("  firmware ");
    print(image.version);
    print(" from slot ");
    print_number(boot_running());
    print("\n");
    swmgmt = ctx;
    swmgmt_add(ctx, FIRMWARE, SWMGMT_RUNNING);
    swmgmt_add(ctx, MODULE, SWMGMT_EMPTY);
}

void slots_resume(void)
{
    const swmgmt_path_t result = {9, FIRMWARE, 9, SWMGMT_NONE};
    swmgmt_value_t value = {0};
    swmgmt_read(swmgmt, result, &value);
    /* The bootloader went back: the old firmware is the software again, and the server
     * still reads why. */
    if (swmgmt_state(swmgmt, FIRMWARE) == SWMGMT_DELIVERED && value.number == 58) {
        swmgmt_give_up_update(swmgmt, FIRMWARE, 1);
    }
    if (swmgmt_state(swmgmt, MODULE) == SWMGMT_ACTIVE) start_module();
}
