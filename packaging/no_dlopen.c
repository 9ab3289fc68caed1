/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every call of dlopen becomes in a static link (ld --wrap=dlopen): a refusal.
 *
 * OpenSSL asks for engines and providers with it. In a static program it would map a library of the foreign host, with
 * a second libc, into ours. What is not built in is absent, on every host; the callers handle NULL as an error.
 */
#include <stddef.h>

void *__wrap_dlopen(const char *file, int mode);

void *__wrap_dlopen(const char *file, int mode)
{
    (void)file;
    (void)mode;
    return NULL;
}
