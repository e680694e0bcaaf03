/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What libbpf and the verifier said last. libbpf prints by one function for the whole process, so
 * this is one for the whole process too.
 */
#ifndef IO_LIBBPF_LOG_H
#define IO_LIBBPF_LOG_H

/* Forget what was said; from here on warnings are kept instead of printed. */
void libbpf_log_clear(void);

/*
 * "" when nothing was said. Of much, the end. Valid, and changing, until the next call into libbpf.
 */
const char *libbpf_log_text(void);

#endif
