/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A module with one component: text that is "installed" by being copied to RAM. Its
 * packages begin with a line of their own. */
#include <string.h>
#include <zephyr/kernel.h>

#include "module.h"

#define HEADER "#!module 1\n"

static char software[64];

/* A product checks a signature here; without it no package would be accepted, as nobody
 * has told which SHA-256 to expect (swmgmt_expect()). */
static swmgmt_verdict_t verify(void *user, const swmgmt_op_t *op, uint32_t length)
{
    uint8_t begin[sizeof HEADER - 1];

    if (length < sizeof begin) {
        return SWMGMT_FAILED_TYPE;
    }
    if (swmgmt_zephyr_flash_read(user, op, 0, begin, sizeof begin) != SWMGMT_DONE) {
        return SWMGMT_FAILED;
    }
    return memcmp(begin, HEADER, sizeof begin) == 0 ? SWMGMT_DONE : SWMGMT_FAILED_TYPE;
}

static swmgmt_verdict_t install(void *user, const swmgmt_op_t *op, const char *arguments, size_t length)
{
    (void)arguments, (void)length;
    return swmgmt_zephyr_flash_read(user, op, sizeof HEADER - 1, (uint8_t *)software, sizeof software - 1);
}

static swmgmt_verdict_t uninstall(void *user, const swmgmt_op_t *op)
{
    (void)user, (void)op;
    memset(software, 0, sizeof software);
    return SWMGMT_DONE;
}

static swmgmt_verdict_t activate(void *user, const swmgmt_op_t *op)
{
    (void)user, (void)op;
    printk("the module runs: %.20s\n", software);
    return SWMGMT_DONE;
}

static swmgmt_verdict_t deactivate(void *user, const swmgmt_op_t *op)
{
    (void)user, (void)op;
    printk("the module has stopped\n");
    return SWMGMT_DONE;
}

static swmgmt_status_t about(void *user, uint16_t instance, uint16_t component, uint8_t package,
                             swmgmt_about_t *about)
{
    (void)user, (void)instance, (void)package;
    about->name = component == SWMGMT_NONE ? "module" : "part";
    about->name_length = (uint16_t)strlen(about->name);
    about->version = "1";
    about->version_length = 1;
    return component == SWMGMT_NONE || component == 0 ? SWMGMT_OK : SWMGMT_ENOENT;
}

const swmgmt_host_t module_host = {
    .size = sizeof module_host,
    .open = swmgmt_zephyr_flash_open,
    .write = swmgmt_zephyr_flash_write,
    .read = swmgmt_zephyr_flash_read,
    .load = swmgmt_zephyr_settings_load,
    .save = swmgmt_zephyr_settings_save,
    .fetch = fetch,
    .cancel = fetch_cancel,
    .schemes = "coap",
    .verify = verify,
    .install = install,
    .uninstall = uninstall,
    .prepare = deactivate,
    .activate = activate,
    .deactivate = deactivate,
    .about = about,
};
