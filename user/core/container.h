/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which container a control group belongs to, by its path. */
#ifndef CORE_CONTAINER_H
#define CORE_CONTAINER_H

/* As docker, containerd, cri-o and podman name theirs: 64 hexadecimal digits. */
#define CONTAINER_ID_DIGITS 64

/*
 * The innermost container's id in "/system.slice/docker-<id>.scope", "/kubepods/…/<id>". id has
 * CONTAINER_ID_DIGITS + 1 bytes. Returns id, or NULL when the path names none; path may be NULL.
 */
char *container_id(const char *path, char *id);

#endif
