/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The program that the library is linked to: what it grows by is what the library costs. */
int main(void);
void start(void);

void start(void)
{
    (void)main();
    for (;;) {}
}

int main(void)
{
    return 0;
}
