/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* An LwM2M client whose software a server manages. What swmgmt adds to a client is one
 * call; what it manages is in module.c. */
#include <zephyr/kernel.h>
#include <zephyr/net/lwm2m.h>

#include "module.h"

static struct lwm2m_ctx client;

static void event(struct lwm2m_ctx *ctx, enum lwm2m_rd_client_event what)
{
    (void)ctx;
    if (what == LWM2M_RD_CLIENT_EVENT_REGISTRATION_COMPLETE) {
        printk("registered\n");
    }
}

int main(void)
{
    lwm2m_set_string(&LWM2M_OBJ(0, 0, 0), CONFIG_SAMPLE_SERVER);
    lwm2m_set_u8(&LWM2M_OBJ(0, 0, 2), 3); /* no security: a product has DTLS */
    lwm2m_set_u16(&LWM2M_OBJ(0, 0, 10), CONFIG_LWM2M_SERVER_DEFAULT_SSID);
    lwm2m_set_u16(&LWM2M_OBJ(1, 0, 0), CONFIG_LWM2M_SERVER_DEFAULT_SSID);

    const swmgmt_status_t status = swmgmt_zephyr_start(&module_host);
    if (status != SWMGMT_OK) {
        printk("swmgmt: %s\n", swmgmt_strerror(status));
    }
    return lwm2m_rd_client_start(&client, CONFIG_SAMPLE_ENDPOINT, 0, event, NULL);
}
